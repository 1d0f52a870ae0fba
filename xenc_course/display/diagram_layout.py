"""Where the boxes of a diagram stand: a grid as large as its texts need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FONT_SIZE = 16  # px: 11 px are left where a phone shows a wide diagram at two thirds
LINE = 20  # px from one line of text to the next
PADDING = 10  # px between a box and its text
MARGIN = 6  # px around the whole diagram
HEAD = 9  # px: the length of an arrow's head
DOWN = 34  # px that an arrow to a lower row takes at least
DIP = 26  # px that a mutual arrow hangs under its boxes


@dataclass(frozen=True, slots=True)
class Box:
    """A text at a place of the grid.

    Attributes:
        name: which arrows use.
        text: one line or more, divided by newlines.
        row: from 0, downwards.
        column: from 0, to the right.
        span: how many columns the box takes.
        look: "thing" (text, vectors, numbers), "model" (thick and round), "stored" (dashed: kept
            for later, or padding), "words" (no outline) or "heading" (no outline, bold).
    """

    name: str
    text: str
    row: int
    column: int = 0
    span: int = 1
    look: str = "thing"


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow between two boxes.

    Within a row it lies, and its label stands above it. Otherwise it runs downwards, with a bend
    where the boxes do not stand above each other, and its label stands on its right.

    Attributes:
        start: the name of the box it comes from.
        end: the name of the box it points to.
        label: one line or more, divided by newlines.
        mutual: whether it hangs below two boxes of one row and points to both.
    """

    start: str
    end: str
    label: str = ""
    mutual: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a box stands, in pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The x of its right side."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """The y of its lower side."""
        return self.top + self.height

    @property
    def middle(self) -> int:
        """The x half-way between its sides."""
        return self.left + self.width // 2

    @property
    def centre(self) -> int:
        """The y half-way down."""
        return self.top + self.height // 2


def place_boxes(
    named: dict[str, Box], arrows: Sequence[Arrow], column_gap: int, row_gap: int
) -> dict[str, Place]:
    """Lay out the grid: sizes of columns and rows from texts, gaps from the labels in them."""
    boxes = sorted(named.values(), key=lambda box: box.span)  # the wide ones after their columns
    n_columns = max(box.column + box.span for box in boxes)
    n_rows = 1 + max(box.row for box in boxes)
    widths, heights = [0] * n_columns, [0] * n_rows
    right_of, below = [column_gap] * n_columns, [row_gap] * n_rows
    for arrow in arrows:
        start, end = named[arrow.start], named[arrow.end]
        width, height = text_size(arrow.label) if arrow.label else (0, 0)
        if arrow.mutual:
            below[start.row] = max(below[start.row], DIP + height + PADDING)
        elif start.row == end.row:
            left = min(start, end, key=lambda box: box.column)
            gap = left.column + left.span - 1
            right_of[gap] = max(right_of[gap], width + 2 * HEAD)
        else:
            below[start.row] = max(below[start.row], DOWN, height + HEAD + PADDING)
    for box in boxes:
        width, height = text_size(box.text, bold=box.look == "heading")
        heights[box.row] = max(heights[box.row], height + 2 * PADDING)
        taken = range(box.column, box.column + box.span)
        have = sum(widths[j] for j in taken) + sum(right_of[j] for j in taken[:-1])
        if (missing := width + 2 * PADDING - have) > 0:
            for j in taken:
                widths[j] += -(-missing // box.span)
    lefts = [MARGIN + sum(widths[:j]) + sum(right_of[:j]) for j in range(n_columns)]
    tops = [MARGIN + sum(heights[:i]) + sum(below[:i]) for i in range(n_rows)]
    places = {}
    for name, box in named.items():
        last = box.column + box.span - 1
        width = lefts[last] + widths[last] - lefts[box.column]
        places[name] = Place(lefts[box.column], tops[box.row], width, heights[box.row])
    return places


def text_size(text: str, *, bold: bool = False) -> tuple[int, int]:
    """How many pixels a text takes at most in a common sans-serif font, as (width, height)."""
    lines = text.split("\n")
    ems = max(sum(map(_letter_width, line)) for line in lines)
    return round(ems * FONT_SIZE * (1.1 if bold else 1)), LINE * len(lines)


def _letter_width(letter: str) -> float:
    if letter in " .,:;'|!ijltfrI()[]":
        return 0.4
    return 0.92 if letter in "mwMW→×" else 0.72 if letter.isupper() else 0.62
