"""The command `compare`, as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.beir_folders import make_folder
from xenc_course.__main__ import main
from xenc_course.retrieval.runs import write_run


def test_runs_of_a_folder_are_compared(tmp_path: Path, capsys):
    folder = make_folder(tmp_path / "folder")
    base, new = str(tmp_path / "base.run"), str(tmp_path / "new.run")
    write_run({"q1": {"p2": 2.0, "p1": 1.0}, "q2": {"p2": 1.0}}, base)
    write_run({"q1": {"p2": 1.0, "p1": 2.0}, "q2": {"p2": 1.0}}, new)
    command = ["compare", "--collection", str(folder), "--metric", "RR@10", base, new]
    values = tmp_path / "values.tsv"
    assert main([*command, "--condensed", "--per-query", str(values)]) == 0
    shown = capsys.readouterr().out
    assert "Compared with base.run (RR@10 0.7500), 2 queries" in shown
    assert f"The judgements are in {folder / 'qrels' / 'test.tsv'}." in shown
    assert values.read_text().startswith("run\tmetric\tquery\tvalue\nbase.run\tRR@10\tq1\t0.5\n")
    assert main([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["differences"][0]["difference"] == 0.25


def test_bad_input_gets_one_line_and_exit_code_1(tmp_path: Path, capsys):
    folder = make_folder(tmp_path / "folder")
    assert main(["compare", "--collection", str(folder), "one.run"]) == 1
    assert capsys.readouterr().err == "compare: Name two runs or more: the first is the baseline.\n"
    write_run({"elsewhere": {"p1": 1.0}}, tmp_path / "a.run")
    write_run({"q1": {"p1": 1.0}}, tmp_path / "b.run")
    runs = [str(tmp_path / "a.run"), str(tmp_path / "b.run")]
    assert main(["compare", "--collection", str(folder), *runs]) == 1
    assert "compare: The run has none of the 2 queries of folder" in capsys.readouterr().err
