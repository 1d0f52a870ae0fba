"""(query, passage) pairs and their scores: what is accepted, and a key to remember a pair by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import TypeGuard, TypeVar

import numpy as np

from xenc_course.files import shown

Pair = tuple[str, str]
Entry = TypeVar("Entry")


def in_order(values: Iterable[Entry], what: str) -> Iterator[Entry]:
    """Iterate over what a caller gave by position, never by label.

    A list, an array, a generator, the column of a table and the views of a dict have an order, and
    iterating over them gives their entries. Of a dict or a table it would give the names instead.

    Args:
        values: what the caller gave.
        what: what the message calls it: "passages" or "pairs".

    Raises:
        TypeError: it is no list of entries in an order.
    """
    kind = type(values).__name__
    if isinstance(values, str | bytes):
        raise TypeError(f"{what} is one string: give a list of {what}.")
    if isinstance(values, Mapping):
        raise TypeError(f"{what} is a {kind}, whose keys would be read: give a list of {what}.")
    if hasattr(values, "columns"):
        raise TypeError(
            f"{what} is a {kind}, whose column names would be read: give one column as passages, "
            "or table[[query, passage]].values as pairs."
        )
    if isinstance(values, set | frozenset):
        raise TypeError(f"{what} is a {kind}, which has no order: give a list of {what}.")
    if not isinstance(values, Iterable) or getattr(values, "ndim", 1) == 0:
        raise TypeError(f"{what} is a {kind}: give a list of {what}.")
    return iter(values)


def check_pairs(pairs: Iterable[Pair]) -> list[Pair]:
    """Refuse anything that is not two strings.

    Args:
        pairs: n (query, passage) pairs: a list, an array of shape (n, 2), a generator, ...

    Returns:
        The pairs as tuples of plain strings.

    Raises:
        TypeError: a pair is something else, or the pairs have no order.
    """
    return [_plain(pair) for pair in in_order(pairs, "pairs")]


def checked(scores: Iterable[float], pairs: Sequence[Pair]) -> np.ndarray:
    """Check what a model gave.

    Args:
        scores: one per pair, shape (n,): a list, an array or a torch tensor of any device and type.
        pairs: the n pairs that were scored.

    Returns:
        The scores as float32, shape (n,).

    Raises:
        TypeError: they are no numbers.
        ValueError: they are not one number per pair, or one of them is not finite.
    """
    found = _numbers(scores)
    if found.shape != (len(pairs),):
        raise ValueError(
            f"The model gave scores of shape {found.shape} for {len(pairs)} pairs: "
            "use a reranker, which gives one number per pair."
        )
    if not np.isfinite(found).all():
        query, passage = pairs[int(np.argmin(np.isfinite(found)))]
        raise ValueError(
            f"The model gave a score that is not finite to the query {shown(query)} and the "
            f"passage {shown(passage)}: check the model's weights."
        )
    return found


def places_by_query(pairs: Sequence[Pair]) -> dict[str, list[int]]:
    """Query -> the places of its pairs, in order."""
    found: dict[str, list[int]] = {}
    for place, (query, _) in enumerate(pairs):
        found.setdefault(query, []).append(place)
    return found


def is_pair(value: object) -> TypeGuard[Pair]:
    """Whether a value is a sequence of two strings, or an array or column of two strings."""
    if isinstance(value, str) or not (isinstance(value, Sequence) or _is_row(value)):
        return False
    return len(value) == 2 and all(isinstance(text, str) for text in value)


def pair_key(pair: Pair) -> bytes:
    """A pair's BLAKE2b hash: 16 bytes, the same for equal pairs only."""
    query, passage = (text.encode("utf-8", "surrogatepass") for text in pair)
    return blake2b(len(query).to_bytes(8, "big") + query + passage, digest_size=16).digest()


def _is_row(value: object) -> TypeGuard[Sequence]:
    """Whether a value is an array or a column of a table with one dimension."""
    return getattr(value, "ndim", None) == 1 and isinstance(value, Iterable)


def _plain(pair: object) -> Pair:
    """Two plain strings, of NumPy's strings and of any other class that is derived from `str`."""
    if not is_pair(pair):
        raise TypeError(f"A pair is (query, passage), two strings, not {shown(pair)}.")
    query, passage = pair
    return str.__str__(query), str.__str__(passage)


def _numbers(scores: object) -> np.ndarray:
    """Scores as float32, whatever library they come from."""
    try:
        if isinstance(scores, list | tuple):
            scores = [float(x.detach()) if hasattr(x, "detach") else x for x in scores]
        elif hasattr(scores, "detach"):  # a tensor, maybe on a GPU, in bfloat16, with a gradient
            scores = scores.detach().cpu().float().numpy()
        array = np.asarray(scores)
        if array.dtype.kind == "O":
            array = np.vectorize(float, otypes=[np.float64])(array)
        if array.dtype.kind not in "biuf":  # text, dates, complex numbers
            raise TypeError
        with np.errstate(over="ignore"):  # what float32 cannot hold is refused as infinite
            return array.astype(np.float32)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        raise TypeError(
            f"The model gave {shown(scores)} as scores: use a reranker, which gives one number "
            "per pair."
        ) from None
