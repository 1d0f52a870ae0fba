"""`pytest --nbval` with the project's conftest fails the cells that it should."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.slow

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[2]


def code(source: str, printed: str | None = None, **metadata: object) -> nbformat.NotebookNode:
    """A cell that was run and printed this."""
    outputs = [] if printed is None else [nbformat.v4.new_output("stream", text=printed)]
    return nbformat.v4.new_code_cell(source, outputs=outputs, execution_count=1, metadata=metadata)


STDERR = nbformat.v4.new_output("stream", name="stderr", text="a warning of yesterday\n")
FIGURE = """from IPython.display import HTML
HTML('<img alt="{alt}" src="data:image/png;base64,{data}">')"""


def figure(alt: str) -> nbformat.NotebookNode:
    data = {
        "text/html": '<img alt="two bars" src="data:image/png;base64,OLDOLDOLD">',
        "text/plain": "<IPython.core.display.HTML object>",
    }
    shown = nbformat.v4.new_output("execute_result", data=data, execution_count=1)
    cell = code(FIGURE.format(alt=alt, data="NEWNEW=="))
    cell.outputs = [shown]
    return cell


def with_stored_stderr(cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
    cell.outputs.append(STDERR)
    return cell


CELLS = {
    "float off by 1e-5": (code("print(0.50001)", "0.5\n"), True),
    "float off by 0.1": (code("print(0.6)", "0.5\n"), False),
    "integer": (code("print(12)", "12\n"), True),
    "integer off by one": (code("print(12)", "13\n"), False),
    "no stored output": (code("print('hello')"), False),
    "stored output that does not come": (code("x = 1", "hello\n"), False),
    "new stderr": (code("import sys; print('noise', file=sys.stderr)"), True),
    "old stderr": (with_stored_stderr(code("print(1)", "1\n")), True),
    "ignored output": (code("# NBVAL_IGNORE_OUTPUT\nprint(0.6)\nassert True", "0.5\n"), True),
    "ignored output, assert fails": (
        code("# NBVAL_IGNORE_OUTPUT\nprint(0.5)\nassert 1 > 2, 'slower'", "0.5\n"),
        False,
    ),
    "figure with new bytes": (figure("two bars"), True),
    "figure with a new alt text": (figure("three bars"), False),
}


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """An empty project that has this project's conftest."""
    pytester.makeconftest((ROOT / "conftest.py").read_text(encoding="utf-8"))
    # The conftest imports `authoring`, which is installed nowhere.
    pytester.makeini(f"[pytest]\naddopts = --nbval-current-env\npythonpath = {ROOT}\n")
    return pytester


def test_strict_nbval_fails_the_cells_it_should(project: pytest.Pytester):
    cells = [cell for cell, _ in CELLS.values()]
    folder = project.mkdir("notebooks")
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "01_test.ipynb")
    checkpoints = folder / ".ipynb_checkpoints"
    checkpoints.mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=cells), checkpoints / "01_old.ipynb")
    # Only recursion into hidden folders hides the checkpoints in pytest's own default.
    result = project.runpytest_subprocess("--nbval", "-v", "-o", "norecursedirs=none")
    expected = [
        f"*::Cell {number} {'PASSED' if passes else 'FAILED'} *"
        for number, (_, passes) in enumerate(CELLS.values())
    ]
    result.stdout.fnmatch_lines(expected, consecutive=True)
    result.stdout.no_fnmatch_line("*01_old*")
    result.assert_outcomes(
        passed=sum(passes for _, passes in CELLS.values()),
        failed=sum(not passes for _, passes in CELLS.values()),
    )


def test_without_nbval_notebooks_are_left_alone(project: pytest.Pytester):
    nbformat.write(nbformat.v4.new_notebook(cells=[code("1/0")]), project.path / "01_test.ipynb")
    project.makepyfile("def test_something(): assert True")
    project.runpytest_subprocess().assert_outcomes(passed=1)
