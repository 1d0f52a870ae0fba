"""What a checker is made of: its hints, and a judge that runs the learner's object."""

from __future__ import annotations

import copy
import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

from xenc_course.teaching.learner_code import NOT_TRIED, what_was_raised

RETURNED_NONE = "Your function returned None: is `return` missing?"
CHANGES_INPUT = (
    "Your function changes what it was given: work on a copy, as sorted(x) does and x.sort() "
    "does not."
)

_ID = re.compile(r"(\d\d)\.[1-9]\d*")


class NotSolvedError(Exception):
    """An answer is not right yet; its text is what the learner reads."""


@dataclass(frozen=True)
class Exercise:
    """An exercise as its checker knows it.

    Attributes:
        wants: what the answer is, one sentence; shown when an answer of another kind breaks the
            judge.
        hints: two or more; the first never gives the answer away.
        judge: takes the learner's object and returns what to say after "Right.", or "". For a
            mistake it raises `NotSolvedError`, through `expect` and `call`.
    """

    wants: str
    hints: tuple[str, ...]
    judge: Callable[[Any], str]

    def __post_init__(self) -> None:
        """Refuse an exercise that leaves a learner alone.

        Raises:
            ValueError: there are fewer than two hints.
        """
        if len(self.hints) < 2:
            raise ValueError("An exercise needs two hints or more: add one.")


def find_exercise(name: str) -> Exercise:
    """Find an exercise by its id.

    Args:
        name: lesson and number, such as "01.2".

    Raises:
        ValueError: there is no such exercise.
    """
    if not (match := _ID.fullmatch(name)):
        raise ValueError(f"{name!r} names no exercise: write lesson and number, as in '01.2'.")
    module = f"{__package__}.lesson_{match.group(1)}"
    if find_spec(module) is None:
        raise ValueError(f"There is no exercise {name!r}: lesson {match.group(1)} has no checkers.")
    exercises: dict[str, Exercise] = importlib.import_module(module).EXERCISES
    if name not in exercises:
        known = ", ".join(exercises)
        raise ValueError(f"There is no exercise {name!r}: choose one of {known}.")
    return exercises[name]


def expect(holds: object, otherwise: str) -> None:
    """Go on if this holds.

    Args:
        holds: what is true of a right answer.
        otherwise: what to tell a learner, one sentence or two.

    Raises:
        NotSolvedError: it does not hold.
    """
    if not holds:
        raise NotSolvedError(f"Not yet: {otherwise}")


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call the learner's function on copies of the arguments.

    Args:
        function: the learner's.
        *arguments: lists, arrays, mappings and numbers.

    Returns:
        What it returned.

    Raises:
        NotSolvedError: it is no function, raised, returned nothing, or changed an argument.
    """
    expect(
        callable(function),
        "Give the function itself, without calling it: its name, and no brackets after it.",
    )
    given = copy.deepcopy(arguments)
    try:
        value = function(*given)
    except Exception as error:
        raise NotSolvedError(what_was_raised(error, function)) from error
    if value is Ellipsis:
        raise NotSolvedError(NOT_TRIED)
    if value is None:
        raise NotSolvedError(RETURNED_NONE)
    if not all(_same(one, other) for one, other in zip(given, arguments, strict=True)):
        raise NotSolvedError(f"Not yet: {CHANGES_INPUT}")
    return value


def call_for_number(function: Callable[..., Any], *arguments: Any) -> float:
    """Call the learner's function for a number; see `call`.

    Raises:
        NotSolvedError: as in `call`, or it returned something else.
    """
    value = call(function, *arguments)
    number = isinstance(value, (int, float, np.number, np.bool))
    expect(number, f"The answer is one number, and yours is a {type(value).__name__}.")
    return float(value)


def _same(one: object, other: object) -> bool:
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.array_equal(np.asarray(one), np.asarray(other))
    return one == other
