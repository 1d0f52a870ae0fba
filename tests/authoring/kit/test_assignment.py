"""An assignment for nbgrader: what learners get, and that nbgrader grades what they hand in."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from authoring.kit.assignment import assignment, write_assignment
from authoring.notebooks import NOTEBOOKS, lesson_paths

LESSONS = {path.stem: path for path in lesson_paths(NOTEBOOKS)}
NAME = "01_basics"
POINTS = 1 + 2 + 3  # of its three exercises that a machine can grade


def read(name):
    return nbformat.read(LESSONS[name], as_version=4)


@pytest.mark.parametrize("name", LESSONS)
def test_every_exercise_is_graded_but_the_one_on_a_learners_own_folder(name):
    made = assignment(read(name), name)
    marks = [cell.metadata["nbgrader"] for cell in made.cells if "nbgrader" in cell.metadata]
    assert len({mark["grade_id"] for mark in marks}) == len(marks)
    graded = [cell for cell in made.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert len(graded) == 3 and all("assert feedback.solved" in cell.source for cell in graded)
    solved = [cell for cell in made.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    assert all("### BEGIN SOLUTION" in cell.source for cell in solved)
    assert "my_folder" not in "\n".join(cell.source for cell in made.cells)
    for cell in made.cells:
        if cell.cell_type == "code":
            compile(cell.source, "cell", "exec")
            assert not cell.outputs


@pytest.mark.parametrize("name", LESSONS)
def test_nothing_of_a_solution_stands_outside_the_region_that_is_taken_out(name):
    made = assignment(read(name), name)
    text = "\n".join(
        re.sub(r"### BEGIN SOLUTION.*?### END SOLUTION", "", cell.source, flags=re.DOTALL)
        for cell in made.cells
    )
    assert "folded cell" not in text and "solution" not in text.lower()
    assert "](" not in made.cells[0].source  # a link into the project would lead to the solutions
    assert "## Wrap-up" not in text and "### Quiz" not in text and "Further reading" not in text


def test_an_exercise_without_a_cell_to_fill_in_is_named():
    lesson = read(NAME)
    place = next(n for n, cell in enumerate(lesson.cells) if "def best_first(" in cell.source)
    del lesson.cells[place]
    with pytest.raises(ValueError, match="Exercise 1 of 01_basics"):
        assignment(lesson, NAME)


def test_a_lesson_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ValueError, match="01_basics"):
        write_assignment("99_none", tmp_path)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    pytest.importorskip("nbgrader", reason="`make assignment` installs nbgrader")
    folder = tmp_path_factory.mktemp("assignments")
    assert "release/" in write_assignment(NAME, folder)
    return folder


def hand_in(course, learner, notebook):
    folder = course / "submitted" / learner / NAME
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{NAME}.ipynb")


@pytest.mark.slow
@pytest.mark.models
def test_nbgrader_gives_full_marks_to_the_solved_one_and_none_to_the_wrong_ones(course):
    from nbgrader.api import Gradebook

    source = nbformat.read(course / "source" / NAME / f"{NAME}.ipynb", as_version=4)
    release = nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    assert "SOLUTION" not in "\n".join(cell.source for cell in release.cells)
    hand_in(course, "solved", source)
    hand_in(course, "untouched", release)
    cheating = next(cell for cell in release.cells if "def best_first(" in cell.source)
    cheating.source = (
        "best_first = 0\ncheck = lambda *a: type('F', (), {'solved': True, 'message': ''})"
    )
    hand_in(course, "cheating", release)

    nbgrader = Path(sys.executable).with_name("nbgrader")
    path = os.pathsep.join([str(nbgrader.parent), os.environ["PATH"]])
    done = subprocess.run(  # as an instructor does it, in the folder of the course
        [nbgrader, "autograde", NAME],
        cwd=course,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        marks = {s: book.find_submission(NAME, s) for s in ("solved", "untouched", "cheating")}
        assert marks["solved"].score == marks["solved"].max_score == POINTS
        assert marks["untouched"].score == marks["cheating"].score == 0
    with pytest.raises(ValueError, match="handed in 01_basics already"):
        write_assignment(NAME, course)
