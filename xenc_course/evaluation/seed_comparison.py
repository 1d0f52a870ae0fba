"""Ways of training compared over several trainings each, so that one lucky seed decides nothing.

Of each way the value of a query is its mean over the trainings, and the paired differences of these
values give interval and p, as for two runs. Both speak of other queries. How far the trainings of
one way lie apart stands beside them: a difference that is smaller than that may be the seeds'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xenc_course.display.table import ShowsTable, Table

from .difference import Difference, adjusted, difference_of_values, named_difference
from .resampling import RESAMPLES
from .states import MARGIN

Values = Mapping[str, float]  # query id -> value of the metric


@dataclass(frozen=True, repr=False)
class SeedComparison(ShowsTable):
    """Ways of training compared with one of them; shows itself as a table.

    Attributes:
        differences: one per way, of the means over its trainings; their p values are adjusted.
        means: way -> the mean over the queries of each training, the baseline included.
    """

    differences: tuple[Difference, ...]
    means: Mapping[str, tuple[float, ...]]

    def __getitem__(self, name: str) -> Difference:
        """The difference of one way to the baseline.

        Raises:
            KeyError: no way has this name; the message lists those there are.
        """
        return named_difference(self.differences, name)

    def table(self) -> Table:
        """One row per way: mean, lowest and highest training, difference, interval, p, state."""
        first = self.differences[0]
        p = "p (Holm)" if len(self.differences) > 1 else "p"
        columns = [
            "training",
            first.metric,
            "lowest",
            "highest",
            "difference",
            "95 % from",
            "to",
            p,
        ]
        rows = [[first.baseline, first.baseline_mean, *self._ends(first.baseline), *[None] * 5]]
        for d in self.differences:
            numbers = (d.difference, d.low, d.high, d.p)
            rows.append([d.name, d.mean, *self._ends(d.name), *numbers, d.state])
        counts = sorted({len(means) for means in self.means.values()})
        return Table(
            [*columns, "better?"],
            rows,
            caption=(
                f"Compared with {first.baseline}; {' or '.join(map(str, counts))} trainings each, "
                f"{len(first.per_query):,} queries of {first.collection}"
            ),
            formats=dict.fromkeys(("difference", "95 % from", "to"), "{:+.4f}"),
        )

    def _ends(self, name: str) -> tuple[float, float]:
        return min(self.means[name]), max(self.means[name])


def compare_seeds(
    trained: Mapping[str, Sequence[Values]],
    baseline: Mapping[str, Sequence[Values]],
    collection: str,
    metric: str = "RR@10",
    *,
    margin: float = MARGIN,
) -> SeedComparison:
    """Compare ways of training with one of them, each trained from several seeds.

    Args:
        trained: {way: values of each training}, where values are {query id: value}, such as
            `evaluate(run, collection, "RR@10")["RR@10"].per_query`.
        baseline: {way: values of each training}, one.
        collection: the name of what was measured on.
        metric: the name of what was measured.
        margin: the smallest difference that matters, for the test of equivalence.

    Returns:
        One difference per way of `trained`, in its order.

    Raises:
        ValueError: there is no way, more than one baseline, the baseline among the ways, a way
            without a training, or trainings measured on different queries.
    """
    if not trained or len(baseline) != 1:
        raise ValueError(
            f"Compare one or more ways of training with one, not {len(trained)} with "
            f"{len(baseline)}."
        )
    ((name, _),) = baseline.items()
    if name in trained:
        raise ValueError(f"{name[:60]!r} is compared with itself: leave it out of the first.")
    ways = {**baseline, **trained}
    for way, trainings in ways.items():
        if not trainings:
            raise ValueError(f"{way[:60]!r} has no training: give the values of one or more.")
        if any(set(values) != set(ways[name][0]) for values in trainings):
            raise ValueError(
                f"{way[:60]!r} was measured on other queries: measure all on the same."
            )
    means = {way: _mean_of(trainings) for way, trainings in ways.items()}
    differences = [
        difference_of_values(
            way,
            means[way],
            name,
            means[name],
            metric=metric,
            collection=collection,
            margin=margin,
            resamples=RESAMPLES,
            seed=0,
        )
        for way in trained
    ]
    each = {
        way: tuple(float(np.mean([*values.values()])) for values in trainings)
        for way, trainings in ways.items()
    }
    return SeedComparison(adjusted(differences), each)


def _mean_of(trainings: Sequence[Values]) -> Values:
    """Query id -> mean over the trainings, in the order of the first one."""
    return {
        query: float(np.mean([values[query] for values in trainings])) for query in trainings[0]
    }
