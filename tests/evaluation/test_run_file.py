"""A run's file is known by its tag, and has a place for every name."""

from __future__ import annotations

from pathlib import Path

import pytest

from xenc_course.evaluation.run_file import RunFile, run_files, short_name


@pytest.mark.parametrize(
    ("ranker", "name"),
    [
        ("cross-encoder/ms-marco-MiniLM-L6-v2", "ms-marco-MiniLM-L6-v2"),
        ("models/my model", "my_model"),
        ("ümlaut", "ümlaut"),
        ("models/student/", "student"),
        ("..", Path("..").resolve().name),
    ],
)
def test_a_model_is_called_by_one_word(ranker: str, name: str):
    assert short_name(ranker) == name


def test_the_tag_names_model_and_job_and_finds_the_run_again(tmp_path: Path):
    run = {"q": {"b": 2.0, "a": 1.0}, "empty": {}}
    file = RunFile(tmp_path / "run.trec", "owner/model")
    file.write(run, {"depth": 2})
    line = file.path.read_text().splitlines()[0]
    assert line.startswith("q Q0 b 1 2.0 model-")
    assert file.found({"depth": 2}, run) == {"q": run["q"]}
    with pytest.raises(ValueError, match="made with other options"):
        file.found({"depth": 3}, run)


@pytest.mark.parametrize("content", [b"", b"precious", b"\xff\xfe", b"q Q0 d 1 0.5 modeling-1\n"])
def test_a_file_that_is_no_run_of_the_model_is_refused_and_kept(tmp_path: Path, content: bytes):
    path = tmp_path / "run.trec"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="is no run of model: choose another --out"):
        RunFile(path, "model")
    assert path.read_bytes() == content


def test_one_model_has_a_file_or_a_place_in_a_folder(tmp_path: Path):
    assert [f.path for f in run_files(tmp_path / "a.trec", ["m"])] == [tmp_path / "a.trec"]
    assert [f.path for f in run_files(tmp_path, ["x/m"])] == [tmp_path / "m.trec"]
    with pytest.raises(FileNotFoundError, match="There is no folder"):
        run_files(tmp_path / "no" / "folder", ["m", "n"])
