"""Is one run better than another? Paired differences over the same queries, and what they show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xenc_course.display.table import ShowsTable, Table
from xenc_course.files import shown
from xenc_course.retrieval.runs import Run
from xenc_course.text.collection import Collection

from .difference import Difference, adjusted, difference_of, named_difference
from .metrics import Evaluation, evaluate
from .resampling import RESAMPLES
from .states import MARGIN


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
        return named_difference(self.differences, name)

    def table(self) -> Table:
        """One row per run: mean, difference, interval, p, queries won, tied and lost, state."""
        p = "p (Holm)" if len(self.differences) > 1 else "p"
        columns = ["run", self.metric, "difference", "95 % from", "to", p]
        columns += ["wins", "ties", "losses", "better?"]
        rows = [
            [d.name, d.mean, d.difference, d.low, d.high, d.p, d.wins, d.ties, d.losses, d.state]
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
    margin: float = MARGIN,
    resamples: int = RESAMPLES,
    seed: int = 0,
    condensed: bool = False,
    rel: int = 1,
) -> RunComparison:
    """Compare one run or several with a baseline, query by query.

    Differences are run minus baseline over the queries that `evaluate` takes into its mean. When
    several runs are compared, their p values are adjusted by Holm's method, so that one false alarm
    among all of them has a chance of at most 5 %. The test of equivalence is not adjusted: each
    difference is tested alone.

    Args:
        runs: {name: run}, one or several.
        baseline: {name: run}, one.
        collection: its judgements decide.
        metric: as `ir_measures` writes it.
        margin: the smallest difference that matters, for the test of equivalence; choose it before
            you look at the result.
        resamples: of the bootstrap interval and of the sign-flip test.
        seed: of both.
        condensed: see `evaluate`.
        rel: see `evaluate`.

    Returns:
        One difference per run, in the order of `runs`.

    Raises:
        TypeError: a run has no name, or is no run.
        ValueError: there is no run, or more than one baseline; condensed lists cannot
            differ, because two runs hold the same judged passages and all of a query have the same
            grade; and what `evaluate` raises.
    """
    for given in (runs, baseline):
        _check_named(given)
    if not isinstance(metric, str):
        raise TypeError(
            f"Runs are compared on one metric, a name such as 'nDCG@10', not {shown(metric)}."
        )
    if not runs or len(baseline) != 1:
        raise ValueError(
            f"Compare one or more runs with one baseline, not {len(runs)} with {len(baseline)}."
        )
    ((name, base),) = baseline.items()
    if condensed:
        check_condensed(runs.values(), base, collection)

    def measured(run: Run) -> Evaluation:
        return evaluate(run, collection, metric, resamples=1, condensed=condensed, rel=rel)

    found = {label: measured(run) for label, run in runs.items()}
    return compare_evaluations(
        found, name, measured(base), margin=margin, resamples=resamples, seed=seed
    )


def check_condensed(runs: Iterable[Run], baseline: Run, collection: Collection) -> None:
    """Refuse condensed lists that cannot differ: they would be called equivalent.

    Args:
        runs: that are compared with the baseline.
        baseline: the run.
        collection: its judgements decide.

    Raises:
        ValueError: a run and the baseline hold the same judged passages, and all of a query have
            the same grade.
    """
    if any(_always_equal(run, baseline, collection) for run in runs):
        raise ValueError(
            f"In {collection.name} all judged passages of a query have the same grade, and the "
            "runs hold the same of them, so their condensed lists cannot differ: judge passages "
            "that are not relevant, too (grade 0), or compare without condensed lists."
        )


def _always_equal(run: Run, other: Run, collection: Collection) -> bool:
    """Whether the judged passages of two runs cannot be in different orders of grades."""
    return all(
        len(set(row.values())) < 2 and row.keys() & run.get(q, {}) == row.keys() & other.get(q, {})
        for q, row in collection.qrels.items()
    )


def compare_evaluations(
    found: Mapping[str, Evaluation],
    baseline: str,
    reference: Evaluation,
    *,
    margin: float = MARGIN,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> RunComparison:
    """Compare what `evaluate` found of several runs with what it found of a baseline.

    Args:
        found: name -> evaluation, on the same collection and metrics; the first metric is compared.
        baseline: the name of the baseline.
        reference: its evaluation.
        margin: see `compare_runs`.
        resamples: see `compare_runs`.
        seed: see `compare_runs`.
    """
    differences = [
        difference_of(name, run, baseline, reference, margin=margin, resamples=resamples, seed=seed)
        for name, run in found.items()
    ]
    return RunComparison(reference.scores[0].metric, baseline, adjusted(differences))


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
