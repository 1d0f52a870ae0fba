"""An assignment for nbgrader: what learners get, and that nbgrader grades what they hand in."""

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


def test_a_lesson_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ValueError, match="01_basics"):
        write_assignment("99_none", tmp_path)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    pytest.importorskip("nbgrader", reason="`make assignment` installs nbgrader")
    build = tmp_path_factory.mktemp("build")
    assert "release/" in write_assignment(NAME, build)
    return build / "assignment"


@pytest.mark.slow
@pytest.mark.models
def test_nbgrader_gives_full_marks_to_the_solved_one_and_none_to_the_wrong_one(course):
    from nbgrader.api import Gradebook
    from nbgrader.validator import Validator

    from authoring.kit.assignment import _api

    source = course / "source" / NAME / f"{NAME}.ipynb"
    release = course / "release" / NAME / f"{NAME}.ipynb"
    given = nbformat.read(release, as_version=4)
    assert "SOLUTION" not in "\n".join(cell.source for cell in given.cells)
    for student, handed_in in (("solved", source), ("wrong", release)):
        folder = course / "submitted" / student / NAME
        folder.mkdir(parents=True)
        (folder / f"{NAME}.ipynb").write_text(handed_in.read_text())
        done = _api(course).autograde(NAME, student, force=True, create=True)
        assert done["success"], done["log"]
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        marks = {s: book.find_submission(NAME, s) for s in ("solved", "wrong")}
        assert marks["solved"].score == marks["solved"].max_score == POINTS
        assert marks["wrong"].score == 0
    found = Validator().validate(str(source))
    assert not found.get("failed") and not found.get("error")
    assert len(Validator().validate(str(release))["failed"]) == 3
