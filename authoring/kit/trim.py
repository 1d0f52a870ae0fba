"""What a cut lesson still asks and says at its ends: goals, findings and quiz of what it has."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nbformat import NotebookNode

from .left_out import without_findings
from .names import names_of

FIVE = "Five questions on this lesson."
_GOAL = re.compile(r"^- .+\n?", re.MULTILINE)
_QUIZ = re.compile(r'\bquiz\("(\d\d)", ')


def keep_goals(opening: NotebookNode, goals: Sequence[int]) -> None:
    """Keep some of the items under "You will be able to".

    Args:
        opening: the first cell of a lesson; it is changed.
        goals: the places of those to keep, from 1; all when empty.

    Raises:
        ValueError: there is no such goal.
    """
    if not goals:
        return
    there = _GOAL.findall(opening.source)
    if not set(goals) <= set(range(1, len(there) + 1)):
        raise ValueError(f"There are goals 1 to {len(there)}, not {', '.join(map(str, goals))}.")
    kept = [there[number - 1].strip().rstrip(";.") for number in sorted(goals)]
    start = opening.source.index(there[0])
    end = opening.source.index(there[-1]) + len(there[-1])
    text = ";\n".join(kept) + "."
    opening.source = opening.source[:start] + text + opening.source[end:].rstrip()


def keep_findings(
    edition: NotebookNode, kept: Sequence[NotebookNode], cut: Sequence[NotebookNode]
) -> None:
    """Take findings that a left-out section makes out of the lists that show them.

    Args:
        edition: a lesson; it is changed.
        kept: its cells of code that stay.
        cut: its cells of code that go.
    """
    made = {name for cell in kept for name in names_of(cell).bound}
    without_findings(edition, {name for cell in cut for name in names_of(cell).bound} - made)


def keep_questions(edition: NotebookNode, sections: Sequence[int]) -> None:
    """Let the quiz ask about some sections only.

    Args:
        edition: a lesson; it is changed.
        sections: their numbers.
    """
    for cell in edition.cells:
        if cell.cell_type == "code":
            asked = _QUIZ.sub(rf'quiz("\1", sections={sorted(sections)}, ', cell.source)
            if asked != cell.source:
                cell.source, cell.outputs, cell.execution_count = asked, [], None
        else:
            cell.source = cell.source.replace(FIVE, "Questions on what this edition has.")
