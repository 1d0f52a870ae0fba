"""The paired difference of two runs: query by query, with its interval, its p and its state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from .metrics import Evaluation
from .resampling import CONFIDENCE, RESAMPLES, bootstrap_means, holm, middle, sign_flip_test
from .states import EQUIVALENCE_CONFIDENCE, state_of_difference

_ROUNDING = 1e-9  # a query whose two values are closer than this is a tie


@dataclass(frozen=True)
class Difference:
    """One run compared with the baseline, query by query, on one metric.

    Attributes:
        name: of the run.
        baseline: the name of the baseline.
        metric: what was compared.
        collection: the name of the collection.
        per_query: query id -> value of the run minus value of the baseline.
        mean: of the metric over the queries, for the run.
        baseline_mean: the same for the baseline.
        difference: `mean` minus `baseline_mean`.
        low: the lower end of the 95 % bootstrap interval of the difference.
        high: the upper end.
        inner_low: the lower end of the 90 % bootstrap interval, for the test of equivalence.
        inner_high: the upper end.
        margin: the smallest difference that matters.
        p: of the two-sided sign-flip test, adjusted by Holm when several runs are compared.
        raw_p: the same, not adjusted.
        exact: whether that test counted all sign patterns.
        wins: on how many queries the run is better.
        ties: on how many both are equal (within 1e-9).
        losses: on how many the run is worse.
    """

    name: str
    baseline: str
    metric: str
    collection: str
    per_query: Mapping[str, float]
    mean: float
    baseline_mean: float
    difference: float
    low: float
    high: float
    inner_low: float
    inner_high: float
    margin: float
    p: float
    raw_p: float
    exact: bool
    wins: int
    ties: int
    losses: int

    @property
    def state(self) -> str:
        """Whether "the run is better than the baseline" is shown, contradicted, and so on.

        See `state_of_difference`.
        """
        inner = (self.inner_low, self.inner_high)
        outer, n = (self.low, self.high), len(self.per_query)
        return state_of_difference(outer, self.p, inner, self.margin, n)


def difference_of(
    name: str,
    run: Evaluation,
    baseline: str,
    reference: Evaluation,
    *,
    margin: float,
    resamples: int,
    seed: int,
) -> Difference:
    """Compare two evaluations of the same collection and metric; p is not adjusted.

    Args:
        name: of the run.
        run: its evaluation.
        baseline: the name of the baseline.
        reference: its evaluation.
        margin: the smallest difference that matters.
        resamples: of the bootstrap intervals and of the sign-flip test.
        seed: of both.
    """
    ours, theirs = run.scores[0], reference.scores[0]
    return difference_of_values(
        name,
        ours.per_query,
        baseline,
        theirs.per_query,
        metric=ours.metric,
        collection=run.collection,
        margin=margin,
        resamples=resamples,
        seed=seed,
    )


def difference_of_values(
    name: str,
    ours: Mapping[str, float],
    baseline: str,
    theirs: Mapping[str, float],
    *,
    metric: str,
    collection: str,
    margin: float,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Difference:
    """Compare the values of two rankers, query by query; p is not adjusted.

    Args:
        name: of the first.
        ours: query id -> its value.
        baseline: the name of the second.
        theirs: the same queries -> its value.
        metric: the name of what was measured.
        collection: the name of the collection.
        margin: the smallest difference that matters.
        resamples: of the bootstrap intervals and of the sign-flip test.
        seed: of both.
    """
    per_query = {query: value - theirs[query] for query, value in ours.items()}
    values = np.array(list(per_query.values()))
    means = bootstrap_means(values, resamples=resamples, seed=seed)
    low, high = middle(means, CONFIDENCE)
    inner_low, inner_high = middle(means, EQUIVALENCE_CONFIDENCE)
    p, exact = sign_flip_test(values, resamples=resamples, seed=seed)
    return Difference(
        name=name,
        baseline=baseline,
        metric=metric,
        collection=collection,
        per_query=MappingProxyType(per_query),
        mean=float(np.mean([*ours.values()])),
        baseline_mean=float(np.mean([*theirs.values()])),
        difference=float(values.mean()),
        low=low,
        high=high,
        inner_low=inner_low,
        inner_high=inner_high,
        margin=margin,
        p=p,
        raw_p=p,
        exact=exact,
        wins=int(np.sum(values > _ROUNDING)),
        ties=int(np.sum(np.abs(values) <= _ROUNDING)),
        losses=int(np.sum(values < -_ROUNDING)),
    )


def adjusted(differences: Sequence[Difference]) -> tuple[Difference, ...]:
    """The same differences, with their p values adjusted as one family by Holm's method."""
    ps = holm([difference.raw_p for difference in differences])
    return tuple(replace(d, p=p) for d, p in zip(differences, ps, strict=True))


def named_difference(differences: tuple[Difference, ...], name: str) -> Difference:
    """The difference of the run with this name.

    Raises:
        KeyError: no run has this name; the message lists those there are.
    """
    for difference in differences:
        if difference.name == name:
            return difference
    names = ", ".join(repr(difference.name) for difference in differences)
    raise KeyError(f"Nothing here is called {name!r}: choose one of {names}.")
