"""The checkers of lesson 04: success at three, whom reranking hurts, recall, a run of your own."""

from __future__ import annotations

import math
from collections.abc import Sized
from dataclasses import dataclass
from typing import Any

from xenc_course.evaluation.metrics import evaluate
from xenc_course.retrieval.runs import read_run
from xenc_course.text.collection import Collection

from .exercise import Exercise, NotSolvedError, call, call_for_number, expect
from .folders import learners_path, open_folder, parts

TOP_TEN = "nDCG@10"
MIN_JUDGED = 10

# Best first: b, d, c, a, e. The order in the dict is another one.
SCORES = {"a": 0.1, "b": 0.9, "c": 0.5, "d": 0.7, "e": -2.0}

# The two list the queries in different orders. q6 differs by rounding only.
BEFORE = {
    **{"q1": 0.5, "q2": 0.2, "q3": 1.0, "q4": 0.0, "q5": 0.3},
    **{"q6": 0.1 + 0.2, "q7": 0.6, "q8": 0.1, "q9": 0.4},
}
AFTER = {
    **{"q3": 0.4, "q5": 0.1, "q7": 0.8, "q2": 1.0, "q8": 0.2},
    **{"q4": 0.0, "q9": 0.5, "q6": 0.3, "q1": 0.9},
}
N_HURT, N_HELPED, N_EQUAL = 2, 5, 2


# Best first, q1: c, a, e, b, x, y; d was not found. q2: g, f. q3 has no relevant passage, and q4
# is missing in the run.
@dataclass(frozen=True)
class Probe:
    """A small run that one mistake in recall gets wrong, and what to say about that mistake."""

    run: dict[str, dict[str, float]]
    qrels: dict[str, dict[str, int]]
    k: int
    right: float
    message: str


FOUR = {"x": 9.0, "y": 8.0, "z": 7.0, "a": 1.0}
# Each gets by the mistakes of those after it, so the first that fails names its own mistake.
PROBES = (
    Probe(
        {"q": {"a": 1.0}},
        {"q": {"a": 1}},
        1,
        1.0,
        "For each query: how many of its relevant passages are among the k best, divided by how "
        "many it has? Then the mean.",
    ),
    Probe(
        {"q": {"x": 1.0, "a": 3.0}},
        {"q": {"a": 1}},
        1,
        1.0,
        "Sort by the score, highest first, before you take k passages.",
    ),
    Probe({"q": FOUR}, {"q": {"a": 1}}, 3, 0.0, "Look only at the k passages that score highest."),
    Probe({"q": FOUR}, {"q": {"z": 1}}, 1, 0.0, "It is not right for every k: use k."),
    Probe(
        {"q": {"a": 2.0, "b": 1.0}},
        {"q": {"a": 0, "b": 1}},
        1,
        0.0,
        "Grade 0 means judged and not relevant: ask for a grade above 0.",
    ),
    Probe(
        {"q": {"a": 1.0}},
        {"q": {"a": 1}, "not in the run": {"b": 1}},
        1,
        0.5,
        "A query that is missing in the run counts 0: keep it in the mean.",
    ),
    Probe(
        {"q": {"a": 1.0}},
        {"q": {"a": 1}, "none relevant": {"b": 0}},
        1,
        1.0,
        "A query without a relevant passage has no recall: leave it out.",
    ),
    Probe(
        {"q": {"a": 2.0, "b": 1.0}},
        {"q": {"a": 1}},
        2,
        1.0,
        "Divide by the number of relevant passages, not by k.",
    ),
    Probe(
        {"q": {"a": 2.0, "x": 1.0}},
        {"q": {"a": 1, "b": 1}},
        2,
        0.5,
        "Give the share of the relevant passages, not whether one was found.",
    ),
    Probe(
        {"q": {"a": 2.0, "b": 1.0}},
        {"q": {"a": 1, "b": 1}},
        1,
        0.5,
        "Divide by all relevant passages of the query, also where k is less.",
    ),
    Probe(
        {"q1": {"a": 1.0}, "q2": {"x": 1.0}},
        {"q1": {"a": 1}, "q2": {"b": 1, "c": 1, "d": 1}},
        1,
        0.5,
        "Compute the share for each query first, and then the mean of these shares.",
    ),
    Probe({"q": FOUR}, {"q": {"a": 1}}, 4, 1.0, "It is not right for every k: use k."),
)


def _success_at_3(function: Any) -> str:
    third = call_for_number(function, SCORES, {"c"})
    expect(
        not 0 < third < 1,
        "The answer is 1.0 or 0.0: one relevant passage among the three is enough, however many "
        "there are.",
    )
    worst = call_for_number(function, SCORES, {"e"})
    expect(
        not (worst == 1 and third == 1 and not call_for_number(function, SCORES, {"d"})),
        "That is worst first: sort by the score, highest first.",
    )
    expect(
        not (third == 1 and not call_for_number(function, SCORES, {"d"})),
        "The order of a dict is not the order of its scores: sort by the score, highest first.",
    )
    one_is_enough = "One relevant passage among the three is enough: the others need not be."
    expect(third == 1 or call_for_number(function, SCORES, {"b"}), one_is_enough)
    expect(third == 1, "The passage in third place counts, too: take the three best by score.")
    fourth = call_for_number(function, SCORES, {"a"})
    expect(fourth == 0 and worst == 0, "The passage in fourth place must not count.")
    expect(call_for_number(function, SCORES, {"a", "b"}) == 1, one_is_enough)
    expect(
        call_for_number(function, SCORES, set()) == 0,
        "Without a relevant passage there is no success.",
    )
    expect(
        call_for_number(function, SCORES, {"b", "c", "d"}) == 1,
        "The answer stays 1.0 when all three are relevant.",
    )
    expect(
        call_for_number(function, {"a": 1.0}, {"a"}) == 1
        and call_for_number(function, {"a": 1.0}, {"z"}) == 0,
        "A run may hold fewer than three passages: take those that are there.",
    )
    return ""


