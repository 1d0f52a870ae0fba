"""Carry the numbers of a lesson's prose over to another run of its cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from ..cells import shown_text
from ..prose_figures import ANY_NUMBER, Figure, figures

MINUS = "−"


@dataclass(frozen=True)
class Place:
    """A number that a cell shows: the cell, from 1, and which of its numbers, from 0."""

    cell: int
    number: int


def carry_over(old: NotebookNode, new: NotebookNode) -> dict[int, list[str]]:
    """Give the prose of a lesson the numbers of a new run.

    A number in prose is looked up in the stored outputs of the old run, the nearest cell first. The
    number at the same place of the same cell's new output takes its place, with as many decimals.

    Args:
        old: the lesson with its stored outputs.
        new: the same cells after another run; its prose is changed.

    Returns:
        Cell, from 1 -> the numbers of its prose that could not be carried over: no output of the
        lesson shows them, or the new output has another form.
    """
    before, after = _shown(old), _shown(new)
    kept: dict[int, list[str]] = {}
    for figure in list(figures(old)):
        if figure.cited:
            continue
        place = _place(figure, before)
        same = place and len(before[place.cell]) == len(after.get(place.cell, ()))
        if place is None or not same:
            kept.setdefault(figure.cell, []).append(figure.text)
            continue
        other = _written(figure, before[place.cell][place.number], after[place.cell][place.number])
        cell = new.cells[figure.cell - 1]
        cell.source = _replaced(cell.source, figure.text, other)
    return kept


def _shown(lesson: NotebookNode) -> dict[int, list[float]]:
    """Cell, from 1 -> the numbers that it shows, in order."""
    return {
        number: [
            float(re.sub("[,_]", "", text).replace(MINUS, "-"))
            for text in ANY_NUMBER.findall(shown_text(cell))
        ]
        for number, cell in enumerate(lesson.cells, start=1)
        if cell.cell_type == "code"
    }


def _place(figure: Figure, shown: dict[int, list[float]]) -> Place | None:
    """Where the number stands in the outputs; the nearest cell before the prose first."""

    def distance(cell: int) -> tuple[int, bool]:
        return abs(cell - figure.cell), cell > figure.cell

    for cell in sorted(shown, key=distance):
        for number, value in enumerate(shown[cell]):
            if any(
                abs(abs(value) * scale - abs(figure.value)) <= half
                for scale, half in _scales(figure)
            ):
                return Place(cell, number)
    return None


def _scales(figure: Figure) -> Iterator[tuple[float, float]]:
    half = 0.5 * 10**-figure.decimals + 1e-9
    yield 1, half
    if figure.percent:
        yield 100, half


def _written(figure: Figure, before: float, after: float) -> str:
    """The new value, written as the prose writes the old one."""
    scale = next(
        scale
        for scale, half in _scales(figure)
        if abs(abs(before) * scale - abs(figure.value)) <= half
    )
    value = after * scale
    # Prose may speak of a fall without its sign: "it loses 0.04".
    if figure.value >= 0 > before and after < 0:
        value = -value
    number, unit = re.fullmatch(r"([+\-−±]?[\d,.]+)(.*)", figure.text, re.DOTALL).groups()
    sign = "+" if number.startswith("+") else ""
    text = f"{value:{sign},.{figure.decimals}f}"
    return (text.replace("-", MINUS) if MINUS in number else text) + unit


def _replaced(source: str, old: str, new: str) -> str:
    """The first whole occurrence of a number in a cell's prose, replaced."""
    pattern = rf"(?<![\w.,]){re.escape(old)}(?![\w]|[.,]\d)"
    return re.sub(pattern, lambda _: new, source, count=1)
