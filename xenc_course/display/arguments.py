"""What a ranking or a matrix may be made of; anything else gets one clear sentence."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np


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
        TypeError: it is no list of texts.
        ValueError: the list is empty.
    """
    if isinstance(texts, str):
        raise TypeError(f"The {name} must be a list of texts, not one text: put it in [ ].")
    if not isinstance(texts, Iterable) or isinstance(texts, Mapping | bytes):
        raise TypeError(f"The {name} must be a list of texts, not a {type(texts).__name__}.")
    texts = list(texts)
    if not texts:
        raise ValueError(f"There are no {name}: give at least one text.")
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(f"{name}[{i}] must be text (str), not a {type(text).__name__}.")
    return texts


def _numbers(scores: object, name: str) -> np.ndarray:
    """Finite scores as float64, whatever library they come from."""
    if hasattr(scores, "detach"):  # a torch tensor, maybe on a GPU, in bfloat16, with a gradient
        scores = scores.detach().cpu().double().numpy()
    try:
        array = np.asarray(scores)
    except ValueError:
        raise ValueError(
            f"The {name} have rows of different lengths: make all rows equally long."
        ) from None
    if array.dtype.kind not in "iuf":
        values = array.ravel().tolist()
        odd = next((v for v in values if isinstance(v, bool) or not isinstance(v, int | float)), "")
        raise TypeError(f"The {name} must be numbers, but {odd!r} is none.")
    array = array.astype(np.float64)
    if not np.isfinite(array).all():
        place = np.argwhere(~np.isfinite(array))[0]
        where = ", ".join(map(str, place))
        value = array[tuple(place)]
        raise ValueError(f"{name}[{where}] is {value}: a score must be a finite number.")
    return array


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
    array = _numbers(scores, name)
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
    array = _numbers(scores, "scores")
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


def at_least(name: str, value: Any, least: int) -> int:
    """Return an argument that is a whole number and `least` or more.

    Raises:
        TypeError: it is no whole number.
        ValueError: it is less.
    """
    if isinstance(value, bool):
        raise TypeError(f"The argument {name} must be a whole number, not {value!r}.")
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"The argument {name} must be a whole number, not {value!r}.") from None
    if number < least:
        raise ValueError(f"The argument {name} must be {least} or more, not {number}.")
    return number
