"""A LanceDB table of a collection: made once, continued after a kill, refused when not ours."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from tests.support.bag_of_words import WIDTH, BagOfWords
from tests.support.root import without_root_rights
from xenc_course.retrieval import lance
from xenc_course.retrieval.lance import full_text_run, lance_table, vector_run
from xenc_course.text.collection import Collection

# It belongs to the course's environment; the package by itself is tested without it.
lancedb = pytest.importorskip("lancedb")

TEXTS = {
    "lima": "The city of Lima trades in grain.",
    "oslo": "A harbour city, where copper is traded.",
    "quito": "High in the mountains they sell silk.",
    "bern": "Bears, brass and a river.",
    "cork": "Ink is made here, and it rains.",
}
TOWNS = Collection("towns", TEXTS, {}, {}, titles={"lima": "Lima", "oslo": "Oslo"})


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(lance, "_BLOCK", 2)


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "my table"


def ids(table) -> list[str]:
    return table.search().select(["id"]).limit(None).to_arrow()["id"].to_pylist()


def test_a_table_holds_texts_titles_vectors_and_metadata(folder):
    table = lance_table(folder, TOWNS, BagOfWords(), metadata={"people": {"lima": 10, "cork": 1}})
    assert ids(table) == list(TEXTS)
    row = table.search().where("id = 'lima'").to_list()[0]
    assert row["text"] == TOWNS.passage("lima") == f"Lima {TEXTS['lima']}"
    assert row["title"] == "Lima" and row["people"] == 10
    assert row["vector"] == pytest.approx(BagOfWords().encode_query(row["text"]))
    assert table.search().where("people > 5").to_list()[0]["id"] == "lima"
    assert table.search().where("people IS NULL").to_arrow()["id"].to_pylist() == [
        *("oslo", "quito", "bern")
    ]
    assert lancedb.connect(folder).open_table("passages").count_rows() == len(TEXTS)


def test_metadata_that_begin_with_nothing_keep_one_type(folder):
    table = lance_table(folder, TOWNS, BagOfWords(), metadata={"people": {"cork": 1}})
    assert [row["people"] for row in table.search().to_list()] == [None] * 4 + [1]


def test_both_searches_give_runs_best_first(folder):
    encoder = BagOfWords()
    table = lance_table(folder, TOWNS, encoder)
    words = full_text_run(table, {"q": "trading cities", "none": "zebra", "": "  "}, depth=3)
    assert set(words["q"]) == {"lima", "oslo"}  # by their stems
    assert words["none"] == words[""] == {}
    vectors = vector_run(table, {"q": encoder.encode_query(TOWNS.passage("bern"))}, depth=99)
    assert next(iter(vectors["q"].items())) == ("bern", pytest.approx(1.0, abs=1e-5))
    assert len(vectors["q"]) == len(TEXTS)  # more than there are is all
    assert list(vectors["q"].values()) == sorted(vectors["q"].values(), reverse=True)


def test_without_a_language_words_are_found_as_they_stand(folder):
    table = lance_table(folder, TOWNS, BagOfWords(), language=None)
    found = full_text_run(table, {"stem": "trading", "word": "traded", "stop": "where"}, depth=3)
    assert found["stem"] == {} and list(found["word"]) == list(found["stop"]) == ["oslo"]


def test_a_table_that_is_whole_is_opened_and_not_made_again(folder):
    lance_table(folder, TOWNS, BagOfWords())
    encoder, done = BagOfWords(), []
    table = lance_table(folder, TOWNS, encoder, progress=done.append)
    assert encoder.encoded == 1 and done == []  # one, to compare the model
    assert table.count_rows() == len(TEXTS)


def test_after_a_kill_the_same_call_goes_on(folder):
    with pytest.raises(KeyboardInterrupt):
        lance_table(folder, TOWNS, BagOfWords(stop_after=3))
    assert lancedb.connect(folder).open_table("passages").count_rows() == 2
    encoder, done = BagOfWords(), []
    table = lance_table(folder, TOWNS, encoder, progress=done.append)
    assert encoder.encoded == 1 + 3 and sum(done) == 3
    assert ids(table) == list(TEXTS)
    assert full_text_run(table, {"q": "ink"}, 5)["q"].keys() == {"cork"}


def test_stored_vectors_take_the_place_of_a_model(folder):
    vectors = np.eye(5, WIDTH, dtype=np.float32)
    table = lance_table(folder, TOWNS, (list(TEXTS)[::-1], vectors))
    assert next(iter(vector_run(table, {"q": vectors[0]}, 1)["q"])) == "cork"
    with pytest.raises(ValueError, match=r"no vector of 'cork': give those of towns"):
        lance_table(folder, TOWNS, (list(TEXTS)[:4], vectors[:4]))


def cut_data(folder):
    for path in folder.glob("passages.lance/data/*.lance"):
        path.write_bytes(path.read_bytes()[:20])


def no_data(folder):
    shutil.rmtree(folder / "passages.lance" / "data")


def garbled(folder):
    for path in folder.glob("passages.lance/_versions/*"):
        path.write_bytes(b"not a manifest of any version")


@pytest.mark.parametrize("damage", [cut_data, no_data, garbled])
def test_a_damaged_table_is_refused_in_one_sentence(folder, damage):
    lance_table(folder, TOWNS, BagOfWords())
    damage(folder)
    with pytest.raises(ValueError, match=r"remove the folder and make it again\.$") as refusal:
        lance_table(folder, TOWNS, BagOfWords())
    assert "\n" not in str(refusal.value) and str(folder) in str(refusal.value)


def test_a_folder_of_another_job_layout_or_owner_is_refused_and_kept(folder, tmp_path):
    lance_table(folder, TOWNS, BagOfWords())
    before = sorted(folder.rglob("*"))
    less = Collection("fewer towns", {"lima": TEXTS["lima"]}, {}, {})
    with pytest.raises(ValueError, match="begun with another passages"):
        lance_table(folder, less, BagOfWords())
    with pytest.raises(ValueError, match="begun with another language"):
        lance_table(folder, TOWNS, BagOfWords(), language=None)
    with pytest.raises(ValueError, match="begun with another metadata"):
        lance_table(folder, TOWNS, BagOfWords(), metadata={"people": {"lima": 10}})
    with pytest.raises(ValueError, match="those of another model"):
        lance_table(folder, TOWNS, BagOfWords(shift=1))
    assert sorted(folder.rglob("*")) == before
    job = json.loads((folder / "job.json").read_text())
    (folder / "job.json").write_text(json.dumps(job | {"layout": 99}))
    with pytest.raises(ValueError, match=r"another layout \(99, not 1\)"):
        lance_table(folder, TOWNS, BagOfWords())
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("Dear")
    with pytest.raises(ValueError, match="choose a folder that is new or empty"):
        lance_table(tmp_path / "letters", TOWNS, BagOfWords())


def test_a_table_that_was_changed_is_not_filled_up_silently(folder):
    table = lance_table(folder, TOWNS, BagOfWords())
    table.delete("id = 'lima'")
    with pytest.raises(ValueError, match=r"changed after it was made: open it with"):
        lance_table(folder, TOWNS, BagOfWords())


def test_only_one_process_makes_a_table(folder):
    folder.mkdir()
    with (
        FileLock(folder / lance._LOCK),
        pytest.raises(ValueError, match="Another process is making the table"),
    ):
        lance_table(folder, TOWNS, BagOfWords())
    assert lance_table(folder, TOWNS, BagOfWords()).count_rows() == len(TEXTS)


ELSEWHERE = """
import sys
from tests.retrieval.test_lance import TOWNS, BagOfWords, lance_table
try:
    print(lance_table(sys.argv[1], TOWNS, BagOfWords()).search("ink", query_type="fts").to_list())
