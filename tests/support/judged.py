"""Judged collections and runs over them, small or generated."""

from __future__ import annotations

import numpy as np

from xenc_course.text.collection import Collection


def collection_of(qrels: dict[str, dict[str, int]], *more_queries: str) -> Collection:
    documents = {document: "text" for grades in qrels.values() for document in grades}
    return Collection("judged", documents, dict.fromkeys([*qrels, *more_queries], "query"), qrels)


def generated(seed: int, queries: int = 40) -> tuple[Collection, dict[str, dict[str, float]]]:
    """Graded judgements and a run over them with many tied scores and unjudged documents."""
    rng = np.random.default_rng(seed)
    qrels, run = {}, {}
    for query in (f"q{number}" for number in range(queries)):
        documents = [f"d{number}" for number in rng.permutation(60)]
        qrels[query] = {document: int(rng.integers(4)) for document in documents[:30]}
        run[query] = {document: float(rng.integers(12)) for document in documents[10:]}
    return collection_of(qrels), run
