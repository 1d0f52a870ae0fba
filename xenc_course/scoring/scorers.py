"""Anything that scores (query, passage) pairs, as a function from n pairs to n numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from xenc_course.models.catalogue import LATE_INTERACTION, MODELS

from .pairs import Pair, check_pairs, checked
from .reranker import Reranker

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

Scorer = Callable[[Sequence[Pair]], np.ndarray]
BLOCK = 128  # pairs between two reports of progress


def score_pairs(
    model: str | CrossEncoder | Scorer,
    pairs: Sequence[Pair],
    progress: Callable[[int], object] | None = None,
) -> np.ndarray:
    """The logit of each (query, passage) pair, float32, shape (n,).

    model: what `load_scorer` takes, a loaded `CrossEncoder`, or a function of n pairs to n numbers.
    progress: called with the number of pairs scored since the last call, such as `tqdm.update`.

    Raises TypeError when a pair is not two strings, ValueError when the model gives another number
    of scores than there are pairs or one that is not finite, and what `load_scorer` raises.
    """
    check_pairs(pairs)
    scorer = as_scorer(model)
    scores = np.empty(len(pairs), dtype=np.float32)
    for start in range(0, len(pairs), BLOCK):
        block = pairs[start : start + BLOCK]
        scores[start : start + BLOCK] = checked(scorer(block), block)
        if progress is not None:
            progress(len(block))
    return scores


def load_scorer(name: str | None = None, backend: str = "auto") -> Scorer:
    """A function from n (query, passage) pairs to their n scores, float32.

    name: a cross-encoder as `Reranker` takes it, scored by that class, or a late-interaction model
    of the catalogue. A pair that is longer than a cross-encoder reads loses the end of its longer
    text, as in sentence-transformers. backend: see `Reranker`.
    """
    known = MODELS.get(name or "")
    if known is not None and known.architecture == LATE_INTERACTION:
        from .onnx_encoders import LateInteraction

        return LateInteraction(known.name)
    return Reranker(name, backend, truncation="longest_first")


def as_scorer(model: str | CrossEncoder | Scorer) -> Scorer:
    """A function of pairs, whatever the model is given as; see `score_pairs`."""
    if isinstance(model, str):
        return load_scorer(model)
    if hasattr(model, "predict"):
        return Reranker(cast("CrossEncoder", model), "torch", truncation="longest_first")
    return model
