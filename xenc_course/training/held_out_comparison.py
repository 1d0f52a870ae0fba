"""A student compared with its teacher and others, on queries that it was not trained on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from xenc_course.evaluation.run_comparison import RunComparison, compare_runs
from xenc_course.models.loading import load_bi_encoder
from xenc_course.progress import Progress
from xenc_course.retrieval.first_stage import bi_encoder_run, bm25_run
from xenc_course.retrieval.rerank import DEPTH, rerank
from xenc_course.scoring.scorers import load_scorer
from xenc_course.text.collection import Collection

from .query_maker import Query

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


def measure_held_out(
    student: CrossEncoder,
    teacher: str,
    texts: Mapping[str, Collection],
    queries: Mapping[str, list[Query]],
    progress: Progress = False,
) -> RunComparison:
    """Measure RR@10 on held-out queries: BM25's twenty candidates, ordered by each ranker.

    The rankers are BM25, all-MiniLM-L6-v2, the teacher and the student. The passage that a query
    was made from is its only relevant one.

    Args:
        student: the trained model.
        teacher: a name, hub id or folder, as `load_scorer` takes it.
        texts: source -> its passages.
        queries: source -> the held-out queries.
        progress: of the pairs that a model scores, see `Progress`.

    Returns:
        The rankers compared with the student, which is the baseline.

    Raises:
        ValueError: see `load_scorer` and `compare_runs`.
    """
    runs: dict[str, dict] = {"BM25": {}, "all-MiniLM-L6-v2": {}, "teacher": {}, "student": {}}
    documents: dict[str, str] = {}
    asked: dict[str, str] = {}
    qrels: dict[str, dict[str, int]] = {}
    scorer = load_scorer(teacher, by_clock=False)
    for number, (source, text) in enumerate(texts.items()):
        passages = {f"{number}/{name}": passage for name, passage in text.passages().items()}
        of_text = {query.id: query.text for query in queries[source]}
        found = bm25_run(passages, of_text, DEPTH)
        shown = {name: passages[name] for scores in found.values() for name in scores}
        near = bi_encoder_run(shown, of_text, len(shown), load_bi_encoder(), progress=progress)
        runs["BM25"] |= found
        runs["all-MiniLM-L6-v2"] |= {
            query: {name: near[query][name] for name in names} for query, names in found.items()
        }
        runs["teacher"] |= rerank(found, of_text, passages, scorer, progress=progress)
        runs["student"] |= rerank(found, of_text, passages, student, progress=progress)
        documents |= passages
        asked |= of_text
        qrels |= {query.id: {f"{number}/{query.passage}": 1} for query in queries[source]}
    collection = Collection("held-out queries", documents, asked, qrels)
    baseline = {"student": runs.pop("student")}
    return compare_runs(runs, baseline, collection, metric="RR@10")
