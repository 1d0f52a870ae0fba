from __future__ import annotations

import linecache
from collections.abc import Callable

import numpy as np
import pytest

from xenc_course.teaching.checkers.exercise import (
    CHANGES_INPUT,
    RETURNED_NONE,
    Exercise,
    NotSolvedError,
    call,
    expect,
)
from xenc_course.teaching.exercises import AFTER_THE_LAST_HINT, Feedback, check, hint
from xenc_course.teaching.learner_code import NOT_TRIED

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

    line = answer.__code__.co_firstlineno + 2
    feedback = check(answer, POSITIVE)
    assert feedback == Feedback(
        False,
        f"Your code raised ZeroDivisionError: division by zero in line {line}, "
        "`return 1 / len(passages)`: fix it and run the check again.",
    )


def test_an_error_without_message_or_source_is_still_one_sentence():
    code: dict = {}
    exec("def answer():\n    raise NotImplementedError", code)
    message = check(code["answer"], POSITIVE).message
    assert message == "Your code raised NotImplementedError: fix it and run the check again."


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


def double_judge(function: Callable[[int], int]) -> str:
    got = call(function, 3)
    expect(got != 9, "That is the square: what is twice the number?")
    expect(got == 6, "Multiply by two.")
    return "Two times three is six."


DOUBLE = Exercise("double(x) returns a number.", ("Add?", "Use 2 * x."), double_judge)


@pytest.fixture
def double(monkeypatch):
    """An exercise whose id is 01.1 for the test."""
    monkeypatch.setattr("xenc_course.teaching.exercises.find_exercise", lambda name: DOUBLE)


def in_a_cell(source: str, filename: str = "/tmp/ipykernel_4711/123456.py") -> dict:
    """What a cell defines, compiled and known to linecache as ipykernel does it."""
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    names: dict = {}
    exec(compile(source, filename, "exec"), names)
    return names


def test_a_checker_is_found_by_its_id(double):
    right = check(lambda x: 2 * x, "01.1")
    assert right == Feedback(True, "Right. Two times three is six.")
    square = check(lambda x: x * x, "01.1")
    assert square == Feedback(False, "Not yet: That is the square: what is twice the number?")
    assert check(lambda x: -x, "01.1").message == "Not yet: Multiply by two."


def test_a_solution_is_praised_in_other_words(double):
    said = check(lambda x: 2 * x, "01.1", solution=True)
    assert said == Feedback(True, "The solution passes. Two times three is six.")
    assert check(lambda x: x, "01.1", solution=True).message == "Not yet: Multiply by two."
    assert check(4, EVEN, solution=True).message == "The solution passes."


def dots(x): ...


def passes(x):
    pass


def documented(x):
    """Doubles."""


def dotted_inside(x):
    print(x)
    return ...


STUBS = [
    None,
    ...,
    dots,
    passes,
    documented,
    dotted_inside,
    lambda x: ...,
    ((..., ...), ("a", "b")),
]


@pytest.mark.parametrize("stub", STUBS)
def test_a_function_without_a_body_is_not_tried_yet(double, stub: object):
    assert check(stub, "01.1") == Feedback(False, NOT_TRIED)


def test_a_function_that_returns_nothing_is_asked_for_its_return(double):
    def printing(x: int) -> None:
        x * 2

    assert check(printing, "01.1") == Feedback(False, RETURNED_NONE)


@pytest.mark.parametrize("body", ["return 7", "return 'text'", "return x", "raise ValueError"])
def test_a_body_of_one_line_is_a_try(double, body: str):
    function = in_a_cell(f"def f(x):\n    {body}\n")["f"]
    assert check(function, "01.1").message != NOT_TRIED


@pytest.mark.parametrize(
    "filename",
    ["/tmp/ipykernel_4711/1.py", r"C:\Temp\ipykernel_4711\2.py", "<ipython-input-7-abc>"],
)
def test_an_error_names_the_line_of_the_learners_cell(double, filename: str):
    source = "import json\n\ndef f(x):\n    y = 1\n    return json.loads('{')\n"
    message = check(in_a_cell(source, filename)["f"], "01.1").message
    assert message.startswith("Your code raised JSONDecodeError: ")
    assert " in line 5, `return json.loads('{')`: fix it" in message


def test_the_line_is_the_learners_also_where_the_check_cell_calls():
    learner = in_a_cell("def f(x):\n    return x / 0\n", "/tmp/ipykernel_1/1.py")
    checking = in_a_cell("def ask(f):\n    return lambda: f(1)\n", "/tmp/ipykernel_1/2.py")
    message = check(checking["ask"](learner["f"]), POSITIVE).message
    assert "in line 2, `return x / 0`" in message


