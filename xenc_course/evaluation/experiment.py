"""The evaluate command: candidates of a first stage, reranked by a cross-encoder, and measured."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xenc_course.jobs import Journal, Key
from xenc_course.models.fingerprint import folder_fingerprint
from xenc_course.models.loading import model_folder
from xenc_course.retrieval.first_stage import FIRST_STAGES, JUDGED, find_candidates
from xenc_course.retrieval.rerank import Work, pair_texts, run_of, score_texts
from xenc_course.retrieval.runs import Run, write_run
from xenc_course.scoring.pairs import Pair
from xenc_course.scoring.scorers import Scorer, load_scorer
from xenc_course.text.collection import Collection

from .metrics import METRICS, evaluate, parse_metrics
from .outcome import Outcome
from .run_comparison import RunComparison, compare_runs


@dataclass(frozen=True)
class Experiment:
    """What to rank with, and what to measure.

    Attributes:
        first_stage: see `find_candidates`.
        model: what `load_scorer` takes; None evaluates the first stage alone.
        depth: candidates per query.
        n_queries: how many of the judged queries are ranked, a sample; None means all.
        seed: of the sample.
        titles: whether a model reads "title text" (BEIR's convention) or the text alone.
        metrics: names as `ir_measures` writes them.
        backend: "auto", "torch", "onnx" or "onnx-int8", as `Reranker` takes them.
    """

    first_stage: str = "bm25"
    model: str | None = None
    depth: int = 100
    n_queries: int | None = None
    seed: int = 0
    titles: bool = True
    metrics: tuple[str, ...] = METRICS
    backend: str = "auto"


def rerank_and_evaluate(
    collection: Collection,
    experiment: Experiment,
    out: str | Path | None = None,
    scorer: Scorer | None = None,
) -> Outcome:
    """Rank a collection with a first stage, rerank its best passages with a model, evaluate both.

    Args:
        collection: its judged queries are ranked.
        experiment: with what, how deep, and what is measured.
        out: the TREC run to write, compressed when its name ends in `.gz`: that of the model, or
            of the first stage without a model. A model needs it. Until it is whole, its scores are
            in `<out>.journal`, and the same call goes on from there.
        scorer: scores the pairs; when None, the model named by `experiment.model` is loaded.

    Returns:
        The evaluations, their comparison and the work.

    Raises:
        FileNotFoundError: there is no such first stage or model, or no folder for `out`.
        ValueError: arguments do not fit together, `out` exists, a candidate has no text in the
            collection, or the journal is of another job; and what loading and scoring raise.
    """
    metrics = list(parse_metrics(experiment.metrics))  # a misspelt one is refused before scoring
    first_stage, model = experiment.first_stage, experiment.model
    target = _checked_target(out, first_stage, model)
    chosen, notes = _judged_queries(collection, experiment.n_queries, experiment.seed)
    passages = _passages(chosen, experiment.titles)
    candidates, left_out = find_candidates(first_stage, chosen, passages, experiment.depth)
    work = Work(0, 0, 0.0)
    runs: dict[str, Run] = {}
    if first_stage != JUDGED:
        runs[first_stage if first_stage in FIRST_STAGES else Path(first_stage).name] = candidates
    if model is not None and target is not None:
        texts = pair_texts(candidates, chosen.queries, passages)
        job = _job(experiment, model, chosen.name, texts, loaded=scorer is not None)
        with Journal(target.with_name(target.name + ".journal"), job) as journal:
            scorer = scorer or load_scorer(model, experiment.backend)
            work = score_texts(texts, scorer, journal, progress=True)
            runs[model] = run_of(candidates, journal.scores)
            write_run(runs[model], target, tag="reranked")
            journal.remove()
    elif target is not None:
        write_run(candidates, target, tag="first-stage")
    evaluations = {name: evaluate(run, chosen, metrics) for name, run in runs.items()}
    comparison = _comparison(runs, chosen, metrics[0])
    return Outcome(evaluations, comparison, (*notes, *left_out), work)


def _job(
    experiment: Experiment,
    model: str,
    collection: str,
    texts: Mapping[Key, Pair],
    *,
    loaded: bool,
) -> dict[str, object]:
    """What decides the scores; weights and backend of a model loaded elsewhere are not known."""
    job: dict[str, object] = {
        "collection": collection,
        "first stage": experiment.first_stage,
        "depth": experiment.depth,
        "model": model,
        "set of pairs": _pairs_hash(texts),
    }
    if not loaded:
        job["weights"] = folder_fingerprint(model_folder(model))
        job["backend"] = experiment.backend
    return job


def _checked_target(out: str | Path | None, first_stage: str, model: str | None) -> Path | None:
    if model is None and first_stage == JUDGED:
        raise ValueError("Judged passages have no order of their own: name a model to rank them.")
    if out is None:
        if model is not None:
            raise ValueError("Name a file for the reranked run (--out run.trec).")
        return None
    target = Path(out)
    if target.exists():
        raise ValueError(f"{target} exists: choose another --out, or remove it first.")
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"There is no folder {target.parent} to write {target.name} into: make it first."
        )
    return target


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
    return {document: collection.passage(document) for document in collection.documents}


def _comparison(
    runs: Mapping[str, Run], collection: Collection, metric: str
) -> RunComparison | None:
    if len(runs) < 2:
        return None
    (baseline, first), (model, reranked) = runs.items()
    return compare_runs({model: reranked}, {baseline: first}, collection, metric)


def _pairs_hash(texts: Mapping[Key, Pair]) -> str:
    """SHA-256 over ids and texts of all pairs, in order."""
    digest = hashlib.sha256()
    for ids, pair in texts.items():
        digest.update(repr((ids, pair)).encode())
    return digest.hexdigest()
