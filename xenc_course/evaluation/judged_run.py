"""The pairs of a run beside their judgements, as calibration takes them."""

from __future__ import annotations

import numpy as np

from xenc_course.display.arguments import at_least
from xenc_course.retrieval.runs import Run, check_run, ranked
from xenc_course.scoring.judged_pairs import JudgedPairs
from xenc_course.text.collection import Collection


def judged_pairs(
    run: Run, collection: Collection, rel: int = 1, depth: int | None = None
) -> JudgedPairs:
    """Say of each pair of a run whether it is relevant.

    Args:
        run: query id -> {document id: score}; the scores are the logits.
        collection: its judgements decide. Queries that nobody judged are left out; a document that
            nobody judged counts as not relevant.
        rel: the lowest grade that counts as relevant.
        depth: how many of each query's best documents are taken, best first; all when None. With 1
            there is one pair per query: its first result.

    Raises:
        TypeError: the run is none, or a number is no whole number.
        ValueError: no query of the run is judged, or a number is below 1; and see `check_run`.
    """
    check_run(run)
    at_least("rel", rel, 1)
    if depth is not None:
        at_least("depth", depth, 1)
    rows = [
        (score, collection.qrels[query].get(document, 0) >= rel, query)
        for query, scores in run.items()
        if collection.qrels.get(query)
        for document in ranked(scores)[:depth]
        for score in [scores[document]]
    ]
    if not rows:
        raise ValueError(
            f"No query of the run has a judgement in {collection.name}: compare the query ids of "
            "both."
        )
    logits, relevant, queries = zip(*rows, strict=True)
    return JudgedPairs(np.array(logits, float), np.array(relevant), np.array(queries))