def test_a_real_cell_of_ipython_is_quoted(double):
    shell_module = pytest.importorskip("IPython.core.interactiveshell")
    shell = shell_module.InteractiveShell()
    shell.run_cell("def f(x):\n    return x.no_such\n")
    message = check(shell.user_ns["f"], "01.1").message
    assert "AttributeError" in message
    assert "in line 2, `return x.no_such`" in message


def test_a_call_with_other_arguments_is_one_sentence(double):
    def two(x: int, y: int) -> int:
        return x + y

    message = check(two, "01.1").message
    assert message.startswith("Your code raised TypeError: ")
    assert "missing 1 required positional argument: 'y': fix it" in message


def test_a_value_in_the_place_of_a_function_is_told_apart(double):
    assert "Give the function itself" in check(6, "01.1").message


def test_an_answer_of_another_kind_shows_what_is_wanted(double):
    message = check(lambda x: np.array([6, 6]), "01.1").message
    assert message.startswith("Not yet: double(x) returns a number. Checking yours raised ValueErr")


def test_a_function_may_not_change_what_it_was_given(monkeypatch):
    judge = Exercise("f(x)", ("a", "b"), lambda f: str(call(f, [3, 1]) and call(f, np.ones(2))))
    monkeypatch.setattr("xenc_course.teaching.exercises.find_exercise", lambda name: judge)

    def sorting(x: list) -> list:
        x.sort()
        return x

    assert check(sorting, "01.1") == Feedback(False, f"Not yet: {CHANGES_INPUT}")
    assert check(lambda x: sorted(x), "01.1").solved


def test_a_fault_of_the_checker_or_of_a_model_is_not_hidden(monkeypatch):
    from xenc_course import AssetError

    def judge(answer: object) -> str:
        raise AssetError("No model.")

    broken = Exercise("f(x)", ("a", "b"), judge)
    monkeypatch.setattr("xenc_course.teaching.exercises.find_exercise", lambda name: broken)
    with pytest.raises(AssetError):
        check(1, "01.1")


def test_hints_come_one_by_one_and_then_the_way_to_the_solution(double):
    assert str(hint("01.1")) == "Hint 1 of 2: Add?"
    assert str(hint("01.1", 2)) == "Hint 2 of 2: Use 2 * x."
    assert str(hint("01.1", 3)) == str(hint("01.1", 9)) == AFTER_THE_LAST_HINT
    assert "View > Expand Selected Code" in AFTER_THE_LAST_HINT
    assert hint("01.1", 3)._repr_html_().startswith("<p>There are no more hints.")
    with pytest.raises(ValueError, match="counted from 1, not 0"):
        hint("01.1", 0)


@pytest.mark.parametrize("name", ["1.1", "01", "01.", "01.0", "", "first"])
def test_an_id_of_another_form_is_refused(name: str):
    with pytest.raises(ValueError, match="names no exercise: write lesson and number"):
        hint(name)


def test_an_unknown_exercise_is_refused():
    with pytest.raises(ValueError, match=r"'99\.1': lesson 99 has no checkers"):
        check(1, "99.1")
    with pytest.raises(ValueError, match=r"'01\.9': choose one of 01\.1, "):
        check(1, "01.9")


def test_an_id_takes_no_steps_beside_it():
    with pytest.raises(TypeError, match=r"Exercise 01\.1 has its own checker"):
        check(1, "01.1", EVEN)


def test_an_exercise_has_two_hints():
    with pytest.raises(ValueError, match="two hints or more"):
        Exercise("f(x)", ("only one",), str)


class Speechless(Exception):  # noqa: N818
    def __str__(self) -> str:
        raise RuntimeError("no words")


def speechless(*_: object) -> None:
    raise Speechless


def test_an_error_that_cannot_be_shown_is_named_by_its_type():
    assert "Your code raised Speechless in line " in check(lambda: speechless(), POSITIVE).message
    assert "checking it raised Speechless)" in check(1, (speechless, "Try 2.")).message
    with pytest.raises(NotSolvedError, match="Your code raised Speechless in line "):
        call(speechless, 1)


def test_nothing_that_a_checker_says_can_steer_a_terminal_or_a_page():
    def failing(_: object) -> None:
        raise ValueError("a\x1b[2J \u202e<b>")

    for feedback in (check(1, (failing, "Try\x1b[2J")), check(1, POSITIVE, explain="\u202e")):
        for text in (str(feedback), repr(feedback), feedback._repr_html_()):
            assert "\ufffd" in text and not {"\x1b", "\u202e"} & set(text)
    assert "&lt;b&gt;" in check(1, (failing, "Try."))._repr_html_()
