"""What a ranking, a matrix or a figure may be made of; anything else gets one clear sentence."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

Points = tuple[ArrayLike, ArrayLike]  # as a caller gives them
Drawn = tuple[np.ndarray, np.ndarray]  # as they are drawn: float64, of one length


def check_query(query: object) -> None:
    """Refuse a query that is no text; an empty one is fine."""
    if not isinstance(query, str):
        raise TypeError(f"query must be one text (str), not a {type(query).__name__}")


def checked_texts(texts: object, name: str) -> list[str]:
    """A list of one text or more."""
    if isinstance(texts, str):
        raise TypeError(f"{name} must be a list of texts, not one text: put it in [ ]")
    if not isinstance(texts, Iterable) or isinstance(texts, Mapping | bytes):
        raise TypeError(f"{name} must be a list of texts, not a {type(texts).__name__}")
    texts = list(texts)
    if not texts:
        raise ValueError(f"there are no {name}: give at least one text")
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(f"{name}[{i}] must be text (str), not a {type(text).__name__}")
    return texts


def _numbers(scores: object, name: str) -> np.ndarray:
    """``scores`` as float64, whatever library they come from."""
    if hasattr(scores, "detach"):  # a torch tensor, maybe on a GPU, in bfloat16, with a gradient
        scores = scores.detach().cpu().double().numpy()
    try:
        array = np.asarray(scores)
    except ValueError:
        raise ValueError(f"{name} has rows of different lengths") from None
    if array.dtype.kind not in "iuf":
        values = array.ravel().tolist()
        odd = next((v for v in values if isinstance(v, bool) or not isinstance(v, int | float)), "")
        raise TypeError(f"{name} must be numbers, but {odd!r} is none")
    array = array.astype(np.float64)
    if not np.isfinite(array).all():
        place = np.argwhere(~np.isfinite(array))[0]
        where = ", ".join(map(str, place))
        value = array[tuple(place)]
        raise ValueError(f"{name}[{where}] is {value}: a score must be a finite number")
    return array


def checked_scores(scores: object, n: int, system: str | None = None) -> np.ndarray:
    """One finite float64 score a passage, of shape (n,)."""
    name = "scores" if system is None else f"scores of {system!r}"
    array = _numbers(scores, name)
    if array.ndim == 2 and array.shape[1] == 1:
        raise ValueError(f"{name} is a column of shape {array.shape}: pass scores[:, 0] instead")
    if array.ndim != 1:
        raise ValueError(f"{name} must have the shape ({n},), one per passage, not {array.shape}")
    if len(array) != n:
        raise ValueError(f"there are {n} passages but {len(array)} {name}: give one per passage")
    return array


def checked_matrix(scores: object, q: int, p: int) -> np.ndarray:
    """Finite float64 scores of shape (q, p): a row a query, a column a passage."""
    array = _numbers(scores, "scores")
    if array.shape != (q, p):
        hint = ""
        if array.shape == (p, q):
            hint = ": transpose it with scores.T"
        elif array.shape == (q * p,):
            hint = f": make it a matrix with scores.reshape({q}, {p})"
        raise ValueError(
            f"scores must have the shape (queries, passages) = ({q}, {p}), not {array.shape}{hint}"
        )
    return array


def at_least(name: str, value: Any, least: int) -> int:
    """A whole number that is `least` or more."""
    if isinstance(value, bool):
        raise TypeError(f"{name} must be a whole number, not {value!r}")
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be a whole number, not {value!r}") from None
    if number < least:
        raise ValueError(f"{name} must be {least} or more, not {number}")
    return number


def check_texts(**texts: object) -> None:
    """Refuse a title, axis name or alt text that is missing or blank."""
    for name, text in texts.items():
        if not isinstance(text, str):
            raise TypeError(f"{name} must be text, not {text!r}")
        if not text.strip():
            raise ValueError(f"{name} is empty: every figure says what it shows")


def checked_labels(labels: Any, name: str) -> list[str]:
    """A list of one name or more."""
    if isinstance(labels, str):
        raise TypeError(f"{name} must be a list of names, not one text: put it in [ ]")
    labels = [str(label) for label in labels]
    if not labels:
        raise ValueError(f"there are no {name}: give at least one")
    return labels


def named(series: object) -> Mapping:
    """A dictionary {label: values} that is not empty."""
    if not isinstance(series, Mapping):
        kind = type(series).__name__
        raise TypeError(f"give a dictionary {{label: values}}, not a {kind}")
    if not series:
        raise ValueError("there is nothing to draw: the dictionary is empty")
    return series


def finite_array(values: object, name: str) -> np.ndarray:
    """Finite numbers of any shape as float64, whatever library they come from."""
    if hasattr(values, "detach"):  # a torch tensor
        values = values.detach().cpu().double().numpy()
    array = np.asarray(values)
    if array.dtype.kind not in "iufb":
        raise TypeError(f"{name} must be numbers, not {array.dtype}")
    if not array.size:
        raise ValueError(f"{name} is empty: there is nothing to draw")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds a value that is not finite: draw only finite numbers")
    return array.astype(np.float64)


def number_list(values: object, name: str, length: int | None = None) -> np.ndarray:
    """Finite numbers of shape (length,) as float64."""
    array = finite_array(values, name)
    if array.ndim != 1:
        raise ValueError(f"{name} must be a list of numbers, not of shape {array.shape}")
    if length is not None and len(array) != length:
        raise ValueError(f"{name} has {len(array)} values where {length} are needed")
    return array


def pair(points: object, label: str) -> tuple:
    """Two things, such as (x, y) or (low, high)."""
    if isinstance(points, str) or not isinstance(points, Sequence) or len(points) != 2:
        raise ValueError(f"{label!r} must come with two things, (x, y) or (low, high)")
    return tuple(points)


def checked_points(series: object, *, logx: bool, logy: bool) -> dict[str, Drawn]:
    """{label: (x, y)} as float64 arrays of one length, above 0 on a logarithmic axis."""
    drawn = {}
    for label, points in named(series).items():
        x, y = pair(points, label)
        x = number_list(x, f"x of {label!r}")
        drawn[label] = x, number_list(y, f"y of {label!r}", len(x))
        for name, on, values in zip("xy", (logx, logy), drawn[label], strict=True):
            if on and values.min() <= 0:
                raise ValueError(
                    f"{name} of {label!r} holds {values.min():g}: a logarithmic axis needs values "
                    "above 0"
                )
    return drawn


def checked_ranges(
    ranges: Mapping[str, Any] | None, values: Mapping[str, np.ndarray], name: str
) -> dict[str, Drawn]:
    """{label: (low, high)} for labels and lengths that `values` has, low never above high."""
    checked = {}
    for label, ends in (ranges or {}).items():
        if label not in values:
            raise ValueError(f"{name} names {label!r}, which is not among {list(values)}")
        n = len(values[label])
        low, high = (number_list(end, f"{name} of {label!r}", n) for end in pair(ends, label))
        if (low > high).any():
            raise ValueError(f"{name} of {label!r} has a low end above its high end")
        checked[label] = low, high
    return checked
