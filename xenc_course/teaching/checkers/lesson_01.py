"""The checkers of lesson 01: an order, a count, two pairs against a threshold, a folder."""

from __future__ import annotations

from typing import Any

import numpy as np

from xenc_course.models.loading import load_cross_encoder
from xenc_course.retrieval.first_stage import bm25_run
from xenc_course.scoring.pairs import is_pair

from .exercise import Exercise, call, call_for_number, expect
from .folders import open_folder

PASSAGES = ["harbour", "market", "bridge", "tower", "garden"]  # in no order of letters or scores
SCORES = np.array([0.5, -7.25, 6.0, -1.5, 2.0], dtype=np.float32)
BEST_FIRST = ["bridge", "garden", "harbour", "tower", "market"]

MIN_QUERIES = 3
MIN_PASSAGES = 5
TOP = 3


def _best_first(function: Any) -> str:
    got = call(function, PASSAGES, SCORES)
    expect(
        not isinstance(got, (str, int, float, np.number)),
        "Return all passages, in a list, and not only the best one.",
    )
    got = list(got)
    numbers = all(isinstance(item, (int, float, np.number)) for item in got)
    positions = numbers and sorted(got) == list(range(len(PASSAGES)))
    expect(
        not positions,
        "You return positions: look up the passage that stands at each of them.",
    )
    expect(not numbers, "You return scores: return the passages that have these scores.")
    expect(
        all(isinstance(item, str) for item in got),
        "The list holds something else than passages: return the passages alone, without scores.",
    )
    expect(sorted(got) == sorted(PASSAGES), "Return every passage exactly once.")
    expect(got != BEST_FIRST[::-1], "That is worst first: np.argsort sorts upwards.")
    expect(got != PASSAGES, "The passages stand as they came: the scores must decide the order.")
    expect(
        got not in (sorted(PASSAGES), sorted(PASSAGES, reverse=True)),
        "That is the order of the alphabet: sort by the scores, not by the texts.",
    )
    expect(
        got != [PASSAGES[i] for i in np.argsort(-np.abs(SCORES))],
        "A score far below zero is a bad one: sort by the score itself, with its sign.",
    )
    expect(got == BEST_FIRST, "Sort by the score, highest first.")
    tied = list(call(function, ["left", "right", "top"], np.array([1.0, 1.0, 3.0])))
    expect(
        sorted(tied) == ["left", "right", "top"],
        "When two passages have the same score, one of them gets lost or comes twice.",
    )
    twice = list(call(function, ["same", "same", "other"], np.array([1.0, 3.0, 2.0])))
    expect(
        twice == ["same", "other", "same"],
        "A passage that comes twice gets the score of the other one: sort the places, or the pairs "
        "of score and passage, and look no score up by the passage's text.",
    )
    return ""


def _readings(function: Any) -> str:
    n_documents, n_queries, k = 1_000_000, 300, 50
    got = call_for_number(function, n_documents, n_queries, k)
    expect(
        got != n_queries * n_documents and got != n_queries + n_queries * n_documents,
        "The cross-encoder reads only the k candidates of each query, not every document.",
    )
    expect(got < n_documents, "The stored vectors are not computed again.")
    expect(got != n_queries * k, "The bi-encoder reads each query once, too.")
    expect(
        got not in (k, n_queries + k),
        "Every query has k candidates of its own: how many pairs are that per day?",
    )
    expect(
        got != n_queries + 2 * n_queries * k,
        "A query and a passage are read together, as one pair: count it once.",
    )
    expect(
        got == n_queries + n_queries * k,
        "Each query is read once alone and once with each of its candidates.",
    )
    expect(
        call_for_number(function, 30, 10, 100) == 310,
        "A query cannot have more candidates than there are documents: what if k is above d?",
    )
    return ""


