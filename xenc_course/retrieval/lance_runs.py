"""Runs of a LanceDB table: what its full-text search and its vectors find."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from xenc_course.display.arguments import at_least
from xenc_course.files import shown

if TYPE_CHECKING:
    from lancedb.table import Table as LanceTable


def full_text_run(
    table: LanceTable, queries: Mapping[str, str], depth: int
) -> dict[str, dict[str, float]]:
    """Find the best passages of each query by the table's full-text search.

    A query has no operators: `+`, `-`, `AND`, `*` and brackets are no words and are passed over
    (AND is a stop word). Only a query that stands as a whole between double quotes is a phrase,
    whose words have to follow each other.

    Args:
        table: of `lance_table`.
        queries: query id -> text.
        depth: how many passages per query, 1 or more; there may be fewer.

    Returns:
        A run: query id -> {document id: score of BM25}, best first.

    Raises:
        TypeError: a query is no text, or the depth is no whole number.
        ValueError: the depth is below 1.
    """
    depth = _checked(depth, table)
    run = {}
    for query, text in queries.items():
        if not isinstance(text, str):
            raise TypeError(f"The query {shown(query)} is {shown(text)}: give its text.")
        hits = table.search(text, query_type="fts").select(["id", "_score"]).limit(depth).to_list()
        run[query] = {hit["id"]: float(hit["_score"]) for hit in hits}
    return run


def vector_run(
    table: LanceTable, queries: Mapping[str, np.ndarray], depth: int
) -> dict[str, dict[str, float]]:
    """Find the passages whose vectors are nearest to each query's.

    Args:
        table: of `lance_table`.
        queries: query id -> vector, float32, shape (dimensions,).
        depth: how many passages per query, 1 or more.

    Returns:
        A run: query id -> {document id: cosine}, best first.

    Raises:
        TypeError: the depth is no whole number.
        ValueError: the depth is below 1; or a vector has another shape than those of the table, is
            not finite or holds only zeros.
    """
    depth, size = _checked(depth, table), table.schema.field("vector").type.list_size
    run = {}
    for query, given in queries.items():
        vector = np.asarray(given, dtype=np.float32)
        if vector.shape != (size,) or not np.isfinite(vector).all() or not vector.any():
            raise ValueError(
                f"The vector of the query {shown(query)} has shape {vector.shape} and the numbers "
                f"{shown(vector.tolist())}: give {size} finite ones, not all of them 0."
            )
        search = table.search(vector).distance_type("cosine").select(["id", "_distance"])
        hits = search.limit(depth).to_list()
        run[query] = {hit["id"]: 1.0 - float(hit["_distance"]) for hit in hits}
    return run


def _checked(depth: int, table: LanceTable) -> int:
    """A depth that LanceDB understands; of one below 1 it would return all rows."""
    return min(at_least("depth", depth, 1), max(1, table.count_rows()))
