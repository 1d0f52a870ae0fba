"""The course's figures in one style: titled, axes named, readable without colour, with alt text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .arguments import at_least
from .figure import (
    DASHES,
    HATCHES,
    SIZE,
    Figure,
    canvas_and_axes,
    finished,
    name_bars,
    name_columns,
    name_rows,
    pick,
    point_style,
    scales,
    styled,
    whiskers,
)
from .figure_arguments import (
    MOST_BARS,
    MOST_BINS,
    MOST_FIELDS,
    Points,
    check_texts,
    checked_labels,
    checked_points,
    checked_ranges,
    finite_array,
    named,
    number_list,
    one_of_each,
)
from .legends import legend, legend_name
from .point_names import name_points
from .tones import COLOURS, MID_GREY, heat_colours, ink_on


@styled
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
    """Draw one line with markers per series.

    Args:
        series: ``{label: (x, y)}``, numbers, both of shape (n,).
        title, xlabel, ylabel: shown; name the units in the labels.
        alt: what the figure shows, in words, for those who cannot see it.
        logx, logy: whether the axis is logarithmic; every value must then be positive.
        spread: ``{label: (low, high)}``, a band around the line, both of shape (n,).

    Raises:
        TypeError: a text is not a string, or values are not numbers.
        ValueError: a text is empty, there is nothing to draw, there are more than 36 series,
            lengths differ, a value is not finite, a value on a logarithmic axis is not positive, or
            `spread` names no series.
    """
    check_texts(title=title, xlabel=xlabel, ylabel=ylabel, alt=alt)
    drawn = checked_points(series, logx=logx, logy=logy)
    bands = checked_ranges(spread, {label: y for label, (_, y) in drawn.items()}, "spread")
    canvas, axes = canvas_and_axes(title, xlabel, ylabel)
    for i, (label, (x, y)) in enumerate(drawn.items()):
        look = point_style(i)
        axes.plot(x, y, label=legend_name(str(label)), linestyle=pick(DASHES, i), **look)
        if label in bands:
            axes.fill_between(x, *bands[label], color=look["color"], alpha=0.18, linewidth=0)
    scales(axes, drawn, logx=logx, logy=logy)
    legend(axes, len(drawn))
    return finished(canvas, alt, title)


@styled
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
    """Draw bars in groups: one group per label, and in it one bar per series.

    Args:
        labels: n names. Where they are too many to read below upright bars, some are left out and
            the name of the axis says so.
        series: ``{label: values}``, numbers of shape (n,); a legend appears for two or more.
        title, xlabel, ylabel, alt: see `line_plot`; xlabel is always the bottom axis.
        intervals: ``{label: (lows, highs)}``, ends of error bars in the units of the values.
        horizontal: whether bars grow to the right, first label on top, as suits long names.

    Raises:
        TypeError, ValueError: see `line_plot`; also when there are more than 200 bars.
    """
    check_texts(title=title, xlabel=xlabel, ylabel=ylabel, alt=alt)
    labels = checked_labels(labels, "labels")
    if (n_bars := len(labels) * len(named(series))) > MOST_BARS:
        raise ValueError(
            f"At most {MOST_BARS} bars can be told apart in one figure, and these are {n_bars:,}: "
            "draw the ones that you write about, or a histogram of all."
        )
    drawn = {k: number_list(v, f"series {k!r}", len(labels)) for k, v in named(series).items()}
    ranges = checked_ranges(intervals, drawn, "intervals")
    height = max(SIZE[1], 0.32 * len(labels) * len(drawn) + 1.4) if horizontal else SIZE[1]
    canvas, axes = canvas_and_axes(title, xlabel, ylabel, height=height)
    thickness = 0.8 / len(drawn)
    for i, (label, values) in enumerate(drawn.items()):
        places = np.arange(len(labels)) + (i - (len(drawn) - 1) / 2) * thickness
        look: dict[str, Any] = {
            "color": pick(COLOURS, i),
            "hatch": pick(HATCHES, i + i // len(COLOURS)),
            "edgecolor": "white",  # of the hatches
            "linewidth": 0,
        }
        draw = axes.barh if horizontal else axes.bar
        draw(places, values, thickness, label=legend_name(str(label)), **look)
        if label in ranges:
            whiskers(axes, places, *ranges[label], horizontal=horizontal)
    name_bars(axes, labels, horizontal=horizontal)
    legend(axes, len(drawn))
    return finished(canvas, alt, title)


@styled
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
    line: Sequence[str] = (),
) -> Figure:
    """Draw single points, each with its name beside it.

    Where points are crowded, a name stands further away at the end of a thin line, or in a key
    below the axes.

    Args:
        points: ``{label: (x, y)}``, two numbers each.
        title, xlabel, ylabel, alt, logx, logy: see `line_plot`.
        intervals: ``{label: (low, high)}``, ends of a vertical error bar.
        line: labels of points to join in this order, such as a Pareto front.

    Raises:
        TypeError, ValueError: see `line_plot`; also when `line` names no point.
    """
    check_texts(title=title, xlabel=xlabel, ylabel=ylabel, alt=alt)
    single = {k: one_of_each(p, k) for k, p in named(points).items()}
    drawn = checked_points(single, logx=logx, logy=logy)
    if long := [label for label, (x, _) in drawn.items() if len(x) > 1]:
        raise ValueError(f"The point {long[0]!r} must be one (x, y), not several.")
    ends = {k: one_of_each(p, k) for k, p in (intervals or {}).items()}
    ranges = checked_ranges(ends, {label: y for label, (_, y) in drawn.items()}, "intervals")
    if unknown := [label for label in line if label not in drawn]:
        raise ValueError(f"The argument line names {unknown[0]!r}, which is no point.")
    canvas, axes = canvas_and_axes(title, xlabel, ylabel)
    if line:
        joined = np.array([drawn[label] for label in line])[:, :, 0]
        axes.plot(*joined.T, color=MID_GREY, linestyle=":", linewidth=1.5, zorder=1)
    markers = {}
    for i, (label, (x, y)) in enumerate(drawn.items()):
        look = point_style(i)
        if label in ranges:
            whiskers(axes, x, *ranges[label], colour=look["color"])
        markers[label] = axes.plot(x, y, linestyle="", markersize=9, **look)[0]
    scales(axes, drawn, logx=logx, logy=logy)
    axes.margins(x=0.12, y=0.15)
    name_points(axes, drawn, ranges, markers)
    return finished(canvas, alt, title)


@styled
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
    """Draw a matrix as colours, darker is more, with a colour bar.

    Args:
        matrix: numbers, shape (rows, columns).
        row_labels, column_labels: one name each. Where they are too many to read, some are left
            out and the name of the axis says so.
        title, xlabel, ylabel, alt: see `line_plot`.
        unit: what the colours mean, written on the colour bar.
        values: a format such as "{:.2f}" that writes each number into its field.

    Raises:
        TypeError, ValueError: see `line_plot`; also when the labels do not fit the matrix, or there
            are more than 1,000 numbers to write.
    """
    from matplotlib.colors import to_hex

    check_texts(title=title, xlabel=xlabel, ylabel=ylabel, alt=alt, unit=unit)
    rows = checked_labels(row_labels, "row_labels")
    columns = checked_labels(column_labels, "column_labels")
    shape = (len(rows), len(columns))
    array = finite_array(matrix, "matrix")
    if array.shape != shape:
        raise ValueError(f"The matrix has the shape {array.shape} but the labels say {shape}.")
    if values is not None and array.size > MOST_FIELDS:
        raise ValueError(
            f"At most {MOST_FIELDS:,} numbers can be read in one figure, and these are "
            f"{array.size:,}: leave the argument values out, and the colours are drawn alone."
        )
    height = min(max(SIZE[1], 0.3 * len(rows) + 1.8), 12.0)
    canvas, axes = canvas_and_axes(title, xlabel, ylabel, height=height)
    axes.grid(False)
    image = axes.imshow(array, cmap=heat_colours(), aspect="auto")
    name_rows(axes, rows, most=50)
    name_columns(axes, columns, letters=50, most=30, angle=45)
    canvas.colorbar(image, ax=axes).set_label(unit)
    if values is not None:
        for (i, j), value in np.ndenumerate(array):
            ink = ink_on(to_hex(tuple(image.cmap(image.norm(value)))))
            axes.text(j, i, values.format(value), ha="center", va="center", color=ink, fontsize=10)
    return finished(canvas, alt, title)


@styled
def histogram(
    samples: Mapping[str, ArrayLike],
    *,
    title: str,
    xlabel: str,
    ylabel: str,
    alt: str,
    bins: int | Sequence[float] = 20,
) -> Figure:
    """Draw how often values occur; all series share the same bins and differ by outline.

    Args:
        samples: ``{label: values}``, numbers of shape (n,); n may differ.
        title, xlabel, ylabel, alt: see `line_plot`.
        bins: how many, up to 1,000, or their edges.

    Raises:
        TypeError, ValueError: see `line_plot`; also when `bins` is out of range.
    """
    check_texts(title=title, xlabel=xlabel, ylabel=ylabel, alt=alt)
    drawn = {label: number_list(v, f"samples {label!r}") for label, v in named(samples).items()}
    if np.ndim(bins) == 0:
        bins = at_least("bins", bins, 1, MOST_BINS)
    edges = np.histogram_bin_edges(np.concatenate([*drawn.values()]), bins)
    canvas, axes = canvas_and_axes(title, xlabel, ylabel)
    for i, (label, values) in enumerate(drawn.items()):
        counts, _ = np.histogram(values, edges)
        colour = pick(COLOURS, i)
        axes.stairs(counts, edges, fill=True, color=colour, alpha=0.25)
        axes.stairs(
            counts,
            edges,
            label=legend_name(str(label)),
            color=colour,
            linewidth=2,
            linestyle=pick(DASHES, i + i // len(COLOURS)),
        )
    legend(axes, len(drawn))
    return finished(canvas, alt, title)
