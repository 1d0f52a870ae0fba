"""The evaluate command: candidates of a first stage, reranked by cross-encoders, and measured."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from xenc_course.jobs import Journal
from xenc_course.retrieval.first_stage import JUDGED, find_candidates
from xenc_course.retrieval.rerank import Work, score_texts
from xenc_course.retrieval.runs import Run
from xenc_course.scoring.scorers import Scorer, load_scorer
from xenc_course.text.collection import Collection

from .experiment_notes import reading_notes
from .measured import measure, measuring_notes
from .metrics import Evaluation, check_metrics, evaluate, judgements
from .outcome import Outcome
from .plan import Experiment
from .reranking import Job, Reranking, first_stage_job, make_reranking
from .run_file import RunFile, locked, run_files


def rerank_and_evaluate(
    collection: Collection,
    experiment: Experiment,
    out: str | Path | None = None,
    scorer: Scorer | None = None,
) -> Outcome:
    """Rank a collection with a first stage, rerank its best passages with models, evaluate all.

    Args:
        collection: its judged queries are ranked.
        experiment: with what, how deep, and what is measured.
        out: the TREC run to write, compressed when its name ends in `.gz`: that of the model, or
            of the first stage without a model. For several models it is a folder, which gets a file
            `MODEL.trec` for each. A model needs it. Until a run is whole, its scores are in
            `<run>.journal`, and the same call goes on from there. A run that is whole is not made
            again: the same call measures it.
        scorer: scores the pairs of the only model; when None, models are loaded by name. What a
            function computes cannot be told from its name, so a run that is there already is then
            refused. A journal goes on: give the same function that began it.

    Returns:
        The evaluations, their comparison and the work.

    Raises:
        FileNotFoundError: there is no such first stage or model, or no folder for `out`.
        ValueError: arguments do not fit together, `out` is of another job or written by another
            process, a candidate has no text in the collection, or the journal is of another job;
            and what loading and scoring raise.
    """
    rankers = list(experiment.models) or [experiment.first_name]
    if experiment.models and out is None:
        raise ValueError("Name a file for the reranked run (--out run.trec).")
    if scorer is not None and len(experiment.models) != 1:
        raise ValueError(f"One scorer is one model, not {len(experiment.models)}.")
    files = run_files(Path(out), rankers) if out is not None else []
    with locked(files):
        if scorer is not None and files[0].path.exists():
            raise ValueError(
                f"{files[0].path} exists, and nobody knows whether this scorer made it: choose "
                "another out, or remove it first."
            )
        return _evaluated(collection, experiment, files, scorer)


def _evaluated(
    collection: Collection, asked: Experiment, files: list[RunFile], scorer: Scorer | None
) -> Outcome:
    chosen, notes = _judged_queries(collection, asked.n_queries, asked.seed)
    check_metrics(asked.metrics, judgements(chosen), rel=asked.rel)
    passages = _passages(chosen, asked.titles)
    candidates, left_out = find_candidates(
        asked.first_stage, chosen, passages, asked.found_depth, own_document=asked.own_document
    )
    # What cannot be measured is refused now, before anything is scored.
    evaluated = {asked.first_name: _evaluations(candidates, chosen, asked)}
    runs: dict[str, Run] = {asked.first_name: candidates}
    if asked.first_stage == JUDGED:  # no ranking, so only what the models make of it is shown
        evaluated, runs = {}, {}
    works: dict[str, Work] = {}
    if asked.models:
        task = make_reranking(asked, chosen, passages, candidates)
        reranked, works = _reranked(task, files, scorer)
        for model, run in reranked.items():
            runs[asked.run_name(model)] = run
            evaluated[asked.run_name(model)] = _evaluations(run, chosen, asked)
    else:
        for file in files:
            job = first_stage_job(candidates)
            if file.found(job, candidates) is None:
                file.write(candidates, job)
    ways = [
        measure({name: found[way] for name, found in evaluated.items()})
        for way in range(1 + asked.condensed)
    ]
    notes += [*left_out, *reading_notes(asked, chosen, works, files)]
    notes += measuring_notes(runs, ways[0])
    return Outcome(ways[0], ways[1] if asked.condensed else None, tuple(notes), works)


def _reranked(
    task: Reranking, files: list[RunFile], scorer: Scorer | None
) -> tuple[dict[str, Run], dict[str, Work]]:
    """The run of each model, and the work of those that had no run yet."""
    asked = task.experiment
    runs: dict[str, Run] = {}
    works: dict[str, Work] = {}
    with ExitStack() as opened:
        waiting: dict[str, tuple[RunFile, Job, Journal]] = {}
        for model, file in zip(asked.models, files, strict=True):
            scoring = task.scoring_job(model, loaded=scorer is not None)
            job = task.run_job(scoring)
            run = file.found(job, task.ranks())
            if run is None:
                journal = opened.enter_context(Journal(file.journal, scoring))
                waiting[model] = (file, job, journal)
            else:
                runs[model] = run
        if len(waiting) > 1:  # one that cannot be loaded is refused before another has scored
            for model, (_, _, journal) in waiting.items():
                load_scorer(model, _backend(journal, asked.backend))
        for model, (file, job, journal) in waiting.items():
            loaded = scorer or load_scorer(model, _backend(journal, asked.backend))
            works[model] = score_texts(task.texts, loaded, journal, progress=True)
            runs[model] = task.run(journal.scores)
            file.write(runs[model], job)
            journal.remove()
    return {model: runs[model] for model in asked.models}, works


def _backend(journal: Journal, asked: str) -> str:
    """The backend that has scored so far: another one would give slightly other scores."""
    return str(journal.facts.get("backend", asked))


def _evaluations(run: Run, collection: Collection, asked: Experiment) -> list[Evaluation]:
    """A run measured as it is, and with unjudged passages left out if that was asked for."""
    return [
        evaluate(run, collection, asked.metrics, rel=asked.rel, condensed=condensed)
        for condensed in (False, True)[: 1 + asked.condensed]
    ]


def _judged_queries(
    collection: Collection, n_queries: int | None, seed: int
) -> tuple[Collection, list[str]]:
    """The collection with its judged queries, or a sample of them, and what was left out."""
    judged = [query for query in collection.queries if collection.qrels.get(query)]
    if not judged:
        raise ValueError(
            f"No query of {collection.name} has a judgement, so there is nothing to measure: "
            "compare the query ids of queries and judgements."
        )
    skipped = len(collection.queries) - len(judged)
    notes = [f"Without any judgement, not ranked: {skipped:,} queries."] if skipped else []
    chosen = collection.select(judged)
    if n_queries is None:
        return chosen, notes
    sampled = f"Sampled with seed {seed}: {n_queries:,} queries."
    return chosen.sample(n_queries, seed), [*notes, sampled]


def _passages(collection: Collection, titles: bool) -> Mapping[str, str]:
    """Document id -> what a model reads of it."""
    if not (titles and collection.titles):
        return collection.documents
    return collection.passages()
