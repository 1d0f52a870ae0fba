"""Several runs measured at once: each alone, and all against the first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from xenc_course.retrieval.runs import Run
from xenc_course.text.collection import Collection

from .metrics import Evaluation, evaluate
from .run_comparison import RunComparison, compare_runs
from .states import MARGIN

CONDENSED = "condensed"  # what a measure is called when unjudged passages are left out


@dataclass(frozen=True)
class Measured:
    """What was measured of several runs.

    Attributes:
        evaluations: name -> evaluation.
        comparison: of the others with the first, on the first metric; None for one run.
    """

    evaluations: Mapping[str, Evaluation]
    comparison: RunComparison | None


def measure(
    runs: Mapping[str, Run],
    collection: Collection,
    metrics: tuple[str, ...],
    *,
    condensed: bool = False,
    rel: int = 1,
    margin: float = MARGIN,
    seed: int = 0,
) -> Measured:
    """Evaluate runs, and compare the others with the first on the first metric.

    Args:
        runs: name -> run; the first is the baseline.
        collection: its judgements decide.
        metrics: as `evaluate` takes them.
        condensed: see `evaluate`.
        rel: see `evaluate`.
        margin: see `compare_runs`.
        seed: of the resampling.

    Raises:
        ValueError: see `evaluate` and `compare_runs`.
    """
    evaluations = {
        name: evaluate(run, collection, metrics, condensed=condensed, rel=rel, seed=seed)
        for name, run in runs.items()
    }
    if len(runs) < 2:
        return Measured(evaluations, None)
    (baseline, first), *others = runs.items()
    comparison = compare_runs(
        dict(others),
        {baseline: first},
        collection,
        metrics[0],
        margin=margin,
        seed=seed,
        condensed=condensed,
        rel=rel,
    )
    if condensed:
        comparison = replace(comparison, metric=f"{comparison.metric} {CONDENSED}")
    return Measured(evaluations, comparison)


def measuring_notes(runs: Mapping[str, Run], measured: Measured) -> list[str]:
    """What makes the numbers weak, in sentences: scores and runs that do not differ.

    Args:
        runs: name -> run, those that were measured.
        measured: what was measured of them.
    """
    notes = [
        f"In the run of {name} all passages of a query have the same score: they rank by their ids."
        for name, run in runs.items()
        if _is_flat(run)
    ]
    if measured.comparison is not None:
        notes += [
            f"There is no difference at all: {d.name} and {d.baseline} have the same {d.metric} on "
            "every query."
            for d in measured.comparison.differences
            if not d.wins and not d.losses
        ]
    return notes


def _is_flat(run: Run) -> bool:
    """Whether no list of the run has an order; scores rank as 32-bit floats."""
    lists = [scores for scores in run.values() if len(scores) > 1]
    return bool(lists) and all(len(set(map(np.float32, scores.values()))) == 1 for scores in lists)
