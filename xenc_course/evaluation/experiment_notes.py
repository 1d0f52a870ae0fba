"""What was done, in sentences: what the models read, with what they scored, where the runs are."""

from __future__ import annotations

from collections.abc import Mapping

from xenc_course.retrieval.first_stage import JUDGED
from xenc_course.retrieval.rerank import Work
from xenc_course.text.collection import Collection

from .metrics import parse_metrics
from .plan import TAIL_DEPTH, Experiment
from .run_file import RunFile


def reading_notes(
    experiment: Experiment,
    collection: Collection,
    works: Mapping[str, Work],
    files: list[RunFile],
) -> list[str]:
    """What a reader must know of how an experiment was done.

    Args:
        experiment: what was asked for.
        collection: whose queries were ranked.
        works: model -> what scoring took, of those that have scored.
        files: of the runs.
    """
    notes = [_depth(experiment), *_cut(experiment)]
    if experiment.models:
        notes.append(_titles(experiment, collection))
    notes += [
        f"{model} was scored with {work.backend}: {work.why}"
        for model, work in works.items()
        if work.backend
    ]
    if experiment.models:
        were_there = [model for model in experiment.models if model not in works]
        notes += [
            f"The run of {model} was whole already: measured as it is." for model in were_there
        ]
    notes += [f"The run of {file.name} is in {file.path}." for file in files]
    return [*notes, *_grades(experiment, collection)]


def _depth(experiment: Experiment) -> str:
    if experiment.first_stage == JUDGED:
        return "Reranked: all judged passages of each query."
    first, depth = experiment.first_name, f"{experiment.depth:,}"
    found = f"the best {experiment.found_depth:,} passages of each query by {first}"
    if not experiment.models:
        return f"Measured: {found}."
    if not experiment.keep_tail:
        return f"Reranked: {found}."
    return f"Reranked: the best {depth} of {found}; the others follow in the order of {first}."


def _cut(experiment: Experiment) -> list[str]:
    """Which measures look deeper than the runs are."""
    if experiment.first_stage == JUDGED:
        return []
    end = experiment.found_depth
    cutoffs = {n: m.params.get("cutoff") for n, m in parse_metrics(experiment.metrics).items()}
    deeper = [name for name, cutoff in cutoffs.items() if cutoff is None or cutoff > end]
    if not deeper:
        return []
    more = "" if experiment.keep_tail else f" (--keep-tail: at {TAIL_DEPTH:,})"
    return [f"{', '.join(deeper)}: every run ends at {end:,} passages a query{more}."]


def _titles(experiment: Experiment, collection: Collection) -> str:
    if not collection.titles:
        return "The models read the text of a passage; there are no titles."
    read = "title and text" if experiment.titles else "the text without the title"
    return f"The models read {read} of a passage."


def _grades(experiment: Experiment, collection: Collection) -> list[str]:
    """Which grades count as relevant where a measure knows only relevant or not."""
    measures = parse_metrics(experiment.metrics)
    two = [n for n, m in measures.items() if "rel" in m.SUPPORTED_PARAMS and "rel" not in m.params]
    highest = max((g for row in collection.qrels.values() for g in row.values()), default=0)
    if not two or highest < 2 or experiment.rel > 1:
        return []
    return [
        f"Relevant to {', '.join(two)}: grades 1 to {highest} (--rel 2 would leave out grade 1)."
    ]