except OSError as error:
    print(type(error).__name__, error)
"""


def without_rights(folder: Path) -> str:
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, str(folder)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        preexec_fn=without_root_rights,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.slow
def test_a_folder_that_may_only_be_read_is_searched_and_not_written(folder):
    lance_table(folder, TOWNS, BagOfWords())
    assert "Ink is made here" in without_rights(folder)


@pytest.mark.slow
def test_an_unfinished_table_that_may_only_be_read_is_refused(folder):
    with pytest.raises(KeyboardInterrupt):
        lance_table(folder, TOWNS, BagOfWords(stop_after=3))
    said = without_rights(folder)
    assert said.startswith("PermissionError ") and "cannot be written (Permission denied)" in said


def test_nothing_to_search_and_numbers_that_are_none_are_refused(folder):
    with pytest.raises(ValueError, match="empty has no document"):
        lance_table(folder, Collection("empty", {}, {}, {}), BagOfWords())
    with pytest.raises(TypeError, match="A str encodes no passages"):
        lance_table(folder, TOWNS, "all-MiniLM-L6-v2")
    with pytest.raises(ValueError, match="a column 'text' of its own"):
        lance_table(folder, TOWNS, BagOfWords(), metadata={"text": {"lima": "grain"}})
    assert not folder.exists()
    broken = np.full((5, WIDTH), np.nan, dtype=np.float32)
    with pytest.raises(ValueError, match="holds NaN"):
        lance_table(folder, TOWNS, (list(TEXTS), broken))
    assert lance_table(folder, TOWNS, BagOfWords()).count_rows() == len(TEXTS)


def test_without_lancedb_the_package_says_how_to_install_it(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "lancedb", None)
    with pytest.raises(ImportError, match="pip install 'lancedb"):
        lance_table(folder, TOWNS, BagOfWords())
