"""First stages: which passages of a collection are worth a cross-encoder's time for each query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from .runs import Run, ranked

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from xenc_course.scoring.onnx_encoders import OnnxEncoder

_QUERIES_AT_ONCE = 64


def bm25_run(
    passages: Mapping[str, str], queries: Mapping[str, str], depth: int
) -> dict[str, dict[str, float]]:
    """The `depth` best passages of each query by BM25, as `bm25s` computes it by default.

    Its defaults: Lucene's variant with k1 = 1.5 and b = 0.75; words are lower-cased runs of two or
    more letters or digits, English stop words are left out, and there is no stemming. A passage
    that shares no word with the query scores 0 and is no candidate, so there may be fewer.

    Passages of equal score rank as in `ranked`. bm25s' own `retrieve` leaves it to the processor
    which of several equal passages it takes last, and its runs differ between machines by those.

    Raises ValueError when no passage has a word.
    """
    import bm25s

    tokens = bm25s.tokenize(list(passages.values()), show_progress=False)
    if not tokens.vocab:
        raise ValueError("BM25 found no word in any passage: the passages are empty or stop words.")
    index = bm25s.BM25()
    index.index(tokens, show_progress=False)
    words = bm25s.tokenize(list(queries.values()), return_ids=False, show_progress=False)
    ids = np.array(list(passages), dtype=object)
    return {
        query: _best(ids, index.get_scores(of_query), depth) if of_query else {}
        for query, of_query in zip(queries, words, strict=True)
    }


def _best(ids: np.ndarray, scores: np.ndarray, depth: int) -> dict[str, float]:
    """The `depth` best of those that score above 0, best first; equal scores as in `ranked`."""
    found = np.flatnonzero(scores > 0)
    if len(found) > depth:  # sort only those that may be among the best
        found = found[scores[found] >= np.partition(scores[found], -depth)[-depth]]
    best = {ids[place]: float(scores[place]) for place in found}
    return {document: best[document] for document in ranked(best)[:depth]}


def bi_encoder_run(
    passages: Mapping[str, str],
    queries: Mapping[str, str],
    depth: int,
    model: SentenceTransformer | OnnxEncoder,
    *,
    progress: bool = False,
) -> dict[str, dict[str, float]]:
    """The `depth` best passages of each query by the cosine of a bi-encoder's vectors.

    All passages are encoded first (the vectors stay in memory, float32), then compared exactly.
    """
    ids = list(passages)
    options = {"normalize_embeddings": True, "show_progress_bar": progress}
    vectors = model.encode_document(list(passages.values()), **options)
    query_vectors = model.encode_query(list(queries.values()), **options)
    run: dict[str, dict[str, float]] = {}
    names = list(queries)
    for start in range(0, len(names), _QUERIES_AT_ONCE):
        cosines = query_vectors[start : start + _QUERIES_AT_ONCE] @ vectors.T
        best = np.argsort(-cosines, axis=1, kind="stable")[:, :depth]
        for name, row, order in zip(names[start:], cosines, best, strict=False):
            run[name] = {ids[i]: float(row[i]) for i in order}
    return run


def best_of(run: Run, depth: int) -> dict[str, dict[str, float]]:
    """The `depth` best passages of each query of a run, best first (see `ranked`)."""
    return {
        query: {document: scores[document] for document in ranked(scores)[:depth]}
        for query, scores in run.items()
    }
