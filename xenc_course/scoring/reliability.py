"""How far probabilities can be believed: Brier score, calibration error, reliability table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from xenc_course.display.arguments import at_least, finite_numbers
from xenc_course.display.table import ShowsTable, Table

from .judged_pairs import checked_truth

N_BINS = 10


def brier(probabilities: ArrayLike, relevant: ArrayLike) -> float:
    """Compute the Brier score (Brier 1950): the mean of (probability − outcome)², 0 at best.

    Whoever says the overall share s of relevant pairs for every pair gets s · (1 − s).

    Args:
        probabilities: of being relevant, shape (n,).
        relevant: for each pair True or False.

    Raises:
        TypeError: a value is no number.
        ValueError: the two differ in length, there is no pair, or a probability is not between 0
            and 1.
    """
    promised, truth = checked_promises(probabilities, relevant)
    return float(np.mean((promised - truth) ** 2))


@dataclass(frozen=True, repr=False)
class Reliability(ShowsTable):
    """What was promised and what happened, in bins of equally many pairs; shows itself as a table.

    Attributes:
        counts: how many pairs each bin holds, shape (bins,).
        promised: the mean probability in each bin.
        happened: the share of relevant pairs in each bin.
    """

    counts: np.ndarray
    promised: np.ndarray
    happened: np.ndarray

    @property
    def error(self) -> float:
        """The mean distance of promise and outcome, weighted by pairs; see `calibration_error`."""
        distances = np.abs(self.promised - self.happened)
        return float(np.average(distances, weights=self.counts))

    def table(self) -> Table:
        """One row per bin, lowest promise first."""
        rows = zip(
            self.counts.tolist(), self.promised.tolist(), self.happened.tolist(), strict=True
        )
        caption = f"{self.counts.sum():,} pairs, calibration error {self.error:.4f}"
        return Table(["pairs", "promised, mean", "share relevant"], list(rows), caption)


def reliability(probabilities: ArrayLike, relevant: ArrayLike, n_bins: int = N_BINS) -> Reliability:
    """Sort pairs by their probability into bins of equally many, and compare with what happened.

    Equal probabilities stay in one bin, so the bins may be fewer, and not quite equal.

    Args:
        probabilities: of being relevant, shape (n,).
        relevant: for each pair True or False.
        n_bins: how many bins at most.

    Raises:
        TypeError: a value is no number.
        ValueError: see `brier`, or there are fewer pairs than bins.
    """
    promised, truth = checked_promises(probabilities, relevant)
    at_least("n_bins", n_bins, 1)
    if len(promised) < n_bins:
        raise ValueError(f"{len(promised)} pairs do not fill {n_bins} bins: take fewer bins.")
    order = np.argsort(promised, kind="stable")
    values = promised[order]
    wanted = np.linspace(0, len(values), n_bins + 1).round().astype(int)[1:-1]
    # A border within equal values moves back to the first of them.
    borders = np.unique(np.searchsorted(values, values[wanted], side="left"))
    bins = [part for part in np.split(order, borders) if len(part)]
    return Reliability(
        np.array([len(part) for part in bins]),
        np.array([promised[part].mean() for part in bins]),
        np.array([truth[part].mean() for part in bins]),
    )


def calibration_error(probabilities: ArrayLike, relevant: ArrayLike, n_bins: int = N_BINS) -> float:
    """Compute the expected calibration error over bins of equally many pairs.

    Bins of equal count have less bias than bins of equal width (Roelofs et al. 2022). The error of
    a perfect calibration is above 0 too, by chance, and the more so the fewer pairs there are.

    Args:
        probabilities: of being relevant, shape (n,).
        relevant: for each pair True or False.
        n_bins: how many bins at most.

    Raises:
        TypeError: a value is no number.
        ValueError: see `reliability`.
    """
    return reliability(probabilities, relevant, n_bins).error


def checked_promises(
    probabilities: ArrayLike, relevant: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Refuse what is no probability and judgement per pair.

    Args:
        probabilities: of being relevant, shape (n,).
        relevant: for each pair True or False.

    Returns:
        Both as arrays, of float64 and bool.

    Raises:
        TypeError: a value is no number.
        ValueError: the lists differ in length or are empty, or a number is no probability.
    """
    promised = finite_numbers(probabilities, "probabilities")
    truth = checked_truth(relevant, "relevant")
    if promised.ndim != 1 or promised.shape != truth.shape or not len(promised):
        raise ValueError(
            "Give one probability and one judgement per pair, two lists of equal length, not the "
            f"shapes {promised.shape} and {truth.shape}."
        )
    if not ((promised >= 0) & (promised <= 1)).all():
        odd = promised[(promised < 0) | (promised > 1)][0]
        raise ValueError(
            f"A probability lies between 0 and 1, and one is {odd:g}: calibrate the logits first."
        )
    return promised, truth
