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
from tests.support.five_towns import TEXTS, TOWNS
from tests.support.root import without_root_rights
from xenc_course.retrieval import lance
from xenc_course.retrieval.lance import lance_table
from xenc_course.retrieval.lance_runs import full_text_run, vector_run
from xenc_course.text.collection import Collection

# It belongs to the course's environment; the package by itself is tested without it.
lancedb = pytest.importorskip("lancedb")


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


def test_a_kill_before_the_first_block_was_added_loses_nothing(folder):
    lance_table(folder, TOWNS, BagOfWords())
    for part in ("_versions", "_indices", "_transactions"):  # LanceDB writes them after the data
        shutil.rmtree(folder / "passages.lance" / part)
    table = lance_table(folder, TOWNS, BagOfWords())
    assert ids(table) == list(TEXTS) and full_text_run(table, {"q": "ink"}, 5)["q"].keys() == {
        "cork"
    }


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


def cut_index(folder):
    for path in folder.glob("passages.lance/_indices/*/*"):
        path.write_bytes(path.read_bytes()[:20])


def no_index(folder):
    shutil.rmtree(folder / "passages.lance" / "_indices")


def a_file(folder):
    shutil.rmtree(folder / "passages.lance")
    (folder / "passages.lance").write_text("no folder")


@pytest.mark.parametrize("damage", [cut_data, no_data, garbled, cut_index, no_index, a_file])
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


def test_a_table_whose_rows_are_others_is_refused_and_one_that_lacks_the_last_is_filled(folder):
    table = lance_table(folder, TOWNS, BagOfWords())
    table.delete("id = 'cork'")  # the last row, as if a job had been killed before it
    table = lance_table(folder, TOWNS, BagOfWords())
    assert ids(table) == list(TEXTS)
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


def test_a_whole_table_is_read_while_another_process_holds_it(folder):
    lance_table(folder, TOWNS, BagOfWords())
    with FileLock(folder / lance._LOCK):
        assert ids(lance_table(folder, TOWNS, BagOfWords())) == list(TEXTS)


@pytest.mark.parametrize("kept", ["rows", "index"])
def test_an_unfinished_table_that_another_process_holds_is_refused(folder, kept):
    if kept == "rows":
        with pytest.raises(KeyboardInterrupt):
            lance_table(folder, TOWNS, BagOfWords(stop_after=3))
    else:
        lance_table(folder, TOWNS, BagOfWords()).drop_index("text_idx")
    with (
        FileLock(folder / lance._LOCK),
        pytest.raises(ValueError, match="Another process is making the table"),
    ):
        lance_table(folder, TOWNS, BagOfWords())
    assert ids(lance_table(folder, TOWNS, BagOfWords())) == list(TEXTS)


MAKING = """
import sys
from tests.retrieval.test_lance import TOWNS, BagOfWords, lance, lance_table
lance._BLOCK = 1
class Watched(BagOfWords):
    def encode_document(self, texts, **options):
        print(self.encoded, flush=True)
        sys.stdin.readline()  # goes on when it is told to, or when nobody can tell it any more
        return super().encode_document(texts, **options)
try:
    print("made", lance_table(sys.argv[1], TOWNS, Watched()).count_rows(), flush=True)
except ValueError as error:
    print(error)
"""


def making(folder: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", MAKING, str(folder)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.parametrize("n_added", [0, 3])
def test_of_two_processes_one_makes_the_table_and_a_killed_one_is_followed(folder, n_added):
    with making(folder) as first:
        for number in range(n_added):
            assert first.stdout.readline() == f"{number}\n"
            first.stdin.write("go on\n")
            first.stdin.flush()
        assert first.stdout.readline() == f"{n_added}\n"  # it stands before the next block
        with making(folder) as second:
            said, _ = second.communicate("go on\n" * 9)
            assert "Another process is making the table" in said and "made" not in said
        first.kill()
    encoder = BagOfWords()
    table = lance_table(folder, TOWNS, encoder)
    assert encoder.encoded == bool(n_added) + len(TEXTS) - n_added  # one, to compare the model
    assert ids(table) == list(TEXTS)


@pytest.mark.slow
def test_two_processes_read_a_whole_table_at_the_same_time(folder):
    lance_table(folder, TOWNS, BagOfWords())
    with making(folder) as one, making(folder) as other:
        assert {one.stdout.readline(), other.stdout.readline()} == {"0\n"}  # both have it open
        for process in (one, other):
            assert process.communicate("go on\n" * 9)[0] == f"made {len(TEXTS)}\n"


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


def test_a_folder_that_is_none_is_refused(tmp_path):
    (tmp_path / "file").write_text("Dear")
    for place in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / ("long" * 99)):
        with pytest.raises(OSError, match=r"cannot be written .*choose another folder\.$"):
            lance_table(place, TOWNS, BagOfWords())
    assert (tmp_path / "file").read_text() == "Dear"
    for place in ("memory://", "s3://bucket/table", f"{tmp_path}/a\nb"):
        with pytest.raises(ValueError, match="give the path of one on this machine"):
            lance_table(place, TOWNS, BagOfWords())
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


@pytest.mark.parametrize("name", ["Grün 日本", "100% #1", "it's", "a%20b"])
def test_a_folder_may_have_any_name(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    lance_table(name, TOWNS, BagOfWords())
    assert lancedb.connect(tmp_path / name).open_table("passages").count_rows() == len(TEXTS)
    assert lance_table(tmp_path / name, TOWNS, BagOfWords()).count_rows() == len(TEXTS)


def test_a_language_that_lancedb_lacks_is_refused_before_anything_is_encoded(folder):
    encoder = BagOfWords()
    with pytest.raises(ValueError, match="no stems of the language 'Klingon': give one such as"):
        lance_table(folder, TOWNS, encoder, language="Klingon")
    assert encoder.encoded == 0 and not folder.exists()
    assert lance_table(folder, TOWNS, encoder, language="German").count_rows() == len(TEXTS)


def test_nothing_to_search_and_numbers_that_are_none_are_refused(folder):
    with pytest.raises(ValueError, match="empty has no document"):
        lance_table(folder, Collection("empty", {}, {}, {}), BagOfWords())
    with pytest.raises(TypeError, match="A str encodes no passages"):
        lance_table(folder, TOWNS, "all-MiniLM-L6-v2")
    with pytest.raises(ValueError, match="a column 'text' of its own"):
        lance_table(folder, TOWNS, BagOfWords(), metadata={"text": {"lima": "grain"}})
    assert not folder.exists()  # nothing half-made
    broken = np.full((5, WIDTH), np.nan, dtype=np.float32)
    with pytest.raises(ValueError, match="holds NaN"):
        lance_table(folder, TOWNS, (list(TEXTS), broken))
    assert lance_table(folder, TOWNS, BagOfWords()).count_rows() == len(TEXTS)


def test_without_lancedb_the_package_says_how_to_install_it(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "lancedb", None)
    with pytest.raises(ImportError, match="pip install 'lancedb"):
        lance_table(folder, TOWNS, BagOfWords())
