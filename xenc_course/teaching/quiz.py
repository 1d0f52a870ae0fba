"""A quiz on a lesson, of five questions: a widget in JupyterLab, folded text elsewhere."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from xenc_course.display.text_width import escaped, printable

from .questions import Question

LINE = '<div style="max-width: 70ch; line-height: 1.5; overflow-wrap: anywhere">{}</div>'
FOLDED = '<details style="margin: 0.2em 0 0.2em 1em"><summary>{}</summary>{}</details>'


def quiz(lesson: str, *, sections: Sequence[int] | None = None, **measured: Any) -> Quiz:
    """Show the quiz of a lesson; make it the last line of a cell.

    The right answers are computed from what is given, so they follow the lesson when it runs with
    another collection or model.

    Args:
        lesson: its number, such as "01".
        sections: numbers of those to ask about; all five questions when None.
        **measured: what the lesson has measured, by the names that its questions take.

    Returns:
        The quiz.

    Raises:
        ValueError: the lesson has no quiz, or none on these sections, or a question has no right
            answer with what is given.
        TypeError: what the questions need is not given.
    """
    name = f"{__package__}.quiz_texts.lesson_{lesson}"
    if not re.fullmatch(r"\d\d", lesson) or find_spec(name) is None:
        raise ValueError(f"There is no quiz {lesson!r}: write a lesson's number, as in '01'.")
    texts = importlib.import_module(name)
    questions: list[Question] = texts.questions(**measured)
    if sections is not None:
        pairs = zip(questions, texts.SECTIONS, strict=True)
        questions = [question for question, section in pairs if section in sections]
        if not questions:
            raise ValueError(
                f"Quiz {lesson} asks about the sections {', '.join(map(str, texts.SECTIONS))}: "
                "name one of them."
            )
    return Quiz(questions)


class Quiz:
    """Questions, what was answered, and how many were right at the first try; see `quiz`.

    Attributes:
        questions: in order.
        tries: the options chosen for each question, in order; numbers from 0.
    """

    def __init__(self, questions: list[Question]) -> None:
        """Nothing is answered yet."""
        self.questions = questions
        self.tries: list[list[int]] = [[] for _ in questions]

    def answer(self, question: int, option: int) -> str:
        """Choose an option.

        Args:
            question: its place, from 0.
            option: its place, from 0.

        Returns:
            "Right." or "No.", and the explanation of the option.
        """
        chosen = self.questions[question].options[option]
        self.tries[question].append(option)
        return f"{'Right' if chosen.right else 'No'}. {chosen.why}"

    def score(self) -> str:
        """How many were right at the first try."""
        answered = [
            (tries[0], q) for tries, q in zip(self.tries, self.questions, strict=True) if tries
        ]
        right = sum(first == question.right for first, question in answered)
        return (
            f"{right} of {len(answered)} right at the first try; {len(self.questions)} questions."
        )

    def __repr__(self) -> str:
        """The questions and their options, without the answers."""
        lines = []
        for number, question in enumerate(self.questions, start=1):
            lines.append(f"{number}. {question.text}")
            lines += [f"   ({_letter(n)}) {o.text}" for n, o in enumerate(question.options)]
        return printable("\n".join(lines))

    def _repr_html_(self) -> str:
        """Each option as a line that unfolds to its explanation."""
        parts = []
        for number, question in enumerate(self.questions, start=1):
            options = "".join(
                FOLDED.format(
                    f"({_letter(n)}) {escaped(option.text)}",
                    LINE.format(escaped(f"{'Right' if option.right else 'No'}. {option.why}")),
                )
                for n, option in enumerate(question.options)
            )
            parts.append(f"<p><b>{number}.</b> {escaped(question.text)}</p>{options}")
        return LINE.format("".join(parts))

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """The widget where it can be shown, and the folded text everywhere else."""
        bundle: dict[str, Any] = {"text/plain": repr(self), "text/html": self._repr_html_()}
        try:
            from ipywidgets import VBox
        except ImportError:  # the folded text is a whole quiz as well
            return bundle
        return VBox(self._rows())._repr_mimebundle_() | bundle

    def _rows(self) -> list[Any]:
        from ipywidgets import HTML, Layout, RadioButtons

        said = HTML()
        rows = []
        for number, question in enumerate(self.questions):
            options = [(option.text, place) for place, option in enumerate(question.options)]
            wide = Layout(width="auto", max_width="70ch")
            choice = RadioButtons(options=options, value=None, layout=wide)
            told = HTML()

            def chosen(change: Any, number: int = number, told: Any = told) -> None:
                told.value = LINE.format(escaped(self.answer(number, change["new"])))
                said.value = LINE.format(escaped(self.score()))

            choice.observe(chosen, "value")
            rows += [
                HTML(LINE.format(f"<b>{number + 1}.</b> {escaped(question.text)}")),
                choice,
                told,
            ]
        return [*rows, said]


def _letter(place: int) -> str:
    return "abcdefgh"[place]
