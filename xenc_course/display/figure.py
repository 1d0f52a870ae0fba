"""What the course's figures share: style, axes, whiskers, names, and the finished picture.

Every figure is drawn with matplotlib's object interface (no global state) and becomes a PNG inside
an HTML ``<figure>``. Series differ by marker, dash or hatch as well as by a colour of
`tones.COLOURS`.
"""

from __future__ import annotations

import base64
import functools
import io
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ParamSpec

import numpy as np

from .figure_arguments import Drawn
from .text_width import escaped, printable
from .tones import COLOURS, MID_GREY, PAGES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

MARKERS = ("o", "s", "^", "D", "v", "P")
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))
HATCHES = ("", "//", "..", "xx", "\\\\", "++")
SIZE = (7.0, 4.2)  # inches: 700 px wide on the page at 100 px per inch
DPI = 150
TITLE_WIDTH = 66  # letters on a line of the title
STYLE: Any = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that every machine draws the same
    "font.size": 11,
    "figure.titlesize": 13,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": MID_GREY,
    "grid.linewidth": 0.5,
    "grid.linestyle": (0, (1, 3)),
    "text.color": MID_GREY,
    "axes.labelcolor": MID_GREY,
    "axes.edgecolor": MID_GREY,
    "xtick.color": MID_GREY,
    "ytick.color": MID_GREY,
    "lines.markersize": 7,
    "lines.linewidth": 2,
    "legend.frameon": False,
    "text.parse_math": False,  # a dollar sign is a dollar sign
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
}

