"""Runs of a LanceDB table: best first, by words, phrases and vectors."""

import numpy as np
import pytest

from tests.support.bag_of_words import WIDTH, BagOfWords
from tests.support.five_towns import TEXTS, TOWNS
from xenc_course.retrieval.lance import lance_table
from xenc_course.retrieval.lance_runs import full_text_run, vector_run

# It belongs to the course's environment; the package by itself is tested without it.
pytest.importorskip("lancedb")
ENCODER = BagOfWords()


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return lance_table(tmp_path_factory.mktemp("lance") / "table", TOWNS, ENCODER)


def found(table, query, depth=5):
    return set(full_text_run(table, {"q": query}, depth)["q"])


def test_both_searches_give_runs_best_first(table):
    words = full_text_run(table, {"q": "trading cities", "none": "zebra", "": "  "}, depth=3)
    assert set(words["q"]) == {"lima", "oslo"}  # by their stems
    assert words["none"] == words[""] == {}
    vectors = vector_run(table, {"q": ENCODER.encode_query(TOWNS.passage("bern"))}, depth=99)
    assert next(iter(vectors["q"].items())) == ("bern", pytest.approx(1.0, abs=1e-5))
    assert len(vectors["q"]) == len(TEXTS)  # more than there are is all
    assert list(vectors["q"].values()) == sorted(vectors["q"].values(), reverse=True)


def test_without_a_language_words_are_found_as_they_stand(tmp_path):
    table = lance_table(tmp_path / "table", TOWNS, ENCODER, language=None)
    assert found(table, "trading") == set()
    assert found(table, "traded") == found(table, "where") == {"oslo"}


@pytest.mark.parametrize(
    "query",
    [
        "+silk",
        "-silk",
        "NOT silk",
        "(silk",
        "silk)",
        "silk^2",
        "text:silk",
        '"silk',
        "“silk”",
        "'; silk",
        "silk\n",
        "\0silk",
        "[silk TO",
        "silk AND",
        "\\silk",
        '"" silk',
    ],
)
def test_signs_in_a_query_are_no_operators(table, query):
    assert found(table, query) == {"quito"}


@pytest.mark.parametrize(
    "query", ["", " ", '"', '""', '" "', "-", "+", "AND", "🙂", "城市", "\ud800"]
)
def test_a_query_without_words_finds_nothing(table, query):
    assert found(table, query) == set()


def test_a_query_between_quotes_is_a_phrase(table):
    assert found(table, '"city of Lima"') == {"lima"}
    assert found(table, '"grain trades"') == set() != found(table, "grain trades")
    vector = ENCODER.encode_query("silk")
    hybrid = table.search(query_type="hybrid").vector(vector).text('"city of Lima"')
    assert "lima" in {row["id"] for row in hybrid.limit(2).to_list()}


@pytest.mark.parametrize("depth", [0, -1, 1.5, None, "3", True])
def test_a_depth_that_is_none_is_refused(table, depth):
    vectors = {"q": ENCODER.encode_query("city")}
    for run, queries in ((full_text_run, {"q": "city"}), (vector_run, vectors)):
        with pytest.raises((ValueError, TypeError), match="The argument depth must be "):
            run(table, queries, depth)


def test_a_depth_beyond_all_rows_gives_what_there_is(table):
    assert found(table, "city", depth=10**12) == {"lima", "oslo"}
    assert len(vector_run(table, {"q": ENCODER.encode_query("city")}, np.int64(10**12))["q"]) == 5


@pytest.mark.parametrize(
    "vector",
    [
        np.full(WIDTH, np.nan),
        np.full(WIDTH, np.inf),
        np.zeros(WIDTH),
        np.ones(5),
        np.ones((2, WIDTH)),
    ],
    ids=["nan", "infinite", "zero", "short", "two"],
)
def test_a_vector_that_has_no_direction_or_another_shape_is_refused(table, vector):
    with pytest.raises(ValueError, match=f"vector of the query 'q' .*give {WIDTH} finite ones"):
        vector_run(table, {"q": vector}, 3)


@pytest.mark.parametrize("query", [None, 3])
def test_a_query_that_is_no_text_is_refused(table, query):
    with pytest.raises(TypeError, match=f"The query 'q' is {query}: give its text"):
        full_text_run(table, {"q": query}, 3)
