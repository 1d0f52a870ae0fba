"""Which pairs share a batch: four policies, and what each spends on padding.

A batch is a table whose rows are as long as its longest pair; what is filled up is computed for
nothing. Every policy gives the places of the pairs, batch by batch, each place once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def as_given(lengths: Sequence[int] | np.ndarray, size: int) -> list[np.ndarray]:
    """Batches of `size` pairs in the order in which they came."""
    return _cut(np.arange(len(lengths)), size)


def by_length(lengths: Sequence[int] | np.ndarray, size: int) -> list[np.ndarray]:
    """Batches of `size` pairs, the longest first. lengths: tokens, or characters as an estimate."""
    return _cut(np.argsort(-np.asarray(lengths), kind="stable"), size)


def by_budget(lengths: Sequence[int] | np.ndarray, tokens: int) -> list[np.ndarray]:
    """Batches whose tables hold at most `tokens` tokens, padding included, the longest pairs first.

    A pair that is longer than the budget has a batch of its own, so memory is bounded by the larger
    of the budget and the longest pair.
    """
    order = np.argsort(-np.asarray(lengths), kind="stable")
    batches: list[np.ndarray] = []
    start = 0
    while start < len(order):
        size = max(1, tokens // max(1, lengths[order[start]]))
        batches.append(order[start : start + size])
        start += size
    return batches


def padding_share(lengths: Sequence[int] | np.ndarray, batches: Sequence[np.ndarray]) -> float:
    """The share of the tables' tokens that is padding, from 0 to 1; 0 for no batch."""
    tokens = np.asarray(lengths)
    read = sum(len(batch) * int(tokens[batch].max()) for batch in batches)
    return 1 - int(tokens.sum()) / read if read else 0.0


def _cut(order: np.ndarray, size: int) -> list[np.ndarray]:
    if size < 1:
        raise ValueError(f"A batch holds at least one pair, not {size}.")
    return [order[start : start + size] for start in range(0, len(order), size)]
