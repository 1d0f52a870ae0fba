"""The lessons as files: which there are, and what of a notebook is stored."""

from __future__ import annotations

import copy
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from xenc_course.files import write_whole

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"

KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
LANGUAGE = {
    "name": "python",
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "pygments_lexer": "ipython3",
    "nbconvert_exporter": "python",
}
CELL_METADATA = ("jupyter", "tags")  # all that a lesson needs: collapsed solutions and tags
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def lesson_paths(folder: str | Path) -> list[Path]:
    """List the lessons in a folder, in order: `*.ipynb` whose name starts with a digit.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder}: run this from the project's root.")
    return sorted(folder.glob("[0-9]*.ipynb"))


def lesson_path(name: str) -> Path:
    """The file of a lesson.

    Args:
        name: such as "01_basics".

    Raises:
        ValueError: there is no such lesson.
    """
    lessons = {path.stem: path for path in lesson_paths(NOTEBOOKS)}
    if name not in lessons:
        raise ValueError(f"There is no lesson named {name}: choose one of {', '.join(lessons)}.")
    return lessons[name]


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook to a file that appears whole or not at all.

    Raises:
        OSError: it cannot be written; the file that was there is kept.
    """
    write_whole(path, f"{nbformat.writes(notebook)}\n".encode())


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Copy a notebook without what changes from run to run, apart from its outputs.

    Cell ids and execution counts run from 1; a cell that was not run has no count. Metadata holds
    the kernel, the language and each cell's tags. Text that was printed in pieces is one output.

    Args:
        notebook: in nbformat 4; it is not changed.

    Returns:
        The copy.
    """
    notebook = copy.deepcopy(notebook)
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": LANGUAGE})
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    count = 0
    for position, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{position:02d}"
        kept = {key: cell.metadata[key] for key in CELL_METADATA if key in cell.metadata}
        cell.metadata = nbformat.from_dict(kept)
        if cell.cell_type != "code":
            continue
        cell.outputs = _merge_streams(cell.outputs)
        if cell.execution_count is not None:
            count += 1
            cell.execution_count = count
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = cell.execution_count
            if "data" in output:
                output.data.pop(WIDGET_VIEW, None)
    return notebook


def _merge_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    merged: list[NotebookNode] = []
    for output in outputs:
        last = merged[-1] if merged else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged
