"""Whether probabilities keep what they promise on judged pairs, query by query, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from xenc_course.display.table import ShowsTable, Table
from xenc_course.scoring.calibration import sigmoid
from xenc_course.scoring.judged_pairs import JudgedPairs
from xenc_course.scoring.reliability import calibration_error, checked_promises

from .difference import Difference, adjusted, difference_of_values, named_difference
from .states import MARGIN

# Five points: whoever shows "60 %" or "65 %" to a reader would act the same on both.
PROMISE_MARGIN = 0.05
Curve = Callable[[np.ndarray], np.ndarray]  # logits to probabilities
SIGMOID = "sigmoid"


@dataclass(frozen=True, repr=False)
class Promises(ShowsTable):
    """Mean promise and share of relevant pairs, case by case; shows itself as a table.

    Attributes:
        differences: one per case, promise minus outcome; their p values are adjusted together.
    """

    differences: tuple[Difference, ...]

    def __getitem__(self, name: str) -> Difference:
        """The difference of one case: above zero, it promises too much.

        Raises:
            KeyError: no case has this name; the message lists those there are.
        """
        return named_difference(self.differences, name)

    def table(self) -> Table:
        """One row per case."""
        signed = dict.fromkeys(("difference", "95 % from", "to"), "{:+.4f}")
        columns = ["case", "queries", "promised", "relevant", *signed, "too much?"]
        rows = []
        for d in self.differences:
            numbers = (d.mean, d.baseline_mean, d.difference, d.low, d.high)
            rows.append([d.name, len(d.per_query), *numbers, d.state])
        caption = f"Promise and outcome on {self.differences[0].collection}"
        return Table(columns, rows, caption, formats=signed)


@dataclass(frozen=True, repr=False)
class Curves(ShowsTable):
    """Curves compared with the plain sigmoid on the same pairs; shows itself as a table.

    Attributes:
        differences: one per curve, of the Brier score: below zero, it is better than the sigmoid;
            their p values are adjusted together.
        errors: curve -> its calibration error, the sigmoid's too.
        promised: curve -> its mean promise, the sigmoid's too.
        share: of the pairs that are relevant.
    """

    differences: tuple[Difference, ...]
    errors: Mapping[str, float]
    promised: Mapping[str, float]
    share: float

    def __getitem__(self, name: str) -> Difference:
        """The difference of one curve to the sigmoid.

        Raises:
            KeyError: no curve has this name; the message lists those there are.
        """
        return named_difference(self.differences, name)

    def table(self) -> Table:
        """One row per curve, the sigmoid first; at the end how each compares with it."""
        first = self.differences[0]
        p = "p (Holm)" if len(self.differences) > 1 else "p"
        columns = ["curve", "promised", "error", "Brier", "difference", "95 % from", "to", p]
        rows: list[list[object]] = [
            [SIGMOID, *self._two(SIGMOID), first.baseline_mean, *[None] * 4]
        ]
        rows += [
            [d.name, *self._two(d.name), d.mean, d.difference, d.low, d.high, d.p]
            for d in self.differences
        ]
        caption = (
            f"{len(first.per_query):,} queries of {first.collection}, {self.share:.4f} of the "
            "results relevant; error and Brier score: lower is better"
        )
        return Table(columns, rows, caption, formats=dict.fromkeys(columns[4:7], "{:+.4f}"))

    def _two(self, name: str) -> tuple[float, float]:
        return self.promised[name], self.errors[name]


def compare_promises(
    curve: Curve,
    cases: Mapping[str, JudgedPairs],
    collection: str,
    *,
    margin: float = PROMISE_MARGIN,
) -> Promises:
    """Compare mean promise and share of relevant pairs in several cases, as one family.

    A query counts once in each case: its value is the mean over its pairs.

    Args:
        curve: logits to probabilities, such as a `Calibration`.
        cases: {name: judged pairs}, of other queries than the curve was fitted on.
        collection: the name of the collection.
        margin: the smallest difference that matters, in probability.

    Raises:
        ValueError: there is no case, or a probability or the margin is not possible.
    """
    if not cases:
        raise ValueError("There is no case to compare: give at least one.")
    found = [
        difference_of_values(
            name,
            by_query(checked_promises(curve(pairs.logits), pairs.relevant)[0], pairs.queries),
            "outcome",
            by_query(pairs.relevant, pairs.queries),
            metric="promise - outcome",
            collection=collection,
            margin=margin,
        )
        for name, pairs in cases.items()
    ]
    return Promises(adjusted(found))


def compare_curves(
    curves: Mapping[str, Curve], pairs: JudgedPairs, collection: str, *, margin: float = MARGIN
) -> Curves:
    """Compare curves with the plain sigmoid by their Brier score, as one family.

    Args:
        curves: {name: logits to probabilities}.
        pairs: judged pairs of other queries than the curves were fitted on.
        collection: the name of the collection.
        margin: the smallest difference of Brier scores that matters.

    Raises:
        ValueError: there is no curve, a curve is called "sigmoid", there are fewer than ten pairs,
            or a probability or the margin is not possible.
    """
    if not curves or SIGMOID in curves:
        raise ValueError("Give one curve or more beside the sigmoid, which is compared anyway.")
    promised = {n: np.asarray(f(pairs.logits)) for n, f in {SIGMOID: sigmoid, **curves}.items()}
    errors = {name: calibration_error(p, pairs.relevant) for name, p in promised.items()}
    squared = {
        name: by_query((p - pairs.relevant) ** 2, pairs.queries) for name, p in promised.items()
    }
    found = [
        difference_of_values(
            name,
            squared[name],
            SIGMOID,
            squared[SIGMOID],
            metric="Brier",
            collection=collection,
            margin=margin,
        )
        for name in curves
    ]
    means = {name: float(p.mean()) for name, p in promised.items()}
    return Curves(adjusted(found), errors, means, float(pairs.relevant.mean()))


def by_query(values: np.ndarray, queries: np.ndarray) -> dict[str, float]:
    """The mean value of each query: query id -> mean over its pairs."""
    names, of = np.unique(queries, return_inverse=True)
    means = np.bincount(of, np.asarray(values, dtype=np.float64)) / np.bincount(of)
    return dict(zip(names.tolist(), means.tolist(), strict=True))
