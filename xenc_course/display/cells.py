"""The cells of a table: a value with its look, in a terminal and in HTML."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np

from .text_width import one_line

MISSING = "—"
FLOAT_FORMAT = "{:.4f}"
Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and how it looks.

    Attributes:
        value: unformatted.
        text: what a terminal shows.
        wide: what HTML shows; `text` where it is empty.
        bold: whether HTML shows it bold.
    """

    value: Value
    text: str
    wide: str = ""
    bold: bool = False


def row_cells(
    names: tuple[str, ...],
    row: Sequence[object] | Mapping[str, object],
    formats: Mapping[str, str],
    index: int,
) -> tuple[Cell, ...]:
    """One row's cells, in the order of the columns; `index` names the row in messages.

    Raises:
        TypeError: a value is something else than text, a number or ``None``.
        ValueError: the row has other columns, or another number of them.
    """
    if isinstance(row, Mapping):
        if set(row) != set(names):
            raise ValueError(f"Row {index} has the columns {list(row)}, not {list(names)}.")
        row = [row[name] for name in names]
    if isinstance(row, str) or len(row) != len(names):
        raise ValueError(f"Row {index} is {row!r}: give one cell for each of {list(names)}.")
    return tuple(
        _cell(value, formats.get(name), f"Row {index}, column {name!r},")
        for name, value in zip(names, row, strict=True)
    )


def _cell(value: object, number_format: str | None, where: str) -> Cell:
    if isinstance(value, Cell):
        return value
    if value is None:
        return Cell(None, MISSING)
    if isinstance(value, str):
        return Cell(value, one_line(value))
    if isinstance(value, bool | np.bool):
        return Cell(bool(value), "yes" if value else "no")
    if isinstance(value, Integral):
        return Cell(int(value), (number_format or "{}").format(int(value)))
    if isinstance(value, Real):
        return Cell(float(value), (number_format or FLOAT_FORMAT).format(float(value)))
    kind = type(value).__name__
    raise TypeError(f"{where} is a {kind}: a cell is text, a number or None.")


def html_cell(cell: Cell, side: str, *, heading: bool = False, roomy: bool = False) -> str:
    """A cell as HTML, aligned to a side.

    Args:
        cell: what to show.
        side: "left", "right" or "center".
        heading: whether it names its row.
        roomy: whether it keeps a width at which long text reads well.
    """
    text = html.escape(cell.wide or cell.text)
    align = "start" if side == "left" else side
    # Prose may break; a number or a marked word may not.
    spaces = "normal" if side == "left" and not cell.bold else "nowrap"
    start = '<th scope="row"' if heading else "<td"
    style = f"text-align: {align}; vertical-align: top; white-space: {spaces}"
    style += "; font-weight: normal" if heading else ""
    style += "; min-width: 14em" if roomy else ""
    return (
        f'{start} dir="auto" style="{style}">{f"<b>{text}</b>" if cell.bold else text}'
        f"</{'th' if heading else 'td'}>"
    )
