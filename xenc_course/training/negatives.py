"""Hard negatives: passages that a first stage finds for a query and that are not its answer.

A random passage mostly has another subject than the answer, so telling it from the answer teaches a
model little. A passage that BM25 or a bi-encoder ranks high shares words or meaning with the query:
the model has to read it closely.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from xenc_course.models.loading import load_bi_encoder
from xenc_course.progress import Progress
from xenc_course.retrieval.first_stage import bi_encoder_run, bm25_run
from xenc_course.retrieval.rerank import DEPTH


def mine_negatives(
    queries: Mapping[str, str],
    passages: Mapping[str, str],
    answers: Mapping[str, str],
    *,
    bm25: int = 2,
    bi_encoder: int = 2,
    random: int = 1,
    relevant: Mapping[str, Collection[str]] | None = None,
    seed: int = 0,
    progress: Progress = False,
) -> dict[str, list[str]]:
    """Draw passages that do not answer a query: the same number for every query, none twice.

    Args:
        queries: query id -> text.
        passages: document id -> text.
        answers: query id -> id of the passage that answers it.
        bm25: how many come from BM25's `DEPTH` best per query.
        bi_encoder: how many come from the bi-encoder's `DEPTH` best.
        random: how many come from all passages. Where a first stage finds too few, more are drawn
            at random.
        relevant: query id -> ids of passages that answer it as well; they are no negatives either.
        seed: of the draws.
        progress: whether the bi-encoder shows a bar on stderr.

    Returns:
        query id -> ids of its negatives.

    Raises:
        ValueError: there are fewer passages than negatives to draw and answers.
    """
    wanted = bm25 + bi_encoder + random
    right = {query: {answer, *(relevant or {}).get(query, ())} for query, answer in answers.items()}
    if right and len(passages) < wanted + (most := max(map(len, right.values()))):
        beside = "the answer" if most == 1 else f"{most} answers"
        raise ValueError(
            f"{len(passages)} passages are too few to draw {wanted} negatives beside {beside}: "
            "ask for fewer negatives, or give more text."
        )
    depth = DEPTH + max(map(len, right.values()), default=1)
    found = [bm25_run(passages, queries, depth) if bm25 else {}]
    if bi_encoder:
        model = load_bi_encoder()
        found.append(bi_encoder_run(passages, queries, depth, model, progress=progress))
    names = list(passages)
    draw = np.random.default_rng(seed)
    negatives: dict[str, list[str]] = {}
    for query in queries:
        chosen: list[str] = []
        for count, run in zip((bm25, bi_encoder), found, strict=False):
            taken = right[query].union(chosen)
            pool = [passage for passage in run.get(query, {}) if passage not in taken][:DEPTH]
            order = draw.permutation(len(pool))[:count]
            chosen += [pool[place] for place in order]
        while len(chosen) < wanted:
            passage = names[draw.integers(len(names))]
            if passage not in right[query] and passage not in chosen:
                chosen.append(passage)
        negatives[query] = chosen
    return negatives
