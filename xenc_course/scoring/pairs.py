"""(query, passage) pairs and their scores: what is accepted, and a key to remember a pair by."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeGuard

import numpy as np

Pair = tuple[str, str]


def check_pairs(pairs: Sequence[Pair]) -> None:
    """Refuse anything that is not two strings.

    Raises:
        TypeError: a pair is something else.
    """
    for pair in pairs:
        if not is_pair(pair):
            raise TypeError(f"A pair is (query, passage), two strings, not {pair!r:.80}.")


def checked(scores: np.ndarray, pairs: Sequence[Pair]) -> np.ndarray:
    """Check what a model gave.

    Args:
        scores: one per pair, shape (n,).
        pairs: the n pairs that were scored.

    Returns:
        The scores as float32, shape (n,).

    Raises:
        ValueError: they are not one number per pair, or one of them is not finite.
    """
    scores = np.asarray(scores, dtype=np.float32)
    if scores.shape != (len(pairs),):
        raise ValueError(
            f"The model gave scores of shape {scores.shape} for {len(pairs)} pairs: "
            "use a reranker, which gives one number per pair."
        )
    if not np.isfinite(scores).all():
        query, passage = pairs[int(np.argmin(np.isfinite(scores)))]
        raise ValueError(
            f"The model gave a score that is not finite to the query {query[:60]!r} and the "
            f"passage {passage[:60]!r}: check the model's weights."
        )
    return scores


def is_pair(value: object) -> TypeGuard[Pair]:
    """Whether a value is a sequence of two strings."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        return False
    return len(value) == 2 and all(isinstance(text, str) for text in value)


def pair_key(pair: Pair) -> bytes:
    """A pair's BLAKE2b hash: 16 bytes, the same for equal pairs only."""
    query, passage = (text.encode("utf-8", "surrogatepass") for text in pair)
    return blake2b(len(query).to_bytes(8, "big") + query + passage, digest_size=16).digest()
