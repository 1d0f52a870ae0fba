"""What a table, a ranking or a figure may be made of; anything else gets one clear sentence."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any

import numpy as np

SHOWN = 60  # letters of what was wrong that a message shows


def in_short(value: object) -> str:
    """The first letters of a value as Python writes it: what was wrong, for a message."""
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def check_query(query: object) -> None:
    """Refuse a query that is no text; an empty text is allowed.

    Raises:
        TypeError: it is no text.
    """
    if not isinstance(query, str):
        raise TypeError(f"The query must be one text (str), not a {type(query).__name__}.")


def checked_texts(texts: object, name: str) -> list[str]:
    """Return one text or more as a list.

    Args:
        texts: what the caller gave.
        name: what the message calls it, such as "passages".

    Raises:
        TypeError: it is no list of texts; a set is none, because its order is chance.
        ValueError: the list is empty.
    """
    if isinstance(texts, str):
        raise TypeError(f"The {name} must be a list of texts, not one text: put it in [ ].")
    if not isinstance(texts, Iterable) or isinstance(texts, Mapping | bytes | set | frozenset):
        raise TypeError(f"The {name} must be a list of texts, not a {type(texts).__name__}.")
    texts = list(texts)
    if not texts:
        raise ValueError(f"There are no {name}: give at least one text.")
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(f"{name}[{i}] must be text (str), not a {type(text).__name__}.")
    return texts


def finite_numbers(values: object, name: str, *, truth: bool = False) -> np.ndarray:
    """Return finite numbers as float64 in the shape they have.

    Args:
        values: a list, a numpy array or a torch tensor, or a list of these; a tensor may be on a
            GPU, in bfloat16, or part of a graph of gradients.
        name: what the message calls them.
        truth: whether truth values count as 0 and 1.

    Raises:
        TypeError: they are no numbers.
        ValueError: rows differ in length, or a number is NaN, infinite or too large for float64.
    """
    try:
        array = np.asarray(_plain(values))
    except ValueError:
        raise ValueError(
            f"The {name} have rows of different lengths: make all rows equally long."
        ) from None
    if array.dtype.kind == "O" and all(map(_is_number, array.flat)):  # such as 10**40
        array = np.vectorize(_as_float, otypes=[float])(array)
    if array.dtype.kind not in ("iufb" if truth else "iuf"):
        odd = next((v for v in array.ravel().tolist() if not _is_number(v)), values)
        raise TypeError(f"The {name} must be numbers, but {in_short(odd)} is none.")
    array = array.astype(np.float64)
    if not np.isfinite(array).all():
        place = np.argwhere(~np.isfinite(array))[0]
        where = f" at [{', '.join(map(str, place))}]" if array.ndim else ""
        raise ValueError(
            f"A number must be finite, but {array[tuple(place)]} stands in the {name}{where}."
        )
    return array


def _plain(values: object) -> object:
    """Torch tensors, also in lists, as numpy arrays; all else as it is."""
    if isinstance(values, list | tuple):
        return [_plain(value) for value in values]
    if not hasattr(values, "detach"):
        return values
    tensor: Any = values.detach().cpu()
    return (tensor.double() if tensor.is_floating_point() else tensor).numpy()


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _as_float(value: Real) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def checked_scores(scores: object, n: int, system: str | None = None) -> np.ndarray:
    """Return one finite score per passage.

    Args:
        scores: a list, a numpy array or a torch tensor of shape (n,).
        n: how many passages there are.
        system: whose scores these are, for the message; None where there is one system only.

    Returns:
        float64, shape (n,).

    Raises:
        TypeError: a score is no number.
        ValueError: the shape is another, or a score is NaN or infinite.
    """
    name = "scores" if system is None else f"scores of {system!r}"
    array = finite_numbers(scores, name)
    if array.ndim == 2 and array.shape[1] == 1:
        raise ValueError(
            f"The {name} are a column of shape {array.shape}: pass scores[:, 0] instead."
        )
    if array.ndim != 1:
        raise ValueError(
            f"The {name} must have the shape ({n},), one per passage, not {array.shape}."
        )
    if len(array) != n:
        raise ValueError(f"There are {n} passages but {len(array)} {name}: give one per passage.")
    return array


def checked_matrix(scores: object, q: int, p: int) -> np.ndarray:
    """Return finite scores with one row per query and one column per passage.

    Args:
        scores: a nested list, a numpy array or a torch tensor of shape (q, p).
        q: how many queries there are.
        p: how many passages there are.

    Returns:
        float64, shape (q, p).

    Raises:
        TypeError: a score is no number.
        ValueError: the shape is another, or a score is NaN or infinite.
    """
    array = finite_numbers(scores, "scores")
    if array.shape != (q, p):
        hint = ""
        if array.shape == (p, q):
            hint = ": transpose it with scores.T"
        elif array.shape == (q * p,):
            hint = f": make it a matrix with scores.reshape({q}, {p})"
        raise ValueError(
            f"The scores must have the shape (queries, passages) = ({q}, {p}), "
            f"not {array.shape}{hint}."
        )
    return array


def at_least(name: str, value: Any, least: int, most: int | None = None) -> int:
    """Return an argument that is a whole number, `least` or more, and no more than `most`.

    Raises:
        TypeError: it is no whole number.
        ValueError: it is less or more.
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool):
        raise TypeError(f"The argument {name} must be a whole number, not {in_short(value)}.")
    if most is not None and not least <= number <= most:
        raise ValueError(
            f"The argument {name} must be from {least} to {most}, not {in_short(number)}."
        )
    if number < least:
        raise ValueError(f"The argument {name} must be {least} or more, not {in_short(number)}.")
    return number
