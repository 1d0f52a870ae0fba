"""The checkers of lesson 05: a budget, MaxSim, the best points, a scorer for your own search."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from xenc_course.evaluation.metrics import evaluate
from xenc_course.retrieval.first_stage import bm25_run
from xenc_course.retrieval.rerank import rerank
from xenc_course.scoring.reranker import Reranker

from .exercise import Exercise, NotSolvedError, call, call_for_number, expect
from .folders import open_folder, parts

TOP_TEN, DEPTH, MIN_JUDGED = "nDCG@10", 20, 10

# Three tokens of a query, four of a passage; two tokens of the query like the same one best.
QUERY = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, -1.0]])
PASSAGE = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [-0.6, -0.8]])
MAX_SIM = 1.0 + 0.8 + 0.8
FROM_PASSAGE = 1.0 + 0.6 + 0.0 + 0.8  # each token of the passage takes its best of the query

# Cost and quality. "b" costs more than "a" and is no better; "f" is as good as "e" and costs more.
POINTS = {
    **{"e": (50.0, 0.80), "a": (1.0, 0.60), "c": (9.0, 0.75)},
    **{"b": (4.0, 0.55), "f": (90.0, 0.80), "d": (20.0, 0.70)},
}
BEST = ["a", "c", "e"]


def _fits(function: Any) -> str:
    got = call_for_number(function, 100.0, 12.0, 7.0)  # 88 / 7 = 12.57
    expect(got != 14, "The search takes its time as well: take it from the budget first.")
    expect(got != 13, "Thirteen passages do not fit any more: round down.")
    expect(not math.isclose(got, 88 / 7), "Give whole passages: round down.")
    expect(got == 12, "Take the search from the budget, and divide by the time of a passage.")
    none = call_for_number(function, 3.0, 12.0, 7.0)
    expect(none == 0, "A budget below the time of the search has room for 0 passages, not fewer.")
    expect(call_for_number(function, 26.0, 12.0, 7.0) == 2, "What fits exactly fits.")
    return ""


def _max_sim(function: Any) -> str:
    got = call_for_number(function, QUERY, PASSAGE)
    cosines = QUERY @ PASSAGE.T
    expect(
        not math.isclose(got, FROM_PASSAGE),
        "That goes from the passage to the query: a row is a token of the query, and the largest "
        "of each row counts.",
    )
    expect(not math.isclose(got, cosines.max()), "That is one best match: add up one per token.")
    expect(
        not math.isclose(got, MAX_SIM / len(QUERY)), "Add up the best matches: no mean over them."
    )
    expect(not math.isclose(got, cosines.sum()), "Take only the best match of each token.")
    expect(
        math.isclose(got, MAX_SIM),
        "For each token of the query, the largest of its cosines; then their sum.",
    )
    return "The passage's rows can be stored beforehand: they do not depend on the query."


def _best_points(function: Any) -> str:
    got = call(function, POINTS)
    expect(
        isinstance(got, Sequence) and not isinstance(got, str),
        "Return a list with the names of the best points.",
    )
    names = list(got)
    expect(set(names) <= set(POINTS), "Return names, without cost and quality.")
    expect("f" not in names, "'f' is no better than 'e' and costs more: leave it out.")
    expect(
        not {"b", "d"} & set(names),
        "A point with a cheaper one above it is beaten: go from cheap to expensive, and keep "
        "what is better than all before it.",
    )
    expect(
        "a" in names,
        "The cheapest point is never beaten, so it is always one of the best.",
    )
    expect(set(names) == set(BEST), "A point that no cheaper one reaches belongs to the best.")
    expect(names == BEST, "Order them from cheap to expensive.")
    ties = {"x": (1.0, 0.5), "y": (1.0, 0.7)}
    expect(
        list(call(function, ties)) == ["y"], "Of two points of the same cost, keep the better one."
    )
    return ""


def _own_scorer(answer: Any) -> str:
    answer = parts(answer, "my_folder, my_scorer", "05.4")
    collection, scorer = open_folder(answer[0]), answer[1]
    expect(
        callable(scorer),
        "my_scorer takes a list of pairs and returns their scores: a Reranker, or a cascade.",
    )
    passages = collection.passages()
    found = bm25_run(passages, collection.queries, DEPTH)
    try:
        mine = rerank(found, collection.queries, passages, scorer)
    except (TypeError, ValueError) as error:
        raise NotSolvedError(f"Not yet: {error}") from error
    every = rerank(found, collection.queries, passages, Reranker(backend="onnx-int8"))
    runs = {"BM25": found, "yours": mine, "L12 on all": every}
    measured = {name: evaluate(run, collection, TOP_TEN) for name, run in runs.items()}
    n_judged = len(measured["yours"].queries)
    said = f"{TOP_TEN} over {n_judged:,} judged {'query' if n_judged == 1 else 'queries'}: "
    means = (f"{name} {one[TOP_TEN].mean:.4f}" for name, one in measured.items())
    said += ", ".join(means) + "."
    if n_judged < MIN_JUDGED:
        said += f" That is fewer than {MIN_JUDGED} queries: judge more before you decide."
    return said


EXERCISES = {
    "05.1": Exercise(
        wants="fits(budget, search, per_passage) returns one whole number.",
        hints=(
            "What is left of the budget after the search, and how often does a passage go into it?",
            "int((budget - search) / per_passage) rounds down; max(0, ...) keeps it from being "
            "negative.",
        ),
        judge=_fits,
    ),
    "05.2": Exercise(
        wants="max_sim(query, passage) returns one number.",
        hints=(
            "query @ passage.T is a table of cosines: a row for each token of the query, a column "
            "for each token of the passage.",
            "(query @ passage.T).max(axis=1) is the best match of each token of the query. What "
            "becomes of these numbers?",
        ),
        judge=_max_sim,
    ),
    "05.3": Exercise(
        wants="best_points(points) returns a list of names, from cheap to expensive.",
        hints=(
            "Sort the names by their cost. Then go through them and remember the best quality so "
            "far.",
            "sorted(points, key=lambda name: (points[name][0], -points[name][1])) puts the better "
            "of two points of equal cost first. Keep a name if its quality is above the best so "
            "far.",
        ),
        judge=_best_points,
    ),
    "05.4": Exercise(
        wants="my_folder is the path of a folder, my_scorer a Reranker or a cascade.",
        hints=(
            "A Reranker is a scorer: Reranker('xenc-distil-L3-int8'). What does 'On Monday' join "
            "into one scorer?",
            "cascade(LateInteraction(), Reranker('ms-marco-MiniLM-L12-v2', 'onnx-int8'), keep=10) "
            "is a scorer, too.",
        ),
        judge=_own_scorer,
    ),
}
