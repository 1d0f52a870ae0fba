"""Several runs measured: each alone, and all against the first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from xenc_course.retrieval.runs import Run

from .metrics import Evaluation
from .run_comparison import RunComparison, compare_evaluations
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
    evaluations: Mapping[str, Evaluation], *, margin: float = MARGIN, seed: int = 0
) -> Measured:
    """Compare evaluations with the first of them, on the first metric.

    Args:
        evaluations: name -> what `evaluate` found of a run, of all with the same arguments; the
            first is the baseline.
        margin: see `compare_runs`.
        seed: of the resampling.
    """
    (baseline, reference), *others = evaluations.items()
    if not others:
        return Measured(evaluations, None)
    comparison = compare_evaluations(dict(others), baseline, reference, margin=margin, seed=seed)
    if reference.condensed is not None:
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
