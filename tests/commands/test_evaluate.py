"""The command `evaluate`, as it is typed."""

from __future__ import annotations

import json
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
        lines = [json.dumps({"_id": str(n), "text": text}) for n, text in texts]
        (folder / f"{name}.jsonl").write_text("\n".join(lines))
    qrels = "query-id\tcorpus-id\tscore\n0\t0\t2\n1\t1\t1\n2\t0\t1\n"
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
        "012", 2
    )
    assert main([*command, "--out", str(out)]) == 1
    assert "exists: choose another --out" in capsys.readouterr().err
