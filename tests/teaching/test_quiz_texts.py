"""The quizzes have one right answer whatever a lesson measures, and it stands anywhere."""

import importlib
import inspect
import itertools
import re
from dataclasses import replace
from importlib.resources import files

import pytest

from xenc_course.evaluation.difference import Difference
from xenc_course.evaluation.states import STATES
from xenc_course.teaching.findings import Share
from xenc_course.teaching.quiz import quiz

LESSONS = sorted(
    match.group(1)
    for path in files("xenc_course.teaching.quiz_texts").iterdir()
    if (match := re.fullmatch(r"lesson_(\d\d)\.py", path.name))
)
BETTER = Difference(
    name="new", baseline="old", metric="RR@10", collection="made up",
    per_query={f"q{n}": 0.1 for n in range(40)}, mean=0.6, baseline_mean=0.5, difference=0.1,
    low=0.05, high=0.15, inner_low=0.06, inner_high=0.14, margin=0.01, p=0.01, raw_p=0.01,
    exact=False, wins=30, ties=5, losses=5,
)  # fmt: skip
WORSE = replace(
    BETTER, low=-0.15, high=-0.05, inner_low=-0.14, inner_high=-0.06, difference=-0.1, wins=5,
    losses=30,
)  # fmt: skip
ALIKE = replace(
    BETTER, low=-0.004, high=0.004, inner_low=-0.003, inner_high=0.003, p=0.9, wins=3, ties=35,
    losses=2,
)  # fmt: skip
OPEN = replace(BETTER, low=-0.1, high=0.2, inner_low=-0.09, inner_high=0.19, p=0.3)
OF_KIND = {
    "Difference": [BETTER, WORSE, ALIKE, OPEN],
    "Share": [Share(hits, 10, "cases") for hits in (0, 5, 9, 10)],
    "float": [0.0, 1e-6, 0.05, 0.3, 0.75, 0.95, 1.0, 4.5, 17.0, 3_000.0, 1e7],
    "int": [1, 2, 20, 60, 400, 5_000],
}


def made_up(lesson):
    """Arguments of every kind for a lesson's questions, one value after the other."""
    module = importlib.import_module(f"xenc_course.teaching.quiz_texts.lesson_{lesson}")
    parameters = inspect.signature(module.questions).parameters
    kinds = {name: OF_KIND.get(p.annotation, list(STATES)) for name, p in parameters.items()}
    if lesson == "01":
        kinds |= {"n_documents": [60, 10_000, 70], "k": [2, 20, 100]}
    if lesson == "08":
        kinds["misses_most"] = ["BM25", "full text", "all-MiniLM", "bge", "hybrid"]
    return [
        dict(zip(kinds, values, strict=True))
        for values in itertools.islice(
            zip(*map(itertools.cycle, kinds.values()), strict=True), max(map(len, kinds.values()))
        )
    ]


@pytest.mark.parametrize("lesson", LESSONS)
def test_whatever_was_measured_each_question_has_one_right_answer(lesson):
    for measured in made_up(lesson):
        for question in quiz(lesson, **measured).questions:
            assert sum(option.right for option in question.options) == 1
            assert question.text.endswith("?")


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_right_answer_follows_what_was_measured(lesson):
    rights = [
        [question.options[question.right].text for question in quiz(lesson, **measured).questions]
        for measured in made_up(lesson)
    ]
    assert all(len(set(of_question)) > 1 for of_question in zip(*rights, strict=True))


def test_a_lesson_that_gives_too_little_is_told():
    with pytest.raises(TypeError, match="sure"):
        quiz("01", gain=BETTER)


def test_the_pairs_that_are_read_are_those_of_the_candidates():
    measured = {"gain": BETTER, "sure": Share(6, 10, "results"), "k": 20}
    for n_documents, right in ((10_000, "each query with its candidates"), (15, "each document")):
        question = quiz("01", **measured, n_documents=n_documents).questions[3]
        assert question.options[question.right].text.endswith(right)


def test_a_quiz_on_nothing_is_refused():
    unchanged = replace(BETTER, wins=0, ties=40, losses=0)
    with pytest.raises(ValueError, match="changed no query"):
        quiz("01", gain=unchanged, sure=Share(6, 10, "results"), n_documents=60, k=20)
