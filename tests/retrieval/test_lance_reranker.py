"""Any scorer reranks what LanceDB's own query builder has found."""

import asyncio
import sys

import numpy as np
import pytest

from tests.support.bag_of_words import BagOfWords
from xenc_course.retrieval import lance_reranker
from xenc_course.retrieval.lance import lance_table
from xenc_course.retrieval.lance_reranker import LanceReranker
from xenc_course.text.collection import Collection

# They belong to the course's environment; the package by itself is tested without them.
pa = pytest.importorskip("pyarrow")
connect_async = pytest.importorskip("lancedb").connect_async
queries = pytest.importorskip("lancedb.query")
MatchQuery, BooleanQuery, Occur = queries.MatchQuery, queries.BooleanQuery, queries.Occur

TEXTS = {
    "one": "grain",
    "two": "grain and copper",
    "three": "grain and copper and silk",
    "four": "silk, brass, ink and paper",
    "five": "rope",
}
KINDS = ("vector", "fts", "hybrid")
ENCODER = BagOfWords()


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    collection = Collection("goods", TEXTS, {}, {})
    return lance_table(tmp_path_factory.mktemp("lance") / "table", collection, ENCODER)


def longest_first(pairs):
    return np.array([len(passage) for _, passage in pairs], dtype=np.float64)


def search(table, kind, text):
    if kind == "fts":
        return table.search(text, query_type="fts")
    if kind == "vector":
        return table.search(ENCODER.encode_query(text)).distance_type("cosine")
    query = table.search(query_type="hybrid").vector(ENCODER.encode_query(text)).text(text)
    return query.distance_type("cosine")


def rerank(query, kind, reranker, text):
    return query.rerank(reranker, **({"query_string": text} if kind == "vector" else {}))


@pytest.mark.parametrize("kind", KINDS)
def test_rows_come_in_the_order_of_the_scorer(table, kind):
    reranker = LanceReranker(longest_first)
    found = rerank(search(table, kind, "grain"), kind, reranker, "grain").limit(4).to_arrow()
    lengths = [len(text) for text in found["text"].to_pylist()]
    assert lengths == sorted(lengths, reverse=True) and len(lengths) >= 3
    assert found["_relevance_score"].to_pylist() == lengths
    assert found.schema.field("_relevance_score").type == pa.float32()
    assert not {"_distance", "_score", "_rowid"} & set(found.column_names)


@pytest.mark.parametrize("kind", KINDS)
def test_all_scores_are_kept_where_they_are_asked_for(table, kind):
    plain = search(table, kind, "grain").limit(5)
    reranker = LanceReranker(longest_first, return_score="all")
    found = rerank(search(table, kind, "grain"), kind, reranker, "grain").limit(5).to_arrow()
    rows = {row["id"]: row for row in found.to_pylist()}
    assert len(rows) == len(found)  # each row once
    if kind != "hybrid":
        score = "_distance" if kind == "vector" else "_score"
        assert {i: row[score] for i, row in rows.items()} == {
            row["id"]: row[score] for row in plain.to_list()
        }
        return
    distances = {r["id"]: r["_distance"] for r in search(table, "vector", "grain").to_list()}
    words = {r["id"]: r["_score"] for r in search(table, "fts", "grain").to_list()}
    assert {i: row["_distance"] for i, row in rows.items()} == pytest.approx(distances)
    assert {i: row["_score"] for i, row in rows.items()} == {i: words.get(i) for i in rows}
    assert found.schema.field("vector").type == pa.list_(pa.float32(), 32)


