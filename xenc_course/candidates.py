"""First stages: which passages of a collection are worth a cross-encoder's time for each query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from .runs import Run, ranked

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_QUERIES_AT_ONCE = 64


def bm25_run(
    passages: Mapping[str, str], queries: Mapping[str, str], depth: int
) -> dict[str, dict[str, float]]:
    """The `depth` best passages of each query by BM25, as `bm25s` computes it by default.

    Its defaults: Lucene's variant with k1 = 1.5 and b = 0.75; words are lower-cased runs of two or
    more letters or digits, English stop words are left out, and there is no stemming. A passage
    that shares no word with the query scores 0 and is no candidate, so there may be fewer.

    Raises ValueError when no passage has a word.
    """
    import bm25s

    tokens = bm25s.tokenize(list(passages.values()), show_progress=False)
    if not tokens.vocab:
        raise ValueError("BM25 found no word in any passage: the passages are empty or stop words.")
    index = bm25s.BM25()
    index.index(tokens, show_progress=False)
    found, scores = index.retrieve(
        bm25s.tokenize(list(queries.values()), show_progress=False),
        k=min(depth, len(passages)),
        show_progress=False,
    )
    ids = list(passages)
    return {
        query: {ids[i]: float(score) for i, score in zip(*row, strict=True) if score > 0}
        for query, row in zip(queries, zip(found, scores, strict=True), strict=True)
    }


def bi_encoder_run(
    passages: Mapping[str, str],
    queries: Mapping[str, str],
    depth: int,
    model: SentenceTransformer,
    *,
    progress: bool = False,
) -> dict[str, dict[str, float]]:
    """The `depth` best passages of each query by the cosine of a bi-encoder's vectors.

    All passages are encoded first (the vectors stay in memory, float32), then compared exactly.
    """
    ids = list(passages)
    vectors, query_vectors = (
        model.encode(list(texts), normalize_embeddings=True, show_progress_bar=progress)
        for texts in (passages.values(), queries.values())
    )
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
