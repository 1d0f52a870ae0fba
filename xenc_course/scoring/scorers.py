"""Anything that scores (query, passage) pairs, as a function from n pairs to n numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from xenc_course.models.catalogue import LATE_INTERACTION, MODELS
from xenc_course.progress import Progress, progress_bar

from .pairs import Pair, check_pairs, checked
from .reranker import Reranker

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

Scorer = Callable[[Sequence[Pair]], np.ndarray]
BLOCK = 128  # pairs between two reports of progress


def score_pairs(
    model: str | CrossEncoder | Scorer,
    pairs: Sequence[Pair],
    progress: Progress = False,
) -> np.ndarray:
    """Compute the score of each (query, passage) pair, block by block.

    Args:
        model: what `load_scorer` takes, a loaded `CrossEncoder`, or a function of n pairs to n
            numbers.
        pairs: n pairs.
        progress: of the pairs, see `Progress`.

    Returns:
        Scores, of a cross-encoder its logits: float32, shape (n,).

    Raises:
        TypeError: a pair is not two strings.
        ValueError: the model does not give one finite number per pair; and what `load_scorer`
            raises.
    """
    check_pairs(pairs)
    scorer = as_scorer(model)
    scores = np.empty(len(pairs), dtype=np.float32)
    with progress_bar(progress, len(pairs), "pair") as advance:
        for start in range(0, len(pairs), BLOCK):
            block = pairs[start : start + BLOCK]
            scores[start : start + BLOCK] = checked(scorer(block), block)
            advance(len(block))
    return scores


def load_scorer(name: str | None = None, backend: str = "auto") -> Scorer:
    """Load a model as a function of n (query, passage) pairs to their n scores, float32.

    A pair that is longer than a cross-encoder reads loses the end of its longer text, as in
    sentence-transformers.

    Args:
        name: a cross-encoder as `Reranker` takes it, or a late-interaction model of the catalogue.
        backend: of a cross-encoder, see `Reranker`.

    Raises:
        FileNotFoundError: there is no such model.
        ValueError: see `Reranker`.
    """
    known = MODELS.get(name or "")
    if known is not None and known.architecture == LATE_INTERACTION:
        from .onnx_encoders import LateInteraction

        return LateInteraction(known.name)
    return Reranker(name, backend, truncation="longest_first")


def as_scorer(model: str | CrossEncoder | Scorer) -> Scorer:
    """Make a function of pairs from a model.

    Args:
        model: what `score_pairs` takes.

    Raises:
        FileNotFoundError: there is no such model.
        ValueError: see `Reranker`.
    """
    if isinstance(model, str):
        return load_scorer(model)
    if hasattr(model, "predict"):
        return Reranker(cast("CrossEncoder", model), "torch", truncation="longest_first")
    return model
