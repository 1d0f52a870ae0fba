"""Several rankings as one: by ranks, by a weighted sum of scores, or one ranking below another.

Scores of two rankers have different units. Ranks have none: reciprocal rank fusion adds 1 / (k +
rank) (Cormack, Clarke and Büttcher 2009). A weighted sum keeps how far apart scores are. It first
takes them to the range from 0 to 1, query by query (Bruch, Gai and Ingber 2023, arXiv 2210.11934).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import Any

from xenc_course.files import shown
from xenc_course.scoring.cascade import scores_below

from .runs import Run, check_run, ranked


def reciprocal_rank_fusion(runs: Sequence[Run], k: float = 60) -> dict[str, dict[str, float]]:
    """Fuse runs by the ranks of their documents.

    Args:
        runs: each query id -> {document id: score}; of the scores, only the order counts (see
            `ranked`). A run may lack queries and documents of another.
        k: how little the first ranks stand out; 60 in Cormack, Clarke and Büttcher (2009).

    Returns:
        All documents of all runs: the sum of 1 / (k + rank), best first. A run that lacks a
        document adds nothing.

    Raises:
        TypeError: a run is no mapping of mappings.
        ValueError: there is no run, a score is not finite, or k is not a finite number from 0 on.
    """
    runs = _checked(runs)
    if not (_is_number(k) and k >= 0):
        raise ValueError(
            f"The k of reciprocal rank fusion is {shown(k)}: choose a number from 0 on."
        )
    shares = [
        {
            query: {document: 1 / (k + rank) for rank, document in enumerate(ranked(row), start=1)}
            for query, row in run.items()
        }
        for run in runs
    ]
    return _summed(shares)


def convex_fusion(
    runs: Sequence[Run],
    weights: Sequence[float],
    minima: Sequence[float | None] | None = None,
) -> dict[str, dict[str, float]]:
    """Fuse runs by a weighted sum of their scores, each normalised query by query.

    A query's best score of a run becomes 1. What becomes 0 is the lowest score that the run has for
    the query, or the lowest that its ranker can give, the theoretical minimum: 0 for BM25, −1 for a
    cosine. The latter does not depend on how deep a run is (Bruch, Gai and Ingber 2023). Without a
    minimum, scores that are all equal become 0, and so does that of a single document.

    Args:
        runs: each query id -> {document id: score}. A run may lack queries and documents of
            another.
        weights: one per run, from 0 to 1; together 1.
        minima: the theoretical minimum of each run, or None where its lowest score is taken.

    Returns:
        All documents of all runs, best first. A document that a run lacks counts as 0 there.

    Raises:
        TypeError: a run is no mapping of mappings, or the weights or minima are no list.
        ValueError: there is no run; there are not as many weights or minima as runs; the weights
            are not from 0 to 1 or do not add up to 1; a minimum is no finite number; a score is
            not finite, or below the minimum.
    """
    runs = _checked(runs)
    weights = _one_each(weights, "weights", len(runs))
    lows = [None] * len(runs) if minima is None else _one_each(minima, "minima", len(runs))
    if not all(_is_number(weight) and 0 <= weight <= 1 for weight in weights) or not (
        math.isclose(sum(weights), 1)
    ):
        raise ValueError(
            f"The weights are {', '.join(map(shown, weights))}: choose numbers from 0 to 1 that "
            "add up to 1."
        )
    shares = [
        {
            query: {d: weight * score for d, score in min_max(row, low).items()}
            for query, row in run.items()
        }
        for run, weight, low in zip(runs, weights, lows, strict=True)
    ]
    return _summed(shares)


def _checked(runs: Sequence[Run]) -> list[Run]:
    if isinstance(runs, Mapping):
        raise TypeError("The runs are one mapping: give a list of runs, such as [bm25, cosines].")
    listed = list(runs)  # also of a generator, which could be read only once
    if not listed:
        raise ValueError("There is no run to fuse: give one or more.")
    for run in listed:
        check_run(run)
    return listed


def _one_each(values: Sequence[Any], name: str, n_runs: int) -> list[Any]:
    if not isinstance(values, Iterable) or isinstance(values, Mapping | str):
        raise TypeError(f"The {name} are {shown(values)}: give a list, one for each run.")
    given = list(values)
    if len(given) != n_runs:
        raise ValueError(f"There are {n_runs} runs and {len(given)} {name}: give one each.")
    return given


def _is_number(value: object) -> bool:
    """Whether this is one finite number."""
    return isinstance(value, Real) and math.isfinite(value)


def _summed(shares: Sequence[Run]) -> dict[str, dict[str, float]]:
    """Add up what each run gives each document, best first."""
    totals: dict[str, dict[str, float]] = {}
    for share in shares:
        for query, row in share.items():
            total = totals.setdefault(query, {})
            for document, part in row.items():
                total[document] = total.get(document, 0.0) + part
    return {query: {d: row[d] for d in ranked(row)} for query, row in totals.items()}


def fuse(run: Run, first: Run, weight: float) -> dict[str, dict[str, float]]:
    """Add the scores of two runs, each normalised, with weights that add up to 1.

    Args:
        run: query id -> {document id: score}.
        first: the same documents with scores of another ranker; it may have more of them, which
            are not looked at.
        weight: of `run`, from 0 to 1. The weight of `first` is 1 minus that.

    Returns:
        The documents of `run`, best first:
        weight · score of `run` + (1 − weight) · score of `first`.

    Raises:
        ValueError: the weight is not between 0 and 1, or a score is not finite.
        KeyError: `first` lacks a document.
    """
    if not 0 <= weight <= 1:
        raise ValueError(f"The fusion weight is {weight}: choose a number from 0 to 1.")
    same = {query: {d: first[query][d] for d in scores} for query, scores in run.items()}
    return convex_fusion([run, same], [weight, 1 - weight])


def min_max(scores: Mapping[str, float], minimum: float | None = None) -> dict[str, float]:
    """Take scores to the range from 0 (the lowest) to 1 (the highest); equal ones all become 0.

    Args:
        scores: document id -> score.
        minimum: what becomes 0 in place of the lowest score; equal scores above it all become 1.

    Raises:
        ValueError: a score is not finite or lies below the minimum, or the minimum is no finite
            number.
    """
    numbers = {document: float(score) for document, score in scores.items()}  # of 64 bits
    if not all(map(math.isfinite, numbers.values())):
        raise ValueError("A score to normalise is NaN or infinite: give finite numbers.")
    low, high = min(numbers.values(), default=0.0), max(numbers.values(), default=0.0)
    if minimum is not None:
        if not _is_number(minimum):
            raise ValueError(
                f"The theoretical minimum is {shown(minimum)}: give a finite number, or None."
            )
        if low < minimum and numbers:
            raise ValueError(
                f"A score is {low:g}, below the theoretical minimum {minimum:g}: give the lowest "
                "score that the ranker can give, or None."
            )
        low = float(minimum)
    width = high - low or 1.0
    return {document: (score - low) / width for document, score in numbers.items()}


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
