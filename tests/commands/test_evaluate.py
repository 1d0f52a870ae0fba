"""The command `evaluate`, as it is typed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.support.berlin import BERLIN, BERLIN_PASSAGES
from xenc_course.__main__ import main
from xenc_course.retrieval.runs import read_run

INT8 = "ms-marco-MiniLM-L12-v2-int8"


def write_folder(folder: Path) -> Path:
    """The two Berlin passages and three questions, in BEIR layout."""
    (folder / "qrels").mkdir(parents=True)
    passages = enumerate(BERLIN_PASSAGES)
    questions = enumerate([BERLIN, "Which Berlin museums are famous?", "How large is Berlin?"])
    for name, texts in (("corpus", passages), ("queries", questions)):
        lines = [json.dumps({"_id": f"{name[0]}{n}", "text": text}) for n, text in texts]
        (folder / f"{name}.jsonl").write_text("\n".join(lines))
    qrels = "query-id\tcorpus-id\tscore\nq0\tc0\t2\nq1\tc1\t1\nq2\tc0\t1\n"
    (folder / "qrels" / "test.tsv").write_text(qrels)
    return folder


@pytest.mark.models
def test_the_command_reranks_a_folder_with_the_int8_model(
    tmp_path: Path, capsys: pytest.CaptureFixture
):
    folder, out = write_folder(tmp_path / "berlin"), tmp_path / "run.trec.gz"
    command = ["evaluate", "--collection", str(folder), "--first-stage", "bm25", "--model", INT8]
    assert main([*command, "--out", str(out), "--metrics", "RR@10", "nDCG@10"]) == 0
    shown = capsys.readouterr().out
    assert "berlin: means over 3 queries" in shown
    assert f"RR@10    {INT8}  1.0000" in shown
    assert "Scored 6 pairs in" in shown
    assert {query: len(scores) for query, scores in read_run(out).items()} == dict.fromkeys(
        ("q0", "q1", "q2"), 2
    )
    assert main([*command, "--out", str(out), "--metrics", "P@1"]) == 0
    assert "was whole already: measured as it is" in capsys.readouterr().out
    assert main([*command, "--out", str(out), "--depth", "1"]) == 1
    assert "made with other options, another model or other text" in capsys.readouterr().err


@pytest.mark.usefixtures("exports")
def test_one_model_or_several_with_everything_that_can_be_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture, tiny_model: Path
):
    folder, other = write_folder(tmp_path / "berlin"), tmp_path / "other"
    shutil.copytree(tiny_model, other)
    command = ["evaluate", "--collection", str(folder), "--qrels", "qrels/test.tsv"]
    command += ["--model", str(tiny_model), str(other), "--out", str(tmp_path / "runs")]
    command += ["--per-query", str(tmp_path / "values.tsv"), "--condensed", "--keep-tail"]
    command += ["--fusion-weight", "0.5", "--no-titles", "--own-document", "keep"]
    assert main([*command, "--json"]) == 0
    shown = capsys.readouterr()
    found = json.loads(shown.out)
    names = ["bm25", *(f"{name} (fused, weight 0.5)" for name in (tiny_model, other))]
    assert list(found["runs"]) == names
    assert found["work"][str(other)]["backend"] == "torch"
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {"tiny.trec", "other.trec"}
    lines = (tmp_path / "values.tsv").read_text().splitlines()
    assert len(lines) == 1 + 3 * 2 * 5 * 3
    assert main(command) == 0
    shown = capsys.readouterr().out
    assert f"The judgements are in {folder / 'qrels/test.tsv'}." in shown
    assert f"The run of other is in {tmp_path / 'runs' / 'other.trec'}." in shown
    assert "The models read the text of a passage; there are no titles." in shown


def test_what_is_refused_is_refused_before_scoring_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture, tiny_model: Path
):
    folder = write_folder(tmp_path / "berlin")
    command = ["evaluate", "--collection", str(folder), "--model", str(tiny_model)]
    cases = [
        ([], "Name a file for the reranked run (--out run.trec)."),
        (["--out", str(tmp_path / "no" / "run")], f"There is no folder {tmp_path / 'no'} to write"),
        (["--out", str(tmp_path / "r"), "--per-query", str(tmp_path / "no" / "v")],
         f"There is no folder {tmp_path / 'no'} for --per-query"),
        (["--out", str(tmp_path / "r"), "--per-query", str(folder)], "name a file for --per-query"),
        (["--out", str(tmp_path / "r"), "--per-query", str(tmp_path / "berlin" / ".." / "r")],
         "is the file of a run: choose another file for --per-query"),
        (["--out", str(folder), "--per-query", str(folder / "tiny.trec")], "is the file of a run"),
        (["--out", str(tmp_path / "r"), "--per-query", str(folder / "corpus.jsonl")],
         "corpus.jsonl exists and holds no values of queries"),
        (["--out", str(tmp_path / "r"), "--metrics", "nDGC"], "There is no metric 'nDGC'"),
        (["--out", str(tmp_path / "r"), "--queries", "9"], "has 3 queries"),
    ]  # fmt: skip
    for options, reason in cases:
        assert main([*command, *options]) == 1
        shown = capsys.readouterr()
        assert shown.out == "" and shown.err.count("\n") == 1
        assert shown.err.startswith("evaluate: ") and reason in shown.err
    assert [path.name for path in tmp_path.iterdir()] == ["berlin"]


def test_a_wrong_command_line_is_argparses_exit_code(capsys: pytest.CaptureFixture):
    for wrong in (["evaluate"], ["evaluate", "--collection", "x", "--backend", "gpu"]):
        with pytest.raises(SystemExit) as ended:
            main(wrong)
        assert ended.value.code == 2


def test_a_lock_file_of_the_users_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture):
    folder, mine = write_folder(tmp_path / "berlin"), tmp_path / "poetry.lock"
    mine.write_text("mine")
    command = ["evaluate", "--collection", str(folder), "--out", str(tmp_path / "poetry")]
    assert main(command) == 0
    assert mine.read_text() == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {"berlin", "poetry", "poetry.lock"}
