"""What a LanceDB table is made of is checked before the folder is made."""

import numpy as np
import pytest

from tests.support.bag_of_words import BagOfWords
from tests.support.five_towns import TEXTS, TOWNS
from xenc_course.retrieval.lance import lance_table
from xenc_course.retrieval.lance_runs import vector_run
from xenc_course.text.collection import Collection

# It belongs to the course's environment; the package by itself is tested without it.
pytest.importorskip("lancedb")
VECTORS = np.random.default_rng(0).normal(size=(5, 8)).astype(np.float32)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "table"


def test_metadata_keep_quotes_signs_and_types(folder):
    values = {"lima": 'it\'s "grain"', "oslo": "Ærø; DROP TABLE", "cork": ""}
    metadata = {"a 'b' \"c\"": values, "Größe": {"lima": 1, "oslo": 2.5}, "is-port": {"cork": True}}
    table = lance_table(folder, TOWNS, BagOfWords(), metadata=metadata)
    rows = {row["id"]: row for row in table.search().to_list()}
    assert {d: row["a 'b' \"c\""] for d, row in rows.items()} == {d: values.get(d) for d in TEXTS}
    assert rows["lima"]["Größe"] == 1.0 and rows["bern"]["Größe"] is None
    assert [row["id"] for row in table.search().where("`Größe` > 2").to_list()] == ["oslo"]


def test_metadata_of_another_type_with_the_same_column_are_the_same_job(folder):
    lance_table(folder, TOWNS, BagOfWords(), metadata={"n": {"lima": 1, "oslo": 2}})
    same = {"n": {"lima": np.int64(1), "oslo": 2}}
    assert lance_table(folder, TOWNS, BagOfWords(), metadata=same).count_rows() == 5
    with pytest.raises(ValueError, match="metadata"):
        lance_table(folder, TOWNS, BagOfWords(), metadata={"n": {"lima": 1, "oslo": 3}})


def test_ids_with_quotes_are_found_and_filtered(folder):
    quoted = Collection("quoted", {"o'hara": "grain", 'the"one"': "silk", "日本": "ink"}, {}, {})
    table = lance_table(folder, quoted, BagOfWords())
    assert lance_table(folder, quoted, BagOfWords()).count_rows() == 3
    assert [row["text"] for row in table.search().where("id = 'o''hara'").to_list()] == ["grain"]
    assert [row["text"] for row in table.search().where("id = '日本'").to_list()] == ["ink"]


@pytest.mark.parametrize(
    ("metadata", "kind", "message"),
    [
        ({"Text": {"lima": "a"}}, ValueError, "a column 'text' of its own"),
        ({"_score": {"lima": 1}}, ValueError, "'_score': give one that"),
        ({"a.b": {"lima": 1}}, ValueError, "'a.b': give one that"),
        ({" ": {"lima": 1}}, ValueError, "' ': give one that"),
        ({3: {"lima": 1}}, TypeError, "is 3: give text"),
        ({"m": ["lima"]}, TypeError, "The metadata 'm' are a list: give document id -> value"),
        ([("m", {})], TypeError, "The metadata are a list"),
        ({"m": {"paris": 1}}, ValueError, "name no document of towns: the first key is 'paris'"),
        ({"m": {"lima": 1, "oslo": "two"}}, ValueError, "'m' do not fit into one column"),
        ({"m": {"lima": 2**70}}, ValueError, "'m' do not fit into one column"),
        ({"m": {"lima": "\ud800"}}, ValueError, "'m' do not fit into one column"),
    ],
)
def test_metadata_that_make_no_column_are_refused(folder, metadata, kind, message):
    with pytest.raises(kind, match=message):
        lance_table(folder, TOWNS, BagOfWords(), metadata=metadata)
    assert not folder.exists()


def test_vectors_of_any_length_are_stored_with_length_1(folder, tmp_path):
    ids = list(TEXTS)
    for name, factor in (("short", 0.1), ("long", 10), ("tiny", 1e-30), ("huge", 1e30)):
        table = lance_table(tmp_path / name, TOWNS, (ids, factor * VECTORS.astype(np.float64)))
        stored = np.array([row["vector"] for row in table.search().to_list()])
        assert np.linalg.norm(stored, axis=1) == pytest.approx(np.ones(5), abs=1e-6)
        # The same call opens it again, and so does one with the vectors as they were.
        for again in (factor * VECTORS.astype(np.float64), VECTORS.tolist()):
            assert lance_table(tmp_path / name, TOWNS, (ids, again)).count_rows() == 5
        assert next(iter(vector_run(table, {"q": VECTORS[3]}, 1)["q"])) == ids[3]


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (VECTORS[:4], r"shape \(4, 8\), for 5 ids: give one row of numbers per id"),
        (np.vstack([VECTORS, VECTORS]), r"shape \(10, 8\), for 5 ids"),
        (VECTORS[:, 0], r"shape \(5,\), for 5 ids"),
        (VECTORS.astype(str), "array of <U"),
        (None, "array of object"),
        (VECTORS * [[1], [1], [0], [1], [1]], "passage 'quito' holds only zeros"),
        (VECTORS * [[1], [1], [np.inf], [1], [1]], "holds NaN or an infinite number"),
    ],
)
def test_what_are_no_vectors_is_refused(folder, vectors, message):
    with pytest.raises(ValueError, match=message):
        lance_table(folder, TOWNS, (list(TEXTS), vectors))


def test_a_model_that_gives_nan_is_refused_though_the_table_is_whole(folder):
    lance_table(folder, TOWNS, (list(TEXTS), VECTORS))
    with pytest.raises(ValueError, match="holds NaN"):
        lance_table(folder, TOWNS, (list(TEXTS), VECTORS * np.nan))


def test_a_text_with_half_a_character_is_refused(folder):
    broken = Collection("broken", {"a": "gr\ud800ain"}, {}, {})
    with pytest.raises(ValueError, match="The passage 'a' holds half of a surrogate pair"):
        lance_table(folder, broken, BagOfWords())
    assert not folder.exists()
