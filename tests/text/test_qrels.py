"""Judgements in TREC's form beside BEIR's, and grades that are refused with file and line."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.support.beir_folders import QRELS, make_folder
from xenc_course.text.collection import load_collection

TREC = ["q1 0 p1 2", "q1\tQ0  p2 0", "q2 0 p2 1"]


def test_judgements_of_trec_are_those_of_beir(tmp_path: Path):
    folder = make_folder(tmp_path / "mine")
    (folder / "trec.txt").write_text("\n".join(TREC) + "\n")
    (folder / "packed.gz").write_bytes(
        gzip.compress("\r\n".join(["\ufeff" + TREC[0], *TREC[1:]]).encode())
    )
    plain = load_collection(folder)
    assert load_collection(folder, qrels="trec.txt") == plain
    assert load_collection(folder, qrels=folder / "packed.gz") == plain


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (
            [*TREC, "q2 0 p3"],
            "line 4: there are 3 columns between white space, and there must be 4",
        ),
        ([*TREC, "q2 0 p3 high"], "line 4: the grade is 'high'"),
        ([*TREC, "q1 1 p1 2"], "line 4: query 'q1' and document 'p1' are judged twice"),
        ([*TREC, "q9 0 p1 2"], "line 4: a judgement for query 'q9'"),
        (["q1 0 p1 0.5"], "line 1: the grade is '0.5'"),
        (["q1 0 p1"], "line 1: the header is 'q1 0 p1', and it must be query-id <tab>"),
        ([*QRELS, "q2\tp1\t1001"], "line 5: the grade is 1001, and it must lie between -1,000"),
        ([*QRELS, "q2\tp1\t-1001"], "line 5: the grade is -1001"),
        ([*QRELS, "q2\tp1\t1700000000000"], "line 5: the grade is 1700000000000"),
        ([*QRELS, "q2\tp1\t" + "9" * 5000], f"line 5: the grade is '{'9' * 60}'…"),
        (
            [*QRELS, "x" * 5000],
            f"line 5: there are 1 columns between tabs, and there must be 3: '{'x' * 60}'…",
        ),
        ([*QRELS, "q2\tp\x001\t1"], "line 5: the id of a document is 'p\\x001': an id begins"),
    ],
)
def test_bad_judgements_are_named_with_line_and_reason(
    tmp_path: Path, lines: list[str], reason: str
):
    with pytest.raises(ValueError) as caught:
        load_collection(make_folder(tmp_path / "mine", qrels="\n".join(lines)))
    assert "test.tsv, " in str(caught.value)
    assert reason in str(caught.value)
    assert len(str(caught.value)) < len(str(tmp_path)) + 300


def test_grades_up_to_a_thousand_are_read(tmp_path: Path):
    lines = [*TREC[:-1], "q2 0 p2 1000", "q2 0 p1 -1000"]
    loaded = load_collection(make_folder(tmp_path / "mine", qrels="\n".join(lines)))
    assert loaded.qrels["q2"] == {"p2": 1000, "p1": -1000}


def test_a_gzip_bomb_is_refused_as_judgements(tmp_path: Path):
    folder = make_folder(tmp_path / "mine")
    (folder / "bomb.gz").write_bytes(gzip.compress(b"q" * 3_000_000))
    with pytest.raises(ValueError, match=r"bomb\.gz, line 1: this line has more than 1,000,000"):
        load_collection(folder, qrels="bomb.gz")
