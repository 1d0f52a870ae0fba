"""Stored runs can be made again."""

from authoring import make_runs
from xenc_course import load_run
from xenc_course.evaluation import stored_runs


def test_a_run_can_be_made_again(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(stored_runs, "RUNS", tmp_path)
    monkeypatch.setattr(make_runs, "cache_folder", lambda: tmp_path / "cache")
    plan = next(p for p in make_runs.PLANS if p.file == "helpdesk/bm25.trec.gz")
    make_runs.make_run(plan)
    assert "nDCG@10" in capsys.readouterr().out
    again = load_run("helpdesk", "bm25")
    monkeypatch.undo()
    assert again == load_run("helpdesk", "bm25")
    assert not list((tmp_path / "cache").rglob("*.trec"))
