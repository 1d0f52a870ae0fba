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


def test_values_of_queries_replace_nothing_but_such_values(tmp_path: Path, capsys):
    folder = make_folder(tmp_path / "folder")
    runs = [tmp_path / "base.run", tmp_path / "new.run"]
    for run in runs:
        write_run({"q1": {"p2": 2.0, "p1": 1.0}}, run)
    (tmp_path / "no text").write_bytes(b"\xff\xfe")
    (tmp_path / "link").symlink_to(runs[1])
    command = ["compare", "--collection", str(folder), *map(str, runs), "--per-query"]
    mine = [*runs, tmp_path / "no text", *(path for path in folder.rglob("*") if path.is_file())]
    before = {path: path.read_bytes() for path in mine}
    for path in [*mine, tmp_path / "link"]:
        assert main([*command, str(path)]) == 1
        said = capsys.readouterr().err
        assert said.endswith("choose another file for --per-query.\n") and said.count("\n") == 1
    assert {path: path.read_bytes() for path in mine} == before
    for name in ("values.tsv", "values.tsv.gz"):  # its own may be replaced
        assert main([*command, str(tmp_path / name)]) == 0
        made = (tmp_path / name).read_bytes()
        assert main([*command, str(tmp_path / name), "--seed", "1"]) == 0
        assert (tmp_path / name).read_bytes() == made
