"""The lessons as files: run them in place, keep them tidy, compare what they print."""

from __future__ import annotations

import copy
import os
import re
import shutil
import time
from decimal import Decimal
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from .files import appears_whole

__all__ = [
    "TolerantText",
    "execute",
    "lesson_paths",
    "normalise",
    "same_output",
    "share_cores",
]

RELATIVE_TOLERANCE = Decimal("1e-3")
ABSOLUTE_TOLERANCE = Decimal("1e-4")
CELL_TIMEOUT = 600  # seconds; a lesson takes under a minute, a busy laptop longer

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

# A float has a point or a signed exponent and stands alone: not 12, 10,033, 6.2.0 or v1.5.
FLOAT = re.compile(
    r"(?<![\w.])([-+\u2212]?(?:\d{1,3}(?:,\d{3})+\.\d+|\d+\.\d+|\d+(?=[eE][-+]))"
    r"(?:[eE][-+]?\d+)?)(?!\w|\.\d)"
)
EMBEDDED_FILE = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,[A-Za-z0-9+/=]+")
RULE = re.compile(r"([-─═=_])\1{2,}")


def lesson_paths(folder: str | Path) -> list[Path]:
    """The lessons in a folder, in order: `*.ipynb` whose name starts with a digit.

    Raises `FileNotFoundError` when there is no such folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {folder}; run this from the project's root")
    return sorted(folder.glob("[0-9]*.ipynb"))


def share_cores() -> None:
    """Let the threads of kernels started from here sleep while they wait for each other.

    By default OpenMP's threads spin: beside one other busy process on two cores that made PyTorch
    three to four times slower. A setting of the user's stays.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def execute(path: str | Path) -> float:
    """Run a lesson top to bottom, in place, and return the seconds that took.

    The kernel is this interpreter and works in the lesson's folder. The file is replaced by the
    finished, normalised notebook in one step. If a cell raises, the file stays as it was and a
    `RuntimeError` names the lesson, the cell (counted from 1) and the error.
    """
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellControlSignal, CellExecutionError, DeadKernelError

    share_cores()
    path = Path(path)
    notebook = nbformat.read(path, as_version=4)
    position = 0

    def remember(cell: NotebookNode, cell_index: int) -> None:
        nonlocal position
        position = cell_index + 1

    # No folder to look in leaves ipykernel's own description: the kernel of this interpreter,
    # not one that the user once installed under the same name.
    specs = KernelSpecManager(kernel_dirs=[])
    client = NotebookClient(
        notebook,
        km=AsyncKernelManager(kernel_name=KERNEL["name"], kernel_spec_manager=specs),
        timeout=CELL_TIMEOUT,
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_start=remember,
    )
    start = time.perf_counter()
    try:
        client.execute(cleanup_kc=True)
    except (CellControlSignal, DeadKernelError) as error:
        what = str(error).partition("\n")[0]
        if isinstance(error, CellExecutionError):
            what = f"{error.ename}: {error.evalue}"
        raise RuntimeError(f"{path.name}, cell {position}: {what}") from error
    seconds = time.perf_counter() - start
    _write(normalise(notebook), path)
    return seconds


def _write(notebook: NotebookNode, path: Path) -> None:
    nbformat.validate(notebook)
    with appears_whole(
        path
    ) as scratch:  # its name does not begin as a lesson's, so nothing runs it
        scratch.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
        shutil.copymode(path, scratch)


def normalise(notebook: NotebookNode) -> NotebookNode:
    """A copy that is the same wherever it was run: two runs differ in their outputs only.

    Cell ids and execution counts run from 1 (a cell that was not run keeps no count), metadata
    holds the kernel, the language and each cell's tags, text printed in pieces is one output.
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


def same_output(reference: str, computed: str) -> bool:
    """Whether two outputs agree: floats within tolerance, all else exactly.

    Two floats agree within 1e-3 of the larger or 1e-4. Integers, versions, dates and words must be
    the same; so must the order of everything. Column padding, the length of ruled lines and the
    bytes of embedded images do not count: an image is compared by its alt text.
    """
    text, floats = _text_and_floats(reference)
    other_text, other_floats = _text_and_floats(computed)
    return text == other_text and all(map(_near, floats, other_floats))


def _text_and_floats(output: str) -> tuple[tuple[str, ...], tuple[Decimal, ...]]:
    """The pieces of text around the floats of an output, one more than there are floats."""
    output = EMBEDDED_FILE.sub("embedded-file", output)
    output = RULE.sub(r"\1\1\1", output)
    output = re.sub(r"[ \t]+", " ", output)
    output = re.sub(r" ?\n ?", "\n", output)
    pieces = FLOAT.split(output)
    # A float that gains a digit takes a space of padding away, so those beside it do not count.
    text = tuple(piece.strip(" ") for piece in pieces[::2])
    return text, tuple(_parse(piece) for piece in pieces[1::2])


def _parse(number: str) -> Decimal:
    return Decimal(number.replace("\u2212", "-").replace(",", ""))


def _near(a: Decimal, b: Decimal) -> bool:
    # Decimals, because as binary floats 0.0501 - 0.0500 is a little more than 0.0001.
    return abs(a - b) <= max(ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE * max(abs(a), abs(b)))


class TolerantText(str):
    """A string that equals any other with the `same_output`; `conftest.py` gives it to nbval."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Whether the two are the same output."""
        return same_output(self, other) if isinstance(other, str) else NotImplemented

    def __ne__(self, other: object) -> bool:
        """The opposite of `==`; `str` has its own, which would stay exact."""
        return not same_output(self, other) if isinstance(other, str) else NotImplemented

    def __hash__(self) -> int:
        """Equal outputs share the text around their floats, whatever the floats are."""
        return hash(_text_and_floats(self)[0])
