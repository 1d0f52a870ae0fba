"""A small table that shows itself: HTML in a notebook, aligned text in a terminal.

The HTML carries inline styles only (an untrusted notebook strips `<style>`) and inherits its
colours, so that it reads well in light and dark JupyterLab and in a plain HTML export.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .arguments import at_least, in_short
from .cells import Cell, Value, html_cell, row_cells
from .text_width import display_width, escaped, one_line, wrapped

WRAP = 60  # columns of a terminal that one text cell may take before it continues on the next line
ALIGNMENTS = ("left", "right", "center")


@dataclass(frozen=True, init=False, repr=False, eq=False)
class Table:
    """A table of text and numbers that does not change.

    Attributes:
        columns: the column names, each one once.
        cells: one tuple of cells per row, one cell per column.
        sides: "left", "right" or "center" for each column.
        caption: one line above the table.
        notes: lines below the table.
        wrap: terminal columns that one text cell may take before it continues on the next line.
        roomy: the column that takes at least half of the width in HTML, or None.
    """

    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    sides: tuple[str, ...]
    caption: str
    notes: tuple[str, ...]
    wrap: int
    roomy: str | None

    def __init__(
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[object] | Mapping[str, object]],
        caption: str = "",
        align: Mapping[str, str] | None = None,
        *,
        formats: Mapping[str, str] | None = None,
        notes: Sequence[str] = (),
        wrap: int = WRAP,
        roomy: str | None = None,
    ) -> None:
        """Turn values into cells.

        Args:
            columns: the column names, each one once.
            rows: one sequence of values per row, or one mapping, column name to value. A value is a
                text, a number, a truth value (yes or no), None (a dash) or a finished `Cell`.
            caption: one line above the table.
            align: `{"column": "left" | "right" | "center"}`; by default columns of numbers are
                right-aligned and all others left-aligned.
            formats: `{"column": "{:.3f}"}` for the numbers of a column; by default floats show four
                decimals.
            notes: lines below the table.
            wrap: terminal columns that one text cell may take before it continues on the next line.
            roomy: the name of a column of long texts, which takes at least half of the width in
                HTML; the names of the other columns break there where they must.

        Raises:
            TypeError: a value is something else, or a name, the caption or a note is no text.
            ValueError: there is no column, a column is named twice, a row does not fit the columns,
                a format does not suit its number, `align`, `formats` or `roomy` names no column,
                `align` names no alignment, or `wrap` is below 1.
        """
        names = _column_names(columns)
        lines = _checked_lines(caption, notes)
        formats = dict(formats or {})
        align = dict(align or {})
        wide = [] if roomy is None else [roomy]
        for argument, given in (("align", align), ("formats", formats), ("roomy", wide)):
            if unknown := [name for name in given if name not in names]:
                raise ValueError(
                    f"The argument {argument} names {unknown[0]!r}, which is no column: {names}."
                )
        if wrong := [side for side in align.values() if side not in ALIGNMENTS]:
            raise ValueError(f"An alignment is 'left', 'right' or 'center', not {wrong[0]!r}.")
        cells = tuple(row_cells(names, row, formats, i) for i, row in enumerate(rows))
        sides = tuple(align.get(name, _side(cells, j)) for j, name in enumerate(names))
        fields: dict[str, object] = {"columns": names, "cells": cells, "sides": sides}
        fields |= {"caption": lines[0], "notes": lines[1:]}
        fields |= {"wrap": at_least("wrap", wrap, 1), "roomy": roomy}
        for name, value in fields.items():
            object.__setattr__(self, name, value)  # frozen: set here, and never again

    def __len__(self) -> int:
        """How many rows."""
        return len(self.cells)

    @property
    def rows(self) -> list[dict[str, Value]]:
        """The rows as dictionaries, column name to unformatted value."""
        return [
            {name: cell.value for name, cell in zip(self.columns, row, strict=True)}
            for row in self.cells
        ]

    def column(self, name: str) -> list[Value]:
        """The unformatted values of one column, top to bottom.

        Raises:
            ValueError: there is no such column.
        """
        if name not in self.columns:
            raise ValueError(f"There is no column {name!r}: choose one of {list(self.columns)}.")
        j = self.columns.index(name)
        return [row[j].value for row in self.cells]

    def markdown(self) -> list[str]:
        """The lines of a Markdown table; caption and notes are left out."""
        names = map(one_line, self.columns)
        rows = [names, *([cell.text for cell in row] for row in self.cells)]
        lines = [" | ".join(text.replace("|", "\\|") for text in row) for row in rows]
        head, *body = [f"| {line} |" for line in lines]
        return [head, "|" + "---|" * len(self.columns), *body]

    def __str__(self) -> str:
        """The table as aligned text."""
        head = [wrapped(one_line(name), self.wrap) for name in self.columns]
        body = [[wrapped(cell.text, self.wrap) for cell in row] for row in self.cells]
        widths = [
            max(display_width(line) for row in [head, *body] for line in row[j])
            for j in range(len(self.columns))
        ]
        rule = "  ".join("─" * width for width in widths)
        lines = [self.caption] if self.caption else []
        lines += [*_lines(head, widths, self.sides, bottom=True), rule]
        for row in body:
            lines += _lines(row, widths, self.sides)
        return "\n".join([*lines, *self.notes])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        caption = (
            '<caption style="caption-side: top; text-align: left; color: inherit; '
            f'padding: 4px 8px 4px 0"><b>{escaped(self.caption)}</b></caption>'
            if self.caption
            else ""
        )
        # The others get 8 % each, in which their names break, but never half of the table.
        room = f"; width: {max(55, 100 - 8 * (len(self.columns) - 1))}%"
        head = "".join(
            f'<th scope="col" dir="auto" style="text-align: {side}; vertical-align: bottom'
            f'{room if name == self.roomy else ""}">{escaped(name)}</th>'
            for name, side in zip(self.columns, self.sides, strict=True)
        )
        heading = self._names_rows()
        body = "\n".join(
            "<tr>"
            + "".join(
                html_cell(cell, side, heading=heading and not j, roomy=name == self.roomy)
                for j, (name, cell, side) in enumerate(
                    zip(self.columns, row, self.sides, strict=True)
                )
            )
            + "</tr>"
            for row in self.cells
        )
        notes = "".join(
            f'<p style="margin: 2px 0; font-size: 90%">{escaped(note)}</p>' for note in self.notes
        )
        return (
            '<div style="overflow-x: auto">'
            f'<table style="margin: 4px 0; border-collapse: collapse">{caption}\n'
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>{notes}</div>"
        )

    def _names_rows(self) -> bool:
        """Whether the first of several columns is text and so says what each row is about."""
        return len(self.columns) > 1 and all(isinstance(row[0].value, str) for row in self.cells)


class ShowsTable:
    """A result that shows itself as its `table()`: HTML in a notebook, aligned text elsewhere."""

    def table(self) -> Table:
        """The result as a table."""
        raise NotImplementedError

    def __str__(self) -> str:
        """The table as aligned text."""
        return str(self.table())

    def __repr__(self) -> str:
        """As `str`: in a terminal a result is read, not copied."""
        return str(self)

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def _column_names(columns: Sequence[str]) -> tuple[str, ...]:
    if isinstance(columns, str) or not all(isinstance(name, str) for name in columns):
        raise TypeError(f"The argument columns is a list of names, not {in_short(columns)}.")
    names = tuple(columns)
    if not names:
        raise ValueError("A table needs at least one column.")
    if repeated := [name for name, times in Counter(names).items() if times > 1]:
        raise ValueError(
            f"Every column needs its own name, but these repeat: {in_short(repeated)}."
        )
    return names


def _checked_lines(caption: object, notes: object) -> tuple[str, ...]:
    """The caption and the notes, each on one line."""
    if isinstance(notes, str) or not isinstance(notes, Iterable):
        raise TypeError(f"The notes are a list of lines, not {in_short(notes)}: put it in [ ].")
    lines = (caption, *notes)
    if odd := [line for line in lines if not isinstance(line, str)]:
        raise TypeError(f"The caption and the notes are text, not {in_short(odd[0])}.")
    return tuple(map(one_line, lines))


def _side(cells: tuple[tuple[Cell, ...], ...], j: int) -> str:
    values = [row[j].value for row in cells if row[j].value is not None]
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
    return "right" if values and numbers else "left"


def _lines(
    row: list[list[str]], widths: list[int], sides: tuple[str, ...], *, bottom: bool = False
) -> list[str]:
    height = max(map(len, row))
    columns = []
    for lines, width, side in zip(row, widths, sides, strict=True):
        blank = [""] * (height - len(lines))
        padded = blank + lines if bottom else lines + blank
        columns.append([_pad(line, width, side) for line in padded])
    return ["  ".join(line).rstrip() for line in zip(*columns, strict=True)]


def _pad(line: str, width: int, side: str) -> str:
    space = width - display_width(line)
    if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in line):
        line = f"\u2068{line}\u2069"  # right-to-left text must not reorder the columns beside it
    left = {"left": 0, "right": space, "center": space // 2}[side]
    return " " * left + line + " " * (space - left)
