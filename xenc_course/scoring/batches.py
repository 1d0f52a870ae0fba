"""Which pairs share a batch: four policies, and what each spends on padding.

A batch is a table whose rows are as long as its longest pair. Shorter rows are filled up with
padding, and computing the padding is wasted work. Every policy returns one array of places per
batch, and the place of each pair, counted from 0, stands in one batch.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def as_given(lengths: Sequence[int] | np.ndarray, size: int) -> list[np.ndarray]:
    """Make batches of `size` pairs in the order in which they came.

    Args:
        lengths: one per pair; only their number counts here.
        size: pairs per batch.

    Returns:
        The places of the pairs, batch by batch.

    Raises:
        ValueError: the size is below 1.
    """
    return _cut(np.arange(len(lengths)), size)


def by_length(lengths: Sequence[int] | np.ndarray, size: int) -> list[np.ndarray]:
    """Make batches of `size` pairs, the longest pairs first.

    Args:
        lengths: tokens of each pair, or its characters as an estimate.
        size: pairs per batch.

    Returns:
        The places of the pairs, batch by batch.

    Raises:
        ValueError: the size is below 1.
    """
    return _cut(np.argsort(-np.asarray(lengths), kind="stable"), size)


def by_budget(lengths: Sequence[int] | np.ndarray, tokens: int) -> list[np.ndarray]:
    """Make batches whose tables hold at most `tokens` tokens, the longest pairs first.

    A pair that is longer than the budget has a batch of its own, so memory is bounded by the larger
    of the budget and the longest pair.

    Args:
        lengths: tokens of each pair.
        tokens: the budget of a batch, padding included.

    Returns:
        The places of the pairs, batch by batch.
    """
    order = np.argsort(-np.asarray(lengths), kind="stable")
    batches: list[np.ndarray] = []
    start = 0
    while start < len(order):
        size = max(1, tokens // max(1, lengths[order[start]]))
        batches.append(order[start : start + size])
        start += size
    return batches


def row_lengths(lengths: Sequence[int] | np.ndarray, step: int, limit: int) -> np.ndarray:
    """Round lengths up to those that rows of a table have.

    Args:
        lengths: tokens of n pairs.
        step: a row has a multiple of so many tokens.
        limit: and no more than this, because the model has no further positions.

    Returns:
        Tokens: int64, shape (n,), none below its length.
    """
    tokens = np.asarray(lengths, dtype=np.int64)
    return np.maximum(tokens, np.minimum(-(-tokens // step) * step, limit))


def padding_share(lengths: Sequence[int] | np.ndarray, batches: Sequence[np.ndarray]) -> float:
    """Compute the share of the tables' tokens that is padding.

    Args:
        lengths: tokens of each pair.
        batches: the places of the pairs, batch by batch.

    Returns:
        A share from 0 to 1; 0 when there is no batch.
    """
    tokens = np.asarray(lengths)
    read = sum(len(batch) * int(tokens[batch].max()) for batch in batches)
    return 1 - int(tokens.sum()) / read if read else 0.0


def _cut(order: np.ndarray, size: int) -> list[np.ndarray]:
    if size < 1:
        raise ValueError(f"A batch holds at least one pair, not {size}.")
    return [order[start : start + size] for start in range(0, len(order), size)]
