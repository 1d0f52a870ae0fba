"""A cross-encoder, or any scorer, as a reranker of LanceDB's own query builder."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

from xenc_course.scoring.scorers import Scorer, as_scorer, score_pairs

from .lance_rows import installed

try:
    from lancedb.rerankers import Reranker as _Base
except ImportError:  # an optional package: whoever makes a reranker is told
    _Base = object

if TYPE_CHECKING:
    from pyarrow import Table as ArrowTable
    from sentence_transformers import CrossEncoder

RELEVANCE, DISTANCE, WORDS, ROW = "_relevance_score", "_distance", "_score", "_rowid"


class LanceReranker(_Base):
    """Reranks what a LanceDB query has found: give it to the builder's `rerank`.

    >>> reranker = LanceReranker("ms-marco-MiniLM-L12-v2")
    >>> query = table.search(query_type="hybrid").vector(vector).text("capital of Peru")
    >>> query.rerank(reranker).limit(20).to_list()[:3]

    The builder's `limit` is how many rows each search finds, so it is the depth. A hybrid search
    finds that many twice, reranks all of them, and returns the best `limit`.

    Attributes:
        scorer: a function of n (query, passage) pairs to their n scores.
        column: of the text that the scorer reads.
    """

    def __init__(
        self,
        model: str | PathLike | CrossEncoder | Scorer,
        column: str = "text",
        return_score: str = "relevance",
    ) -> None:
        """Load the model.

        Args:
            model: what `score_pairs` takes.
            column: of the text that the model reads; the query must select it.
            return_score: "relevance" keeps the model's score alone, "all" also the distance and the
                score of the full-text search, null where a search has not found a row.

        Raises:
            ImportError: lancedb is not installed.
            TypeError: the model scores no pairs.
            ValueError: `return_score` is another word.
        """
        installed("lancedb")
        if return_score not in ("relevance", "all"):
            raise ValueError(f"return_score is 'relevance' or 'all', not {return_score!r}.")
        super().__init__(return_score)
        self.scorer, self.column = as_scorer(model), column

    def rerank_vector(self, query: str, vector_results: ArrowTable) -> ArrowTable:
        """Rerank what a vector search has found; see `rerank_hybrid`."""
        return self._reranked(query, vector_results)

    def rerank_fts(self, query: str, fts_results: ArrowTable) -> ArrowTable:
        """Rerank what a full-text search has found; see `rerank_hybrid`."""
        return self._reranked(query, fts_results)

    def rerank_hybrid(
        self, query: str, vector_results: ArrowTable, fts_results: ArrowTable
    ) -> ArrowTable:
        """Rerank what two searches have found, each row once.

        Args:
            query: its text.
            vector_results: n rows with `_rowid`; it may be empty.
            fts_results: m rows with `_rowid`; it may be empty.

        Returns:
            The rows with `_relevance_score` (float32), the highest first. Rows of equal score stay
            in the order in which they were found.

        Raises:
            TypeError: the query is no text.
            ValueError: the rows lack the column that the model reads.
        """
        return self._reranked(query, _joined(vector_results, fts_results))

    def _reranked(self, query: object, found: ArrowTable) -> ArrowTable:
        pa = installed("pyarrow")
        if self.column not in found.column_names:
            raise ValueError(
                f"The rows have no column {self.column!r} to read: select it in the query, or give "
                "the reranker another column."
            )
        texts = [text or "" for text in found[self.column].to_pylist()]
        text = _text_of(query)
        scores = score_pairs(self.scorer, [(text, passage) for passage in texts])
        scored = found.append_column(RELEVANCE, pa.array(scores, type=pa.float32()))
        if self.score == "relevance":
            scored = scored.drop_columns([c for c in (DISTANCE, WORDS) if c in found.column_names])
        return scored.sort_by([(RELEVANCE, "descending")])  # equal ones keep their order


def _joined(vectors: ArrowTable, words: ArrowTable) -> ArrowTable:
    """The rows of both searches, each once, with the distance and the score that it has, or null.

    LanceDB's own joins make lists of the vectors' type, or drop one of the two numbers.
    """
    pa, compute = installed("pyarrow"), installed("pyarrow.compute")
    if not len(vectors) or not len(words):
        found, missing = (words, DISTANCE) if len(words) else (vectors, WORDS)
        if missing in found.column_names:
            return found
        return found.append_column(missing, pa.nulls(len(found), pa.float32()))
    scores = words[WORDS].take(compute.index_in(vectors[ROW], words[ROW]))
    only_words = words.filter(compute.invert(compute.is_in(words[ROW], vectors[ROW])))
    both = [vectors.append_column(WORDS, scores), only_words]
    return pa.concat_tables(both, promote_options="default")


def _text_of(query: Any) -> str:
    """The words of a query, also where LanceDB has wrapped them into an object."""
    text = getattr(query, "query", query)
    if not isinstance(text, str):
        raise TypeError(
            f"The query is a {type(query).__name__} and no text for the model: search with words, "
            "or with a vector and rerank(reranker, query_string='...')."
        )
    return text
