"""`make lesson` starts a lesson that runs and breaks no rule."""

from __future__ import annotations

import nbformat
import pytest

from authoring.__main__ import main
from authoring.lesson_rules import problems
from authoring.notebooks import normalise
from authoring.skeleton import new_lesson


@pytest.mark.slow
def test_the_skeleton_runs_and_obeys_the_rules(tmp_path):
    (tmp_path / "README.md").touch()
    folder = tmp_path / "notebooks"
    folder.mkdir()
    path = new_lesson("07_scores", folder)
    notebook = nbformat.read(path, 4)
    assert problems(notebook, "07_scores", folder) == [] and normalise(notebook) == notebook
    assert [one.name for one in folder.iterdir()] == ["07_scores.ipynb"]
    with pytest.raises(ValueError, match=r"Lesson 07 is there \(07_scores\)"):
        new_lesson("07_other", folder)


def test_a_name_of_another_form_is_refused_in_one_line(capsys):
    assert main(["lesson", "scores"]) == 1
    assert capsys.readouterr().err.startswith("lesson: 'scores' names no lesson: write two digits")
