"""Is one run better than another? Paired differences over the same queries, and an honest "tie"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from xenc_course.display.table import ShowsTable, Table
from xenc_course.retrieval.runs import Run
from xenc_course.text.collection import Collection

from .metrics import Evaluation, evaluate
from .resampling import RESAMPLES, bootstrap_interval, holm, sign_flip_test

ALPHA = 0.05
TIE = "tie"
_ROUNDING = 1e-9  # a query whose two values are closer than this is a tie


@dataclass(frozen=True)
class Difference:
    """One run compared with the baseline, query by query, on one metric.

    Attributes:
        name: of the run.
        baseline: the name of the baseline.
        per_query: query id -> value of the run minus value of the baseline.
        mean: of the metric over the queries, for the run.
        baseline_mean: the same for the baseline.
        difference: `mean` minus `baseline_mean`.
        low: the lower end of the 95 % bootstrap interval of the difference.
        high: the upper end.
        p: of the two-sided sign-flip test, adjusted by Holm when several runs are compared.
        raw_p: the same, not adjusted.
        exact: whether that test counted all sign patterns.
        wins: on how many queries the run is better.
        ties: on how many both are equal (within 1e-9).
        losses: on how many the run is worse.
    """

    name: str
    baseline: str
    per_query: Mapping[str, float]
    mean: float
    baseline_mean: float
    difference: float
    low: float
    high: float
    p: float
    raw_p: float
    exact: bool
    wins: int
    ties: int
    losses: int

    @property
    def verdict(self) -> str:
        """The name of the better run, or "tie".

        It is a tie when the 95 % interval of the difference holds zero, or when the adjusted p is
        0.05 or more. A tie means that these queries do not show which run is better. It does not
        mean that the runs are equally good.
        """
        if self.low <= 0 <= self.high or self.p >= ALPHA:
            return TIE
        return self.name if self.difference > 0 else self.baseline


@dataclass(frozen=True, repr=False)
class RunComparison(ShowsTable):
    """Runs compared with one baseline on one metric; shows itself as a table.

    Attributes:
        metric: its name.
        baseline: the name of the baseline.
        differences: one per run.
    """

    metric: str
    baseline: str
    differences: tuple[Difference, ...]

    def __getitem__(self, name: str) -> Difference:
        """The difference of one run to the baseline.

        Raises:
            KeyError: no run has this name; the message lists those there are.
        """
        for difference in self.differences:
            if difference.name == name:
                return difference
        names = ", ".join(repr(difference.name) for difference in self.differences)
        raise KeyError(f"No run is called {name!r}: choose one of {names}.")

    @property
    def verdict(self) -> str:
        """The verdict of the only comparison.

        Raises:
            ValueError: there are several; pick one with `comparison[name]`.
        """
        if len(self.differences) > 1:
            names = ", ".join(repr(difference.name) for difference in self.differences)
            raise ValueError(
                "There are several verdicts: pick one with comparison[name], where name is one of "
                f"{names}."
            )
        return self.differences[0].verdict

    def table(self) -> Table:
        """One row per run: mean, difference, interval, p, queries won, tied and lost, verdict."""
        p = "p (Holm)" if len(self.differences) > 1 else "p"
        columns = ["run", self.metric, "difference", "95 % from", "to", p]
        columns += ["wins", "ties", "losses", "better"]
        rows = [
            [d.name, d.mean, d.difference, d.low, d.high, d.p, d.wins, d.ties, d.losses, d.verdict]
            for d in self.differences
        ]
        first = self.differences[0]
        return Table(
            columns,
            rows,
            caption=(
                f"Compared with {self.baseline} ({self.metric} {first.baseline_mean:.4f}), "
                f"{len(first.per_query):,} queries"
            ),
            formats=dict.fromkeys(("difference", "95 % from", "to"), "{:+.4f}"),
        )


def compare_runs(
    runs: Mapping[str, Run],
    baseline: Mapping[str, Run],
    collection: Collection,
    metric: str = "nDCG@10",
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> RunComparison:
    """Compare one run or several with a baseline, query by query.

    Differences are run minus baseline over the queries that `evaluate` takes into its mean. When
    several runs are compared, their p values are adjusted by Holm's method, so that one false alarm
    among all of them has a chance of at most 5 %.

    Args:
        runs: {name: run}, one or several.
        baseline: {name: run}, one.
        collection: its judgements decide.
        metric: as `ir_measures` writes it.
        resamples: of the bootstrap interval and of the sign-flip test.
        seed: of both.

    Returns:
        One difference per run, in the order of `runs`.

    Raises:
        TypeError: a run has no name, or is no run.
        ValueError: there is no run, or more than one baseline; and what `evaluate` raises.
    """
    for given in (runs, baseline):
        _check_named(given)
    if not runs or len(baseline) != 1:
        raise ValueError(
            f"Compare one or more runs with one baseline, not {len(runs)} with {len(baseline)}."
        )
    ((name, base),) = baseline.items()
    reference = evaluate(base, collection, metric, resamples=1)
    differences = [
        _difference(
            label, evaluate(run, collection, metric, resamples=1), name, reference, resamples, seed
        )
        for label, run in runs.items()
    ]
    adjusted = holm([difference.raw_p for difference in differences])
    return RunComparison(
        metric,
        name,
        tuple(replace(d, p=p) for d, p in zip(differences, adjusted, strict=True)),
    )


def _check_named(runs: object) -> None:
    """Refuse a run, {query: {document: score}}, that is given without a name."""
    if not isinstance(runs, Mapping):
        raise TypeError(f"Give runs with their names, {{name: run}}, not a {type(runs).__name__}.")
    for name, run in runs.items():
        if not isinstance(run, Mapping):
            raise TypeError(
                f"The run {name!r} is a {type(run).__name__}: give {{query: {{document: score}}}}."
            )
        if any(not isinstance(scores, Mapping) for scores in run.values()):
            raise TypeError(
                f"{name!r} is no run: give each run its name, as in compare_runs({{'new': run}}, "
                "{'old': run}, collection)."
            )


def _difference(
    name: str, run: Evaluation, baseline: str, reference: Evaluation, resamples: int, seed: int
) -> Difference:
    ours, theirs = run.scores[0], reference.scores[0]
    per_query = {query: ours.per_query[query] - theirs.per_query[query] for query in ours.per_query}
    values = np.array(list(per_query.values()))
    low, high = bootstrap_interval(values, resamples=resamples, seed=seed)
    p, exact = sign_flip_test(values, resamples=resamples, seed=seed)
    return Difference(
        name=name,
        baseline=baseline,
        per_query=MappingProxyType(per_query),
        mean=ours.mean,
        baseline_mean=theirs.mean,
        difference=float(values.mean()),
        low=low,
        high=high,
        p=p,
        raw_p=p,
        exact=exact,
        wins=int(np.sum(values > _ROUNDING)),
        ties=int(np.sum(np.abs(values) <= _ROUNDING)),
        losses=int(np.sum(values < -_ROUNDING)),
    )
