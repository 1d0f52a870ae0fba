"""Checkers for the exercises: they say what is wrong and what to try."""

from __future__ import annotations

import html
import inspect
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["Feedback", "check"]

Step = tuple[Callable[[Any], object], str]

NOT_TRIED = "Not tried yet: replace the ... and run this cell again."


@dataclass(frozen=True, repr=False)
class Feedback:
    """What a checker has to say; shows itself as its message.

    Attributes:
        solved: whether the exercise is solved.
        message: one sentence or two for the learner.
    """

    solved: bool
    message: str

    def __str__(self) -> str:
        """The message."""
        return self.message

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.message)}</p>"


def check(answer: Any, *steps: Step, explain: str = "") -> Feedback:
    """Test an answer step by step, and stop at the first step that fails.

    A stub (`None`, `...`, or a tuple or list that still holds a `...`) counts as not tried.

    Args:
        answer: the learner's value. A function that needs no argument is called for its value;
            a function that needs arguments is itself the value, for the steps to call.
        steps: pairs `(predicate, hint)`. A predicate takes the answer and says whether it is
            right so far; one that says no, or raises, shows its hint.
        explain: shown after "Right." when every step holds.

    Returns:
        The feedback. An answer or a predicate that raises is reported there as well.

    Raises:
        TypeError: a step is no pair of a callable and a string.
        ValueError: there is no step, or a hint is empty.
    """
    _check_steps(steps)
    if _is_question(answer):
        try:
            answer = answer()
        except Exception as error:
            return Feedback(False, _what_was_raised(error))
    if _is_stub(answer):
        return Feedback(False, NOT_TRIED)
    for predicate, hint in steps:
        try:
            holds = bool(predicate(answer))
        except Exception as error:
            why = f"checking it raised {_in_a_word(error)}"
            return Feedback(False, f"Not yet: {hint} ({why})")
        if not holds:
            return Feedback(False, f"Not yet: {hint}")
    return Feedback(True, f"Right. {explain}".strip())


def _is_question(answer: object) -> bool:
    """Whether the answer is a function to call: models are callable too, and stay values."""
    if not (inspect.isfunction(answer) or inspect.ismethod(answer)):
        return False
    parameters = inspect.signature(answer).parameters.values()
    optional = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return all(p.default is not p.empty or p.kind in optional for p in parameters)


def _is_stub(answer: object) -> bool:
    if isinstance(answer, (tuple, list)):
        return any(item is Ellipsis for item in answer)
    return answer is None or answer is Ellipsis


def _what_was_raised(error: Exception) -> str:
    # Frame 0 is `check`, frame 1 the learner's function, deeper ones are libraries.
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in the line `{frames[1].line}`" if len(frames) > 1 and frames[1].line else ""
    return f"Your code raised {_in_a_word(error)}{where}; fix that and run this cell again."


def _in_a_word(error: Exception) -> str:
    message = " ".join(str(error).split()).rstrip(".")
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _check_steps(steps: tuple[Step, ...]) -> None:
    if not steps:
        raise ValueError("An exercise needs at least one step: a pair (predicate, hint).")
    for number, step in enumerate(steps, start=1):
        if not isinstance(step, (tuple, list)) or len(step) != 2:
            raise TypeError(f"Step {number} must be a pair (predicate, hint), not {step!r}.")
        predicate, hint = step
        if not callable(predicate):
            raise TypeError(f"The predicate of step {number} must be callable, not {predicate!r}.")
        if not isinstance(hint, str):
            raise TypeError(f"The hint of step {number} must be a string, not {hint!r}.")
        if not hint.strip():
            raise ValueError(f"The hint of step {number} is empty: say what to try.")
