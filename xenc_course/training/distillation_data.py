"""What a student learns from: queries made from passages, each with its own and hard negatives."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from xenc_course.files import text_lines, write_lines
from xenc_course.text.collection import Collection
from xenc_course.text.passages import sentence_spans

from .negatives import mine_negatives
from .query_maker import Query, QueryMaker

Unlabelled = tuple[str, tuple[str, ...]]  # a query and its passages
NEGATIVES = {"bm25": 2, "bi_encoder": 2, "random": 1}
PASSAGES = 1 + sum(NEGATIVES.values())  # of a query
SHORTEST_CROP, LONGEST_CROP = 20, 60  # words of a passage that a pair holds
SENTENCES = 0.5  # of the groups hold sentences
BESIDE = 2  # sentences of the answer's own passage among the negatives of such a group
HELD_OUT = 200  # queries that are measured on and never trained on


def make_groups(
    texts: Mapping[str, Collection], pairs: int, seed: int, path: Path, *, progress: bool = False
) -> tuple[list[Unlabelled], dict[str, list[Query]]]:
    """Queries with six cropped passages each, the first its own, and held-out queries by text.

    texts: by source; each gives a share of the queries as large as its share of the passages, but
    no less than a tenth; passages without a word are left out. path: where the groups are stored;
    a file that is there is read.

    Raises ValueError when the passages do not give that many queries, or there are too few of them.
    """
    count = pairs // PASSAGES
    texts = {source: _with_words(text) for source, text in texts.items()}
    passages = {source: len(text.documents) for source, text in texts.items()}
    shares = {s: max(0.1, n / sum(passages.values())) for s, n in passages.items()}
    wanted = {s: max(1, round(count * share / sum(shares.values()))) for s, share in shares.items()}
    tests = {s: max(1, round(HELD_OUT * wanted[s] / sum(wanted.values()))) for s in texts}
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
    stored = (json.loads(line) for _, line in text_lines(path))
    return [(query, tuple(passages)) for query, passages in stored], held_out


def _with_words(text: Collection) -> Collection:
    documents = {name: words for name, words in text.documents.items() if words.split()}
    return replace(text, documents=documents)


def _cropped(
    seed: int, text: Collection, queries: list[Query], progress: bool
) -> Iterable[tuple[str, list[str]]]:
    """Each query with its passage and negatives, of which a part is kept.

    In half of the groups that is a run of 20 to 60 words, in the others a sentence; there, up to
    two sentences beside the answer's take the place of the last negatives.
    """
    passages = {name: text.passage(name) for name in text.documents}
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
    """The sentence that holds the word at `focus`."""
    return next(" ".join(words[a:b]) for a, b in sentence_spans(words) if focus < b)


def crop(words: list[str], focus: int, draw: np.random.Generator) -> str:
    """A run of 20 to 60 words that holds the word at `focus`; all words if there are fewer."""
    length = int(draw.integers(SHORTEST_CROP, LONGEST_CROP + 1))
    first, last = max(0, focus - length + 1), max(0, min(focus, len(words) - length))
    start = int(draw.integers(min(first, last), last + 1))
    return " ".join(words[start : start + length])
