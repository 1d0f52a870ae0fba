"""The evaluate command: candidates of a first stage, reranked by a cross-encoder, and measured."""

from __future__ import annotations

import hashlib
import time
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path

from xenc_course.models.catalogue import MODELS
from xenc_course.models.fingerprint import folder_fingerprint
from xenc_course.models.loading import load_bi_encoder, model_folder
from xenc_course.scoring.onnx_encoders import OnnxEncoder
from xenc_course.scoring.pairs import Pair
from xenc_course.scoring.reranker import Reranker
from xenc_course.scoring.scorers import BLOCK, Scorer, load_scorer, score_pairs
from xenc_course.text.collection import Collection

from .candidates import best_of, bi_encoder_run, bm25_run
from .comparison import RunComparison, compare_runs
from .evaluation import METRICS, evaluate, parse_metrics
from .files import check_id
from .jobs import Journal
from .outcome import Outcome, Work
from .runs import Run, read_run, write_run

JUDGED = "judged"
FIRST_STAGES = ("bm25", "bi-encoder", JUDGED)


def rerank_and_evaluate(
    collection: Collection,
    first_stage: str,
    model: str | None = None,
    out: str | Path | None = None,
    *,
    depth: int = 100,
    queries: int | None = None,
    seed: int = 0,
    titles: bool = True,
    metrics: str | Iterable[str] = METRICS,
    backend: str = "auto",
    scorer: Scorer | None = None,
) -> Outcome:
    """Rank a collection with a first stage, rerank its best passages with a model, evaluate both.

    first_stage: "bm25", "bi-encoder" (the default one), a bi-encoder of the catalogue by name, the
    path of a TREC run, or "judged": all passages that a
    query has judgements for, whatever `depth` is.
    model: what `load_scorer` takes; None evaluates the first stage alone.
    out: the TREC run to write (gzip by suffix), of the model or else of the first stage; needed
    with a model. Until it is whole its scores are in `<out>.journal`, where the same call goes on.
    queries, seed: rank a sample of the judged queries instead of all.
    titles: whether a model reads "title text" (BEIR's convention) or the text alone.
    backend: "auto", "torch", "onnx" or "onnx-int8", as `Reranker` takes them.
    scorer: scores the pairs when it is not to be loaded by the name `model`.

    Raises ValueError for arguments that do not fit together, an `out` that exists, a candidate
    whose text the collection does not have, and a journal of another job; and what loading and
    scoring raise.
    """
    metrics = list(parse_metrics(metrics))  # a misspelt one is refused now, not after an hour
    target = _checked_target(out, first_stage, model)
    chosen, notes = _judged_queries(collection, queries, seed)
    passages = _passages(chosen, titles)
    candidates = _candidates(first_stage, chosen, passages, depth, notes)
    work = Work(0, 0, 0.0)
    runs: dict[str, Run] = {}
    if first_stage != JUDGED:
        runs[first_stage if first_stage in FIRST_STAGES else Path(first_stage).name] = candidates
    if model is not None and target is not None:
        texts = _pair_texts(candidates, chosen.queries, passages)
        settings = {"collection": chosen.name, "first stage": first_stage, "depth": depth}
        job = settings | {"model": model, "set of pairs": _pairs_hash(texts)}
        if scorer is None:
            job["weights"] = folder_fingerprint(model_folder(model))
            job["backend"] = backend
        with Journal(target.with_name(target.name + ".journal"), job) as journal:
            work = _score(texts, scorer or load_scorer(model, backend), journal)
            runs[model] = {
                query: {document: journal.scores[query, document] for document in documents}
                for query, documents in candidates.items()
            }
            write_run(runs[model], target, tag="reranked")
            journal.remove()
    elif target is not None:
        write_run(candidates, target, tag="first-stage")
    evaluations = {name: evaluate(run, chosen, metrics) for name, run in runs.items()}
    return Outcome(evaluations, _comparison(runs, chosen, metrics[0]), tuple(notes), work)


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
        raise FileNotFoundError(f"There is no folder {target.parent} to write {target.name} into.")
    return target


def _judged_queries(
    collection: Collection, queries: int | None, seed: int
) -> tuple[Collection, list[str]]:
    """The collection with its judged queries, or a sample of them, and what was left out."""
    judged = [query for query in collection.queries if collection.qrels.get(query)]
    if not judged:
        raise ValueError(
            f"No query of {collection.name} has a judgement: there is nothing to measure."
        )
    skipped = len(collection.queries) - len(judged)
    notes = [f"Without any judgement, not ranked: {skipped:,} queries."] if skipped else []
    chosen = collection.select(judged)
    if queries is None:
        return chosen, notes
    return chosen.sample(queries, seed), [*notes, f"Sampled with seed {seed}: {queries:,} queries."]


