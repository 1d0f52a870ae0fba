"""Text to train on: the passages of a collection, or of a folder of plain text files."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from xenc_course.files import text_lines

from .collection import Collection, load_collection

SHORTEST, LONGEST = 20, 120  # words of a passage made from a text file
_ENDS = re.compile(r"[.!?][\"'”’)\]]*$")  # a word with which a sentence may end
_INITIAL = re.compile(r"^\W*\w\.$")  # "J." ends no sentence


def load_passages(source: str | Path) -> Collection:
    """Load the passages to make queries from.

    Text files (UTF-8, a blank line between paragraphs) are cut into passages of 20 to 120 words at
    the ends of paragraphs and sentences.

    Args:
        source: what `load_collection` takes, or a folder that holds `*.txt` files and no
            `corpus.jsonl`.

    Returns:
        A collection. Where it was made from text files it has no queries and no judgements.

    Raises:
        FileNotFoundError: the folder holds no text file; see also `load_collection`.
        ValueError: a file is not UTF-8, or the files hold no passage; see also `load_collection`.
        AssetError: see `load_collection`.
        ImportError: see `load_collection`.
    """
    folder = Path(source).expanduser()
    named = str(source) in ("helpdesk", "wikipedia")
    if named or not folder.is_dir() or (folder / "corpus.jsonl").is_file():
        return load_collection(source)
    files = sorted(folder.glob("*.txt"))
    if not files:
        raise FileNotFoundError(f"The folder {source} holds no .txt file and no corpus.jsonl.")
    documents = {
        f"t{number}-{place}": text
        for number, path in enumerate(files, start=1)
        for place, text in enumerate(split_text(path), start=1)
    }
    if not documents:
        raise ValueError(f"The .txt files of {source} hold no passage of {SHORTEST} words or more.")
    return Collection(folder.name, documents, queries={}, qrels={})


def split_text(path: Path) -> Iterator[str]:
    """Cut one text file into passages.

    Args:
        path: UTF-8, a blank line between paragraphs.

    Yields:
        Texts of 20 to 120 words with one space between words. What is left over and shorter is
        dropped.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not UTF-8.
    """
    waiting: list[str] = []
    for paragraph in _paragraphs(path):
        for piece in _pieces(paragraph):
            if len(waiting) >= SHORTEST or len(waiting) + len(piece) > LONGEST:
                if len(waiting) >= SHORTEST:
                    yield " ".join(waiting)
                waiting = []
            waiting = waiting + piece
    if len(waiting) >= SHORTEST:
        yield " ".join(waiting)


def sentence_starts(words: list[str]) -> list[int]:
    """Where sentences begin.

    A word ends a sentence when it ends in ".", "!" or "?", is no initial such as "J.", and the next
    word does not begin in lower case.

    Args:
        words: of one text, in order.

    Returns:
        Places in `words`; the first is 0.
    """
    starts = [0]
    for place, (word, following) in enumerate(itertools.pairwise(words), start=1):
        if _ENDS.search(word) and not _INITIAL.match(word) and not following[0].islower():
            starts.append(place)
    return starts


def sentence_spans(words: list[str]) -> list[tuple[int, int]]:
    """Where sentences begin and end: places in `words`; the word at an end is not part of it."""
    starts = sentence_starts(words)
    return list(zip(starts, [*starts[1:], len(words)], strict=True))


def _paragraphs(path: Path) -> Iterator[list[str]]:
    """The words of each paragraph; `text_lines` leaves blank lines out, so numbers jump there."""
    words: list[str] = []
    last = 0
    for number, line in text_lines(path):
        if number > last + 1 and words:
            yield words
            words = []
        words += line.split()
        last = number
    if words:
        yield words


def _pieces(words: list[str]) -> Iterator[list[str]]:
    """A paragraph as it is when short enough, else in runs of sentences of at most 120 words."""
    if len(words) <= LONGEST:
        yield words
        return
    piece: list[str] = []
    for start, end in sentence_spans(words):
        sentence = words[start:end]
        if piece and len(piece) + len(sentence) > LONGEST:
            yield piece
            piece = []
        piece = piece + sentence
        while len(piece) > LONGEST:  # one sentence longer than a passage
            yield piece[:LONGEST]
            piece = piece[LONGEST:]
    if piece:
        yield piece
