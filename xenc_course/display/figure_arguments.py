"""What a figure may be made of; anything else gets one clear sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .arguments import finite_numbers, in_short
from .text_width import printable

Points = tuple[ArrayLike, ArrayLike]  # as a caller gives them
Drawn = tuple[np.ndarray, np.ndarray]  # as they are drawn: float64, of one length

# What a reader can make out in a figure of 700 pixels.
MOST_SERIES = 36  # so many looks of colour and marker, dash or hatch there are
MOST_BARS = 200  # three pixels each
MOST_BINS = 1_000
MOST_FIELDS = 1_000  # of a heatmap that shows its numbers
LARGEST = 1e300  # the axes reach further than the numbers and must not overflow


def check_texts(**texts: object) -> None:
    """Refuse a title, axis name or alt text that is missing or blank.

    Args:
        **texts: the arguments by name.

    Raises:
        TypeError: one is no text.
        ValueError: one is empty or white space.
    """
    for name, text in texts.items():
        if not isinstance(text, str):
            raise TypeError(f"The argument {name} must be text, not {in_short(text)}.")
        if not text.strip():
            raise ValueError(f"The argument {name} is empty: every figure says what it shows.")


def checked_labels(labels: Any, name: str) -> list[str]:
    """Return one name or more as a list of texts.

    Raises:
        TypeError: the argument is one text.
        ValueError: the list is empty.
    """
    if isinstance(labels, str):
        raise TypeError(
            f"The argument {name} must be a list of names, not one text: put it in [ ]."
        )
    labels = [printable(str(label)) for label in labels]
    if not labels:
        raise ValueError(f"There are no {name}: give at least one.")
    return labels


def named(series: object) -> Mapping:
    """Return a dictionary {label: values} that is not empty.

    Raises:
        TypeError: it is no dictionary.
        ValueError: it is empty, or has more than `MOST_SERIES` entries.
    """
    if not isinstance(series, Mapping):
        kind = type(series).__name__
        raise TypeError(f"Give a dictionary {{label: values}}, not a {kind}.")
    if not series:
        raise ValueError("There is nothing to draw: the dictionary is empty.")
    if len(series) > MOST_SERIES:
        raise ValueError(
            f"A figure tells at most {MOST_SERIES} labels apart, and these are {len(series):,}: "
            "draw fewer, or show a Table."
        )
    return series


def finite_array(values: object, name: str) -> np.ndarray:
    """Return one finite number or more as float64; truth values are 0 and 1.

    Args:
        values: as `finite_numbers` takes them.
        name: what the message calls them.

    Raises:
        TypeError: they are no numbers.
        ValueError: there is none, or one is NaN, infinite or beyond `LARGEST`.
    """
    array = finite_numbers(values, name, truth=True)
    if not array.size:
        raise ValueError(f"There is nothing to draw: {name} is empty.")
    if (largest := np.abs(array).max()) > LARGEST:
        raise ValueError(
            f"A figure shows numbers up to {LARGEST:g}, and {name} reaches {largest:g}."
        )
    return array


def number_list(values: object, name: str, length: int | None = None) -> np.ndarray:
    """Return a list of finite numbers.

    Args:
        values: a list, a numpy array or a torch tensor of shape (n,).
        name: what the message calls them.
        length: the n that is needed; None allows any.

    Returns:
        float64, shape (n,).

    Raises:
        TypeError: they are no numbers.
        ValueError: the shape is another, there is no value, or one is NaN or infinite.
    """
    array = finite_array(values, name)
    if array.ndim != 1:
        raise ValueError(f"The {name} must be a list of numbers, not of shape {array.shape}.")
    if length is not None and len(array) != length:
        raise ValueError(f"The {name} must have {length} values, not {len(array)}.")
    return array


def pair(points: object, label: str) -> tuple:
    """Return the two things that belong to a label, such as (x, y) or (low, high).

    Raises:
        ValueError: there are not two.
    """
    if isinstance(points, str) or not isinstance(points, Sequence) or len(points) != 2:
        raise ValueError(f"The label {label!r} must come with two things, (x, y) or (low, high).")
    return tuple(points)


def one_of_each(points: object, label: str) -> tuple:
    """Return the two numbers that belong to a label as two lists of one.

    Raises:
        TypeError, ValueError: see `pair` and `finite_array`.
    """
    return tuple(
        np.atleast_1d(finite_array(v, f"values of {label!r}")) for v in pair(points, label)
    )


def checked_points(series: object, *, logx: bool, logy: bool) -> dict[str, Drawn]:
    """Return the points of all series as they are drawn.

    Args:
        series: {label: (x, y)}, numbers, both of shape (n,).
        logx: whether the x axis is logarithmic.
        logy: whether the y axis is logarithmic.

    Returns:
        {label: (x, y)}, float64 arrays of shape (n,).

    Raises:
        TypeError: `series` is no dictionary, or values are no numbers.
        ValueError: there is nothing to draw, lengths differ, a value is not finite, or a value on a
            logarithmic axis is 0 or less.
    """
    drawn = {}
    for label, points in named(series).items():
        x, y = pair(points, label)
        x = number_list(x, f"x of {label!r}")
        drawn[label] = x, number_list(y, f"y of {label!r}", len(x))
        for name, on, values in zip("xy", (logx, logy), drawn[label], strict=True):
            if on and values.min() <= 0:
                raise ValueError(
                    f"The {name} of {label!r} holds {values.min():g}: a logarithmic axis needs "
                    "values above 0."
                )
    return drawn


def checked_ranges(
    ranges: Mapping[str, Any] | None, values: Mapping[str, np.ndarray], name: str
) -> dict[str, Drawn]:
    """Return the ends of bands or error bars.

    Args:
        ranges: {label: (low, high)}; None means none.
        values: {label: values}, what is drawn; it decides the labels and lengths.
        name: of the argument that gave `ranges`.

    Returns:
        {label: (low, high)}, float64 arrays, low never above high.

    Raises:
        TypeError: an end is no number.
        ValueError: a label is not drawn, a length is another, or a low end is above its high end.
    """
    checked = {}
    for label, ends in (ranges or {}).items():
        if label not in values:
            raise ValueError(
                f"The argument {name} names {label!r}, which is not among {list(values)}."
            )
        n = len(values[label])
        low, high = (number_list(end, f"{name} of {label!r}", n) for end in pair(ends, label))
        if (low > high).any():
            raise ValueError(f"In {name} of {label!r}, a low end is above its high end: swap them.")
        checked[label] = low, high
    return checked
