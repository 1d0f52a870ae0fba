"""An outcome for programs: JSON and tab-separated values."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.library import Overlap, experiment, library
from xenc_course.evaluation.outcome_files import outcome_json, write_per_query


@pytest.fixture
def outcome(tmp_path: Path):
    out = tmp_path / "run.trec"
    plan = {"depth": 5, "metrics": ["nDCG@10", "RR@10"], "condensed": True}
    return experiment(library(), "bm25", "mödel", out, scorer=Overlap(), **plan)


def test_json_holds_every_number_and_sentence(outcome):
    text = outcome_json(outcome)
    assert text.isascii()
    found = json.loads(text)
    assert (found["collection"], found["queries"]) == ("library", 10)
    score = outcome.evaluations["mödel"]["RR@10"]
    assert found["runs"]["mödel"]["RR@10"] == {
        "mean": score.mean,
        "low": score.low,
        "high": score.high,
    }
    assert set(found["runs"]["bm25"]) == {
        "nDCG@10", "RR@10", "nDCG@10 condensed", "RR@10 condensed",
    }  # fmt: skip
    assert [d["metric"] for d in found["differences"]] == ["nDCG@10", "nDCG@10 condensed"]
    assert found["differences"][0]["state"] == outcome.comparison["mödel"].state
    assert found["work"]["mödel"]["scored"] == 50
    assert found["notes"] == list(outcome.notes)


def test_every_query_has_its_line(outcome, tmp_path: Path):
    path = tmp_path / "values.tsv"
    path.write_text("of yesterday")
    write_per_query(outcome, path)
    header, *lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    assert header == ["run", "metric", "query", "value"]
    assert len(lines) == 2 * 2 * 2 * 10
    score = outcome.evaluations["mödel"]["RR@10"]
    values = {q: float(v) for run, metric, q, v in lines if (run, metric) == ("mödel", "RR@10")}
    assert values == score.per_query


def test_any_name_of_a_folder_is_one_column(tmp_path: Path):
    out, path = tmp_path / "run.trec", tmp_path / "values.tsv"
    found = experiment(library(), "bm25", "my\tmodel \udcff", out, scorer=Overlap())
    write_per_query(found, path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert {line.split("\t")[0] for line in lines} == {"run", "bm25", "my model ?"}
    assert {line.count("\t") for line in lines} == {3}
