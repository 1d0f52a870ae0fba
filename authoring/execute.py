"""Run a lesson in place and store its outputs."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from xenc_course.files import appears_whole

from .notebooks import KERNEL, normalise

CELL_TIMEOUT = 600  # seconds; a lesson takes under a minute, and longer on a busy laptop


def share_cores() -> None:
    """Let the threads of kernels started from here sleep while they wait for each other.

    By default OpenMP's threads spin. On two cores with one other busy process, that made PyTorch
    three to four times slower. A value that the user has set is kept.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def execute(path: str | Path) -> float:
    """Run a lesson top to bottom, in place.

    The kernel is this interpreter and works in the lesson's folder. The file is replaced by the
    finished, normalised notebook in one step.

    Args:
        path: the lesson.

    Returns:
        The seconds that took.

    Raises:
        RuntimeError: a cell has raised, took too long or killed its kernel. The message names the
            lesson, the cell (from 1) and the error, and the file stays as it was.
    """
    path = Path(path)
    notebook = nbformat.read(path, as_version=4)
    seconds = run_cells(notebook, path.parent, path.name)
    _write(normalise(notebook), path)
    return seconds


def run_cells(
    notebook: NotebookNode,
    folder: Path,
    name: str = "notebook",
    *,
    allow_errors: bool = False,
    timeout: int | None = None,
) -> float:
    """Run the cells of a notebook, top to bottom, in a kernel of this interpreter.

    Args:
        notebook: its outputs are replaced.
        folder: where the kernel works.
        name: of the notebook, for messages.
        allow_errors: whether to go on after a cell that raises.
        timeout: seconds that a cell may take; `CELL_TIMEOUT` when None.

    Returns:
        The seconds that took.

    Raises:
        RuntimeError: a cell took too long or killed its kernel, or it has raised and errors are not
            allowed. The message names the notebook, the cell (from 1) and the error.
    """
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellControlSignal, CellExecutionError, DeadKernelError

    share_cores()
    position = 0

    def remember(cell: NotebookNode, cell_index: int) -> None:
        nonlocal position
        position = cell_index + 1

    # Without folders to look in, ipykernel's own description is used: the kernel of this
    # interpreter, not one that the user once installed under the same name.
    specs = KernelSpecManager(kernel_dirs=[])
    client = NotebookClient(
        notebook,
        km=AsyncKernelManager(kernel_name=KERNEL["name"], kernel_spec_manager=specs),
        timeout=timeout or CELL_TIMEOUT,
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],  # no warning about a local connection
        resources={"metadata": {"path": str(folder)}},
        allow_errors=allow_errors,
        on_cell_start=remember,
    )
    start = time.perf_counter()
    try:
        client.execute(cleanup_kc=True)
    except (CellControlSignal, DeadKernelError) as error:
        what = str(error).partition("\n")[0]
        if isinstance(error, CellExecutionError):
            what = f"{error.ename}: {error.evalue}"
        raise RuntimeError(f"{name}, cell {position}: {what}") from error
    return time.perf_counter() - start


def _write(notebook: NotebookNode, path: Path) -> None:
    nbformat.validate(notebook)
    with appears_whole(
        path
    ) as scratch:  # its name does not begin as a lesson's, so nothing runs it
        scratch.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
        shutil.copymode(path, scratch)
