"""What the systems score: workloads to time them on, and judged candidates to see their quality."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from systems import Given
from workers import Workload

from xenc_course import Collection, load_bi_encoder, load_collection, load_vectors, model_folder
from xenc_course.evaluation.stored_runs import load_run
from xenc_course.retrieval.runs import Run, ranked

L12 = "ms-marco-MiniLM-L12-v2"
SAMPLED, CALIBRATING = 24, 300  # pairs; 300 is what OpenVINO's export takes by default


def given(work: Workload, scratch: Path) -> Given:
    """Make what the loaders are given for a workload.

    Args:
        work: its first pairs are the sample.
        scratch: see `Given`.
    """
    query, passages = work[0]
    wikipedia = load_collection("wikipedia")
    asked = wikipedia.sample(CALIBRATING, seed=1).queries
    # Every other query has a passage that is not its own: scales set on relevant pairs alone cut
    # off what an irrelevant pair brings.
    own = [_article(name) for name in asked]
    read = [document if n % 2 else own[n - 1] for n, document in enumerate(own)]
    return Given(
        fp32=model_folder(L12),
        int8=model_folder(f"{L12}-int8"),
        sample=[(query, passage) for passage in passages[:SAMPLED]],
        calibration=[
            (query, wikipedia.documents[document])
            for query, document in zip(asked.values(), read, strict=True)
        ],
        scratch=scratch,
    )


def workloads(queries: int, depth: int) -> dict[str, Workload]:
    """Make the workloads: Wikipedia queries with passages to each.

    The passages of a query are drawn at random, because their ranking does not change the time.

    Args:
        queries: how many the first two workloads have.
        depth: passages of each query.

    Returns:
        title -> workload: passages of mixed length, passages of 30 words, and one query.
    """
    wikipedia = load_collection("wikipedia").sample(queries, seed=0)
    texts = list(wikipedia.documents.values())
    draw = np.random.default_rng(0)
    mixed = [
        (query, [texts[place] for place in draw.choice(len(texts), depth, replace=False)])
        for query in wikipedia.queries.values()
    ]
    short = [(query, [first_words(text, 30) for text in passages]) for query, passages in mixed]
    long = [first_words(text, 60) for text in texts if len(text.split()) >= 60][:depth]
    return {
        f"{queries * depth:,} pairs of mixed length": mixed,
        f"{queries * depth:,} pairs, passages of 30 words": short,
        f"{depth} passages of 60 words, one query": [(mixed[0][0], long)],
    }


def judged(n_queries: int, depth: int) -> tuple[Collection, dict[str, list[str]]]:
    """Sample Wikipedia's queries that have a stored run, with candidates of all-MiniLM-L6-v2.

    Args:
        n_queries: how many.
        depth: candidates of each; the stored run holds 20, and more are found with stored vectors.

    Returns:
        The collection of these queries, and query id -> document ids.
    """
    stored = load_run("wikipedia", "all-MiniLM-L6-v2")
    names = np.random.default_rng(0).choice(sorted(stored), n_queries, replace=False)
    wikipedia = load_collection("wikipedia").select(names.tolist())
    run: Run = {name: stored[name] for name in wikipedia.queries}
    if depth > min(map(len, run.values())):
        run = found(wikipedia)
    return wikipedia, {name: ranked(scores)[:depth] for name, scores in run.items()}


def candidates(wikipedia: Collection, lists: dict[str, list[str]]) -> Workload:
    """The texts of candidates, as a workload."""
    return [
        (wikipedia.queries[name], [wikipedia.passage(document) for document in documents])
        for name, documents in lists.items()
    ]


def first_words(text: str, words: int) -> str:
    """The beginning of a text."""
    return " ".join(text.split()[:words])


def found(wikipedia: Collection) -> Run:
    """Find passages with the stored vectors.

    Args:
        wikipedia: the queries.

    Returns:
        query id -> {document id: cosine}, all documents.
    """
    ids, vectors = load_vectors("wikipedia")
    model = load_bi_encoder(device="cpu")
    asked = model.encode_query(list(wikipedia.queries.values()), show_progress_bar=False)
    cosines = asked @ vectors.T
    return {
        name: dict(zip(ids, row.tolist(), strict=True))
        for name, row in zip(wikipedia.queries, cosines, strict=True)
    }


def _article(query: str) -> str:
    return query.replace("q-", "wiki-")
