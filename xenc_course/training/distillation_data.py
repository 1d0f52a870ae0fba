"""What a student learns from: queries made from passages, each with its own and hard negatives."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from xenc_course.files import shown, text_lines, write_lines
from xenc_course.progress import Progress
from xenc_course.text.collection import Collection
from xenc_course.text.passages import sentence_spans

from .negatives import mine_negatives
from .query_maker import Query, QueryMaker

Unlabelled = tuple[str, tuple[str, ...]]  # a query and its passages
NEGATIVES = {"bm25": 2, "bi_encoder": 2, "random": 1}
PASSAGES = 1 + sum(NEGATIVES.values())  # per query
SHORTEST_CROP, LONGEST_CROP = 20, 60  # words of a passage that a pair holds
SENTENCES = 0.5  # the share of the groups that hold sentences
BESIDE = 2  # sentences of the answer's own passage among the negatives of such a group
HELD_OUT = 200  # queries that are measured on and never trained on, at most
LEAST_HELD_OUT = 10


def make_groups(
    texts: Mapping[str, Collection],
    n_pairs: int,
    seed: int,
    path: Path,
    *,
    progress: Progress = False,
) -> tuple[list[Unlabelled], dict[str, list[Query]]]:
    """Make queries from passages, and give each query six cropped passages to learn from.

    Beside them a tenth as many queries are held out, at least 10 and at most 200.

    Args:
        texts: source -> its passages. Each source gives a share of the queries as large as its
            share of the passages, but not less than a tenth. Passages without a word are left out.
        n_pairs: how many (query, passage) pairs to make; six belong to a query.
        seed: of all draws.
        path: the file in which the groups are stored; one that exists is read.
        progress: whether to show bars on stderr.

    Returns:
        Each query with its passages, of which the first answers it; and source -> the queries that
        are held out.

    Raises:
        ValueError: the passages do not give that many queries, or are too few to draw negatives, or
            the stored file is damaged.
    """
    count = n_pairs // PASSAGES
    texts = {source: _with_words(text) for source, text in texts.items()}
    passages = {source: len(text.documents) for source, text in texts.items()}
    shares = {s: max(0.1, n / sum(passages.values())) for s, n in passages.items()}
    wanted = {s: max(1, round(count * share / sum(shares.values()))) for s, share in shares.items()}
    held = n_held_out(count)
    tests = {s: max(1, round(held * wanted[s] / sum(wanted.values()))) for s in texts}
    made = {
        source: QueryMaker(text).make(
            sorted(text.documents),
            wanted[source] + tests[source],
            seed,
            prefix=f"{place}-",
        )
        for place, (source, text) in enumerate(texts.items())
    }
    held_out = {source: queries[: tests[source]] for source, queries in made.items()}
    if not path.is_file():
        lines = []
        for source, text in texts.items():
            groups = _cropped(seed, text, made[source][tests[source] :], progress)
            lines += [json.dumps(group, ensure_ascii=False) for group in groups]
        write_lines(path, lines)
    return list(_stored(path)), held_out


def n_held_out(n_groups: int) -> int:
    """How many queries are held out beside a number of queries to train on."""
    return min(HELD_OUT, max(LEAST_HELD_OUT, n_groups // 10))


def _stored(path: Path) -> Iterator[Unlabelled]:
    for number, line in text_lines(path):
        try:
            query, passages = json.loads(line)
            yield query, tuple(passages)
        except (ValueError, TypeError):
            raise ValueError(
                f"{path}, line {number}: {shown(line)} is no query with its passages: remove the "
                "file, and the queries are made again."
            ) from None


def _with_words(text: Collection) -> Collection:
    documents = {name: words for name, words in text.documents.items() if words.split()}
    return replace(text, documents=documents)


def _cropped(
    seed: int, text: Collection, queries: list[Query], progress: Progress
) -> Iterable[tuple[str, list[str]]]:
    """Each query with a part of its own passage and of each negative.

    In half of the groups a part is a run of 20 to 60 words, in the others a sentence. In the latter
    up to two other sentences of the query's own passage replace the last negatives.
    """
    passages = text.passages()
    asked = {query.id: query.text for query in queries}
    answers = {query.id: query.passage for query in queries}
    found = mine_negatives(
        asked,
        passages,
        answers,
        bm25=NEGATIVES["bm25"],
        bi_encoder=NEGATIVES["bi_encoder"],
        random=NEGATIVES["random"],
        seed=seed,
        progress=progress,
    )
    draw = np.random.default_rng(seed)
    for query in queries:
        in_sentences = draw.random() < SENTENCES
        own = text.documents[query.passage].split()
        answer = sentence(own, query.focus) if in_sentences else crop(own, query.focus, draw)
        others = []
        for name in found[query.id]:
            words = text.documents[name].split()
            focus = int(draw.integers(len(words)))
            others.append(sentence(words, focus) if in_sentences else crop(words, focus, draw))
        if in_sentences:
            beside = [" ".join(own[a:b]) for a, b in sentence_spans(own)]
            beside = [one for one in beside if one != answer]
            beside = [beside[place] for place in draw.permutation(len(beside))[:BESIDE]]
            others = [*others[: len(others) - len(beside)], *beside]
        if query.removed and not in_sentences:
            answer = " ".join(answer.replace(query.removed, " ").split())
        yield query.text, [answer, *others]


def sentence(words: list[str], focus: int) -> str:
    """The sentence that holds the word at `focus`, counted from 0."""
    return next(" ".join(words[a:b]) for a, b in sentence_spans(words) if focus < b)


def crop(words: list[str], focus: int, draw: np.random.Generator) -> str:
    """Draw a run of 20 to 60 words that holds a given word.

    Args:
        words: of a passage.
        focus: the place of the word to keep, from 0.
        draw: decides length and place.

    Returns:
        The run as text; all words if there are fewer.
    """
    length = int(draw.integers(SHORTEST_CROP, LONGEST_CROP + 1))
    first, last = max(0, focus - length + 1), max(0, min(focus, len(words) - length))
    start = int(draw.integers(min(first, last), last + 1))
    return " ".join(words[start : start + length])
