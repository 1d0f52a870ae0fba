"""The checkers of lesson 08: fused ranks, a depth that is enough, a budget, your own search."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from xenc_course.evaluation.metrics import evaluate
from xenc_course.retrieval.first_stage import bm25_run
from xenc_course.text.collection import Collection

from .exercise import Exercise, call, call_for_number, expect
from .folders import open_folder, parts

RANKINGS = [["a", "b", "c"], ["c", "a", "d"]]
FUSED = {
    "a": 1 / 61 + 1 / 62,
    "b": 1 / 62,
    "c": 1 / 63 + 1 / 61,
    "d": 1 / 63,
}

MEANS = {1: 0.58, 5: 0.72, 10: 0.76, 20: 0.792, 50: 0.80, 100: 0.798, 200: 0.787}

TOKENS = [300, 500, 400, 150, 60, 10]  # of passages, best first
BUDGET = 1_000
FILLED = [0, 1, 3, 5]  # 300 + 500 + 150 + 10 = 960: neither 400 nor 60 fits between

DEPTH, TOP, NOBODY = 5, "RR@10", "xqzv wkjy"


def _fused(function: Any) -> str:
    got = call(function, RANKINGS, 60)
    expect(
        isinstance(got, Mapping),
        "Return a dictionary: document -> score.",
    )
    expect(
        got.keys() == FUSED.keys(),
        "Every document of every ranking belongs into the result, also one that a ranking lacks.",
    )
    scores = {document: float(got[document]) for document in FUSED}

    def are(expected: Mapping[str, float]) -> bool:
        return all(math.isclose(scores[d], expected[d]) for d in FUSED)

    from_zero = {
        d: sum(1 / (60 + r.index(d)) for r in RANKINGS if d in r) for d in FUSED
    }  # enumerate's own count
    last = {"a": 1 / 62, "b": 1 / 62, "c": 1 / 61, "d": 1 / 63}
    expect(not are(from_zero), "The first rank is 1: enumerate(ranking, start=1).")
    expect(not are(last), "Add up what the rankings give: the second must not replace the first.")
    expect(are(FUSED), "Each ranking adds 1 / (k + rank) to each of its documents.")
    expect(
        math.isclose(float(call(function, [["a"]], 9)["a"]), 0.1),
        "Use the k that is given, not always 60.",
    )
    return "Only ranks count: how far apart two scores are is lost, and no unit has to match."


def _enough(function: Any) -> str:
    got = call_for_number(function, MEANS, 0.01)
    expect(got != 50, "50 is the best depth: the question is how few are nearly as good.")
    expect(got != 200, "The largest depth is not the best one here: more candidates can hurt.")
    expect(got != 100, "Some shallower depth is within the margin as well: take the smallest.")
    expect(got == 20, "The smallest depth whose mean is at most `margin` below the best mean.")
    none = call_for_number(function, MEANS, 0.0)
    expect(none == 50, "With a margin of 0 only the best depth is good enough.")
    turned = dict(reversed(MEANS.items()))
    expect(
        call_for_number(function, turned, 0.01) == 20,
        "Do not rely on the order of the dictionary: take the smallest depth.",
    )
    return "Choose it on some queries and report it on others, as section 4 does."


def _filled(function: Any) -> str:
    got = call(function, TOKENS, BUDGET)
    expect(isinstance(got, Sequence) and not isinstance(got, str), "Return a list of places.")
    places = [int(place) for place in got]
    expect(
        places != [0, 1], "Do not stop at the first passage that does not fit: skip it and go on."
    )
    expect(
        sum(TOKENS[place] for place in places if 0 <= place < len(TOKENS)) <= BUDGET,
        "That is more than the budget.",
    )
    expect(places != FILLED[:3], "Go on to the end of the list: the last passage still fits.")
    expect(
        places == FILLED,
        "Go down the list from the best passage, and take each one that still fits.",
    )
    expect(
        list(call(function, [2_000], BUDGET)) == [], "A passage above the budget leaves nothing."
    )
    return ""


def _own_search(answer: Any) -> str:
    answer = parts(answer, "my_folder, my_search", "08.4")
    collection = open_folder(answer[0])
    search: Callable = answer[1]
    expect(callable(search), "my_search is the function: its name, and no brackets after it.")
    found = {q: _found(search, text, DEPTH, collection) for q, text in collection.queries.items()}
    everything = len(collection.documents) + 1
    _found(search, NOBODY, everything, collection)
    places = {q: {d: -float(place) for place, d in enumerate(ids)} for q, ids in found.items()}
    passages = collection.passages()
    theirs = bm25_run(passages, collection.queries, DEPTH)
    both = {"yours": places, "BM25": theirs}
    measured = {name: evaluate(run, collection, TOP) for name, run in both.items()}
    n_judged = len(measured["yours"].queries)
    said = f"{TOP} over {n_judged:,} judged {'query' if n_judged == 1 else 'queries'}, first "
    means = (f"{name} {one[TOP].mean:.4f}" for name, one in measured.items())
    return f"{said}{DEPTH} results: {', '.join(means)}."


def _found(search: Callable, text: str, k: int, collection: Collection) -> list[str]:
    """What the learner's search finds; refused where it is no list of ids of the collection."""
    got = call(search, text, k)
    expect(
        isinstance(got, Sequence) and not isinstance(got, str),
        "my_search(query, k) returns a list of ids, best first.",
    )
    ids = list(got)
    expect(len(ids) <= k, f"my_search(query, {k}) returned {len(ids)} ids: keep the {k} best.")
    expect(
        all(isinstance(name, str) and name in collection.documents for name in ids),
        "my_search returned something that is no _id of corpus.jsonl: return row['id'] of each "
        "row.",
    )
    expect(len(set(ids)) == len(ids), "my_search returned a passage twice.")
    return ids


EXERCISES = {
    "08.1": Exercise(
        wants="fuse(rankings, k) returns a dictionary: document -> score.",
        hints=(
            "Go through the rankings, and through the documents of each with their ranks. What "
            "does a document have before its first ranking?",
            "enumerate(ranking, start=1) gives ranks, and scores.get(document, 0) what a document "
            "has so far.",
        ),
        judge=_fused,
    ),
    "08.2": Exercise(
        wants="enough_depth(means, margin) returns one depth.",
        hints=(
            "Find the best mean first. Which depths are nearly as good?",
            "max(means.values()) is the best mean. Keep the depths whose mean is at least that "
            "minus the margin: which of them reads least?",
        ),
        judge=_enough,
    ),
    "08.3": Exercise(
        wants="fill(tokens, budget) returns a list of places, from the best passage down.",
        hints=(
            "Remember how much is left, and ask of each passage whether it fits into that.",
            "for place, n in enumerate(tokens): when n is at most what is left, keep the place and "
            "take n off.",
        ),
        judge=_filled,
    ),
    "08.4": Exercise(
        wants="my_folder is the path of a folder, my_search a function of a query and k.",
        hints=(
            "Make a table of your folder as section 1 does, with load_collection('my_search') and "
            "the bi-encoder in place of the stored vectors.",
            "Section 1's search returns rows: your function returns row['id'] of the first k. A "
            "hybrid always finds something; a search by words alone may return an empty list.",
        ),
        judge=_own_search,
    ),
}
