"""The checkers of lesson 11: a loss, a leaking split, a collapsed model, a student of your own."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from xenc_course.evaluation.metrics import evaluate
from xenc_course.models.loading import load_cross_encoder
from xenc_course.retrieval.rerank import reranked
from xenc_course.retrieval.runs import Run

from .exercise import Exercise, NotSolvedError, call_for_number, expect
from .folders import learners_path, open_folder, parts

TOP_TEN = "nDCG@10"
RELEASED = "xenc-distil-L3"
FEW = 10  # judged queries: below that, a mean says little
ALIKE = 1e-3  # two logits of one query that are closer than this order nothing

STUDENT = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, -1.0]])
TEACHER = np.array([[5.0, 1.0, -5.0], [4.0, 0.0, -8.0]])

TRAIN, TEST = ["a", "b", "c"], ["d", "e", "f", "g", "h"]
TOPICS = {
    **{"a": "refunds", "b": "refunds", "c": "login"},
    **{"d": "refunds", "e": "login", "f": "backup", "g": "login", "h": "search"},
}

# By query the logits differ by 3.0, 0.0, 0.3 and 0.05. Equal ones lie far from those of others.
LOGITS = np.array([[1.0, -2.0, 0.0], [7.0, 7.0, 7.0], [0.0, 0.3, 0.1], [-4.0, -4.05, -4.0]])


def _margin_mse(function: Any) -> str:
    got = call_for_number(function, STUDENT, TEACHER)
    mine, wanted = STUDENT[:, :1] - STUDENT[:, 1:], TEACHER[:, :1] - TEACHER[:, 1:]
    errors = (mine - wanted) ** 2

    def is_(value: float) -> bool:
        return math.isclose(got, value, rel_tol=1e-6)

    expect(
        not is_(float(((STUDENT - TEACHER) ** 2).mean())),
        "That compares logits. Compare how far the answer lies above each negative.",
    )
    expect(
        not is_(float(errors.sum() / STUDENT.size)),
        "The answer's margin to itself is always 0: leave the first column out of the mean.",
    )
    expect(not is_(float(errors.sum())), "Take the mean over all negatives, not the sum.")
    expect(not is_(float(np.abs(mine - wanted).mean())), "Square the differences of the margins.")
    expect(not is_(float(errors[0].mean())), "That is the first query alone: take all of them.")
    expect(is_(float(errors.mean())), "Margins are the first column minus each of the others.")
    other = call_for_number(function, TEACHER, TEACHER + np.array([[3.0], [-1.0]]))
    expect(
        math.isclose(other, 0, abs_tol=1e-6),
        "When all logits of a query rise by the same number, the margins stay, so the loss must "
        "not change.",
    )
    return "It does not see the level: a student may be shifted by another number for each query."


def _leaking(function: Any) -> str:
    got = call_for_number(function, TRAIN, TEST, TOPICS)
    expect(got != 0, "The two lists share no query, and still the topics of some are shared.")
    expect(got != 2, "That is how many topics are shared: count the test queries that have them.")
    expect(got != 3 / 5, "Return how many queries there are, not their share.")
    expect(got == 3, "Which topics were trained on? Count the test queries with one of them.")
    expect(
        call_for_number(function, ["c"], ["f", "h"], TOPICS) == 0,
        "Where no topic is shared, the answer is 0.",
    )
    whole = call_for_number(function, TEST, TRAIN, TOPICS)
    expect(whole == 3, "It is right for one split only: use `train`, `test` and `topics`.")
    return ""


def _collapsed(function: Any) -> str:
    got = call_for_number(function, LOGITS, 0.1)
    expect(
        got != float(LOGITS.max() - LOGITS.min() < 0.1),
        "Look at each query by itself: scores that differ between queries order nothing.",
    )
    expect(got != 0.5 * len(LOGITS), "Return the share of the queries, from 0 to 1.")
    expect(got != 0.25, "Nearly alike counts, too: compare the range with `least`.")
    expect(got == 0.5, "Per query: the highest logit minus the lowest, is that below `least`?")
    expect(
        math.isclose(call_for_number(function, LOGITS, 1.0), 0.75)
        and call_for_number(function, LOGITS, 0.01) == 0.25,
        "It is right for one bound only: use `least`.",
    )
    return "Look at this number after every training, before you look at any metric."


def _own_student(answer: Any) -> str:
    answer = parts(answer, "my_folder, my_student", "11.4")
    collection = open_folder(answer[0])
    path = learners_path(answer[1], "my_student")
    expect(
        (path / "config.json").is_file(),
        f"{path} holds no model: give the folder that --out named.",
    )
    try:
        student = load_cross_encoder(str(path.resolve()), device="cpu")
        run = reranked(student, collection)
        evaluation = evaluate(run, collection, TOP_TEN)
        released = evaluate(
            reranked(load_cross_encoder(RELEASED, device="cpu"), collection), collection, TOP_TEN
        )
    except (ValueError, OSError) as error:
        raise NotSolvedError(f"Not yet: {error}") from error
    expect(
        not _constant(run),
        "The student gives all candidates of each query the same score: its training has "
        "collapsed. Train it with a lower learning rate.",
    )
    n_judged = len(evaluation.queries)
    said = (
        f"{TOP_TEN} of your student {evaluation[TOP_TEN].mean:.4f}, of {RELEASED} "
        f"{released[TOP_TEN].mean:.4f}, over {n_judged:,} judged "
        f"{'query' if n_judged == 1 else 'queries'}."
    )
    if n_judged < FEW:
        said += f" That is fewer than {FEW}: chance decides which is higher, so judge more queries."
    return said


def _constant(run: Run) -> bool:
    ranges = [max(row.values()) - min(row.values()) for row in run.values() if len(row) > 1]
    return bool(ranges) and max(ranges) < ALIKE


EXERCISES = {
    "11.1": Exercise(
        wants="margin_mse(student, teacher) returns one number.",
        hints=(
            "A margin is the answer's logit minus that of a negative. Which columns are the "
            "negatives, and how do you subtract all of them at once?",
            "student[:, :1] - student[:, 1:] holds all margins of the student. Do the same for the "
            "teacher, subtract, square, and take the mean.",
        ),
        judge=_margin_mse,
    ),
    "11.2": Exercise(
        wants="leaking(train, test, topics) returns one whole number.",
        hints=(
            "First make a set of the topics that were trained on.",
            "trained = {topics[q] for q in train}; then count the queries of `test` whose topic is "
            "in it.",
        ),
        judge=_leaking,
    ),
    "11.3": Exercise(
        wants="collapsed(logits, least) returns the share of the queries, a number from 0 to 1.",
        hints=(
            "Each row is a query. What is the highest and the lowest logit of each row?",
            "ranges = logits.max(axis=1) - logits.min(axis=1) is one number per query; the mean of "
            "`ranges < least` is a share.",
        ),
        judge=_collapsed,
    ),
    "11.4": Exercise(
        wants="my_folder and my_student are paths of two folders, strings.",
        hints=(
            "Begin with the folder of exercise 4 in lesson 01. The command's option --out names "
            "the folder of the student.",
            "If the command says that the passages give too few queries, ask for fewer --pairs, or "
            "add passages to corpus.jsonl.",
        ),
        judge=_own_student,
    ),
}
