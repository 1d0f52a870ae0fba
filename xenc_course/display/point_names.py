"""The names of single points: beside them, at the end of a line, or in a key below the axes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from .figure_arguments import Drawn
from .legends import key_below
from .text_width import printable
from .tones import MID_GREY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.path import Path
    from matplotlib.transforms import Bbox

NAME_WIDTH = 32  # letters on a line of a name
REACH = 9  # points from the middle of a marker to a name beside it
RINGS = (18, 30, 44, 60, 78, 98, 120)  # points from a marker to a name at the end of a line
LEADER: Any = {"arrowstyle": "-", "color": MID_GREY, "linewidth": 0.8, "shrinkB": 5}


def name_points(
    axes: Axes,
    drawn: Mapping[str, Drawn],
    ranges: Mapping[str, Drawn],
    markers: Mapping[str, Any],
) -> None:
    """Write the name of each point where it covers nothing.

    It stands beside its point, or else further away at the end of a thin line. A point that finds
    no place gets its marker and its name in a key below the axes.

    Args:
        axes: only the points are drawn there, and a line that joins some of them.
        drawn: {label: (x, y)}, both of shape (1,).
        ranges: {label: (low, high)}, the ends of error bars, for some labels or none.
        markers: {label: what matplotlib drew}.
    """
    listed: list[str] = []
    while True:
        names, homeless = _named(axes, drawn, ranges, listed)
        if not homeless:
            return
        for name in names:
            name.remove()
        listed += homeless  # what the key takes away from the axes may cost others their place
        key_below(axes, {label: markers[label] for label in drawn if label in listed})


def _named(
    axes: Axes, drawn: Mapping[str, Drawn], ranges: Mapping[str, Drawn], listed: list[str]
) -> tuple[list[Any], list[str]]:
    """Write all names that find a place; return them, and the labels of the others."""
    from matplotlib.transforms import Bbox

    canvas: Any = axes.figure
    canvas.draw_without_rendering()  # the layout must be known before overlaps can be
    pixels = canvas.dpi / 72
    room = Bbox.from_extents(axes.bbox.x0, axes.bbox.y0, canvas.bbox.x1 - 2, axes.bbox.y1)
    spots = {}
    for label, (x, y) in drawn.items():
        low, high = ranges.get(label, (y, y))
        ends = axes.transData.transform([(x[0], low[0]), (x[0], y[0]), (x[0], high[0])])
        spots[label] = ends
    taken = [
        Bbox.from_extents(*low - 6 * pixels, *high + 6 * pixels) for low, _, high in spots.values()
    ]
    lines = [
        line.get_transform().transform_path(line.get_path())
        for line in axes.lines
        if line.get_linestyle() != "None"
    ]
    names: list[Any] = []
    homeless: list[str] = []
    leaders: list[Path] = []
    for label, (x, y) in drawn.items():
        if label in listed:
            continue
        text = textwrap.fill(printable(str(label)), NAME_WIDTH)
        place = _place(spots[label], _size(axes, text), room, taken, leaders, lines, pixels)
        if place is None:
            homeless.append(label)
            continue
        centre, box, beside = place
        name = axes.annotate(
            text,
            (x[0], y[0]),
            tuple((centre - spots[label][1]) / pixels),
            textcoords="offset points",
            ha="center",
            va="center",
            arrowprops=None if beside else LEADER,
        )
        name.set_in_layout(False)
        names.append(name)
        taken.append(box)
        if not beside:
            leaders.append(_straight(spots[label][1], centre))
    return names, homeless


def _place(
    spot: np.ndarray,
    size: np.ndarray,
    room: Bbox,
    taken: list[Bbox],
    leaders: list[Path],
    lines: list[Path],
    pixels: float,
) -> tuple[np.ndarray, Bbox, bool] | None:
    """The first place for a name that covers nothing: its middle, its box, whether it is beside.

    Args:
        spot: the pixels of the low end, the middle and the high end of the point, shape (3, 2).
        size: of the name, in pixels.
        room: where names may stand.
        taken: what they must not cover: points and other names.
        leaders: the lines from other names to their points; they must not cover these either.
        lines: what they should not cover, but may.
        pixels: in a point.
    """
    from matplotlib.transforms import Bbox

    second = None
    for centre, beside in _places(spot, size, pixels):
        box = Bbox.from_extents(*centre - size / 2, *centre + size / 2)
        inside = room.x0 <= box.x0 and box.x1 <= room.x1
        if not (inside and room.y0 <= box.y0 and box.y1 <= room.y1):
            continue
        if any(box.overlaps(other) for other in taken) or _crossed(leaders, box):
            continue
        leader = _straight(spot[1], centre)
        own = Bbox.from_extents(*spot[0] - 7 * pixels, *spot[2] + 7 * pixels)
        crossed = not beside and any(
            leader.intersects_bbox(other, filled=False)
            for other in taken
            if not own.overlaps(other)
        )
        if crossed:
            continue
        if not _crossed(lines, box):
            return centre, box, beside
        second = second or (centre, box, beside)
    return second


def _places(spot: np.ndarray, size: np.ndarray, pixels: float) -> Iterator[tuple[np.ndarray, bool]]:
    """Where the middle of a name could be, the best first, and whether that is beside its point."""
    low, middle, high = spot
    gap, half = REACH * pixels, size / 2
    for x, y in ((1, 0), (-1, 0)):
        yield middle + np.array([x * (gap + half[0]), y]), True
    yield high + np.array([0, gap + half[1]]), True
    yield low - np.array([0, gap + half[1]]), True
    for x, y in ((1, 1), (-1, 1), (1, -1), (-1, -1)):
        yield middle + np.array([x, y]) * (np.array([0.8, 0.6]) * gap + half), True
    for ring in RINGS:
        for turn in (np.arange(24) + 0.5) * np.pi / 12:
            way = np.array([np.cos(turn), np.sin(turn)])
            yield middle + way * (ring * pixels + half), False


def _size(axes: Axes, text: str) -> np.ndarray:
    """The pixels that a name takes, as (width, height)."""
    name = axes.text(0, 0, text)
    box = name.get_window_extent()
    name.remove()
    return np.array([box.width + 4, box.height + 2])


def _crossed(lines: list[Path], box: Bbox) -> bool:
    return any(line.intersects_bbox(box, filled=False) for line in lines)


def _straight(start: np.ndarray, end: np.ndarray) -> Path:
    from matplotlib.path import Path

    return Path(np.array([start, end]))