def _count_hurt(function: Any) -> str:
    got = call(function, BEFORE, AFTER)
    expect(
        not isinstance(got, Sized),
        "Return how many queries there are, not the queries themselves.",
    )
    got = float(got)
    in_order = sum(
        new < old - 1e-9 for old, new in zip(BEFORE.values(), AFTER.values(), strict=True)
    )
    expect(got != N_HELPED, "That is how many queries got better: turn the comparison round.")
    expect(
        got != N_HURT + 1,
        "A difference in the sixteenth digit is rounding: values within 1e-9 are equal.",
    )
    expect(got != N_HURT + N_EQUAL, "Queries with equal values are not hurt.")
    expect(
        got != in_order,
        "Compare the two values of the same query: the dicts may list queries in another order.",
    )
    expect(got != N_HURT / len(BEFORE), "Return the number of queries, not their share.")
    expect(got == N_HURT, "Count the queries whose value is lower in `after` than in `before`.")
    expect(
        call_for_number(function, {"q": 0.5}, {"q": 0.5}) == 0,
        "Where nothing got worse, the answer is 0.",
    )
    return ""


def _recall_at_k(function: Any) -> str:
    for probe in PROBES:
        got = call_for_number(function, probe.run, probe.qrels, probe.k)
        expect(math.isclose(got, probe.right, abs_tol=1e-9), probe.message)
    return ""


def _own_run(answer: Any) -> str:
    answer = parts(answer, "my_folder, my_run", "04.4")
    collection = open_folder(answer[0])
    path = learners_path(answer[1], "my_run")
    expect(not path.is_dir(), f"{path} is a folder: give the file that --out wrote.")
    try:
        run = read_run(path)
        evaluation = evaluate(run, collection, TOP_TEN)
    except (ValueError, OSError) as error:
        raise NotSolvedError(f"Not yet: {error}") from error
    score, n_judged = evaluation[TOP_TEN], len(evaluation.queries)
    expect(
        evaluation.missing < n_judged,
        "The run has none of the queries that are judged: rank these queries as well.",
    )
    if score.mean <= 0:
        raise NotSolvedError(f"Not yet: {_why_zero(collection, run)}")
    said = (
        f"{TOP_TEN} {score.mean:.4f}, 95 % interval {score.low:.4f} to {score.high:.4f}, over "
        f"{n_judged:,} judged {'query' if n_judged == 1 else 'queries'}."
    )
    if evaluation.missing:
        said += f" Of these, {evaluation.missing:,} are missing in the run and count 0."
    if n_judged < MIN_JUDGED:
        said += (
            f" That is fewer than {MIN_JUDGED}: the interval is not to be trusted yet, so judge "
            "more queries before you decide anything by it."
        )
    return said


def _why_zero(collection: Collection, run: dict[str, dict[str, float]]) -> str:
    found = {document for scores in run.values() for document in scores}
    if found.isdisjoint(collection.documents):
        return "The run's documents are none of the folder's: compare the document ids of both."
    return "No relevant passage is in any top ten: look at the passages that the run ranks first."


EXERCISES = {
    "04.1": Exercise(
        wants="success_at_3(scores, relevant) returns 1.0 or 0.0.",
        hints=(
            "Two steps: which three passages stand first, and is one of them relevant? `sorted` "
            "with a key orders the ids.",
            "sorted(scores, key=scores.get, reverse=True)[:3] gives the three best ids; `any` asks "
            "whether one of them is in `relevant`.",
        ),
        judge=_success_at_3,
    ),
    "04.2": Exercise(
        wants="count_hurt(before, after) returns one whole number.",
        hints=(
            "Go through the queries by their ids, and look up each one's two values. Two floats "
            "that should be equal may differ in their last digits.",
            "sum(...) over `after[q] < before[q] - 1e-9 for q in before` counts where that is "
            "true.",
        ),
        judge=_count_hurt,
    ),
    "04.3": Exercise(
        wants="recall_at_k(run, qrels, k) returns one number.",
        hints=(
            "Go through the queries of `qrels`, not of `run`. Which passages of each are relevant, "
            "and which queries have none?",
            "Per query: relevant = {d for d, grade in qrels[q].items() if grade > 0}, skip it if "
            "that is empty, take the k best of run.get(q, {}), and divide how many of them are "
            "relevant by len(relevant). Return the mean.",
        ),
        judge=_recall_at_k,
    ),
    "04.4": Exercise(
        wants="my_folder and my_run are paths of a folder and of a run, strings.",
        hints=(
            "Begin with the folder of exercise 4 in lesson 01, and make a run over it with the "
            "command `python -m xenc_course evaluate`; its option --out names the run.",
            "The ids must fit: each line of qrels/test.tsv names a query of queries.jsonl and a "
            "passage of corpus.jsonl. Judge what the run ranks first, also what is not relevant.",
        ),
        judge=_own_run,
    ),
}
