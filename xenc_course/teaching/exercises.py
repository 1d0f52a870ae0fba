"""Exercises: a checker says what is wrong and what to try, and a hint helps a learner to go on."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xenc_course.display.text_width import escaped, printable

from .checkers.exercise import NotSolvedError, find_exercise
from .learner_code import NOT_TRIED, in_a_word, is_stub, what_was_raised

__all__ = ["Feedback", "Hint", "check", "hint"]

Step = tuple[Callable[[Any], object], str]

RIGHT = "Right."
SOLUTION_PASSES = "The solution passes."
# The entry and the keys are those of JupyterLab 4.
AFTER_THE_LAST_HINT = (
    "There are no more hints. The solution is in the folded cell below, where your copy has one. "
    "Click the folded line, or select it and choose View > Expand Selected Code. With the "
    "keyboard: select it with Esc and the arrow keys, press Ctrl+Shift+C (on a Mac: "
    "Command+Shift+C), type 'expand selected code', and press Enter."
)


class _ShowsMessage:
    """Shows itself as its message, in text and in a notebook."""

    message: str

    def __str__(self) -> str:
        """The message."""
        return printable(self.message)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<p>{escaped(self.message)}</p>"


@dataclass(frozen=True, repr=False)
class Feedback(_ShowsMessage):
    """What a checker has to say; shows itself as its message.

    Attributes:
        solved: whether the exercise is solved.
        message: one sentence or two for the learner.
    """

    solved: bool
    message: str


@dataclass(frozen=True, repr=False)
class Hint(_ShowsMessage):
    """A hint; shows itself as its message.

    Attributes:
        message: one sentence or two for the learner.
    """

    message: str


def check(answer: Any, *steps: Step | str, explain: str = "", solution: bool = False) -> Feedback:
    """Test an answer, and say the first thing that is wrong with it.

    A stub counts as not tried: `None`, `...`, a tuple or list that still holds a `...`, or a
    function whose body is only `...` or `pass`.

    Args:
        answer: the learner's object. Tested by steps, a function that needs no argument is called
            for its value.
        *steps: either the id of an exercise, such as "01.1", whose checker runs the answer; or
            pairs `(predicate, hint)`. A predicate takes the answer and says whether it is right so
            far; one that says no, or raises, shows its hint.
        explain: shown after "Right." when every step holds.
        solution: whether the answer is the lesson's own: "The solution passes." takes the place of
            "Right.".

    Returns:
        The feedback. An answer or a predicate that raises is reported there as well.

    Raises:
        TypeError: a step is no pair of a callable and a string, or an id has steps beside it.
        ValueError: there is no step, a hint is empty, or there is no exercise of this id.
        AssetError: the checker needs a model that cannot be fetched.
    """
    praise = SOLUTION_PASSES if solution else RIGHT
    if steps and isinstance(steps[0], str):
        if len(steps) > 1:
            raise TypeError(f"Exercise {steps[0]} has its own checker: give no steps beside it.")
        return _judged(answer, steps[0], praise)
    pairs = _checked_steps(steps)
    if _is_question(answer):
        try:
            answer = answer()
        except Exception as error:
            return Feedback(False, what_was_raised(error, answer))
    if is_stub(answer):
        return Feedback(False, NOT_TRIED)
    for predicate, advice in pairs:
        try:
            holds = bool(predicate(answer))
        except Exception as error:
            why = f"checking it raised {in_a_word(error)}"
            return Feedback(False, f"Not yet: {advice} ({why})")
        if not holds:
            return Feedback(False, f"Not yet: {advice}")
    return Feedback(True, f"{praise} {explain}".strip())


def hint(exercise: str, number: int = 1) -> Hint:
    """Show a hint of an exercise; after the last one, where the solution is.

    Args:
        exercise: its id, such as "01.1".
        number: of the hint, from 1.

    Raises:
        ValueError: there is no such exercise, or the number is below 1.
    """
    hints = find_exercise(exercise).hints
    if number < 1:
        raise ValueError(f"Hints are counted from 1, not {number}: ask for the first one.")
    if number > len(hints):
        return Hint(AFTER_THE_LAST_HINT)
    return Hint(f"Hint {number} of {len(hints)}: {hints[number - 1]}")


def _judged(answer: Any, name: str, praise: str) -> Feedback:
    exercise = find_exercise(name)
    if is_stub(answer):
        return Feedback(False, NOT_TRIED)
    try:
        explain = exercise.judge(answer)
    except NotSolvedError as problem:
        return Feedback(False, str(problem))
    except (TypeError, ValueError, AttributeError, LookupError) as error:  # of another kind
        why = f"Checking yours raised {in_a_word(error)}."
        return Feedback(False, f"Not yet: {exercise.wants} {why}")
    return Feedback(True, f"{praise} {explain}".strip())


def _is_question(answer: object) -> bool:
    """Whether the answer is a function to call: models are callable too, and stay values."""
    if not (inspect.isfunction(answer) or inspect.ismethod(answer)):
        return False
    parameters = inspect.signature(answer).parameters.values()
    optional = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return all(p.default is not p.empty or p.kind in optional for p in parameters)


def _checked_steps(steps: tuple[Any, ...]) -> tuple[Step, ...]:
    if not steps:
        raise ValueError("An exercise needs at least one step: a pair (predicate, hint).")
    for number, step in enumerate(steps, start=1):
        if not isinstance(step, (tuple, list)) or len(step) != 2:
            raise TypeError(f"Step {number} must be a pair (predicate, hint), not {step!r}.")
        predicate, advice = step
        if not callable(predicate):
            raise TypeError(f"The predicate of step {number} must be callable, not {predicate!r}.")
        if not isinstance(advice, str):
            raise TypeError(f"The hint of step {number} must be a string, not {advice!r}.")
        if not advice.strip():
            raise ValueError(f"The hint of step {number} is empty: say what to try.")
    return steps