@pytest.mark.parametrize("return_score", ["relevance", "all"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_row_is_an_empty_answer(table, kind, return_score):
    def never(pairs):
        assert not pairs
        return np.empty(0)

    query = search(table, kind, "zebra").where("id = 'nothing'")
    reranker = LanceReranker(never, return_score=return_score)
    found = rerank(query, kind, reranker, "zebra").limit(5).to_arrow()
    assert len(found) == 0 and "_relevance_score" in found.column_names


def test_a_hybrid_search_whose_words_match_nothing_gives_the_nearest_rows(table):
    reranker = LanceReranker(longest_first, return_score="all")
    found = search(table, "hybrid", "zebra").rerank(reranker).limit(3).to_arrow()
    assert len(found) == 3
    assert found["_score"].to_pylist() == [None] * 3
    assert None not in found["_distance"].to_pylist()


def test_equal_scores_keep_the_order_of_the_search(table):
    plain = [row["id"] for row in search(table, "vector", "grain").limit(5).to_list()]
    same = LanceReranker(lambda pairs: np.zeros(len(pairs)))
    found = search(table, "vector", "grain").rerank(same, query_string="grain").limit(5).to_list()
    assert [row["id"] for row in found] == plain
    many = same.rerank_vector("q", pa.table({"text": ["a"] * 300, "n": range(300)}))
    assert many["n"].to_pylist() == list(range(300))


def test_a_query_that_lancedb_has_wrapped_is_read(table):
    seen = []

    def note(pairs):
        seen.extend(query for query, _ in pairs)
        return np.zeros(len(pairs))

    query = MatchQuery("silk", "text")
    table.search(query, query_type="fts").rerank(LanceReranker(note)).limit(5).to_list()
    assert set(seen) == {"silk"}


def test_a_column_without_text_in_some_rows_is_read_as_empty(tmp_path):
    collection = Collection("goods", TEXTS, {}, {})
    noted = lance_table(tmp_path, collection, ENCODER, metadata={"note": {"two": "a note"}})
    found = search(noted, "fts", "grain").rerank(LanceReranker(longest_first, column="note"))
    assert [row["_relevance_score"] for row in found.limit(3).to_list()] == [6.0, 0.0, 0.0]


def test_a_filter_and_a_phrase_reach_the_reranker(table):
    reranker = LanceReranker(longest_first)
    query = search(table, "hybrid", '"grain and copper"').where("id != 'three'").rerank(reranker)
    assert "three" not in {row["id"] for row in query.limit(5).to_list()}
    phrase = search(table, "fts", '"grain and copper"').rerank(reranker).limit(5).to_list()
    assert [row["id"] for row in phrase] == ["three", "two"]


def test_the_asynchronous_builder_gives_the_same_rows(table, tmp_path):
    made = lance_table(tmp_path, Collection("goods", TEXTS, {}, {}), ENCODER)
    reranker = LanceReranker(longest_first, return_score="all")

    async def found():
        connection = await connect_async(tmp_path)
        opened = await connection.open_table("passages")
        query = opened.query().nearest_to(ENCODER.encode_query("grain")).distance_type("cosine")
        return await query.nearest_to_text("grain").rerank(reranker).limit(4).to_list()

    rows = search(made, "hybrid", "grain").rerank(reranker).limit(4).to_list()
    keys = ("id", "_distance", "_score", "_relevance_score")
    assert [[r[k] for k in keys] for r in asyncio.run(found())] == [
        [r[k] for k in keys] for r in rows
    ]


def test_what_cannot_be_read_is_refused(table):
    reranker = LanceReranker(longest_first)
    with pytest.raises(ValueError, match="no column 'text' to read: select it"):
        search(table, "fts", "grain").select(["id"]).rerank(reranker).limit(2).to_list()
    with pytest.raises(TypeError, match="The query is a NoneType and no text"):
        reranker.rerank_vector(None, pa.table({"text": ["grain"]}))
    words = BooleanQuery([(Occur.MUST, MatchQuery("grain", "text"))])
    with pytest.raises(TypeError, match="is a BooleanQuery and no text for the model: search with"):
        table.search(words, query_type="fts").rerank(reranker).limit(2).to_list()
    with pytest.raises(ValueError, match="'relevance' or 'all', not 'some'"):
        LanceReranker(longest_first, return_score="some")
    with pytest.raises(ValueError, match="finite"):
        bad = LanceReranker(lambda pairs: np.full(len(pairs), np.nan))
        search(table, "fts", "grain").rerank(bad).limit(2).to_list()


def test_a_cross_encoder_scores_through_the_builder_as_alone(table, tiny_model):
    reranker = LanceReranker(str(tiny_model))
    found = search(table, "hybrid", "silk").rerank(reranker).limit(5).to_list()
    alone = reranker.scorer([("silk", row["text"]) for row in found])
    assert [row["_relevance_score"] for row in found] == pytest.approx(alone, abs=1e-5)
    assert list(alone) == sorted(alone, reverse=True)


def test_without_lancedb_a_reranker_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "lancedb", None)
    with pytest.raises(ImportError, match="pip install 'lancedb"):
        lance_reranker.LanceReranker(longest_first)