def _threshold(answer: Any) -> str:
    expect(
        isinstance(answer, (tuple, list)) and len(answer) == 2,
        'Give both pairs: check((low_answer, high_non_answer), "01.3").',
    )
    low, high = answer
    for name, pair in (("low_answer", low), ("high_non_answer", high)):
        expect(is_pair(pair), f"{name} is a pair (query, passage), two strings in brackets.")
        expect(all(text.strip() for text in pair), f"{name} has an empty text: write both.")
    queries = [" ".join(pair[0].casefold().split()) for pair in answer]
    expect(queries[0] != queries[1], "Take two different queries.")
    model = load_cross_encoder()
    scores = model.predict([tuple(low), tuple(high)], show_progress_bar=False)
    below, above = (float(score) for score in scores)
    expect(
        not (below > 0 > above),
        f"low_answer scores {below:+.2f} and high_non_answer {above:+.2f}: did you swap them?",
    )
    expect(
        below < 0,
        f"low_answer scores {below:+.2f}, and it must be below 0: let the passage answer in other "
        "words than the query's.",
    )
    expect(
        above > 0,
        f"high_non_answer scores {above:+.2f}, and it must be above 0: let the passage repeat the "
        "query's words and tell nothing.",
    )
    return (
        f"low_answer scores {below:+.2f} and high_non_answer {above:+.2f}. The check sees only the "
        "scores: whether a passage answers its query is for you to judge."
    )


def _folder(answer: Any) -> str:
    collection = open_folder(answer)
    n_queries, n_passages = len(collection.queries), len(collection.documents)
    expect(
        n_queries >= MIN_QUERIES,
        f"The folder has {n_queries} queries: write at least {MIN_QUERIES} into queries.jsonl.",
    )
    expect(
        n_passages >= MIN_PASSAGES,
        f"The folder has {n_passages} passages: write at least {MIN_PASSAGES} into corpus.jsonl.",
    )
    run = bm25_run(collection.passages(), collection.queries, TOP)
    for query, text in collection.queries.items():
        expect(
            run[query],
            f"BM25 finds nothing for the query {text!r}: no passage has one of its words. Use a "
            "word of a passage, or add a passage.",
        )
    return (
        f"{collection.name} holds {n_passages:,} passages and {n_queries:,} queries, and BM25 "
        "finds candidates for every query."
    )


EXERCISES = {
    "01.1": Exercise(
        wants="best_first(passages, scores) returns the passages in a list.",
        hints=(
            "np.argsort(scores) gives the positions of the scores in order. Which end of that "
            "order do you need first?",
            "np.argsort(-scores) puts the position of the highest score first. Take the passage at "
            "each position, in a list comprehension.",
        ),
        judge=_best_first,
    ),
    "01.2": Exercise(
        wants="readings(d, q, k) returns one whole number.",
        hints=(
            "Follow a single query through both models: what does each model read for it, and what "
            "is stored already?",
            "Per query, the bi-encoder reads one text and the cross-encoder one pair for each "
            "candidate. There are k candidates, or d where d is smaller: min(k, d).",
        ),
        judge=_readings,
    ),
    "01.3": Exercise(
        wants="low_answer and high_non_answer are pairs (query, passage) of strings.",
        hints=(
            "Think of how people ask and how manuals answer. When do a question and its answer "
            "share no word? When does a text share all words and still tell nothing?",
            "First pair: a query of two or three words, and a passage that answers it without any "
            "of them. Second pair: a passage that repeats the query again and "
            "again, as pages do that want to be found.",
        ),
        judge=_threshold,
    ),
    "01.4": Exercise(
        wants="my_folder is the path of a folder in BEIR layout, a string.",
        hints=(
            "Start from the folder my_search beside this notebook: open its files in JupyterLab, "
            "and look at one line of each.",
            "Each line of corpus.jsonl is one passage with _id, title and text, and each line of "
            "queries.jsonl one query with _id and text. The ids in qrels/test.tsv must be ids of "
            'these files. Then write my_folder = "my_search".',
        ),
        judge=_folder,
    ),
}
