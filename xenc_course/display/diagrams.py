"""Small diagrams of boxes and arrows, drawn as SVG from a list of both.

Boxes stand on a grid whose rows and columns are as large as their text needs. The ground is
transparent and every stroke and letter has a middle tone, so that one picture reads on a white
page and on the dark page of JupyterLab. It is shown through an HTML ``<img>``, because JupyterLab
removes inline SVG from notebooks that it does not trust.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .diagram_layout import (
    DIP,
    FONT_SIZE,
    HEAD,
    LINE,
    MARGIN,
    PADDING,
    Arrow,
    Box,
    Place,
    place_boxes,
    text_size,
)
from .text_width import escaped, printable
from .tones import ACCENT, MID_GREY

OUTLINES = {
    "thing": f'stroke="{MID_GREY}" stroke-width="1.5"',
    "model": f'stroke="{ACCENT}" stroke-width="3" rx="10"',
    "stored": f'stroke="{MID_GREY}" stroke-width="1.5" stroke-dasharray="5 4"',
    "words": "",
    "heading": "",
}


@dataclass(frozen=True, slots=True, repr=False)
class Diagram:
    """A drawn diagram: in a notebook the picture below its title, as text the alt text.

    Attributes:
        svg: the SVG file.
        alt: what the diagram says, in words.
        title: shown above the picture.
        width: of the picture at full size, in pixels.
    """

    svg: str
    alt: str
    title: str
    width: int

    def __str__(self) -> str:
        """The alt text."""
        return self.alt

    __repr__ = __str__

    def _repr_html_(self) -> str:
        picture = base64.b64encode(self.svg.encode()).decode("ascii")
        return (
            f'<figure style="margin: 4px 0"><figcaption><b>{escaped(self.title)}</b>'
            f'</figcaption><img alt="{escaped(self.alt)}" '
            f'src="data:image/svg+xml;base64,{picture}" '
            f'style="max-width: 100%; width: {self.width}px"></figure>'
        )


def draw_diagram(
    title: str,
    alt: str,
    boxes: Sequence[Box],
    arrows: Sequence[Arrow] = (),
    *,
    column_gap: int = 30,
    row_gap: int = 14,
) -> Diagram:
    """Draw boxes and arrows.

    Args:
        title: shown above the picture.
        alt: what the diagram says, in one or two sentences.
        boxes: what stands on the grid.
        arrows: what joins the boxes.
        column_gap: px between columns, where no label of an arrow needs more.
        row_gap: px between rows, where no arrow begins.

    Raises:
        ValueError: there is no box, a name is used twice, an arrow names no box or runs upwards,
            or a look is unknown.
    """
    if not boxes:
        raise ValueError("There is nothing to draw: a diagram needs at least one box.")
    boxes = [replace(box, text=printable(box.text)) for box in boxes]
    arrows = [replace(arrow, label=printable(arrow.label)) for arrow in arrows]
    named = {box.name: box for box in boxes}
    if len(named) < len(boxes):
        raise ValueError("Two boxes of the diagram have the same name: give each its own.")
    for box in boxes:
        if box.look not in OUTLINES:
            raise ValueError(
                f"The box {box.name!r} has the look {box.look!r}: use {list(OUTLINES)}."
            )
    for arrow in arrows:
        for name in (arrow.start, arrow.end):
            if name not in named:
                raise ValueError(f"An arrow names {name!r}, which is no box: {list(named)}.")
        if named[arrow.start].row > named[arrow.end].row:
            raise ValueError(f"The arrow from {arrow.start!r} runs upwards: let it run downwards.")
    places = place_boxes(named, arrows, column_gap, row_gap)
    parts = [_box(box, places[box.name]) for box in boxes]
    edges = [(place.right, place.bottom) for place in places.values()]
    for arrow in arrows:
        drawn, edge = _arrow(arrow, places)
        parts.append(drawn)
        edges.append(edge)
    width, height = (max(ends) + MARGIN for ends in zip(*edges, strict=True))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="sans-serif" font-size="{FONT_SIZE}" fill="none">\n'
        f"<title>{escaped(title)}</title>\n" + "\n".join(parts) + "\n</svg>\n"
    )
    return Diagram(svg, printable(alt), printable(title), width)


def _text(text: str, x: int, middle: int, *, anchor: str = "middle", bold: bool = False) -> str:
    """Lines of text around a height; `x` is their middle or their start."""
    if not text:
        return ""
    lines = text.split("\n")
    first = middle - LINE * (len(lines) - 1) // 2 + FONT_SIZE // 3  # baselines, not middles
    spans = "".join(
        f'<tspan x="{x}" y="{first + LINE * i}">{escaped(line)}</tspan>'
        for i, line in enumerate(lines)
    )
    weight = ' font-weight="bold"' if bold else ""
    return f'<text fill="{MID_GREY}" text-anchor="{anchor}"{weight}>{spans}</text>'


def _box(box: Box, place: Place) -> str:
    if box.look == "heading":
        return _text(box.text, place.left, place.centre, anchor="start", bold=True)
    text = _text(box.text, place.middle, place.centre)
    if not OUTLINES[box.look]:
        return text
    corner = f'x="{place.left}" y="{place.top}" width="{place.width}" height="{place.height}"'
    return f"<rect {corner} {OUTLINES[box.look]}/>{text}"


def _arrow(arrow: Arrow, places: dict[str, Place]) -> tuple[str, tuple[int, int]]:
    """An arrow with its label, and the furthest (x, y) that it reaches."""
    start, end = places[arrow.start], places[arrow.end]
    width, height = text_size(arrow.label) if arrow.label else (0, 0)
    if arrow.mutual:
        low, middle = start.bottom + DIP, (start.middle + end.middle) // 2
        path = [(start.middle, start.bottom), (start.middle, low)]
        path += [(end.middle, low), (end.middle, end.bottom)]
        label = _text(arrow.label, middle, low + PADDING // 2 + height // 2)
        heads = _head(*path[0], "up") + _head(*path[-1], "up")
        return _line(path) + heads + label, (middle + width // 2, low + PADDING + height)
    if start.top == end.top:
        onward = start.left < end.left
        path = [(start.right, start.centre), (end.left, start.centre)]
        if not onward:
            path = [(start.left, start.centre), (end.right, start.centre)]
        middle = (path[0][0] + path[1][0]) // 2
        label = _text(arrow.label, middle, start.centre - PADDING // 2 - height // 2)
        head = _head(*path[-1], "right" if onward else "left")
        return _line(path) + head + label, (middle + width // 2, start.bottom)
    x, foot = _feet(start, end)
    bend = end.top - (end.top - start.bottom) // 2
    path = [(x, start.bottom), (x, bend), (foot, bend), (foot, end.top)]
    middle = (start.bottom + end.top - HEAD // 2) // 2
    label = _text(arrow.label, foot + HEAD, middle, anchor="start")
    drawn = _line(path if x != foot else [path[0], path[-1]]) + _head(foot, end.top, "down")
    return drawn + label, (foot + HEAD + width, end.top)


def _feet(start: Place, end: Place) -> tuple[int, int]:
    """Where an arrow leaves and where it arrives: the same x if the boxes lie above each other."""
    narrow, wide = sorted((start, end), key=lambda place: place.width)
    if wide.left <= narrow.middle <= wide.right:
        return narrow.middle, narrow.middle
    return start.middle, end.middle


def _line(points: Sequence[tuple[int, int]]) -> str:
    path = " ".join(f"{x},{y}" for x, y in points)
    return f'<polyline points="{path}" stroke="{MID_GREY}" stroke-width="1.5"/>'


def _head(x: int, y: int, way: str) -> str:
    """The head of an arrow with its tip at (x, y)."""
    half = HEAD // 2
    across, along = (half, 0), (0, HEAD if way == "up" else -HEAD)
    if way in ("left", "right"):
        across, along = (0, half), (HEAD if way == "left" else -HEAD, 0)
    back = (x + along[0], y + along[1])
    left = (back[0] - across[0], back[1] - across[1])
    right = (back[0] + across[0], back[1] + across[1])
    corners = " ".join(f"{a},{b}" for a, b in ((x, y), left, right))
    return f'<polygon points="{corners}" fill="{MID_GREY}"/>'
