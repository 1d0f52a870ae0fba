"""A cut: from which score on a result is shown, so that enough of what is shown is right.

Everything here counts queries: passages of one query rise and fall together, so there is one result
per query.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from xenc_course.display.table import Table
from xenc_course.files import shown

from .judged_pairs import JudgedPairs, checked_judged

PRECISION, CONFIDENCE = 0.9, 0.95
N_STEPS = 20  # a cut shows 10 %, 15 %, 20 %, … of the results


@dataclass(frozen=True)
class Shown:
    """What a cut shows of the results of n queries, and how much of it is right.

    Attributes:
        n_right: how many of the shown results are right.
        n_shown: how many are shown.
        n_queries: of how many.
    """

    n_right: int
    n_shown: int
    n_queries: int

    @property
    def precision(self) -> float:
        """The share of the shown results that are right; NaN when nothing is shown."""
        return self.n_right / self.n_shown if self.n_shown else math.nan

    @property
    def coverage(self) -> float:
        """The share of the queries that get a result."""
        return self.n_shown / self.n_queries

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """The two-sided exact interval of the precision; see `lowest_share`."""
        outside = (1 + confidence) / 2
        low = lowest_share(self.n_right, self.n_shown, outside)
        return low, 1 - lowest_share(self.n_shown - self.n_right, self.n_shown, outside)

    def __str__(self) -> str:
        """Counts, precision and its interval."""
        if not self.n_shown:
            return f"shows none of {self.n_queries:,} results"
        low, high = self.interval()
        return (
            f"shows {self.n_shown:,} of {self.n_queries:,} results, {self.n_right:,} of them right:"
            f" precision {self.precision:.4f}, 95 % interval {low:.4f} to {high:.4f}"
        )

    __repr__ = __str__


@dataclass(frozen=True)
class Cut:
    """A score from which on results are shown. Made by `choose_cut`.

    Attributes:
        threshold: the lowest score that is shown; infinite when no cut is sure enough, so that
            nothing is shown.
        target: the precision that was asked for.
        confidence: how sure it is to be reached, by the queries that the cut was chosen on.
        chosen_on: what the cut shows of these.
    """

    threshold: float
    target: float
    confidence: float
    chosen_on: Shown

    def check(self, logits: ArrayLike, right: ArrayLike, queries: Iterable[str]) -> Shown:
        """What the cut shows of other queries.

        Args:
            logits: the score of each query's first result, shape (n,).
            right: for each of them True or False.
            queries: the ids of the queries.

        Raises:
            TypeError: see `choose_cut`.
            ValueError: see `choose_cut`.
        """
        pairs = _one_per_query(logits, right, queries)
        return shown_above(pairs, self.threshold)

    def check_each(self, cases: Mapping[str, JudgedPairs]) -> Table:
        """What the cut shows in several cases, as a table; see `check`.

        Args:
            cases: {name: the first result of each query}.

        Raises:
            ValueError: see `choose_cut`.
        """
        rows: list[list[object]] = []
        for name, pairs in cases.items():
            found = self.check(*pairs)
            ends = found.interval() if found.n_shown else (None, None)
            precision = found.precision if found.n_shown else None
            rows.append([name, found.n_queries, found.n_shown, found.n_right, precision, *ends])
        columns = ["case", "queries", "shown", "right", "precision", "95 % from", "to"]
        return Table(columns, rows, f"What is shown from {self.threshold:+.3f} on")

    def __str__(self) -> str:
        """The threshold, or that there is none."""
        target = f"at least {100 * self.target:g} % of the shown results are right"
        if math.isinf(self.threshold):
            return (
                f"No cut is sure enough that {target}: show nothing, ask for less, or judge more "
                "queries."
            )
        return (
            f"Show a first result from {self.threshold:+.3f} on: {target}, "
            f"{100 * self.confidence:g} % sure. Of those it was chosen on it {self.chosen_on}."
        )

    __repr__ = __str__


def choose_cut(
    logits: ArrayLike,
    right: ArrayLike,
    queries: Iterable[str],
    precision: float = PRECISION,
    confidence: float = CONFIDENCE,
) -> Cut:
    """Choose the lowest cut above which enough of the first results are surely right.

    Cuts are looked at from the strictest on, which shows a tenth of the results, or as many as
    prove the target with one wrong among them; each next one shows a twentieth more, rounded down
    to whole results, but at least one. As long as the lower end of the one-sided exact interval
    (Clopper and Pearson 1934) reaches the target, the cut goes down, and at the first that does
    not, it stops. Tested in this order, several cuts need no
    correction (fixed-sequence testing; Angelopoulos et al. 2021, "Learn then Test", arXiv
    2110.01052), provided that stricter cuts are not less precise. Queries to come must be of the
    same kind: as many without an answer, too.

    Args:
        logits: the score of each query's first result, shape (n,).
        right: for each of them True or False.
        queries: the ids of the queries, each once.
        precision: the share of the shown results that has to be right, between 0 and 1.
        confidence: how sure, between 0 and 1.

    Raises:
        TypeError: a score is no number, or a query id is no text.
        ValueError: a query has two results, a share is not between 0 and 1, or see
            `checked_judged`.
    """
    for name, share in (("precision", precision), ("confidence", confidence)):
        if not 0 < share < 1:
            raise ValueError(f"The {name} is {share}: choose one between 0 and 1, such as 0.9.")
    pairs = _one_per_query(logits, right, queries)
    n = len(pairs.logits)
    falling = np.sort(pairs.logits)[::-1]
    least = 2
    while least <= n and lowest_share(least - 1, least, confidence) < precision:
        least += 1
    step = max(1, n // N_STEPS)
    first = max(-(-least // step), 2) * step
    threshold = math.inf
    for size in [*range(first, n, step), n] if first <= n else []:
        candidate = float(falling[size - 1])
        found = shown_above(pairs, candidate)
        if lowest_share(found.n_right, found.n_shown, confidence) < precision:
            break
        threshold = candidate
    return Cut(threshold, precision, confidence, shown_above(pairs, threshold))


def shown_above(pairs: JudgedPairs, threshold: float) -> Shown:
    """What a cut shows of first results.

    Args:
        pairs: one per query.
        threshold: the lowest score that is shown.
    """
    above = pairs.logits >= threshold
    return Shown(int(pairs.relevant[above].sum()), int(above.sum()), len(above))


def lowest_share(hits: int, n: int, confidence: float = CONFIDENCE) -> float:
    """The lower end of the one-sided exact interval of a share (Clopper and Pearson 1934).

    Args:
        hits: how many of n.
        n: how many independent cases; with none, the share may be 0.
        confidence: how sure it is that the share is not lower.
    """
    from scipy.stats import beta

    return float(beta.ppf(1 - confidence, hits, n - hits + 1)) if hits else 0.0


class RiskCoverage(NamedTuple):
    """Which share of the queries is answered, and how much of that is wrong, cut by cut.

    Attributes:
        thresholds: every score that occurs, falling, shape (m,).
        coverage: the share of the queries whose first result is shown from there on, shape (m,).
        risk: the share of the shown results that are wrong, shape (m,).
    """

    thresholds: np.ndarray
    coverage: np.ndarray
    risk: np.ndarray


def risk_coverage(logits: ArrayLike, right: ArrayLike, queries: Iterable[str]) -> RiskCoverage:
    """Compute the risk–coverage curve (El-Yaniv and Wiener 2010) of first results.

    Args:
        logits: the score of each query's first result, shape (n,).
        right: for each of them True or False.
        queries: the ids of the queries, each once.

    Raises:
        TypeError: see `choose_cut`.
        ValueError: see `choose_cut`.
    """
    pairs = _one_per_query(logits, right, queries)
    order = np.argsort(-pairs.logits, kind="stable")
    falling = pairs.logits[order]
    last = np.append(np.flatnonzero(np.diff(falling)), len(falling) - 1)  # of equal scores
    n_shown = last + 1
    wrong = np.cumsum(~pairs.relevant[order])[last]
    return RiskCoverage(falling[last], n_shown / len(falling), wrong / n_shown)


def _one_per_query(logits: ArrayLike, right: ArrayLike, queries: Iterable[str]) -> JudgedPairs:
    pairs = checked_judged(logits, right, queries)
    names, counts = np.unique(pairs.queries, return_counts=True)
    if (counts > 1).any():
        raise ValueError(
            f"Query {shown(str(names[counts > 1][0]))} has several results: give the first of each "
            "query, because results of one query rise and fall together."
        )
    return pairs
