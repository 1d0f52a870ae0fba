"""The course's figures in one style: titled, axes named, readable without colour, with alt text.

Every figure is drawn with matplotlib's object interface (no global state) and becomes a PNG inside
an HTML ``<figure>``. Series differ by marker, dash or hatch as well as by a colour of the
Okabe-Ito palette (Okabe & Ito 2008, "Color Universal Design").
"""

from __future__ import annotations

import base64
import functools
import html
import io
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec

import numpy as np
from numpy.typing import ArrayLike

from .checks import (
    Points,
    check_texts,
    checked_labels,
    checked_points,
    checked_ranges,
    finite_array,
    named,
    number_list,
    pair,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

COLOURS = ("#0072b2", "#e69f00", "#cc79a7", "#000000", "#56b4e9", "#d55e00")
MARKERS = ("o", "s", "^", "D", "v", "P")
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))
HATCHES = ("", "//", "..", "xx", "\\\\", "++")
SIZE = (7.0, 4.2)  # inches: 700 px wide on the page at 100 px an inch
DPI = 150
TITLE_WIDTH = 66  # letters on a line of the title
STYLE = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that every machine draws the same
    "font.size": 11,
    "figure.titlesize": 13,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#dddddd",
    "lines.markersize": 7,
    "lines.linewidth": 2,
    "legend.edgecolor": "none",
    "legend.framealpha": 0.9,  # readable where it covers a bar
    "text.parse_math": False,  # a dollar sign is a dollar sign
    "figure.facecolor": "white",
    "axes.facecolor": "white",
}

P = ParamSpec("P")


