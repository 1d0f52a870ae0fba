"""Make the stored search: four first stages 200 deep, and L12's logits of all they found."""

from __future__ import annotations

import io
import json
import shutil
from importlib.metadata import version
from pathlib import Path

import numpy as np

from xenc_course.assets.cache import cache_folder
from xenc_course.evaluation import stored_search
from xenc_course.evaluation.stored_runs import load_run
from xenc_course.evaluation.stored_search import INDEX, LOGIT_STEPS, NONE
from xenc_course.files import file_sha256, write_lines, write_whole
from xenc_course.jobs import Journal
from xenc_course.models.loading import load_bi_encoder
from xenc_course.retrieval.first_stage import best_of, bi_encoder_run, bm25_run
from xenc_course.retrieval.lance import lance_table
from xenc_course.retrieval.lance_runs import full_text_run
from xenc_course.retrieval.rerank import pair_texts, score_texts
from xenc_course.retrieval.runs import Run, read_run, write_run
from xenc_course.retrieval.stored_vectors import load_vectors
from xenc_course.scoring.onnx_encoders import OnnxEncoder
from xenc_course.scoring.reranker import Reranker
from xenc_course.text.collection import Collection, load_collection

COLLECTION, DEPTH, N_QUERIES, SEED = "wikipedia", 200, 200, 8
MODEL, BACKEND = "ms-marco-MiniLM-L12-v2", "onnx-int8"
MINILM, BGE = "all-MiniLM-L6-v2", "bge-small-en-v1.5-int8"
STAGES = ("BM25", "full text", "all-MiniLM", "bge")
COMMAND = "python -m authoring runs search"
LIBRARIES = ("torch", "sentence-transformers", "onnxruntime", "bm25s", "lancedb")


def make_search() -> None:
    """Find, score, write and record; after a kill, the same call goes on where it was (an hour)."""
    whole = load_collection(COLLECTION)
    sampled = whole.select(load_run(COLLECTION, "bm25")).sample(N_QUERIES, SEED)
    unfinished = cache_folder() / "unfinished-search"
    unfinished.mkdir(parents=True, exist_ok=True)
    found = {stage: _found(stage, sampled, unfinished) for stage in STAGES}
    union = {q: {d: 0.0 for run in found.values() for d in run[q]} for q in sampled.queries}
    texts = pair_texts(union, sampled.queries, sampled.passages())
    job = {"model": MODEL, "backend": BACKEND, "depth": DEPTH, "queries": N_QUERIES, "seed": SEED}
    with Journal(unfinished / "logits.tsv", job) as journal:
        print(score_texts(texts, Reranker(MODEL, BACKEND), journal, progress=True))
        _write(sampled, found, journal)
    shutil.rmtree(unfinished)


def _found(stage: str, collection: Collection, unfinished: Path) -> Run:
    """What a first stage finds; it is kept until the whole search is made."""
    kept = unfinished / f"{stage.replace(' ', '-')}.trec.gz"
    if not kept.is_file():
        write_run(_search(stage, collection, unfinished), kept)
    run = read_run(kept)  # a file has no line for a query without candidates
    return {query: run.get(query, {}) for query in collection.queries}


def _search(stage: str, collection: Collection, unfinished: Path) -> Run:
    passages, queries = collection.passages(), collection.queries
    if stage == "BM25":
        return bm25_run(passages, queries, DEPTH)
    if stage == "full text":
        table = lance_table(unfinished / "table", collection, load_vectors(COLLECTION, MINILM))
        return full_text_run(table, queries, DEPTH)
    if stage == "bge":
        return bi_encoder_run(passages, queries, DEPTH, OnnxEncoder(BGE))
    ids, vectors = load_vectors(collection.name, MINILM)
    cosines = load_bi_encoder(MINILM).encode_query(list(queries.values())) @ vectors.T
    rows = (dict(zip(ids, row.tolist(), strict=True)) for row in cosines)
    return best_of(dict(zip(queries, rows, strict=True)), DEPTH)


def _write(collection: Collection, found: dict[str, Run], journal: Journal) -> None:
    shape = (len(collection.queries), len(found), DEPTH)
    documents = np.full(shape, NONE, dtype=np.uint16)
    scores, logits = np.zeros(shape, dtype=np.float16), np.zeros(shape, dtype=np.int16)
    for q, query in enumerate(collection.queries):
        for s, run in enumerate(found.values()):
            row = run[query]
            documents[q, s, : len(row)] = [int(name.removeprefix("wiki-")) for name in row]
            scores[q, s, : len(row)] = list(row.values())
            logits[q, s, : len(row)] = [round(journal.scores[query, d] * LOGIT_STEPS) for d in row]
    packed = io.BytesIO()
    np.savez_compressed(packed, documents=documents, scores=scores, logits=logits)
    path = stored_search.SEARCHES / f"{COLLECTION}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, packed.getvalue())
    entry = {
        "file": path.name,
        "sha256": file_sha256(path),
        "command": COMMAND,
        "versions": {library: version(library) for library in LIBRARIES},
        "model": MODEL,
        "backend": BACKEND,
        "depth": DEPTH,
        "pairs": len(journal.scores),
        "document_ids": "wiki-{:05d}",
        "first_stages": list(found),
        "queries": list(collection.queries),
    }
    write_lines(path.with_name(INDEX), [json.dumps({COLLECTION: entry})])
