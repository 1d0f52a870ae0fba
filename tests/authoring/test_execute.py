"""A lesson is run in place, and stays as it was when a cell fails."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from authoring.execute import execute

pytestmark = pytest.mark.slow


def write(path: Path, *cells: NotebookNode) -> Path:
    nbformat.write(new_notebook(cells=list(cells)), path)
    return path


def test_execute_stores_outputs_in_place(tmp_path: Path):
    path = write(
        tmp_path / "01_a.ipynb",
        new_code_cell("import os, sys\nprint(sys.executable)\nprint(os.getcwd())"),
        new_code_cell("2.5 + 1"),
    )
    path.chmod(0o640)
    assert execute(path) > 0
    first, second = nbformat.read(path, as_version=4).cells
    assert first.outputs[0].text.splitlines() == [sys.executable, str(tmp_path)]
    assert second.outputs[0].data["text/plain"] == "3.5"
    assert (first.execution_count, second.execution_count) == (1, 2)
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o640


def test_executing_twice_gives_the_same_bytes(tmp_path: Path):
    path = write(tmp_path / "01_a.ipynb", new_markdown_cell("# A"), new_code_cell("print(1)\n2"))
    execute(path)
    once = path.read_bytes()
    execute(path)
    assert path.read_bytes() == once


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("1 / 0", r"^01_a\.ipynb, cell 3: ZeroDivisionError: division by zero$"),
        ("import os\nos._exit(1)", r"^01_a\.ipynb, cell 3: .*died"),
        (
            "import time\ntime.sleep(60)",
            r"^01_a\.ipynb, cell 3: .*timed out while it was being executed, after 4 seconds\.$",
        ),
    ],
)
def test_a_lesson_that_fails_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, message: str
):
    monkeypatch.setattr("authoring.execute.CELL_TIMEOUT", 4)
    path = write(
        tmp_path / "01_a.ipynb",
        new_markdown_cell("# A"),
        new_code_cell("x = 1"),
        new_code_cell(source),
        new_code_cell("print('not reached')"),
    )
    before = path.read_bytes()
    with pytest.raises(RuntimeError, match=message):
        execute(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = write(tmp_path / "01_a.ipynb", new_code_cell("1"))
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("authoring.execute.shutil.copymode", full)
    with pytest.raises(OSError, match="no space left"):
        execute(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
