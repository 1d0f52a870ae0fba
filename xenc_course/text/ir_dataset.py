"""A dataset of `ir_datasets`, as the parts of a collection."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from xenc_course.files import check_id, check_text, shown

from .beir import KEEP, Parts
from .qrels import check_grade


def ir_dataset(dataset_id: str, unknown_ids: str) -> Parts:
    """The parts of an `ir_datasets` dataset; a document's text is its `default_text()`."""
    try:
        import ir_datasets
    except ImportError as error:
        raise ImportError(
            f"The collection irds:{dataset_id} needs ir_datasets, which is not installed: "
            "run `pip install ir_datasets`."
        ) from error
    try:
        dataset = ir_datasets.load(dataset_id)
    except KeyError as error:
        raise ValueError(
            f"ir_datasets has no dataset {dataset_id!r}: see ir-datasets.com."
        ) from error
    if missing := [part for part in ("docs", "queries", "qrels") if not dataset.has(part)]:
        raise ValueError(
            f"irds:{dataset_id} has no {missing[0]}: choose a dataset with judgements."
        )
    documents = _by_id(
        ((doc.doc_id, doc) for doc in dataset.docs_iter()), f"irds:{dataset_id}, docs"
    )
    queries = _by_id(
        ((q.query_id, q) for q in dataset.queries_iter()), f"irds:{dataset_id}, queries"
    )
    qrels: dict[str, dict[str, int]] = {}
    for number, judgement in enumerate(dataset.qrels_iter(), start=1):
        where = f"irds:{dataset_id}, judgement {number}"
        query = check_id(judgement.query_id, f"{where}: the id of a query")
        document = check_id(judgement.doc_id, f"{where}: the id of a document")
        if unknown_ids != KEEP and (query not in queries or document not in documents):
            raise ValueError(
                f"{where}: query {shown(query)} or document {shown(document)} is not in the "
                "dataset (unknown_ids='keep' would keep the judgement)."
            )
        if document in qrels.setdefault(query, {}):
            raise ValueError(
                f"{where}: query {shown(query)} and document {shown(document)} are judged twice."
            )
        qrels[query][document] = check_grade(judgement.relevance, where)
    return Parts(documents=documents, titles={}, queries=queries, tags={}, qrels=qrels)


def _by_id(records: Iterable[tuple[str, Any]], where: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, record in records:
        check_id(name, f"{where}: an id")
        if name in texts:
            raise ValueError(f"{where}: the id {shown(name)} is given a second time.")
        texts[name] = check_text(record.default_text(), f"{where}: the text of {shown(name)}")
    return texts
