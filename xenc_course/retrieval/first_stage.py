"""First stages: which passages of a collection a cross-encoder reads for each query."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xenc_course.models.catalogue import BI_ENCODER, ONNX, known_model
from xenc_course.models.loading import load_bi_encoder
from xenc_course.progress import Progress
from xenc_course.scoring.onnx_encoders import OnnxEncoder
from xenc_course.text.collection import Collection

from .runs import Run, ranked, read_run
from .word_spaces import ADVICE, WHY, is_unsplit, unsplit_note

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

JUDGED = "judged"
FIRST_STAGES = ("bm25", "bi-encoder", JUDGED)
DROP, KEEP = "drop", "keep"
_QUERIES_AT_ONCE = 64
_HUB_ID = re.compile(r"[\w-][\w.-]*/[\w.-]+")  # owner/name


def find_candidates(
    first_stage: str,
    collection: Collection,
    passages: Mapping[str, str],
    depth: int,
    *,
    own_document: str = DROP,
) -> tuple[dict[str, dict[str, float]], list[str]]:
    """Find the candidates of each query with a first stage that is named.

    Args:
        first_stage: "bm25", "bi-encoder" (the default one), a bi-encoder by its name in the
            catalogue, its hub id or its folder, the path of a TREC run, or "judged": all passages
            that a query has judgements for, whatever `depth` is.
        collection: its queries are ranked.
        passages: document id -> the text that is searched.
        depth: how many passages per query.
        own_document: "drop" leaves out a document that has the id of the query, as BEIR does: in
            ArguAna and Quora it is the query itself. It is kept where it is judged for the query.
            "keep" always keeps it.

    Returns:
        A run (query id -> {document id: score of the first stage}, best first), and a sentence for
        each thing that was left out or is hardly found.

    Raises:
        FileNotFoundError: there is no first stage, no model and no file of this name.
        ValueError: the depth is below 1, a run has none of the collection's queries, or BM25 finds
            nothing (see `bm25_run`).
    """
    if depth < 1:
        raise ValueError(f"The depth is at least 1, not {depth}.")
    if own_document not in (DROP, KEEP):
        raise ValueError(f"own_document is {DROP!r} or {KEEP!r}, not {own_document!r}.")
    if first_stage == JUDGED:
        return _judged(collection, passages)
    found, notes = _found(first_stage, collection, passages, depth + (own_document == DROP))
    if own_document == DROP:
        own = [query for query, row in found.items() if query in row]
        judged = [query for query in own if query in collection.qrels.get(query, {})]
        dropped = [query for query in own if query not in judged]
        for query in dropped:
            del found[query][query]
        for many, what in ((dropped, "left out as BEIR does"), (judged, "kept, for it is judged")):
            if many:
                notes.append(
                    f"Queries that ranked the document of their own id: {len(many):,}, {what}."
                )
    return {query: dict(islice(row.items(), depth)) for query, row in found.items()}, notes


def _judged(
    collection: Collection, passages: Mapping[str, str]
) -> tuple[dict[str, dict[str, float]], list[str]]:
    judged = {query: collection.qrels.get(query, {}) for query in collection.queries}
    textless = sum(document not in passages for row in judged.values() for document in row)
    notes = [f"Judged but without text, not ranked: {textless:,} passages."] if textless else []
    return {
        query: {document: 0.0 for document in row if document in passages}
        for query, row in judged.items()
    }, notes


def _found(
    first_stage: str, collection: Collection, passages: Mapping[str, str], depth: int
) -> tuple[dict[str, dict[str, float]], list[str]]:
    """The best passages of each query, best first, and notes."""
    queries = collection.queries
    if first_stage == "bm25":
        note = unsplit_note(queries.values(), passages.values())
        return bm25_run(passages, queries, depth), [note] if note else []
    known = known_model(first_stage)
    if first_stage == "bi-encoder" or (known is not None and known.architecture == BI_ENCODER):
        in_onnx = known is not None and known.runtime == ONNX
        named = None if known is None else known.name
        bi_encoder = OnnxEncoder(first_stage) if in_onnx else load_bi_encoder(named)
        return bi_encoder_run(passages, queries, depth, bi_encoder, progress=True), []
    path = Path(first_stage)
    if path.is_dir() or (_HUB_ID.fullmatch(first_stage) and not path.is_file()):
        try:
            bi_encoder = load_bi_encoder(first_stage)
        except FileNotFoundError as error:
            raise FileNotFoundError(
                f"There is no first stage and no file {first_stage}, and no such model: {error}"
            ) from error
        return bi_encoder_run(passages, queries, depth, bi_encoder, progress=True), []
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no first stage and no file {first_stage}: choose bm25, bi-encoder, judged, "
            "a bi-encoder (a name of the catalogue, a hub id or a folder), or a TREC run."
        )
    run = read_run(path)
    asked = {query: run[query] for query in queries if query in run}
    if not asked:
        raise ValueError(
            f"{first_stage} has none of the queries of {collection.name}: compare the query ids."
        )
    more = len(run) - len(asked)
    notes = [f"In {first_stage} but not asked for: {more:,} queries."] if more else []
    return best_of(asked, depth), notes


def bm25_run(
    passages: Mapping[str, str], queries: Mapping[str, str], depth: int
) -> dict[str, dict[str, float]]:
    """Find the best passages of each query by BM25, as `bm25s` computes it by default.

    The defaults are Lucene's variant with k1 = 1.5 and b = 0.75. Words are lower-cased runs of two
    or more letters or digits, English stop words are left out, and there is no stemming. A passage
    that shares no word with the query scores 0 and is no candidate.

    Passages of equal score rank as in `ranked`. In bm25s' own `retrieve`, the processor decides
    which of several equal passages come last among the best, so its runs differ between machines.

    Args:
        passages: document id -> the text that is searched.
        queries: query id -> text.
        depth: how many passages per query; there may be fewer.

    Returns:
        A run: query id -> {document id: score}, best first.

    Raises:
        ValueError: no passage has a word, or nothing is found where a script has no spaces between
            words (Chinese, Japanese, Thai and others), so that whole phrases would have to match.
    """
    import bm25s

    tokens = bm25s.tokenize(list(passages.values()), show_progress=False)
    if not tokens.vocab:
        raise ValueError(
            "BM25 found no word in any passage: give passages that hold more than stop words."
        )
    index = bm25s.BM25()
    index.index(tokens, show_progress=False)
    words = bm25s.tokenize(list(queries.values()), return_ids=False, show_progress=False)
    ids = np.array(list(passages), dtype=object)
    run = {
        query: _best(ids, index.get_scores(of_query), depth) if of_query else {}
        for query, of_query in zip(queries, words, strict=True)
    }
    if not any(run.values()) and any(map(is_unsplit, [*queries.values(), *passages.values()])):
        raise ValueError(f"{WHY}, so it found no passage for any query: {ADVICE}.")
    return run


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
    progress: Progress = False,
) -> dict[str, dict[str, float]]:
    """Find the best passages of each query by the cosine of a bi-encoder's vectors.

    All passages are encoded first (their vectors stay in memory, float32). Then every query is
    compared with every passage.

    Args:
        passages: document id -> the text that is searched.
        queries: query id -> text.
        depth: how many passages per query.
        model: encodes passages and queries.
        progress: True shows the model's own bar on stderr; see `Progress` for the rest.

    Returns:
        A run: query id -> {document id: cosine}, best first.

    Raises:
        ValueError: a vector is not finite.
    """
    ids = list(passages)
    options: dict[str, Any] = {"normalize_embeddings": True, "show_progress_bar": progress is True}
    vectors = model.encode_document(list(passages.values()), **options)
    query_vectors = model.encode_query(list(queries.values()), **options)
    for unit, encoded in (("passage", vectors), ("query", query_vectors)):
        if not np.isfinite(encoded).all():
            raise ValueError(
                f"The bi-encoder's vector of a {unit} holds NaN or an infinite number, so it "
                "cannot be ranked: check the model's weights."
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
    """Keep the best passages of each query of a run.

    Args:
        run: query id -> {document id: score}.
        depth: how many passages per query.

    Returns:
        A run, best first as in `ranked`.
    """
    return {
        query: {document: scores[document] for document in ranked(scores)[:depth]}
        for query, scores in run.items()
    }
