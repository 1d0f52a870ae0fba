"""The student edition: lessons without solutions, whose exercises nobody has tried yet."""

from __future__ import annotations

import copy
import re

from nbformat import NotebookNode

from ..cells import has_tag, is_markdown, part_of
from .cut import EXERCISES

# A sentence on the cell that goes, such as "The folded cell holds a solution."
FOLDED_CELL = re.compile(r" \(?[A-Z][^.()]*\bfolded cell\b[^.()]*\.\)?")


def without_solutions(lesson: NotebookNode) -> NotebookNode:
    """Copy a lesson without its solutions and without the outputs of its exercises.

    Args:
        lesson: in nbformat 4; it is not changed.

    Returns:
        The copy. What the lesson itself shows stays, so a learner can read it before running it.
    """
    edition = copy.deepcopy(lesson)
    numbered = list(enumerate(edition.cells, start=1))
    for _, cell in part_of(numbered, EXERCISES):
        if is_markdown(cell):
            cell.source = FOLDED_CELL.sub("", cell.source)
        else:
            cell.outputs, cell.execution_count = [], None
    edition.cells = [cell for cell in edition.cells if not has_tag(cell, "solution")]
    return edition
