"""The compare command: runs that are there already, each compared with the first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from xenc_course.retrieval.runs import read_run
from xenc_course.text.collection import Collection

from .measured import measure, measuring_notes
from .metrics import check_metrics, evaluate, judgements
from .outcome import Outcome
from .run_comparison import check_condensed
from .states import MARGIN


def compare_run_files(
    paths: Sequence[Path],
    collection: Collection,
    metric: str = "nDCG@10",
    *,
    margin: float = MARGIN,
    condensed: bool = False,
    rel: int = 1,
    seed: int = 0,
) -> Outcome:
    """Read TREC runs and compare them, query by query; see `compare_runs`.

    Args:
        paths: of the runs; the first is the baseline.
        collection: its judgements decide.
        metric: as `ir_measures` writes it.
        margin: the smallest difference that matters, for the test of equivalence.
        condensed: whether to compare a second time with unjudged passages left out.
        rel: see `evaluate`.
        seed: of the resampling.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: there are not two runs, one is named twice, the margin is no finite number
            above 0, condensed lists cannot differ (see `check_condensed`); and what `read_run` and
            `evaluate` raise.
    """
    if len(paths) < 2:
        raise ValueError("Name two runs or more: the first is the baseline.")
    if twice := [path for path in paths if paths.count(path) > 1]:
        raise ValueError(f"The run {twice[0]} is named twice: name every run once.")
    if not 0 < margin < math.inf:
        raise ValueError(
            f"The margin is {margin}: choose the smallest difference that matters, a finite number "
            "above 0."
        )
    check_metrics([metric], judgements(collection), rel=rel)
    names = [path.name for path in paths]
    if len(set(names)) < len(names):
        names = [str(path) for path in paths]
    runs = {name: read_run(path) for name, path in zip(names, paths, strict=True)}
    if condensed:
        baseline, *others = runs.values()
        check_condensed(others, baseline, collection)
    ways = []
    for way in (False, True)[: 1 + condensed]:
        found = {
            name: evaluate(run, collection, metric, condensed=way, rel=rel, seed=seed)
            for name, run in runs.items()
        }
        ways.append(measure(found, margin=margin, seed=seed))
    notes = [
        f"Equivalent means: the 90 % interval lies within ±{margin:g}, the margin.",
        *measuring_notes(runs, ways[0]),
    ]
    return Outcome(ways[0], ways[1] if condensed else None, tuple(notes))
