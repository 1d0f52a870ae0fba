"""Legends that stand outside the axes, where they never cover data."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .text_width import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEGEND_WIDTH = 70  # letters on a line of a legend
LEGEND_ROW = 0.22  # inches
SIDES = 30  # pixels left free beside a key


def legend(axes: Axes, series: int) -> None:
    """Draw a legend above the axes when there is more than one series, and make room for it."""
    if series < 2:
        return
    handles, labels = axes.get_legend_handles_labels()
    canvas: Any = axes.figure
    canvas.draw_without_rendering()  # the layout says how wide a legend may be
    drawn = _fitting(
        axes,
        handles,
        labels,
        canvas.bbox.x1 - axes.bbox.x0,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        borderaxespad=0.2,
        columnspacing=1.5,
    )
    height = drawn.get_window_extent().height / canvas.dpi
    canvas.set_figheight(canvas.get_figheight() + max(0, height - LEGEND_ROW))


def legend_name(label: str) -> str:
    """The label as a legend takes it: matplotlib leaves out those that begin with '_'."""
    return printable(f" {label}" if label.startswith("_") else label)


def _fitting(
    owner: Any, handles: Sequence[Any], labels: Sequence[str], room: float, **options: Any
) -> Any:
    """Draw a legend in as many columns as fit.

    Args:
        owner: the axes or the canvas.
        handles: what is drawn beside the labels.
        labels: are wrapped at `LEGEND_WIDTH` letters.
        room: how many pixels wide the legend may be.
        **options: as matplotlib's `legend` takes them.
    """
    names = [textwrap.fill(legend_name(label), LEGEND_WIDTH) for label in labels]
    for columns in range(len(names), 0, -1):
        drawn = owner.legend(handles, names, ncols=columns, borderpad=0.2, **options)
        if columns == 1 or drawn.get_window_extent().width <= room:
            break
        drawn.remove()
    return drawn


def key_below(axes: Axes, markers: Mapping[str, Any]) -> None:
    """List markers with their names below the axes, on a canvas that is higher by the list.

    Args:
        axes: a list that was below them is replaced.
        markers: {name: what matplotlib drew}.
    """
    canvas: Any = axes.figure
    height = canvas.get_figheight()
    for old in canvas.legends:
        height -= old.get_window_extent().height / canvas.dpi
        old.remove()
    room = canvas.bbox.width - SIDES
    key = _fitting(canvas, [*markers.values()], [*markers], room, loc="outside lower left")
    canvas.set_figheight(height + key.get_window_extent().height / canvas.dpi)
