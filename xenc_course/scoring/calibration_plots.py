"""Two figures: what was promised and what happened, and what a cut shows at which risk."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from xenc_course.display.figure import Figure
from xenc_course.display.plots import line_plot

from .cuts import RiskCoverage
from .reliability import N_BINS, reliability

KEPT = "promise kept"
STEPS = np.arange(1, 21) / 20  # coverages at which a point is drawn; below 5 % all is chance


def reliability_plot(
    promised: Mapping[str, ArrayLike], relevant: ArrayLike, n_bins: int = N_BINS
) -> Figure:
    """Draw a reliability diagram: for each curve the share of relevant pairs by its promise.

    Args:
        promised: {curve: probabilities, shape (n,)}.
        relevant: for each pair True or False.
        n_bins: how many bins of equally many pairs.

    Raises:
        TypeError: see `reliability`.
        ValueError: see `reliability`, or there is no curve.
    """
    curves = {name: reliability(p, relevant, n_bins) for name, p in promised.items()}
    ends = ", ".join(
        f"{name} promises {r.promised[-1]:.4f} and {r.happened[-1]:.4f} happen"
        for name, r in curves.items()
    )
    return line_plot(
        {KEPT: ([0.0, 1.0], [0.0, 1.0])} | {n: (r.promised, r.happened) for n, r in curves.items()},
        title="Reliability: what was promised, and what happened",
        xlabel="promised, mean of a bin",
        ylabel="share relevant",
        alt=f"A line per curve beside the diagonal of kept promises. In the highest bin {ends}.",
    )


def risk_coverage_plot(curves: Mapping[str, RiskCoverage]) -> Figure:
    """Draw risk over coverage, a point at every twentieth of the queries.

    Args:
        curves: {name: what `risk_coverage` gave}.

    Raises:
        ValueError: there is no curve.
    """
    # The first cut that covers as many queries, for each step.
    at = {n: np.unique(np.searchsorted(c.coverage, STEPS - 1e-9)) for n, c in curves.items()}
    ends = ", ".join(
        f"{name} {c.risk[np.searchsorted(c.coverage, 0.3)]:.4f} and {c.risk[-1]:.4f}"
        for name, c in curves.items()
    )
    return line_plot(
        {n: (c.coverage[at[n]], c.risk[at[n]]) for n, c in curves.items()},
        title="Risk and coverage",
        xlabel="coverage: share of queries that get a result",
        ylabel="risk: share of these that is wrong",
        alt=f"Risk when three queries in ten get a result, and when all do: {ends}.",
    )
