"""Runs that are there already are compared as files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.library import library
from xenc_course import write_run
from xenc_course.evaluation.run_contest import compare_run_files


def runs_of(folder: Path, n_queries: int = 8) -> dict[str, Path]:
    """Runs over the library: one right, one wrong, one that ranks unjudged passages first."""
    kinds = {
        "right": lambda n: {f"p{n}": 2.0, "p0": 1.0, "p9": 0.5},
        "wrong": lambda n: {"p11": 3.0, f"p{n}": 1.0},
        "unjudged": lambda n: {"p11": 3.0, f"p{n}": 2.0, "p0": 1.0},
    }
    paths = {}
    for name, ranking in kinds.items():
        paths[name] = folder / f"{name}.trec"
        write_run({f"q{n}": ranking(n) for n in range(1, n_queries)}, paths[name])
    return paths


def test_runs_are_compared_with_the_first_and_with_unjudged_passages_left_out(tmp_path: Path):
    paths = runs_of(tmp_path)
    found = compare_run_files(
        [paths["right"], paths["wrong"], paths["unjudged"]], library(8), "RR@10", condensed=True
    )
    assert [d.name for d in found.comparison.differences] == ["wrong.trec", "unjudged.trec"]
    assert found.comparison["unjudged.trec"].difference == pytest.approx(-0.5 * 7 / 8)
    assert found.condensed.comparison["unjudged.trec"].difference == 0
    shown = str(found)
    assert "p (Holm)" in shown
    assert "RR@10 condensed  unjudged.trec  0.8750" in shown
    assert "Compared with right.trec (RR@10 condensed 0.8750)" in shown
    assert "the 90 % interval lies within ±0.01, the margin" in shown


def test_runs_of_one_file_name_are_told_apart_and_equal_ones_named(tmp_path: Path):
    first = runs_of(tmp_path)["right"]
    (tmp_path / "b").mkdir()
    second = tmp_path / "b" / "right.trec"
    second.write_bytes(first.read_bytes())
    found = compare_run_files([first, second], library(8))
    assert list(found.evaluations) == [str(first), str(second)]
    assert f"There is no difference at all: {second} and {first} have the same nDCG" in str(found)


def test_condensed_lists_that_cannot_differ_are_refused(tmp_path: Path):
    paths = runs_of(tmp_path)
    only_right = replace(library(8), qrels={f"q{n}": {f"p{n}": 1} for n in range(8)})
    with pytest.raises(ValueError, match="cannot differ"):
        compare_run_files([paths["right"], paths["unjudged"]], only_right, condensed=True)


def test_what_cannot_be_compared_is_refused(tmp_path: Path):
    paths = runs_of(tmp_path)
    right, wrong = paths["right"], paths["wrong"]
    for given, options, reason in [
        ([right], {}, "Name two runs or more"),
        ([right, wrong, right], {}, "is named twice"),
        ([right, wrong], {"margin": 0}, "The margin is 0"),
        ([right, wrong], {"margin": float("inf")}, "The margin is inf"),
        ([right, wrong], {"margin": float("nan")}, "The margin is nan"),
        ([right, wrong], {"metric": "nDGC@10"}, "There is no metric"),
    ]:
        with pytest.raises(ValueError, match=reason):
            compare_run_files(given, library(8), **options)
    with pytest.raises(FileNotFoundError, match="There is no file"):
        compare_run_files([right, tmp_path / "gone"], library(8))
