from __future__ import annotations

import numpy as np
import pytest

from xenc_course.teaching.exercises import NOT_TRIED, Feedback, check

POSITIVE = (lambda x: x > 0, "Is it above zero?")
EVEN = (lambda x: x % 2 == 0, "Is it even?")


def test_an_answer_that_passes_every_step_is_right():
    feedback = check(4, POSITIVE, EVEN)
    assert feedback == Feedback(True, "Right.")


def test_an_explanation_follows_a_right_answer_only():
    assert check(4, EVEN, explain="Four is 2 · 2.").message == "Right. Four is 2 · 2."
    assert "Four" not in check(3, EVEN, explain="Four is 2 · 2.").message


def test_the_first_step_that_fails_gives_its_hint():
    assert check(-3, POSITIVE, EVEN) == Feedback(False, "Not yet: Is it above zero?")
    assert check(3, POSITIVE, EVEN) == Feedback(False, "Not yet: Is it even?")


def test_later_steps_are_not_asked_once_one_failed():
    asked = []
    check(-1, POSITIVE, (asked.append, "never shown"))
    assert asked == []


def test_a_predicate_that_raises_gives_its_hint_and_the_reason():
    feedback = check("four", EVEN)
    assert not feedback.solved
    assert feedback.message.startswith("Not yet: Is it even? (checking it raised TypeError: ")


@pytest.mark.parametrize("stub", [None, ..., lambda: None, lambda: ..., (1, ...), [..., 2]])
def test_a_stub_is_not_tried_yet(stub: object):
    assert check(stub, POSITIVE) == Feedback(False, NOT_TRIED)


@pytest.mark.parametrize("answer", [0, "", [], False, np.zeros(3)])
def test_an_empty_answer_is_an_answer(answer: object):
    assert check(answer, (lambda x: True, "hint")).solved


def test_a_function_without_arguments_is_called():
    assert check(lambda: 4, POSITIVE, EVEN).solved
    assert check(lambda default=4: default, EVEN).solved
    assert check([4].pop, EVEN) != check(4, EVEN)  # built-in: not the learner's, stays a value


def test_a_function_with_arguments_is_the_answer():
    def double(x: int) -> int:
        return 2 * x

    assert check(double, (lambda f: f(3) == 6, "What should double(3) give?")).solved


def test_an_object_that_can_be_called_is_a_value():
    class Model:
        def __call__(self) -> None:
            raise AssertionError("a model is not to be called")

    assert check(Model(), (lambda m: isinstance(m, Model), "Load the model.")).solved


def test_a_function_that_raises_is_told_where():
    def answer() -> float:
        passages = []
        return 1 / len(passages)

    feedback = check(answer, POSITIVE)
    assert feedback == Feedback(
        False,
        "Your code raised ZeroDivisionError: division by zero in the line "
        "`return 1 / len(passages)`; fix that and run this cell again.",
    )


def test_an_error_without_message_or_source_is_still_one_sentence():
    code: dict = {}
    exec("def answer():\n    raise NotImplementedError", code)
    message = check(code["answer"], POSITIVE).message
    assert message == "Your code raised NotImplementedError; fix that and run this cell again."


def test_an_interrupt_is_not_caught():
    def answer() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check(answer, POSITIVE)


def test_arrays_and_numpy_booleans_work():
    scores = np.array([0.5, -1.0], dtype=np.float32)
    step = (lambda a: (a < 1).all(), "All below one.")
    assert check(scores, step).solved is True
    assert check(scores, (lambda a: a[1] > 0, "The second?")).solved is False


def test_a_predicate_that_gives_an_array_asks_for_one_truth():
    feedback = check(np.array([1, 2]), (lambda a: a > 0, "All above zero?"))
    assert feedback.message.startswith("Not yet: All above zero? (checking it raised ValueError")


def test_feedback_shows_itself():
    feedback = check(3, (lambda x: x < 2, "Is it < 2 & whole?"))
    assert str(feedback) == repr(feedback) == "Not yet: Is it < 2 & whole?"
    assert feedback._repr_html_() == "<p>Not yet: Is it &lt; 2 &amp; whole?</p>"


def test_feedback_cannot_be_changed():
    with pytest.raises(AttributeError):
        Feedback(False, "no").solved = True


@pytest.mark.parametrize(
    ("steps", "error", "message"),
    [
        ((), ValueError, "at least one step"),
        ((lambda x: True,), TypeError, "Step 1 must be a pair"),
        ((POSITIVE, (EVEN[0],)), TypeError, "Step 2 must be a pair"),
        ((("hint", "hint"),), TypeError, "The predicate of step 1 must be callable, not 'hint'"),
        (((EVEN[0], 3),), TypeError, "The hint of step 1 must be a string, not 3"),
        ((POSITIVE, (EVEN[0], " ")), ValueError, "The hint of step 2 is empty"),
    ],
)
def test_wrong_steps_are_refused_even_for_a_stub(steps: tuple, error: type, message: str):
    with pytest.raises(error, match=message):
        check(..., *steps)
