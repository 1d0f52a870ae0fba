"""Questions of a quiz: the right option is computed from what the lesson has measured."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xenc_course.evaluation.states import CANNOT_TELL, CONTRADICTED, EQUIVALENT, SHOWN

MIN_OPTIONS = 3


@dataclass(frozen=True)
class Option:
    """One answer that a learner can choose.

    Attributes:
        text: the answer.
        right: whether it is the right one.
        why: what the learner reads after choosing it: why it is right, or what is wrong with it.
    """

    text: str
    right: bool
    why: str


@dataclass(frozen=True)
class Question:
    """A question with one right option.

    Attributes:
        text: the question.
        options: in the order in which they are shown; `asked` shuffles them.
    """

    text: str
    options: tuple[Option, ...]

    @property
    def right(self) -> int:
        """The place of the right option, from 0."""
        return [option.right for option in self.options].index(True)


def asked(text: str, options: Sequence[tuple[str, bool, str]]) -> Question:
    """Make a question, with its options in an order that the text of the question decides.

    So the right one stands anywhere, and at the same place on every machine.

    Args:
        text: the question.
        options: (answer, whether it is right, why) of each, three or more.

    Returns:
        The question.

    Raises:
        ValueError: there are fewer than three options, two are alike, one has no explanation, or
            not exactly one is right.
    """
    made = [Option(answer, bool(right), why) for answer, right, why in options]
    if len({option.text for option in made}) < max(len(made), MIN_OPTIONS):
        raise ValueError(f"{text!r} needs three different options or more.")
    if not all(option.why for option in made):
        raise ValueError(f"{text!r} has an option without an explanation: say why of each.")
    n_right = sum(option.right for option in made)
    if n_right != 1:
        raise ValueError(f"{text!r} has {n_right} right options; exactly one fits.")
    random.Random(text).shuffle(made)
    return Question(text, tuple(made))


def how_many(
    text: str, value: float, ranges: Sequence[tuple[str, float, str]], *, course: str
) -> Question:
    """Ask for a number: the right option is the range that holds it.

    The explanations are written for the course's own text and machine. Where another range holds
    what was measured, that range and the course's say so instead.

    Args:
        text: the question.
        value: what was measured.
        ranges: (answer, upper end, why) of each, ascending; a value at an upper end is in the
            next range. The last end is `math.inf`, so that every value is in one.
        course: the answer that is right on the course's own text and machine.

    Raises:
        ValueError: the ends do not ascend to infinity, the value is no number, no range has the
            course's answer, or see `asked`.
    """
    ends = [end for _, end, _ in ranges]
    if ends != sorted(set(ends)) or ends[-1:] != [math.inf]:
        raise ValueError(f"The ranges of {text!r} do not ascend to infinity.")
    if not math.isfinite(value):
        raise ValueError(f"{text!r} asks for a number, and what was measured is none.")
    holds = next(place for place, end in enumerate(ends) if value < end)
    answers, whys = [answer for answer, _, _ in ranges], [why for _, _, why in ranges]
    if course not in answers:
        raise ValueError(f"{text!r} has no answer {course!r}: it has {', '.join(answers)}.")
    if answers[holds] != course:
        measured = f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.4g}"
        whys[holds] = f"Measured here: {measured}. The course's own data give another answer."
        whys[answers.index(course)] = (
            f"That is the answer of the course's own data. Measured here: {measured}."
        )
    options = zip(answers, whys, strict=True)
    return asked(text, [(answer, n == holds, why) for n, (answer, why) in enumerate(options)])


def which(text: str, right: str, options: Mapping[str, tuple[str, str]]) -> Question:
    """Ask for one of several: the right option is the one with the key that was measured.

    Args:
        text: the question.
        right: the key of the right option, such as the state of a finding.
        options: key -> (answer, why).

    Raises:
        ValueError: no option has the key, or see `asked`.
    """
    if right not in options:
        raise ValueError(f"{text!r} has no option for {right!r}: it has {', '.join(options)}.")
    return asked(text, [(answer, key == right, why) for key, (answer, why) in options.items()])


def says(text: str, state: str, *, shown: str, contradicted: str, because: str) -> Question:
    """Ask what a comparison says; the state that it has is right.

    Args:
        text: the question.
        state: of a `Difference` or a finding.
        shown: the answer that the state "shown" means.
        contradicted: the answer that "contradicted" means.
        because: what follows from the state that it has; read after the right answer.

    Raises:
        ValueError: there is no such state, or see `asked`.
    """
    options = {
        SHOWN: (shown, "Then the interval would lie above zero, with p below 0.05."),
        CONTRADICTED: (contradicted, "Then the interval would lie below zero, with p below 0.05."),
        EQUIVALENT: (
            "The difference is too small to matter.",
            "That would be a claim of its own: the 90 % interval inside a margin set before.",
        ),
        CANNOT_TELL: (
            "These data cannot tell.",
            "Then the interval would hold zero and reach beyond the margin, or p would be too "
            "large.",
        ),
    }
    if state in options:
        options[state] = (options[state][0], because)
    return which(text, state, options)
