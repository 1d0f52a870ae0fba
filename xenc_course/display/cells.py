"""The cells of a table: a value with its look, in a terminal and in HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real

from .arguments import in_short
from .text_width import escaped, one_line

MISSING = "—"
FLOAT_FORMAT = "{:.4f}"
Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and how it looks, on one line.

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

    def __post_init__(self) -> None:
        """Let no text of a cell leave its line, or steer the terminal."""
        for name in ("text", "wide"):
            object.__setattr__(self, name, one_line(getattr(self, name)))


def row_cells(
    names: tuple[str, ...],
    row: Sequence[object] | Mapping[str, object],
    formats: Mapping[str, str],
    index: int,
) -> tuple[Cell, ...]:
    """One row's cells, in the order of the columns; `index` names the row in messages.

    Raises:
        TypeError: a value is something else than text, a number or ``None``.
        ValueError: the row has other columns, or another number of them, or a number cannot be
            written in its format.
    """
    if isinstance(row, Mapping):
        if set(row) != set(names):
            raise ValueError(
                f"Row {index} has the columns {in_short(list(row))}, not {in_short(list(names))}."
            )
        row = [row[name] for name in names]
    if isinstance(row, str) or len(row) != len(names):
        raise ValueError(
            f"Row {index} is {in_short(row)}: give one cell for each of {in_short(list(names))}."
        )
    return tuple(
        _cell(value, formats.get(name), f"Row {index}, column {in_short(name)},")
        for name, value in zip(names, row, strict=True)
    )


def _cell(value: object, number_format: str | None, where: str) -> Cell:
    if isinstance(value, Cell):
        return value
    if value is None:
        return Cell(None, MISSING)
    if isinstance(value, str):
        return Cell(value, value)
    if getattr(value, "ndim", None) == 0:  # one number of numpy or torch
        value = value.item()  # type: ignore[attr-defined]
    if isinstance(value, bool):
        return Cell(value, "yes" if value else "no")
    if not isinstance(value, Real):
        kind = type(value).__name__
        raise TypeError(f"{where} is a {kind}: a cell is text, a number or None.")
    try:
        if isinstance(value, Integral):
            return Cell(int(value), (number_format or "{}").format(int(value)))
        return Cell(float(value), (number_format or FLOAT_FORMAT).format(float(value)))
    except (ValueError, OverflowError, LookupError) as error:
        format_ = f" in the format {in_short(number_format)}" if number_format else ""
        raise ValueError(f"{where} cannot be written{format_}: {error}.") from error


def html_cell(cell: Cell, side: str, *, heading: bool = False, roomy: bool = False) -> str:
    """A cell as HTML, aligned to a side.

    Args:
        cell: what to show.
        side: "left", "right" or "center".
        heading: whether it names its row.
        roomy: whether it keeps a width at which long text reads well.
    """
    text = escaped(cell.wide or cell.text)
    align = "start" if side == "left" else side
    # Prose may break; a number or a marked word may not.
    spaces = "normal" if side == "left" and not cell.bold else "nowrap"
    start = '<th scope="row"' if heading else "<td"
    style = f"text-align: {align}; vertical-align: top; white-space: {spaces}"
    style += "; font-weight: normal" if heading else ""
    # On a telephone two fifths of the screen, and a long address breaks, so that the page stands.
    style += "; min-width: min(14em, 40vw); overflow-wrap: anywhere" if roomy else ""
    return (
        f'{start} dir="auto" style="{style}">{f"<b>{text}</b>" if cell.bold else text}'
        f"</{'th' if heading else 'td'}>"
    )
