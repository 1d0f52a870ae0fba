"""Several runs, each compared with what it was before: rankings reranked, one first stage each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xenc_course.display.table import ShowsTable, Table
from xenc_course.retrieval.runs import Run
from xenc_course.text.collection import Collection

from .difference import Difference, adjusted, named_difference
from .run_comparison import compare_runs
from .states import MARGIN


@dataclass(frozen=True, repr=False)
class PairedComparison(ShowsTable):
    """Runs, each compared with a baseline of its own on one metric; shows itself as a table.

    Attributes:
        metric: its name.
        differences: one per run; their p values are adjusted together.
    """

    metric: str
    differences: tuple[Difference, ...]

    def __getitem__(self, name: str) -> Difference:
        """The difference of one run to its baseline.

        Raises:
            KeyError: no run has this name; the message lists those there are.
        """
        return named_difference(self.differences, name)

    def table(self) -> Table:
        """One row per run: both means, difference, interval, p, queries won and lost, state."""
        p = "p (Holm)" if len(self.differences) > 1 else "p"
        columns = ["run", "before", "after", "difference", "95 % from", "to", p]
        columns += ["wins", "losses", "better?"]
        rows = [
            [d.name, d.baseline_mean, d.mean, *_numbers(d), d.wins, d.losses, d.state]
            for d in self.differences
        ]
        first = self.differences[0]
        return Table(
            columns,
            rows,
            caption=f"{self.metric}, {len(first.per_query):,} queries of {first.collection}",
            formats=dict.fromkeys(("difference", "95 % from", "to"), "{:+.4f}"),
        )


def compare_each(
    after: Mapping[str, Run],
    before: Mapping[str, Run],
    collection: Collection,
    metric: str = "nDCG@10",
    *,
    margin: float = MARGIN,
) -> PairedComparison:
    """Compare each run with the run of the same name that it was before.

    The contests are asked together: their p values are adjusted by Holm's method.

    Args:
        after: {name: run}, such as a first stage's name and its candidates reranked.
        before: {name: run}, with the same names; others are not looked at.
        collection: its judgements decide.
        metric: as `ir_measures` writes it.
        margin: the smallest difference that matters.

    Raises:
        ValueError: there is no run, or one has no run of its name to be compared with.
    """
    if not after or (missing := [name for name in after if name not in before]):
        lacking = f"{missing[0]!r} has nothing to be compared with" if after else "there is no run"
        raise ValueError(f"Give both runs of every name: {lacking}.")
    found = [
        compare_runs({n: run}, {n: before[n]}, collection, metric, margin=margin)[n]
        for n, run in after.items()
    ]
    return PairedComparison(metric, adjusted(found))


def _numbers(difference: Difference) -> tuple[float, float, float, float]:
    return difference.difference, difference.low, difference.high, difference.p