def _passages(collection: Collection, titles: bool) -> Mapping[str, str]:
    """Document id -> what a model reads of it."""
    if not (titles and collection.titles):
        return collection.documents
    return {document: collection.passage(document) for document in collection.documents}


def _candidates(
    first_stage: str,
    collection: Collection,
    passages: Mapping[str, str],
    depth: int,
    notes: list[str],
) -> dict[str, dict[str, float]]:
    """Query -> {document: score of the first stage}; adds to `notes` what was left out."""
    if depth < 1:
        raise ValueError(f"The depth is at least 1, not {depth}.")
    if first_stage == "bm25":
        return bm25_run(passages, collection.queries, depth)
    kind = MODELS[first_stage].kind if first_stage in MODELS else ""
    if first_stage == "bi-encoder" or kind.startswith("bi-encoder"):
        onnx = kind.endswith("(ONNX)")
        named = first_stage if kind else None
        bi_encoder = OnnxEncoder(first_stage) if onnx else load_bi_encoder(named)
        return bi_encoder_run(passages, collection.queries, depth, bi_encoder, progress=True)
    if first_stage == JUDGED:
        judged = {query: collection.qrels[query] for query in collection.queries}
        textless = sum(document not in passages for row in judged.values() for document in row)
        if textless:
            notes.append(f"Judged but without text, not ranked: {textless:,} passages.")
        return {
            query: {document: 0.0 for document in row if document in passages}
            for query, row in judged.items()
        }
    if not Path(first_stage).is_file():
        raise FileNotFoundError(
            f"There is no first stage and no file {first_stage}: choose bm25, bi-encoder, judged, "
            "a bi-encoder of the catalogue, or a TREC run."
        )
    run = read_run(first_stage)
    asked = {query: run[query] for query in collection.queries if query in run}
    if not asked:
        raise ValueError(
            f"{first_stage} has none of the queries of {collection.name}: compare the query ids."
        )
    if len(asked) < len(run):
        notes.append(f"In {first_stage} but not asked for: {len(run) - len(asked):,} queries.")
    return best_of(asked, depth)


def _pair_texts(
    candidates: Run, queries: Mapping[str, str], passages: Mapping[str, str]
) -> dict[tuple[str, str], Pair]:
    """(query id, document id) -> (query, passage), the texts that the model reads."""
    texts = {}
    for query, documents in candidates.items():
        check_id(query, "The id of a query")
        for document in documents:
            check_id(document, "The id of a document")
            if document not in passages:
                raise ValueError(
                    f"Document {document!r}, a candidate of query {query!r}, has no text in the "
                    "collection, and a model needs the text to score it."
                )
            texts[query, document] = (queries[query], passages[document])
    if not texts:
        raise ValueError(
            "The first stage found no passage for any query: there is nothing to score."
        )
    return texts


def _score(texts: Mapping[tuple[str, str], Pair], scorer: Scorer, journal: Journal) -> Work:
    """Score the pairs that the journal does not have, block by block."""
    from tqdm import tqdm

    cut = 0
    waiting = [ids for ids in texts if ids not in journal.scores]
    started = time.perf_counter()
    with tqdm(total=len(texts), initial=len(texts) - len(waiting), unit="pair") as bar:
        for start in range(0, len(waiting), BLOCK):
            block = waiting[start : start + BLOCK]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the share of cut pairs is in the result
                scores = score_pairs(scorer, [texts[ids] for ids in block])
            cut += scorer.report.cut if isinstance(scorer, Reranker) else 0
            journal.add((*ids, float(score)) for ids, score in zip(block, scores, strict=True))
            bar.update(len(block))
    return Work(len(texts), len(waiting), time.perf_counter() - started, cut)


def _comparison(
    runs: Mapping[str, Run], collection: Collection, metric: str
) -> RunComparison | None:
    if len(runs) < 2:
        return None
    (baseline, first), (model, reranked) = runs.items()
    return compare_runs({model: reranked}, {baseline: first}, collection, metric)


def _pairs_hash(texts: Mapping[tuple[str, str], Pair]) -> str:
    """SHA-256 over ids and texts of all pairs, in order."""
    digest = hashlib.sha256()
    for ids, pair in texts.items():
        digest.update(repr((ids, pair)).encode())
    return digest.hexdigest()
