"""A run that a lesson needs: the stored one, or else one that is made now.

The stored runs cover the course's own collections and models. A lesson that is given another
collection or another reranker makes its runs itself, over a sample of the queries.
"""

from __future__ import annotations

from xenc_course.retrieval.first_stage import best_of, find_candidates
from xenc_course.retrieval.rerank import DEPTH, rerank
from xenc_course.retrieval.runs import Run
from xenc_course.scoring.scorers import Scorer
from xenc_course.text.collection import Collection, load_collection

from .stored_runs import load_run, run_index

N_QUERIES = 100  # two thousand pairs: a minute or two of two cores


def find_run(
    collection: Collection,
    model: str,
    first_stage: str | None = None,
    *,
    candidates: Run | None = None,
    depth: int = DEPTH,
    n_queries: int = N_QUERIES,
    scorer: Scorer | None = None,
) -> Run:
    """Load the stored run of a model over a collection, or make one and say so.

    Args:
        collection: what is searched; a stored run is for exactly the course's own texts.
        model: of a first stage, or of a reranker.
        first_stage: whose candidates a reranker reads; None when the model is itself a first stage.
        candidates: the run of that first stage, when it is at hand; None finds it.
        depth: how many passages per query, when the run is made.
        n_queries: how many of the judged queries, when the run is made: all if there are no more,
            else a sample with seed 0. A reranker takes the first of those its first stage ranked.
        scorer: what scores when the run of a reranker is made; None loads the model by its name.

    Returns:
        A run: query id -> {document id: score}. Runs that were made cover fewer queries than stored
        ones, so compare them on the queries that all have.

    Raises:
        FileNotFoundError: there is no such model.
        ValueError: the collection has no judged query; and what loading and scoring raise.
    """
    stored = _stored(collection, model, first_stage or "")
    if stored is not None:
        return stored
    if first_stage is None:
        chosen = _judged_sample(collection, n_queries)
        run, _ = find_candidates(model, chosen, chosen.passages(), depth)
    else:
        if candidates is None:
            candidates = find_run(collection, first_stage, depth=depth, n_queries=n_queries)
        chosen = collection.select(list(candidates)[:n_queries])
        best = best_of({query: candidates[query] for query in chosen.queries}, depth)
        run = rerank(best, chosen.queries, chosen.passages(), scorer or model)
    over = f" over {first_stage}" if first_stage else ""
    print(f"{model}{over} on {collection.name}: no run is stored, so one was made now ", end="")
    print(f"for {len(run):,} queries, {sum(map(len, run.values())):,} passages.")
    return run


def _stored(collection: Collection, model: str, first_stage: str) -> Run | None:
    wanted = (collection.name, model, first_stage)
    if wanted not in {(e["collection"], e["model"], e["first_stage"]) for e in run_index()}:
        return None
    # A folder of the learner's may have the name, and even the ids, of a collection of the course.
    course = load_collection(collection.name)
    run = load_run(*wanted)
    texts = (collection.documents, collection.titles, {q: collection.queries.get(q) for q in run})
    same = texts == (course.documents, course.titles, {q: course.queries[q] for q in run})
    return run if same else None


def _judged_sample(collection: Collection, n_queries: int) -> Collection:
    judged = [query for query in collection.queries if collection.qrels.get(query)]
    if not judged:
        raise ValueError(
            f"No query of {collection.name} has a judgement, so no run of it can be measured: "
            "judge some passages first."
        )
    chosen = collection.select(judged)
    return chosen.sample(n_queries, seed=0) if len(judged) > n_queries else chosen
