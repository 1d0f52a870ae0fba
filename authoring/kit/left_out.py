"""What of an adapted lesson could not run: each cell says why, and so do those that need it."""

from __future__ import annotations

import ast
import re

from nbformat import NotebookNode
from nbformat.v4 import new_output

from ..cells import is_markdown, may_raise, syntax_tree
from ..notebooks import WIDGET_VIEW
from ..stored_findings import HEADING
from .names import names_of

LEFT_OUT = "Left out: {}"
NEEDS = "it needs {}, which a cell above could not make."
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_LINE = re.compile(r"^Cell In\[\d+\], line (\d+)", re.MULTILINE)  # the cell's own comes first


def leave_out(book: NotebookNode) -> tuple[list[str], set[str]]:
    """Put a sentence in the place of what a lost cell shows.

    A cell is lost when it raised, or when it reads a name that a lost cell was to make: what it
    shows was then computed with an older value. What a cell made before it raised is not lost.

    Args:
        book: a lesson that ran to its end whatever raised; it is changed.

    Returns:
        A sentence for each cell that raised, which begins with its section, and all names that a
        lost cell was to make.
    """
    lost: set[str] = set()
    ever_lost: set[str] = set()
    said, section = [], ""
    for cell in book.cells:
        if is_markdown(cell):
            section = (HEADING.findall(cell.source) or [section])[-1]
        if cell.cell_type != "code" or may_raise(cell):
            continue
        cell.outputs = [output for output in cell.outputs if not _is_progress(output)]
        names = names_of(cell)
        errors = [output for output in cell.outputs if output.output_type == "error"]
        missing = sorted(names.read & lost)
        if not errors and not missing:
            lost -= names.bound
            continue
        if errors and not missing:
            lost -= names.bound
            names = names_of(cell, _line_of(errors[0]))
        lost |= names.bound | names.changed
        ever_lost |= names.bound | names.changed
        why = NEEDS.format(", ".join(missing)) if missing else _reason(errors[0])
        if not missing:
            said.append(f"{section}: {why}")
        cell.outputs = [new_output("stream", text=f"{LEFT_OUT.format(why)}\n")]
    return said, ever_lost


def _is_progress(output: NotebookNode) -> bool:
    """Whether an output is a bar: text on stderr, or a widget that is nothing without one."""
    data = output.get("data", {})
    return output.get("name") == "stderr" or (WIDGET_VIEW in data and "text/html" not in data)


def _line_of(error: NotebookNode) -> int:
    """The line of a cell in which an error rose, from 1."""
    plain = _COLOUR.sub("", "\n".join(error.traceback))
    found = _LINE.search(plain)
    return int(found[1]) if found else 1


def _reason(error: NotebookNode) -> str:
    text = re.sub(r"\s+", " ", error.evalue).strip()
    if error.ename == "KeyError":
        said = text.strip("\"'").partition(": choose")[0]
        return f"{said}." if " " in said else f"what it looks up is not there: {said}."
    if error.ename in ("IndexError", "StopIteration"):
        return "it takes one of a list that is empty or too short here."
    if error.ename == "AssertionError":
        return text or "a check of what the course found does not hold here."
    if error.ename == "FileNotFoundError" and "-int8" in text:
        return "the model has no packaged file in 8-bit numbers."
    if "larger sample than population" in text:
        return "it draws more queries than there are."
    if error.ename == "ValueError" and text.endswith("."):
        return text
    return f"{error.ename}: {text.removesuffix('.')}."


def without_findings(book: NotebookNode, lost: set[str]) -> bool:
    """Take findings that cannot be made out of the lists that show them.

    Args:
        book: it is changed.
        lost: names that no cell could make.

    Returns:
        Whether one was taken.
    """
    changed = False
    for cell in book.cells:
        if cell.cell_type == "code" and lost & names_of(cell).read:
            tree = syntax_tree(cell)
            for call in (node for node in ast.walk(tree) if _shows_findings(node)):
                shown = call.args[0].elts
                kept = [one for one in shown if not lost & _names_in(one)]
                if kept and len(kept) < len(shown):
                    call.args[0].elts = kept
                    tree.body = [
                        s for s in tree.body if not _is_check(s) or not lost & _names_in(s)
                    ]
                    cell.source = ast.unparse(tree)
                    cell.outputs, cell.execution_count = [], None
                    changed = True
    return changed


def _is_check(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assert)


def _shows_findings(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="show_findings"), args=[ast.List(), *_]):
            return True
    return False


def _names_in(node: ast.AST) -> set[str]:
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
