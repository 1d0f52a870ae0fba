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
    """The passages to make queries from; queries and judgements that come with them are not used.

    source: "wikipedia", or anything else that `load_collection` takes, or a folder that holds
    `*.txt` files and no `corpus.jsonl`. Such files (UTF-8, a blank line between paragraphs) are
    cut into passages of 20 to 120 words at the ends of paragraphs and sentences.

    Raises what `load_collection` raises, FileNotFoundError for a folder without a text file, and
    ValueError for a file that is not UTF-8 and for files that hold no passage.
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
    """The passages of one text file; what is left over and shorter than 20 words is dropped."""
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
    """Where sentences begin, as places of words; the first is 0.

    A sentence ends with a word that ends in ".", "!" or "?", but not in an initial, when the next
    word does not begin in lower case.
    """
    starts = [0]
    for place, (word, following) in enumerate(itertools.pairwise(words), start=1):
        if _ENDS.search(word) and not _INITIAL.match(word) and not following[0].islower():
            starts.append(place)
    return starts


def sentence_spans(words: list[str]) -> list[tuple[int, int]]:
    """Where sentences begin and end, as places of words; the ends are not part of them."""
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
    """A paragraph whole if it is short enough, else in runs of sentences of 120 words or less."""
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