def _styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Run a drawing function in the course's style and leave the caller's style as it was."""

    @functools.wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> Figure:
        import matplotlib

        with matplotlib.rc_context(STYLE):
            return draw(*args, **kwargs)

    return styled


@dataclass(frozen=True, slots=True, repr=False)
class Figure:
    """A drawn figure. In a notebook it is the picture; as text it is the alt text."""

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
            f'<figure style="margin: 4px 0"><img alt="{html.escape(self.alt)}" '
            f'src="data:image/png;base64,{picture}" '
            f'style="max-width: 100%; width: {round(100 * SIZE[0])}px"></figure>'
        )


@_styled
def line_plot(
    series: Mapping[str, Points],
    *,
    title: str,
    xlabel: str,
    ylabel: str,
    alt: str,
    logx: bool = False,
    logy: bool = False,
    spread: Mapping[str, Points] | None = None,
) -> Figure:
    """One line with markers per series.

    Args:
        series: ``{label: (x, y)}``, numbers, both of shape (n,).
        title, xlabel, ylabel: shown; name the units in the labels.
        alt: what the figure shows, in words, for those who cannot see it.
        logx, logy: logarithmic axes; every value must then be positive.
        spread: ``{label: (low, high)}``, a band around the line, both of shape (n,).

    Raises:
        TypeError: a text is not a string, values are not numbers.
        ValueError: a text is empty, there is nothing to draw, lengths differ, a value is not
            finite, a logarithmic axis gets a value that is not positive, `spread` names no series.
    """
    check_texts(title=title, xlabel=xlabel, ylabel=ylabel, alt=alt)
    drawn = checked_points(series, logx=logx, logy=logy)
    bands = checked_ranges(spread, {label: y for label, (_, y) in drawn.items()}, "spread")
    canvas, axes = _canvas(title, xlabel, ylabel)
    for i, (label, (x, y)) in enumerate(drawn.items()):
        look = {"color": _pick(COLOURS, i), "marker": _pick(MARKERS, i)}
        axes.plot(x, y, label=label, linestyle=_pick(DASHES, i), **look)
        if label in bands:
            axes.fill_between(x, *bands[label], color=look["color"], alpha=0.18, linewidth=0)
    _scales(axes, drawn, logx=logx, logy=logy)
    _legend(axes, len(drawn))
    return _figure(canvas, alt, title)


@_styled
def bar_plot(
    labels: Sequence[str],
    series: Mapping[str, ArrayLike],
    *,
    title: str,
    xlabel: str,
    ylabel: str,
    alt: str,
    intervals: Mapping[str, Points] | None = None,
    horizontal: bool = False,
) -> Figure:
    """Bars in groups, one group per label and one bar in it per series.

    Args:
        labels: n names.
        series: ``{label: values}``, numbers of shape (n,); a legend appears for two or more.
        title, xlabel, ylabel, alt: see `line_plot`; xlabel is always the bottom axis.
        intervals: ``{label: (lows, highs)}``, ends of error bars in the units of the values.
        horizontal: bars that grow to the right, first label on top: for long names.

    Raises:
        TypeError, ValueError: see `line_plot`.
    """
    check_texts(title=title, xlabel=xlabel, ylabel=ylabel, alt=alt)
    labels = checked_labels(labels, "labels")
    drawn = {k: number_list(v, f"series {k!r}", len(labels)) for k, v in named(series).items()}
    ranges = checked_ranges(intervals, drawn, "intervals")
    height = max(SIZE[1], 0.32 * len(labels) * len(drawn) + 1.4) if horizontal else SIZE[1]
    canvas, axes = _canvas(title, xlabel, ylabel, height=height)
    thickness = 0.8 / len(drawn)
    for i, (label, values) in enumerate(drawn.items()):
        places = np.arange(len(labels)) + (i - (len(drawn) - 1) / 2) * thickness
        look = {"color": _pick(COLOURS, i), "hatch": _pick(HATCHES, i), "edgecolor": "white"}
        draw = axes.barh if horizontal else axes.bar
        draw(places, values, thickness, label=label, **look)
        if label in ranges:
            _whiskers(axes, places, *ranges[label], horizontal=horizontal)
    _name_bars(axes, labels, horizontal=horizontal)
    _legend(axes, len(drawn))
    return _figure(canvas, alt, title)


@_styled
def scatter_plot(
    points: Mapping[str, tuple[float, float]],
    *,
    title: str,
    xlabel: str,
    ylabel: str,
    alt: str,
    logx: bool = False,
    logy: bool = False,
    intervals: Mapping[str, tuple[float, float]] | None = None,
) -> Figure:
    """Single points, each with its name written beside it.

    Args:
        points: ``{label: (x, y)}``, two numbers each.
        title, xlabel, ylabel, alt, logx, logy: see `line_plot`.
        intervals: ``{label: (low, high)}``, ends of a vertical error bar.

    Raises:
        TypeError, ValueError: see `line_plot`.
    """
    check_texts(title=title, xlabel=xlabel, ylabel=ylabel, alt=alt)
    single = {k: tuple(np.atleast_1d(v) for v in pair(p, k)) for k, p in named(points).items()}
    drawn = checked_points(single, logx=logx, logy=logy)
    if long := [label for label, (x, _) in drawn.items() if len(x) > 1]:
        raise ValueError(f"point {long[0]!r} must be one (x, y), not several")
    ends = {k: tuple(np.atleast_1d(v) for v in pair(p, k)) for k, p in (intervals or {}).items()}
    ranges = checked_ranges(ends, {label: y for label, (_, y) in drawn.items()}, "intervals")
    canvas, axes = _canvas(title, xlabel, ylabel)
    for i, (label, (x, y)) in enumerate(drawn.items()):
        look = {"color": _pick(COLOURS, i), "marker": _pick(MARKERS, i)}
        if label in ranges:
            _whiskers(axes, x, *ranges[label], colour=look["color"])
        axes.plot(x, y, linestyle="", markersize=9, **look)
    _scales(axes, drawn, logx=logx, logy=logy)
    axes.margins(x=0.12, y=0.15)
    _name_points(axes, drawn, ranges)
    return _figure(canvas, alt, title)


@_styled
def heatmap(
    matrix: ArrayLike,
    row_labels: Sequence[str],
    column_labels: Sequence[str],
    *,
    title: str,
    xlabel: str,
    ylabel: str,
    alt: str,
    unit: str,
    values: str | None = None,
) -> Figure:
    """A matrix as colours, darker is more, with a colour bar.

    Args:
        matrix: numbers, shape (rows, columns).
        row_labels, column_labels: one name each.
        title, xlabel, ylabel, alt: see `line_plot`.
        unit: what the colours mean, written on the colour bar.
        values: a format such as "{:.2f}" that writes each number into its field.

    Raises:
        TypeError, ValueError: see `line_plot`; also when the labels do not fit the matrix.
    """
    check_texts(title=title, xlabel=xlabel, ylabel=ylabel, alt=alt, unit=unit)
    rows = checked_labels(row_labels, "row_labels")
    columns = checked_labels(column_labels, "column_labels")
    shape = (len(rows), len(columns))
    array = finite_array(matrix, "matrix")
    if array.shape != shape:
        raise ValueError(f"matrix has the shape {array.shape} but the labels say {shape}")
    height = min(max(SIZE[1], 0.3 * len(rows) + 1.8), 12.0)
    canvas, axes = _canvas(title, xlabel, ylabel, height=height)
    axes.grid(False)
    image = axes.imshow(array, cmap="Blues", aspect="auto")
    axes.set_yticks(range(len(rows)), rows)
    slant = sum(map(len, columns)) > 50
    turn = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if slant else {}
    axes.set_xticks(range(len(columns)), columns, **turn)
    canvas.colorbar(image, ax=axes).set_label(unit)
    if values is not None:
        dark = array.min() + 0.6 * np.ptp(array)
        for (i, j), value in np.ndenumerate(array):
            ink = "white" if value > dark else "black"
            axes.text(j, i, values.format(value), ha="center", va="center", color=ink, fontsize=10)
    return _figure(canvas, alt, title)


@_styled
def histogram(
    samples: Mapping[str, ArrayLike],
    *,
    title: str,
    xlabel: str,
    ylabel: str,
    alt: str,
    bins: int | Sequence[float] = 20,
) -> Figure:
    """How often values occur; all series share the same bins and are told apart by outline.

    Args:
        samples: ``{label: values}``, numbers of shape (n,), n of each its own.
        title, xlabel, ylabel, alt: see `line_plot`.
        bins: how many, or their edges.

    Raises:
        TypeError, ValueError: see `line_plot`; also when bins is not positive.
    """
    check_texts(title=title, xlabel=xlabel, ylabel=ylabel, alt=alt)
    drawn = {label: number_list(v, f"samples {label!r}") for label, v in named(samples).items()}
    if isinstance(bins, int) and bins < 1:
        raise ValueError(f"bins must be 1 or more, not {bins}")
    edges = np.histogram_bin_edges(np.concatenate([*drawn.values()]), bins)
    canvas, axes = _canvas(title, xlabel, ylabel)
    for i, (label, values) in enumerate(drawn.items()):
        counts, _ = np.histogram(values, edges)
        colour = _pick(COLOURS, i)
        axes.stairs(counts, edges, fill=True, color=colour, alpha=0.25)
        axes.stairs(
            counts, edges, label=label, color=colour, linewidth=2, linestyle=_pick(DASHES, i)
        )
    _legend(axes, len(drawn))
    return _figure(canvas, alt, title)


def _canvas(
    title: str, xlabel: str, ylabel: str, *, height: float = SIZE[1]
) -> tuple[Canvas, Axes]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    canvas = Canvas(figsize=(SIZE[0], height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(canvas)
    axes = canvas.add_subplot()
    axes.set(xlabel=xlabel, ylabel=ylabel)
    # On the left of the whole figure, where a long title fits however wide the labels are.
    canvas.suptitle(textwrap.fill(title, TITLE_WIDTH), x=0.01, ha="left")
    return canvas, axes


def _figure(canvas: Canvas, alt: str, title: str) -> Figure:
    file = io.BytesIO()
    canvas.savefig(file, format="png", metadata={"Software": None})
    return Figure(file.getvalue(), alt, title)


def _pick(looks: Sequence, i: int) -> object:
    return looks[i % len(looks)]


def _legend(axes: Axes, series: int) -> None:
    if series > 1:
        axes.legend(loc="best")


def _scales(axes: Axes, drawn: Mapping[str, Points], *, logx: bool, logy: bool) -> None:
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


def _whiskers(
    axes: Axes,
    places: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    *,
    horizontal: bool = False,
    colour: object = "#444444",
) -> None:
    look = {"fmt": "none", "ecolor": colour, "capsize": 4, "elinewidth": 1.5}
    middle, half = (low + high) / 2, (high - low) / 2
    if horizontal:
        axes.errorbar(middle, places, xerr=half, **look)
    else:
        axes.errorbar(places, middle, yerr=half, **look)


def _name_bars(axes: Axes, labels: list[str], *, horizontal: bool) -> None:
    if horizontal:
        axes.set_yticks(range(len(labels)), labels)
        axes.invert_yaxis()
        axes.grid(False, axis="y")
    else:
        slant = sum(map(len, labels)) > 60
        turn = {"rotation": 30, "ha": "right", "rotation_mode": "anchor"} if slant else {}
        axes.set_xticks(range(len(labels)), labels, **turn)
        axes.grid(False, axis="x")


def _name_points(axes: Axes, drawn: Mapping[str, Points], ranges: Mapping[str, Points]) -> None:
    """Write each name beside its point, on the first side where it covers nothing."""
    from matplotlib.transforms import Bbox

    axes.figure.canvas.draw()  # the layout must be known before overlaps can be
    taken = []
    for label, (x, y) in drawn.items():
        low, high = ranges.get(label, (y, y))
        ends = axes.transData.transform([(x[0], low[0]), (x[0], high[0])])
        taken.append(Bbox.from_extents(*ends[0] - 10, *ends[1] + 10))
    for label, (x, y) in drawn.items():
        low, high = ranges.get(label, (y, y))
        middle, top, bottom = (x[0], y[0]), (x[0], high[0]), (x[0], low[0])
        sides = (
            (middle, (9, 0), "left", "center"),
            (middle, (-9, 0), "right", "center"),
            (top, (0, 11), "center", "bottom"),
            (bottom, (0, -11), "center", "top"),
        )
        for place, offset, ha, va in (*sides, sides[0]):  # where no side is free, the right one
            name = axes.annotate(label, place, offset, textcoords="offset points", ha=ha, va=va)
            box = name.get_window_extent()
            inside = axes.bbox.x0 <= box.x0 and box.x1 <= axes.figure.bbox.x1
            if inside and not any(box.overlaps(other) for other in taken):
                break
            name.remove()
        else:
            axes.add_artist(name)
        taken.append(box)
