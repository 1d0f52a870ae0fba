"""Pools that hide their rankers, and a file of grades that survives what happens to it."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from xenc_course.teaching.judgements import Judgements, pool
from xenc_course.text.beir import read_texts

RUNS = {
    "BM25": {"q2": {"a": 1.0}, "q1": {f"d{i}": float(-i) for i in range(9)}},
    "bi-encoder": {"q1": {f"d{i}": float(-i) for i in range(4, 30)}, "q3": {}},
}
HEADER = "query-id\tcorpus-id\tscore\n"


def stored(folder: Path, text: str) -> Path:
    path = folder / "qrels" / "test.tsv"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_pool_holds_the_first_documents_of_every_ranker_once():
    pooled = pool(RUNS, depth=5)
    assert list(pooled) == ["q1", "q2", "q3"]
    assert sorted(pooled["q1"]) == [f"d{i}" for i in range(9)]
    assert pooled["q2"] == ["a"]
    assert pooled["q3"] == []


def test_the_order_of_a_pool_follows_from_seed_and_ids_alone():
    renamed = {"x": RUNS["bi-encoder"], "y": dict(reversed(RUNS["BM25"].items()))}
    assert pool(renamed, depth=5) == pool(RUNS, depth=5)
    assert list(pool(renamed, depth=5)) == list(pool(RUNS, depth=5))
    # Written down, so that another machine or Python is held to it.
    assert pool(RUNS, depth=3)["q1"] == ["d6", "d5", "d2", "d1", "d0", "d4"]
    orders = {tuple(pool(RUNS, depth=5, seed=seed)["q1"]) for seed in range(9)}
    assert len(orders) == 9


def test_queries_are_shuffled_apart_and_a_further_ranker_moves_nothing():
    alike = {"r": {query: {f"d{i}": 0.0 for i in range(9)} for query in ("q1", "q2")}}
    pooled = pool(alike)
    assert pooled["q1"] != pooled["q2"]
    more = pool({**alike, "s": {"q1": {"new": 1.0}}})["q1"]
    assert [document for document in more if document != "new"] == pooled["q1"]


def test_the_rank_in_a_run_says_nothing_about_the_place_in_a_pool():
    run = {f"q{n}": {f"d{i}": float(-i) for i in range(10)} for n in range(300)}
    first = [documents[0] for documents in pool({"r": run}).values()]
    counts = [first.count(f"d{i}") for i in range(10)]
    assert min(counts) > 12  # 30 are expected of each
    assert max(counts) < 52


@pytest.mark.parametrize(
    ("runs", "depth", "error", "reason"),
    [
        ({}, 5, ValueError, "There is no run: give one"),
        ([{}], 5, TypeError, "The runs are a list: give each a name"),
        (RUNS["BM25"], 5, TypeError, "There is no run under the name 'q2'"),
        ({"r": {"q": {"d": float("nan")}}}, 5, ValueError, "must be a finite number"),
        (RUNS, 0, ValueError, "The depth is 0"),
    ],
)
def test_what_is_no_run_is_refused(runs, depth, error, reason):
    with pytest.raises(error, match=reason):
        pool(runs, depth)


def test_grades_are_there_when_the_folder_is_opened_again(tmp_path: Path):
    folder = tmp_path / "new" / "folder"
    judgements = Judgements(folder)
    assert judgements.grade("q1", "a") is None
    assert not folder.exists()
    judgements.set("q1", "a", 3)
    judgements.set("q2", "b", 0)
    judgements.set("q1", "c", 1)
    judgements.set("q1", "a", 2)
    assert judgements.path.read_text() == HEADER + "q1\ta\t2\nq1\tc\t1\nq2\tb\t0\n"
    again = Judgements(folder)
    assert [again.grade("q1", "a"), again.grade("q2", "b"), again.grade("q2", "a")] == [2, 0, None]


def test_other_judgements_are_kept_also_those_written_meanwhile(tmp_path: Path):
    path = stored(tmp_path, HEADER + "q9\telsewhere\t-2\nq1\ta\t7\n")
    judgements = Judgements(tmp_path)
    path.write_text(path.read_text() + "q3\tmeanwhile\t1\n")
    judgements.set("q1", "b", 3)
    assert path.read_text() == HEADER + "q9\telsewhere\t-2\nq1\ta\t7\nq1\tb\t3\nq3\tmeanwhile\t1\n"
    assert judgements.grade("q3", "meanwhile") == 1


@pytest.mark.parametrize("text", ["", "\n", HEADER, "\ufeff" + HEADER.replace("\n", "\r\n")])
def test_a_file_without_a_judgement_is_a_beginning(tmp_path: Path, text: str):
    path = stored(tmp_path, text)
    Judgements(tmp_path).set("q1", "a", 1)
    assert path.read_text() == HEADER + "q1\ta\t1\n"


def test_a_compressed_file_goes_on_as_it_is(tmp_path: Path):
    path = stored(tmp_path, "").with_suffix(".tsv.gz")
    path.with_suffix("").unlink()
    path.write_bytes(gzip.compress((HEADER + "q1\ta\t1\n").encode()))
    Judgements(tmp_path).set("q1", "b", 2)
    assert gzip.decompress(path.read_bytes()).decode() == HEADER + "q1\ta\t1\nq1\tb\t2\n"
    assert not path.with_suffix("").exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("q1 Q0 a 1\n", "line 1: the header is"),
        (HEADER + "q1\ta\n", "line 2: there are 2 columns"),
        (HEADER + "q1\ta\t1\nq1\ta\t2\n", "line 3: query 'q1' and document 'a' are judged twice"),
        (HEADER + "q1\ta\tgood\n", "line 2: the grade is 'good'"),
    ],
)
def test_a_file_of_another_form_is_refused_and_left_alone(tmp_path: Path, text: str, reason: str):
    judgements = Judgements(tmp_path)
    path = stored(tmp_path, text)
    for attempt in (lambda: Judgements(tmp_path), lambda: judgements.set("q1", "a", 1)):
        with pytest.raises(ValueError, match=reason) as caught:
            attempt()
        assert str(path) in str(caught.value)
    assert path.read_text() == text


def test_a_change_of_the_working_folder_changes_no_file(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    judgements = Judgements("mine")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    judgements.set("q1", "a", 1)
    assert (tmp_path / "mine" / "qrels" / "test.tsv").is_file()


@pytest.mark.parametrize(
    ("arguments", "error", "reason"),
    [
        (("q 1", "a", 1), ValueError, "The id of a query is 'q 1'"),
        (("q1", "", 1), ValueError, "The id of a document is ''"),
        (("q1", "a", 1.0), TypeError, r"The grade is 1\.0"),
        (("q1", "a", True), TypeError, "The grade is True"),
    ],
)
def test_what_the_file_cannot_carry_is_refused(tmp_path: Path, arguments, error, reason):
    with pytest.raises(error, match=reason):
        Judgements(tmp_path).set(*arguments)
    assert list(tmp_path.iterdir()) == []


def test_a_killed_write_leaves_the_grades_that_were_there(tmp_path: Path):
    Judgements(tmp_path).set("q1", "a", 3)
    code = f"""
import os, pathlib
from xenc_course.teaching.judgements import Judgements
pathlib.Path.replace = lambda *_: os.kill(os.getpid(), 9)  # all is written, but not yet renamed
Judgements({str(tmp_path)!r}).set("q1", "b", 1)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    again = Judgements(tmp_path)
    assert [again.grade("q1", "a"), again.grade("q1", "b")] == [3, None]
    again.set("q1", "b", 2)
    assert again.path.read_text() == HEADER + "q1\ta\t3\nq1\tb\t2\n"


def test_the_texts_of_a_folder_are_read_without_its_judgements(tmp_path: Path):
    (tmp_path / "corpus.jsonl").write_text('{"_id": "a", "title": "A", "text": "x"}\n')
    with pytest.raises(FileNotFoundError, match=r"There is no file .*queries\.jsonl"):
        read_texts(tmp_path)
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "y"}\n')
    parts = read_texts(tmp_path)
    assert parts["documents"] == {"a": "x"}
    assert parts["titles"] == {"a": "A"}
    assert parts["queries"] == {"q": "y"}
    assert parts["qrels"] == {}
