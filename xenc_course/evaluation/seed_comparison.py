"""Ways of training compared over several trainings each, so that one lucky seed decides nothing.

Of each way the value of a query is its mean over the trainings. Interval and p speak of other
queries and of other trainings at once: both were drawn, and each draw has its own spread. How far
the trainings of one way lie apart stands beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from xenc_course.display.table import ShowsTable, Table
from xenc_course.files import shown

from .difference import Difference, adjusted, difference_of_values, named_difference
from .resampling import CONFIDENCE
from .states import EQUIVALENCE_CONFIDENCE, MARGIN

Values = Mapping[str, float]  # query id -> value of the metric
LEAST_P = 0.0001  # a smaller p is shown as smaller than this


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
            numbers = (d.difference, d.low, d.high)
            p_text = f"{d.p:.4f}" if d.p >= LEAST_P else f"<{LEAST_P}"
            rows.append([d.name, d.mean, *self._ends(d.name), *numbers, p_text, d.state])
        counts = sorted({len(means) for means in self.means.values()})
        return Table(
            [*columns, "better?"],
            rows,
            caption=(
                f"Compared with {first.baseline}; {' or '.join(map(str, counts))} trainings each, "
                f"{len(first.per_query):,} queries of {first.collection}"
            ),
            formats=dict.fromkeys(("difference", "95 % from", "to"), "{:+.4f}"),
            align={p: "right"},
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

    Trainings of two ways go in pairs, the first with the first: give them in the same order of
    seeds. A way with one training is taken as fixed, such as a ranker that nobody trains here, and
    goes with every training of the other. Where both have one, this is `compare_runs`.

    With several pairs, queries and trainings both count as drawn at random (Clark 1973, min F'):
    the variance of the difference is that of its mean over the trainings, between queries, divided
    by their number, and that of its mean over the queries, between trainings, divided by theirs,
    added up. Interval and p are those of Student's t, whose degrees of freedom are Satterthwaite's
    (1946). Resampling would be too sure: three trainings that are drawn again never lie further
    apart than the three.

    Args:
        trained: {way: values of each training}, where values are {query id: value}, such as
            `evaluate(run, collection, "RR@10")["RR@10"].per_query`.
        baseline: {way: values of each training}, one way.
        collection: the name of what was measured on.
        metric: the name of what was measured.
        margin: the smallest difference that matters, for the test of equivalence.

    Returns:
        One difference per way of `trained`, in its order.

    Raises:
        ValueError: there is no way, more than one baseline, the baseline among the ways, a way
            without a training, trainings measured on different queries, or two ways with different
            numbers of trainings, none of them one.
    """
    if not trained or len(baseline) != 1:
        raise ValueError(
            f"Compare one or more ways of training with one, not {len(trained)} with "
            f"{len(baseline)}."
        )
    ((name, _),) = baseline.items()
    if name in trained:
        raise ValueError(f"{shown(name)} is compared with itself: leave it out of the first.")
    ways = {**baseline, **trained}
    for way, trainings in ways.items():
        if not trainings:
            raise ValueError(f"{shown(way)} has no training: give the values of one or more.")
        if any(set(values) != set(ways[name][0]) for values in trainings):
            raise ValueError(
                f"{shown(way)} was measured on other queries: measure all on the same."
            )
        if len({len(trainings), len(ways[name])} - {1}) > 1:
            raise ValueError(
                f"{shown(way)} has {len(trainings)} trainings and {shown(name)} has "
                f"{len(ways[name])}: give as many of each, from the same seeds, or a single one."
            )
    means = {way: _mean_of(trainings) for way, trainings in ways.items()}
    differences = []
    for way in trained:
        of_queries = difference_of_values(
            way,
            means[way],
            name,
            means[name],
            metric=metric,
            collection=collection,
            margin=margin,
        )
        values = _pairs(ways[way], ways[name])
        differences.append(of_queries if len(values) == 1 else _of_both(of_queries, values))
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


def _pairs(ours: Sequence[Values], theirs: Sequence[Values]) -> np.ndarray:
    """The differences, shape (pairs of trainings, queries); one training goes with each."""
    first, second = (
        np.array([[values[query] for query in ours[0]] for values in trainings])
        for trainings in (ours, theirs)
    )
    return first - second


def _of_both(difference: Difference, values: np.ndarray) -> Difference:
    """The same difference with interval and p for other queries and other trainings.

    Args:
        difference: of the means over the trainings.
        values: the differences of which it is the mean, shape (pairs of trainings, queries).
    """
    from scipy.special import stdtr, stdtrit

    pairs, queries = values.shape
    if queries == 1:
        return difference
    of_queries = values.mean(axis=0).var(ddof=1) / queries
    of_trainings = values.mean(axis=1).var(ddof=1) / pairs
    variance = of_queries + of_trainings
    if not variance:
        return difference
    freedom = variance**2 / (of_queries**2 / (queries - 1) + of_trainings**2 / (pairs - 1))
    error, middle = sqrt(variance), difference.difference
    outer, inner = (
        error * float(stdtrit(freedom, (1 + share) / 2))
        for share in (CONFIDENCE, EQUIVALENCE_CONFIDENCE)
    )
    p = 2 * float(stdtr(freedom, -abs(middle) / error))
    return replace(
        difference,
        low=middle - outer,
        high=middle + outer,
        inner_low=middle - inner,
        inner_high=middle + inner,
        p=p,
        raw_p=p,
        exact=False,
    )
