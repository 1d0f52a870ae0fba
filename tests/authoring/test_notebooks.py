"""Lessons are found in order, and stored so that two runs are alike."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from authoring import notebooks
from authoring.notebooks import lesson_paths, normalise


def test_lessons_come_in_order_without_drafts_and_checkpoints(tmp_path: Path):
    for name in ("02_b.ipynb", "01_a.ipynb", "draft.ipynb", "03_c.txt"):
        (tmp_path / name).touch()
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / "01_a.ipynb").touch()
    assert [path.name for path in lesson_paths(tmp_path)] == ["01_a.ipynb", "02_b.ipynb"]


def test_a_missing_folder_is_named(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match=r"There is no folder .*nowhere"):
        lesson_paths(tmp_path / "nowhere")


def messy() -> NotebookNode:
    """A notebook as an editor leaves it: timestamps, widgets, counts and pieces of text."""
    widget = {notebooks.WIDGET_VIEW: {"model_id": "ab12"}, "text/plain": "0%"}
    code = new_code_cell(
        "print(1)",
        execution_count=17,
        metadata={"execution": {"iopub.execute_input": "2026"}, "tags": ["solution"]},
        outputs=[
            new_output("stream", text="1\n"),
            new_output("stream", text="2\n"),
            new_output("stream", name="stderr", text="w\n"),
            new_output("stream", text="3\n"),
            new_output("execute_result", data=widget, execution_count=17),
        ],
    )
    notebook = new_notebook(
        cells=[new_markdown_cell("# A"), code, new_code_cell("never_run"), new_code_cell("")],
        metadata={
            "kernelspec": {"name": "conda-x", "display_name": "X", "language": "python"},
            "language_info": {"name": "python", "version": "3.11.7"},
            "widgets": {"state": {}},
        },
    )
    notebook.nbformat_minor = 4
    return notebook


def test_normalise_makes_two_runs_alike():
    original = messy()
    tidy = normalise(original)
    nbformat.validate(tidy)
    assert [cell.id for cell in tidy.cells] == ["cell-01", "cell-02", "cell-03", "cell-04"]
    assert tidy.metadata == {"kernelspec": notebooks.KERNEL, "language_info": notebooks.LANGUAGE}
    assert tidy.metadata.kernelspec.display_name == "Python 3 (ipykernel)"
    code = tidy.cells[1]
    assert code.metadata == {"tags": ["solution"]}
    streams = [(o.name, o.text) for o in code.outputs if o.output_type == "stream"]
    assert streams == [("stdout", "1\n2\n"), ("stderr", "w\n"), ("stdout", "3\n")]
    assert code.outputs[-1].data == {"text/plain": "0%"}
    assert code.execution_count == code.outputs[-1].execution_count == 1
    assert normalise(tidy) == tidy
    assert original.cells[1].execution_count == 17, "the original changed"


def test_normalise_does_not_pretend_that_a_cell_ran():
    assert [cell.execution_count for cell in normalise(messy()).cells[2:]] == [None, None]
