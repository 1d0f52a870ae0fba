"""Links of a lesson that keep working when a copy of it lies in another folder."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from nbformat import NotebookNode

from ..cells import CODE_IN_PROSE, is_markdown
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
            cell.source = _outside_code(cell.source, lambda text: _LINK.sub(led, text))


def _outside_code(markdown: str, change: Callable[[str], str]) -> str:
    parts, end = [], 0
    for code in CODE_IN_PROSE.finditer(markdown):
        parts += [change(markdown[end : code.start()]), code.group()]
        end = code.end()
    return "".join([*parts, change(markdown[end:])])
