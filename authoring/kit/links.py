"""Links of a lesson that keep working when a copy of it lies in another folder."""

from __future__ import annotations

import os
import re
from pathlib import Path

from nbformat import NotebookNode

from ..cells import is_markdown, outside_code
from ..notebooks import NOTEBOOKS

_LINK = re.compile(r"\]\(([^)\s]+)\)")


def relink(notebook: NotebookNode, folder: Path, kept: set[str]) -> None:
    """Let the relative links in the prose of a copy lead to the files that they led to before.

    Args:
        notebook: a copy of a lesson; it is changed.
        folder: where the copy will lie.
        kept: names of files that lie beside it there, such as "04_accuracy.ipynb": links to them
            stay as they are.
    """

    def led(match: re.Match[str]) -> str:
        target, mark, place = match.group(1).partition("#")
        if "://" in target or not target or target in kept:
            return match.group()
        return f"]({Path(os.path.relpath(NOTEBOOKS / target, folder)).as_posix()}{mark}{place})"

    for cell in notebook.cells:
        if is_markdown(cell):
            cell.source = outside_code(cell.source, lambda text: _LINK.sub(led, text))
