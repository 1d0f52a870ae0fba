"""The checkers of lesson 07: a probability by hand, the Brier score, a cut, a cut of your own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from xenc_course.evaluation.judged_run import judged_pairs
from xenc_course.models.loading import load_cross_encoder
from xenc_course.retrieval.rerank import reranked
from xenc_course.scoring.cuts import Cut, shown_above

from .exercise import Exercise, NotSolvedError, call, call_for_number, expect
from .folders import open_folder, parts

SLOPE, INTERCEPT, LOGIT = 0.25, -0.5, 6.0  # 0.25 · 6 − 0.5 = 1

PROMISED, HAPPENED = np.array([0.9, 0.6, 0.2, 0.4]), np.array([True, False, False, True])
BRIER = (0.01 + 0.36 + 0.04 + 0.36) / 4

SCORES = np.array([7.0, 2.0, 5.0, -1.0, 5.5])
RIGHT = np.array([True, True, False, False, True])
AT = 5.0  # shows 7, 5 and 5.5, two of them right

RIGHT_FROM = 2  # the grade: "answers in part"
MIN_SHOWN = 30  # fewer leave an interval of the precision that is wider than a third


def _probability(function: Any) -> str:
    got = call_for_number(function, LOGIT, SLOPE, INTERCEPT)
    straight = SLOPE * LOGIT + INTERCEPT
    for wrong, message in (
        (straight, "That is the straight line: send it through the sigmoid."),
        (_sigmoid(LOGIT), "That is the sigmoid of the logit: use slope and intercept first."),
        (_sigmoid(SLOPE * LOGIT), "The intercept is missing: it moves the curve sideways."),
        (_sigmoid(-straight), "That is one minus it: exp takes minus the straight line."),
        (SLOPE * _sigmoid(LOGIT) + INTERCEPT, "The straight line comes first, then the sigmoid."),
        (_sigmoid(SLOPE * (LOGIT + INTERCEPT)), "Multiply the logit alone, then add."),
    ):
        expect(not math.isclose(got, wrong, abs_tol=1e-6), message)
    expect(
        math.isclose(got, _sigmoid(straight), abs_tol=1e-6),
        "sigmoid(x) is 1 / (1 + exp(-x)), and x is slope times logit plus intercept.",
    )
    other = call_for_number(function, 0.0, 1.0, 0.0)
    expect(math.isclose(other, 0.5, abs_tol=1e-6), "It is not right for other numbers: use them.")
    return ""


def _brier(function: Any) -> str:
    got = call_for_number(function, PROMISED, HAPPENED)
    distance = np.abs(PROMISED - HAPPENED)
    for wrong, message in (
        (distance.mean(), "Square each difference before you take the mean."),
        (BRIER * 4, "That is the sum: take the mean, so that it does not grow with the pairs."),
        (math.sqrt(BRIER), "That is the root of it: the Brier score stays squared."),
        (
            (PROMISED.mean() - HAPPENED.mean()) ** 2,
            "Compare pair by pair: in the means, too much here makes up for too little there.",
        ),
        (
            ((PROMISED > 0.5) != HAPPENED).mean(),
            "That counts mistakes at 0.5: keep the probabilities as they are.",
        ),
    ):
        expect(not math.isclose(got, wrong, abs_tol=1e-9), message)
    expect(
        math.isclose(got, BRIER, abs_tol=1e-9),
        "Right is 1 and wrong is 0: take the difference to the probability, squared, and the mean.",
    )
    perfect = call_for_number(function, np.array([1.0, 0.0]), np.array([True, False]))
    expect(perfect == 0, "Whoever knows all gets 0.")
    return "Lower is better, and it can be compared on the same pairs only."


def _precision_and_coverage(function: Any) -> str:
    precision, coverage = _two(call(function, SCORES, RIGHT, AT))
    expect(
        not (math.isclose(precision, 3 / 5) and math.isclose(coverage, 2 / 3)),
        "The two are swapped: first the precision, then the coverage.",
    )
    expect(
        not math.isclose(precision, 2 / 5),
        "Divide by the results that are shown, not by all.",
    )
    expect(
        not (math.isclose(precision, 1) and math.isclose(coverage, 2 / 5)),
        "A result whose score equals the cut is shown: ask for >=.",
    )
    expect(
        not math.isclose(coverage, 2 / 3),
        "The coverage asks how many are shown, right or wrong, of all queries.",
    )
    expect(math.isclose(precision, 2 / 3), "Of the shown results, which share is right?")
    expect(math.isclose(coverage, 3 / 5), "Of all queries, which share gets a result?")
    precision, coverage = _two(call(function, SCORES, RIGHT, -9.0))
    expect(
        math.isclose(precision, 3 / 5) and coverage == 1,
        "A cut below all scores shows everything: use the cut that is given.",
    )
    return "Where nothing is shown, there is no precision."


def _own_cut(answer: Any) -> str:
    answer = parts(answer, "my_folder, my_cut", "07.4")
    collection, cut = open_folder(answer[0]), answer[1]
    expect(not isinstance(cut, Cut), "my_cut is the number in it: give cut.threshold.")
    number = isinstance(cut, (int, float, np.number)) and not isinstance(cut, bool)
    expect(number, f"my_cut is one number, a logit, and yours is a {type(cut).__name__}.")
    expect(
        math.isfinite(cut),
        "This cut shows nothing. For this exercise take a score that some right results reach.",
    )
    try:
        run = reranked(load_cross_encoder(), collection)
        firsts = judged_pairs(run, collection, rel=RIGHT_FROM, depth=1)
    except (TypeError, ValueError) as error:
        raise NotSolvedError(f"Not yet: {error}") from error
    shown = shown_above(firsts, float(cut))
    highest = f"the highest first score is {firsts.logits.max():+.2f}"
    expect(shown.n_shown, f"The cut shows no result: {highest}.")
    said = f"Your cut {shown}."
    judged = {q: row for q, row in collection.qrels.items() if q in run}
    if all(max(row.values()) >= RIGHT_FROM for row in judged.values()):
        said += (
            " Every judged query has an answer: add some that have none, with a line of grade 0, "
            "or the cut is not tested where it matters."
        )
    if shown.n_shown < MIN_SHOWN:
        said += (
            f" It shows fewer than {MIN_SHOWN} results, so the interval is wide: judge more "
            "queries before you switch it on."
        )
    return said


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def _two(value: Any) -> tuple[float, float]:
    is_pair = isinstance(value, (Sequence, np.ndarray)) and not isinstance(value, str)
    expect(is_pair and len(value) == 2, "Return two numbers: return precision, coverage.")
    numbers = all(isinstance(one, (int, float, np.number)) for one in value)
    expect(numbers, "Return two numbers, no lists: the mean of True and False is a share.")
    return float(value[0]), float(value[1])


EXERCISES = {
    "07.1": Exercise(
        wants="probability(logit, slope, intercept) returns one number.",
        hints=(
            "Two steps: a straight line, slope · logit + intercept, and then the sigmoid of it.",
            "np.exp(-x) is the part below the fraction line that depends on x: 1 / (1 + "
            "np.exp(-x)).",
        ),
        judge=_probability,
    ),
    "07.2": Exercise(
        wants="brier_score(promised, happened) returns one number.",
        hints=(
            "A promise of 0.9 for a right result is off by 0.1, for a wrong one by 0.9. What "
            "becomes of these differences?",
            "numpy counts True as 1 and False as 0, so (promised - happened) ** 2 holds the "
            "squared differences.",
        ),
        judge=_brier,
    ),
    "07.3": Exercise(
        wants="show_from(scores, right, cut) returns two numbers, precision and coverage.",
        hints=(
            "Which results are shown? Make an array of True and False first. A score that equals "
            "the cut is shown.",
            "shown = scores >= cut; right[shown] are the judgements of the shown ones. The mean of "
            "True and False is a share.",
        ),
        judge=_precision_and_coverage,
    ),
    "07.4": Exercise(
        wants="my_folder is the path of a folder, my_cut a number.",
        hints=(
            "Make the run as in 'On Monday', print the first score of each query with its "
            "judgement, and look where wrong results begin.",
            "judged_pairs(run, mine, rel=2, depth=1) gives both, firsts.logits and "
            "firsts.relevant. With enough queries, choose_cut(*firsts, precision=0.8) chooses.",
        ),
        judge=_own_cut,
    ),
}
