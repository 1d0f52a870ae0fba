"""Two rankings of the same passages as one: a weighted sum of scores, or one ranking below another.

Scores of two rankers have different units. Min-max normalisation takes them to the range from 0 to
1, query by query, before they are added (Bruch, Gai and Ingber 2023, arXiv 2210.11934).
"""

from __future__ import annotations

from collections.abc import Mapping

from xenc_course.scoring.cascade import scores_below

from .runs import Run, ranked


def fuse(run: Run, first: Run, weight: float) -> dict[str, dict[str, float]]:
    """Add the scores of two runs, each normalised, with weights that add up to 1.

    Args:
        run: query id -> {document id: score}.
        first: the same documents with scores of another ranker; it may have more of them, which
            are not looked at.
        weight: of `run`, from 0 to 1. The weight of `first` is 1 minus that.

    Returns:
        The documents of `run`: weight · score of `run` + (1 − weight) · score of `first`.

    Raises:
        ValueError: the weight is not between 0 and 1.
        KeyError: `first` lacks a document.
    """
    if not 0 <= weight <= 1:
        raise ValueError(f"The fusion weight is {weight}: choose a number from 0 to 1.")
    fused = {}
    for query, scores in run.items():
        ours = min_max(scores)
        theirs = min_max({document: first[query][document] for document in scores})
        fused[query] = {d: weight * ours[d] + (1 - weight) * theirs[d] for d in scores}
    return fused


def min_max(scores: Mapping[str, float]) -> dict[str, float]:
    """Take scores to the range from 0 (the lowest) to 1 (the highest); equal ones all become 0.

    Args:
        scores: document id -> score.
    """
    low, high = min(scores.values(), default=0.0), max(scores.values(), default=0.0)
    width = high - low or 1.0
    return {document: (score - low) / width for document, score in scores.items()}


def with_tail(head: Run, candidates: Run) -> dict[str, dict[str, float]]:
    """Put the candidates that a model has not read below those that it has.

    Args:
        head: query id -> {document id: score} of the passages that the model has read.
        candidates: all candidates with the scores of the first stage.

    Returns:
        The scores of `head`, and below them the rest in the order of the first stage. Of the scores
        of the rest, only the order has a meaning.
    """
    whole = {}
    for query, scores in head.items():
        rest = [document for document in ranked(candidates[query]) if document not in scores]
        below = scores_below(min(scores.values(), default=0.0), len(rest))
        whole[query] = {**scores, **dict(zip(rest, map(float, below), strict=True))}
    return whole
