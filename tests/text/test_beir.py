"""A folder in BEIR layout: all that it holds, and every fault with its file and line."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.support.beir_folders import CORPUS, QRELS, QUERIES, jsonl, make_folder
from xenc_course.text.collection import load_collection


def test_a_beir_folder_gives_all_that_it_holds(tmp_path: Path):
    loaded = load_collection(make_folder(tmp_path / "mine"))
    assert loaded.name == "mine"
    assert loaded.documents == {record["_id"]: record["text"] for record in CORPUS}
    assert loaded.titles == {"p1": "Refunds"}
    assert loaded.queries == {"q1": "how do I get a refund", "q2": "forgot password"}
    assert loaded.tags == {"q1": "plain"}
    assert loaded.qrels == {"q1": {"p1": 2, "p2": 0}, "q2": {"p2": 1}}


def test_gzip_windows_line_ends_byte_order_marks_and_blank_lines_change_nothing(tmp_path: Path):
    plain = make_folder(tmp_path / "mine")
    other = tmp_path / "other" / "mine"
    for path in plain.rglob("*.*"):
        text = "\ufeff" + path.read_text("utf-8").replace("\n", "\r\n") + "\r\n"
        target = other / path.relative_to(plain)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.with_name(target.name + ".gz").write_bytes(gzip.compress(text.encode()))
    assert load_collection(str(other)) == load_collection(plain)


@pytest.mark.parametrize(
    ("corpus", "reason"),
    [
        (jsonl(CORPUS) + '{"_id": "p4", "text": ', "line 4: broken JSON"),
        (jsonl([*CORPUS, CORPUS[0]]), "line 4: the id 'p1' is given a second time"),
        (jsonl([{"_id": "p 1", "text": "x"}]), "line 1: '_id' is 'p 1'"),
        (jsonl([{"_id": 7, "text": "x"}]), "line 1: '_id' is 7"),
        (jsonl([{"text": "x"}]), "line 1: '_id' is None"),
        (jsonl([{"_id": "p1", "text": None}]), "line 1: 'text' must be text, not None"),
        (jsonl([{"_id": "p1", "text": "x", "title": 3}]), "line 1: 'title' must be text, not 3"),
        ("[1, 2]\n", "line 1: this is '[1, 2]', not a JSON object"),
        ("[]\n", "line 1: this is '[]', not a JSON object"),
        pytest.param(
            "[" * 100_000 + "\n",
            f"line 1: this JSON is nested too deep or holds too long a number: '{'[' * 60}'…",
            id="deep",
        ),
        pytest.param(
            jsonl([{"_id": "p1", "text": "x", "n": 1}]).replace("1}", "1" * 5000 + "}"),
            "line 1: this JSON is nested",
            id="long number",
        ),
        (jsonl([{"_id": "p1", "text": "x", "title": []}]), "line 1: 'title' must be text, not []"),
        (
            '{"_id": "p1", "text": "a \\ud83d b"}\n',
            "line 1: 'text' holds half of a surrogate pair, which is no character, at place 3",
        ),
        ('{"_id": "p1", "text": "x", "title": "\\udc00"}\n', "line 1: 'title' holds half of a"),
        ('{"_id": "p\\ud83d", "text": "x"}\n', "line 1: '_id' is 'p\\ud83d'"),
        (
            '{"_id": "\\ufeffp1", "text": "x"}\n',
            "line 1: '_id' is '\\ufeffp1': an id begins with no",
        ),
        ('{"_id": "p\\u0000", "text": "x"}\n', "line 1: '_id' is 'p\\x00'"),
        pytest.param(
            jsonl([{"_id": "p1", "text": ["y" * 900]}]),
            "line 1: 'text' must be text, not ['yyy",
            id="long list",
        ),
        ("", "has no document"),
        (jsonl(CORPUS[:1]).encode() + "{'é'}\n".encode("latin-1"), "line 2: this is not UTF-8"),
    ],
)
def test_a_bad_corpus_is_named_with_file_line_and_reason(
    tmp_path: Path, corpus: str | bytes, reason: str
):
    folder = make_folder(tmp_path / "mine", corpus=corpus)
    with pytest.raises(ValueError) as caught:
        load_collection(folder)
    assert str(folder / "corpus.jsonl") in str(caught.value)
    assert reason in str(caught.value)
    assert len(str(caught.value)) < len(str(folder)) + 200


@pytest.mark.parametrize(
    ("queries", "reason"),
    [
        (jsonl([*QUERIES, QUERIES[1]]), "line 3: the id 'q2' is given a second time"),
        (jsonl([{"_id": "q1", "text": "x", "metadata": "plain"}]), "'metadata' is 'plain'"),
        (jsonl([{"_id": "q1", "text": "x", "metadata": {"tag": 1}}]), "'tag' must be text, not 1"),
        (jsonl([{"_id": "q1", "text": "x", "metadata": []}]), "'metadata' is [], not an object"),
        ('{"_id": "q1", "text": "\\ud800"}', "line 1: 'text' holds half of a surrogate pair"),
        ("\n", "has no query"),
    ],
)
def test_bad_queries_are_named_with_line_and_reason(tmp_path: Path, queries: str, reason: str):
    with pytest.raises(ValueError) as caught:
        load_collection(make_folder(tmp_path / "mine", queries=queries))
    assert "queries.jsonl" in str(caught.value)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([*QRELS, "q1\tp9\t1"], "line 5: a judgement for document 'p9'"),
        ([*QRELS, "q9\tp1\t1"], "line 5: a judgement for query 'q9'"),
        ([*QRELS, "q1\tp1\t2"], "line 5: query 'q1' and document 'p1' are judged twice"),
        ([*QRELS, "q2\tp1\t1.0"], "line 5: the grade is '1.0', and it must be an integer"),
        ([*QRELS, "q2\tp1\tyes"], "line 5: the grade is 'yes'"),
        ([*QRELS, "q2\tp1"], "line 5: there are 2 columns"),
        ([*QRELS, "q2\tp 1\t1"], "line 5: the id of a document is 'p 1'"),
        (QRELS[1:], "line 1: the header is 'q1\\tp1\\t2'"),
        ([QRELS[0].replace("score", "grade"), *QRELS[1:]], "line 1: the header is"),
        ([], "line 1: the header is ''"),
        (QRELS[:1], "has no judgement"),
    ],
)
def test_bad_judgements_are_named_with_line_and_reason(
    tmp_path: Path, lines: list[str], reason: str
):
    with pytest.raises(ValueError) as caught:
        load_collection(make_folder(tmp_path / "mine", qrels="\n".join(lines)))
    assert "test.tsv" in str(caught.value)
    assert reason in str(caught.value)


def test_other_judgements_can_be_taken_and_unknown_ids_kept_when_asked(tmp_path: Path):
    folder = make_folder(tmp_path / "mine")
    lines = [QRELS[0], "q1\tp1\t2", "q1\telsewhere\t3", "q7\tp1\t-2"]
    (folder / "qrels" / "full.tsv").write_text("\n".join(lines))
    with pytest.raises(ValueError, match=r"line 3: a judgement for document 'elsewhere'.*keep"):
        load_collection(folder, qrels="qrels/full.tsv")
    kept = load_collection(folder, qrels=folder / "qrels" / "full.tsv", unknown_ids="keep")
    assert kept.qrels == {"q1": {"p1": 2, "elsewhere": 3}, "q7": {"p1": -2}}
    counted = {row["what"]: row["how many"] for row in kept.stats().rows}
    assert counted["judgements of passages without text"] == "1"
    assert counted["queries without a judgement"] == "1"
    with pytest.raises(ValueError, match="unknown_ids is 'refuse' or 'keep', not 'drop'"):
        load_collection(folder, unknown_ids="drop")


def test_a_pair_of_surrogates_is_a_character(tmp_path: Path):
    corpus = '{"_id": "p1", "text": "\\ud83d\\ude00"}\n{"_id": "p2", "text": ""}\n'
    assert load_collection(make_folder(tmp_path / "mine", corpus=corpus)).documents["p1"] == "😀"


def test_missing_and_damaged_files_are_named(tmp_path: Path):
    folder = make_folder(tmp_path / "mine")
    with pytest.raises(FileNotFoundError, match=r"There is no file .*dev\.tsv"):
        load_collection(folder, qrels="qrels/dev.tsv")
    packed = gzip.compress((folder / "corpus.jsonl").read_bytes())
    (folder / "corpus.jsonl").unlink()
    for broken in (packed[:-9], b"no gzip at all"):
        (folder / "corpus.jsonl.gz").write_bytes(broken)
        with pytest.raises(ValueError, match=r"corpus\.jsonl\.gz is no whole gzip file"):
            load_collection(folder)
