"""An assignment for nbgrader: the exercises of a lesson, each with a locked cell that grades it.

The source version holds the solutions, the release version is what learners get. An exercise on a
learner's own folder is left out, because no machine can say what the right answer is.
"""

from __future__ import annotations

import ast
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbformat import NotebookNode

from xenc_course.files import write_whole

from ..cells import EXERCISE, has_tag, is_markdown
from ..notebooks import NOTEBOOKS, lesson_path, normalise, write_notebook
from .cut import Part, cut
from .student import FOLDED_CELL

if TYPE_CHECKING:
    from nbgrader.apps import NbGraderAPI

POINTS = {"easy": 1, "medium": 2, "hard": 3}
OWN_FOLDER = "my_folder"
CONFIG = "nbgrader_config.py"
SETTINGS = """\
# Settings of nbgrader for this course: change them as you like, they are written once.
c = get_config()
c.CourseDirectory.course_id = "cross-encoders"
c.ClearSolutions.code_stub = {"python": "# Replace the ... above."}
c.ExecutePreprocessor.timeout = 300  # seconds of a cell: the first ones load models
"""
COURSE = NOTEBOOKS.parent / "assignments"  # not in build/: it will hold what learners hand in


def write_assignment(name: str, course: Path = COURSE) -> str:
    """Make a lesson's assignment: its source version, and the release version that nbgrader makes.

    Args:
        name: of the lesson, such as "01_basics".
        course: the folder for the course of nbgrader.

    Returns:
        A sentence that says where they are.

    Raises:
        ValueError: there is no such lesson, one of its exercises has no solution or no check, or
            learners have handed in this assignment already.
        RuntimeError: nbgrader is not installed, or cannot make the release version.
    """
    notebook = assignment(nbformat.read(lesson_path(name), as_version=4), name)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        _release(name, notebook, Path(scratch))  # what fails, fails here
    if any((course / "submitted").glob(f"*/{name}")):
        raise ValueError(
            f"Learners have handed in {name} already ({course / 'submitted'}), and a new version "
            "could not grade theirs: move that folder away first."
        )
    _release(name, notebook, course)
    return f"{course} is a course of nbgrader: {name} is in source/ and, for learners, in release/."


def _release(name: str, notebook: NotebookNode, course: Path) -> None:
    api = _api(course)
    folder = course / "source" / name
    folder.mkdir(parents=True, exist_ok=True)
    write_notebook(notebook, folder / f"{name}.ipynb")
    made = api.generate_assignment(name, create=True, force=True)
    if not made["success"]:
        errors = [line for line in (made["log"] or "").splitlines() if "Error" in line]
        why = errors[-1].strip() if errors else "it does not say why"
        raise RuntimeError(f"nbgrader could not make the release version of {name}: {why}.")


def assignment(lesson: NotebookNode, name: str) -> NotebookNode:
    """Cut a lesson to the exercises that a machine can grade, with what they need.

    Args:
        lesson: in nbformat 4; it is not changed.
        name: of the lesson, such as "01_basics".

    Returns:
        The source version, with nbgrader's metadata in its cells.

    Raises:
        ValueError: there is no such exercise, or one has no solution or no check.
    """
    numbers = [n for n, _, stub, _ in _exercises(lesson, name) if OWN_FOLDER not in stub.source]
    if not numbers:
        raise ValueError(f"{name} has no exercise that a machine can grade.")
    wanted = Part(name, sections=[], exercises=numbers, exercises_alone=True)
    part = normalise(cut(lesson, wanted))
    found = {
        id(stub): (n, points, solution) for n, points, stub, solution in _exercises(part, name)
    }
    cells: list[NotebookNode] = []
    for cell in part.cells:
        if id(cell) in found:
            cells += _graded(cell, *found[id(cell)], lesson=name[:2])
        elif is_markdown(cell):
            cell.source = FOLDED_CELL.sub("", cell.source)
            cells.append(cell)
        elif not has_tag(cell, "solution"):
            cells.append(_marked(cell, f"given-{len(cells)}", locked=True))
    for place, cell in enumerate(cells, start=1):
        cell.id = f"cell-{place:02d}"
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    part.cells = cells
    return part


def _exercises(
    lesson: NotebookNode, name: str
) -> Iterator[tuple[int, int, NotebookNode, NotebookNode]]:
    """The exercises: number, points, the cell to fill in and the cell with the solution."""
    number, points = 0, 0
    cells: list[NotebookNode] = []
    for cell in lesson.cells:
        if is_markdown(cell) and (match := EXERCISE.search(cell.source)):
            number, points, cells = int(match["number"]), POINTS[match["level"]], []
        elif number and cell.cell_type == "code":
            cells.append(cell)
            if has_tag(cell, "solution"):
                if len(cells) != 2:
                    raise ValueError(f"Exercise {number} of {name} needs one cell to fill in.")
                yield number, points, *cells
                number = 0


def _graded(
    stub: NotebookNode, number: int, points: int, solution: NotebookNode, lesson: str
) -> list[NotebookNode]:
    """The cell to fill in, with the solution that nbgrader takes out, and the cell that grades."""
    given, target = _without_check(stub.source)
    solved, value = _without_check(solution.source)
    answer = "\n".join([solved, f"{target} = {value}"])
    region = f"{given}\n\n\n### BEGIN SOLUTION\n{answer}\n### END SOLUTION"
    # Imported again, so that no learner's `check` takes its place.
    check = (
        f'from xenc_course import check\n\nfeedback = check({target}, "{lesson}.{number}")\n'
        "assert feedback.solved, feedback.message"
    )
    exercise = _marked(nbformat.v4.new_code_cell(region), f"exercise-{number}", solution=True)
    grade = _marked(
        nbformat.v4.new_code_cell(check), f"check-{number}", locked=True, grade=True, points=points
    )
    return [exercise, grade]


def _without_check(source: str) -> tuple[str, str]:
    """The code before the call of `check`, and the source of that call's first argument."""
    lines = source.splitlines()
    for node in ast.parse(source).body:
        match node:
            case ast.Expr(value=ast.Call(func=ast.Name(id="check"), args=[answer, *_])):
                before = "\n".join(lines[: node.lineno - 1]).removeprefix("# Solution: unfold")
                return before.strip(), ast.unparse(answer)
    raise ValueError("This exercise has no check that ends it.")


def _marked(cell: NotebookNode, name: str, **options: object) -> NotebookNode:
    """A cell with the metadata that nbgrader reads, schema 3."""
    plain = {"schema_version": 3, "grade": False, "locked": False, "solution": False, "task": False}
    cell.metadata["nbgrader"] = {**plain, "grade_id": name, **options}
    return cell


def _api(course: Path) -> NbGraderAPI:
    try:
        from nbgrader.apps import NbGraderAPI
    except ImportError as error:
        raise RuntimeError(
            "nbgrader is not installed: run `make assignment`, which installs it."
        ) from error
    from traitlets.config.loader import PyFileConfigLoader

    # nbgrader calls `alembic`, which stands beside this Python; its folder may be on no path.
    here, path = str(Path(sys.executable).parent), os.environ.get("PATH", "")
    if here not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([here, path])
    course.mkdir(parents=True, exist_ok=True)
    if not (course / CONFIG).exists():
        write_whole(course / CONFIG, SETTINGS.encode())
    config = PyFileConfigLoader(CONFIG, path=str(course)).load_config()
    config.CourseDirectory.root = str(course)
    return NbGraderAPI(config=config)
