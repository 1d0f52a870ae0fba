"""Uncertainty from resampling the queries: bootstrap intervals and the sign-flip test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike

from xenc_course.files import shown

RESAMPLES = 10_000
CONFIDENCE = 0.95  # the share of the means that an interval holds
_NUMBERS_AT_ONCE = 2_000_000  # bounds the memory of a block of resamples to some 32 MB
_ROUNDING = 1e-12  # two sums of the same metric values may differ by this much


def bootstrap_interval(
    values: ArrayLike, *, resamples: int = RESAMPLES, confidence: float = CONFIDENCE, seed: int = 0
) -> tuple[float, float]:
    """Compute the percentile bootstrap interval of the mean (Efron and Tibshirani 1993, ch. 13).

    n values are drawn with replacement, `resamples` times, and the interval holds the middle
    `confidence` of their means. It covers the choice of queries, but not that of judges or
    documents. With few values it is too narrow: with one value its width is 0.

    Args:
        values: one number per query, shape (n,).
        resamples: how often n values are drawn.
        confidence: the share of the means that the interval holds, between 0 and 1.
        seed: of the draws.

    Returns:
        The lower and the upper end.

    Raises:
        ValueError: there is no value, the shape is not (n,), a value is not finite, the confidence
            is not between 0 and 1, or `resamples` is below 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(
            f"confidence is {confidence}: choose a number between 0 and 1, such as 0.95."
        )
    return middle(bootstrap_means(values, resamples=resamples, seed=seed), confidence)


def bootstrap_means(values: ArrayLike, *, resamples: int = RESAMPLES, seed: int = 0) -> np.ndarray:
    """Draw n values with replacement, again and again, and take the mean of each draw.

    Args:
        values: one number per query, shape (n,).
        resamples: how often n values are drawn.
        seed: of the draws.

    Returns:
        The means: float64, shape (resamples,).

    Raises:
        ValueError: see `bootstrap_interval`.
    """
    numbers = _checked(values)
    return np.concatenate(
        [
            numbers[rng.integers(len(numbers), size=(rows, len(numbers)))].mean(axis=1)
            for rng, rows in _blocks(len(numbers), resamples, seed)
        ]
    )


def bootstrap_by_query(
    queries: Sequence[str],
    statistic: Callable[[np.ndarray], float],
    *,
    resamples: int = 1_000,
    seed: int = 0,
) -> tuple[float, float]:
    """Compute the 95 % percentile bootstrap interval of any statistic, drawing whole queries.

    It is for what is no mean over queries, such as an AUROC or a precision. All cases of a query
    are drawn together.

    Args:
        queries: the query id of each case, shape (n,).
        statistic: takes places of cases, an int array in which a case may stand several times, and
            gives a number. A draw for which it is NaN (as a share of nothing) is left out.
        resamples: how often the queries are drawn.
        seed: of the draws.

    Returns:
        The lower and the upper end.

    Raises:
        ValueError: there is no case, `resamples` is below 1, or no draw gives a number.
    """
    names, of = np.unique(np.asarray(queries), return_inverse=True)
    if not len(names):
        raise ValueError("There is no query to draw: give at least one case.")
    order = np.argsort(of, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(of))[:-1])
    found = [
        statistic(np.concatenate([members[query] for query in row]))
        for rng, rows in _blocks(len(names), resamples, seed)
        for row in rng.integers(len(names), size=(rows, len(names)))
    ]
    numbers = np.array(found, dtype=np.float64)
    if np.isnan(numbers).all():
        raise ValueError("The statistic is NaN in every draw: check what it divides by.")
    return middle(numbers[~np.isnan(numbers)], CONFIDENCE)


def middle(means: np.ndarray, share: float) -> tuple[float, float]:
    """The two ends between which the middle `share` of these means lies."""
    low, high = np.quantile(means, [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)


def sign_flip_test(
    differences: ArrayLike, *, resamples: int = RESAMPLES, seed: int = 0
) -> tuple[float, bool]:
    """Do the two-sided paired randomisation test (Smucker, Allan and Carterette 2007).

    If the two systems were interchangeable, each difference could as well have the other sign. p is
    the share of sign patterns whose mean is at least as far from zero as the observed one. If there
    are at most `resamples` patterns (zeros need no flip), all of them are counted. Otherwise
    `resamples` patterns are drawn, and the observed one is counted as one more.

    Args:
        differences: one per query, shape (n,).
        resamples: how many sign patterns are counted at most.
        seed: of the draws.

    Returns:
        p, and whether all sign patterns were counted, so that p is exact.

    Raises:
        ValueError: there is no value, the shape is not (n,), a value is not finite, or `resamples`
            is below 1.
    """
    numbers = _checked(differences)
    numbers = numbers[np.abs(numbers) > _ROUNDING]
    if not len(numbers):
        return 1.0, True
    observed = abs(numbers.sum()) - _ROUNDING * len(numbers)
    if 2 ** len(numbers) <= resamples:
        patterns = np.arange(2 ** len(numbers))[:, None] >> np.arange(len(numbers)) & 1
        return float(np.mean(np.abs((1 - 2 * patterns) @ numbers) >= observed)), True
    as_far = 0
    for rng, rows in _blocks(len(numbers), resamples, seed):
        signs = rng.choice((-1.0, 1.0), size=(rows, len(numbers)))
        as_far += int(np.sum(np.abs(signs @ numbers) >= observed))
    return (as_far + 1) / (resamples + 1), False


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p values for testing several hypotheses at once (Holm 1979).

    Args:
        p_values: one per hypothesis.

    Returns:
        The adjusted values, in the given order.

    Raises:
        ValueError: a value is not between 0 and 1.
    """
    for p in p_values:
        if not 0 <= p <= 1:
            raise ValueError(f"A p value is {p}: it lies between 0 and 1.")
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(np.argsort(p_values, kind="stable")):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = highest
    return adjusted


def _checked(values: ArrayLike) -> np.ndarray:
    """The values as float64, shape (n,), n >= 1."""
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(
            f"Resampling needs one number per query, shape (n,), n >= 1, not {shown(values)}."
        ) from error
    if numbers.ndim != 1 or not len(numbers):
        raise ValueError(
            f"Resampling needs one number per query, shape (n,), n >= 1, not shape {numbers.shape}."
        )
    if not np.isfinite(numbers).all():
        raise ValueError("A value to resample is NaN or infinite: give finite numbers.")
    return numbers


def _blocks(width: int, resamples: int, seed: int) -> Iterator[tuple[np.random.Generator, int]]:
    """Yield the generator with the number of rows to draw from it, block by block."""
    if not isinstance(resamples, int | np.integer) or resamples < 1:
        raise ValueError(f"resamples is a whole number of at least 1, not {shown(resamples)}.")
    rng = np.random.default_rng(seed)
    rows = max(1, _NUMBERS_AT_ONCE // width)
    for start in range(0, resamples, rows):
        yield rng, min(rows, resamples - start)