P = ParamSpec("P")


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Run a drawing function in the course's style and leave the caller's style as it was."""

    @functools.wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> Figure:
        import matplotlib

        with matplotlib.rc_context(STYLE):
            return draw(*args, **kwargs)

    return styled


@dataclass(frozen=True, slots=True, repr=False)
class Figure:
    """A drawn figure: in a notebook the picture, as text the alt text.

    Attributes:
        png: the bytes of the PNG file.
        alt: what the figure shows, in words.
        title: as it is drawn above the axes.
    """

    png: bytes
    alt: str
    title: str

    def __str__(self) -> str:
        """The alt text."""
        return self.alt

    __repr__ = __str__

    def _repr_html_(self) -> str:
        picture = base64.b64encode(self.png).decode("ascii")
        return (
            f'<figure style="margin: 4px 0"><img alt="{escaped(self.alt)}" '
            f'src="data:image/png;base64,{picture}" '
            f'style="max-width: 100%; width: {round(100 * SIZE[0])}px"></figure>'
        )


def canvas_and_axes(
    title: str, xlabel: str, ylabel: str, *, height: float = SIZE[1]
) -> tuple[Canvas, Axes]:
    """Make an empty figure with a title and named axes.

    Args:
        title: is wrapped at `TITLE_WIDTH` letters.
        xlabel: the name of the bottom axis.
        ylabel: the name of the left axis.
        height: of the whole figure, in inches.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    canvas = Canvas(figsize=(SIZE[0], height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(canvas)
    axes = canvas.add_subplot()
    axes.set(xlabel=printable(xlabel), ylabel=printable(ylabel))
    # On the left of the whole figure, where a long title fits however wide the labels are.
    canvas.suptitle(textwrap.fill(printable(title), TITLE_WIDTH), x=0.01, ha="left")
    return canvas, axes


def finished(canvas: Canvas, alt: str, title: str) -> Figure:
    """Turn the drawn canvas into a PNG with its alt text."""
    file = io.BytesIO()
    canvas.savefig(file, format="png", metadata={"Software": None})
    return Figure(file.getvalue(), printable(alt), printable(title))


def point_style(number: int) -> dict[str, Any]:
    """The colour and marker of the series with this number: no two of the first 36 are alike."""
    shift = number // len(COLOURS)
    return {"color": pick(COLOURS, number), "marker": pick(MARKERS, number + shift)}


def pick(looks: Sequence[Any], i: int) -> Any:
    """The look with number i; after the last one it begins with the first again."""
    return looks[i % len(looks)]


def scales(axes: Axes, drawn: Mapping[str, Drawn], *, logx: bool, logy: bool) -> None:
    """Make axes logarithmic, with ticks at round numbers, or at the values when they are few.

    Args:
        axes: what to change.
        drawn: {label: (x, y)}, the series that are drawn, all values above 0.
        logx: whether the x axis is logarithmic.
        logy: whether the y axis is logarithmic.
    """
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

    for on, k, name, axis in ((logx, 0, "x", axes.xaxis), (logy, 1, "y", axes.yaxis)):
        if not on:
            continue
        axes.set(**{f"{name}scale": "log"})
        values = np.unique(np.concatenate([points[k] for points in drawn.values()]))
        ratios = values[1:] / values[:-1]
        round_numbers = all(float(f"{value:.3g}") == value for value in values)
        if name == "x" and len(values) <= 8 and (ratios > 1.4).all() and round_numbers:
            axis.set_ticks(values)
        elif values[-1] / values[0] < 10:
            axis.set_major_locator(MaxNLocator(6))
        else:
            decades = np.log10(values[-1] / values[0])
            axis.set_major_locator(LogLocator(subs=(1, 2, 5) if decades < 3 else (1,)))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
        axis.set_minor_locator(NullLocator())


def whiskers(
    axes: Axes,
    places: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    *,
    horizontal: bool = False,
    colour: object = None,
) -> None:
    """Draw error bars.

    Args:
        axes: where to draw.
        places: where the bars stand, shape (n,).
        low: their lower ends, shape (n,).
        high: their upper ends, shape (n,).
        horizontal: whether the error bars lie; the places are then on the y axis.
        colour: as matplotlib takes it; None means light with a dark rim, which shows on bars of any
            colour and on any page.
    """
    from matplotlib.patheffects import withStroke

    light, dark = PAGES
    look: dict[str, Any] = {"fmt": "none", "ecolor": colour or light, "capsize": 4}
    middle, half = (low + high) / 2, (high - low) / 2
    if horizontal:
        drawn = axes.errorbar(middle, places, xerr=half, elinewidth=1.5, **look)
    else:
        drawn = axes.errorbar(places, middle, yerr=half, elinewidth=1.5, **look)
    if colour is None:
        _, caps, bars = drawn.lines
        for artist in (*bars, *caps):
            artist.set_path_effects([withStroke(linewidth=3.5, foreground=dark)])


def name_bars(axes: Axes, labels: list[str], *, horizontal: bool) -> None:
    """Write the names of groups of bars."""
    if horizontal:
        axes.set_yticks(range(len(labels)), labels)
        axes.invert_yaxis()
        axes.grid(False, axis="y")
    else:
        name_columns(axes, labels, letters=60, most=20, angle=30)
        axes.grid(False, axis="x")


def name_columns(axes: Axes, labels: list[str], *, letters: int, most: int, angle: int) -> None:
    """Write names below the axes; where they are long, slanted, and no more than can be read.

    Args:
        axes: with columns at 0, 1, 2, …
        labels: one name per column.
        letters: that fit beside each other.
        most: how many slanted names can be read. If there are more, every second, third, … column
            is named, and the name of the axis says so.
        angle: of slanted names, in degrees.
    """
    step = -(-len(labels) // most) if sum(map(len, labels)) > letters else 1
    shown = labels[::step]
    turn: dict[str, Any] = {"rotation": angle, "ha": "right", "rotation_mode": "anchor"}
    axes.set_xticks(
        range(0, len(labels), step), shown, **(turn if sum(map(len, shown)) > letters else {})
    )
    if step > 1:
        axes.set_xlabel(f"{axes.get_xlabel()} (one name in {step})")


def name_rows(axes: Axes, labels: list[str], *, most: int) -> None:
    """Write names beside the axes, no more than `most`; see `name_columns`."""
    step = -(-len(labels) // most)
    axes.set_yticks(range(0, len(labels), step), labels[::step])
    if step > 1:
        axes.set_ylabel(f"{axes.get_ylabel()} (one name in {step})")
