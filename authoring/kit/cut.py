"""Cut a lesson: some of its sections and exercises, and of the others only the code they need."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

from ..cells import has_tag, is_markdown, minutes_of_exercises
from ..frame_rules import MINUTES, core_minutes
from .names import names_of
from .trim import keep_findings, keep_goals, keep_questions

OPENING = ""  # the heading of what comes before the first section
ALWAYS = (OPENING, "Wrap-up", "On Monday", "Further reading")
EXERCISES, QUIZ, DEEPER = "On your own", "Quiz", "Going deeper"
TRIED = ("Exercise ", EXERCISES, QUIZ)  # what begins a heading of what learners try
LEFT_OUT = {"jupyter": {"source_hidden": True, "outputs_hidden": True}, "tags": ["left-out"]}

_HEADING = re.compile(r"^###? (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """What of a lesson is wanted; its opening, wrap-up and reading list are always kept.

    Attributes:
        lesson: its name, such as "04_accuracy".
        sections: their numbers.
        exercises: their numbers.
        deeper: headings under "Going deeper".
        goals: places of those under "You will be able to" that the sections reach; all when empty.
        exercises_alone: whether they come without the wrap-up, the quiz and the reading list.
    """

    lesson: str
    sections: list[int]
    exercises: list[int] = field(default_factory=list)
    deeper: list[str] = field(default_factory=list)
    goals: list[int] = field(default_factory=list)
    exercises_alone: bool = False


def cut(lesson: NotebookNode, part: Part) -> NotebookNode:
    """Copy the wanted cells of a lesson.

    A kept cell may read a name that a left-out cell makes. That cell is kept, too: folded and
    without its output.

    Args:
        lesson: in nbformat 4; it is not changed.
        part: what is wanted.

    Returns:
        The copy. Its opening says how many minutes it takes, and what of the lesson it holds. Its
        findings and its quiz are on what it holds.

    Raises:
        ValueError: the lesson has no such section, exercise, heading or goal.
    """
    edition = copy.deepcopy(lesson)
    edition.cells = [piece for cell in edition.cells for piece in _at_headings(cell)]
    headings = _headings(edition)
    kept = _wanted(list(dict.fromkeys(headings)), part)
    wanted = {place for place, heading in enumerate(headings) if heading in kept}
    wanted.add(next(n for n, cell in enumerate(edition.cells) if cell.cell_type == "code"))
    sources = [
        place
        for place, cell in enumerate(edition.cells)
        if cell.cell_type == "code" and not headings[place].startswith(TRIED)
    ]
    keep_findings(
        edition,
        [edition.cells[place] for place in sources if place in wanted],
        [edition.cells[place] for place in sources if place not in wanted],
    )
    keep_questions(edition, part.sections)
    keep_goals(edition.cells[0], part.goals)
    left_out = _needed(edition.cells, wanted, sources) - wanted
    for place in left_out:
        cell = edition.cells[place]
        cell.metadata = nbformat.from_dict(LEFT_OUT)
        cell.outputs, cell.execution_count = [], None
    edition.cells = [edition.cells[place] for place in sorted(wanted | left_out)]
    _say(edition, part)
    return edition


def minutes_of(lesson: NotebookNode) -> tuple[int, int]:
    """Minutes to read and run a lesson without its exercises, and those of its exercises."""
    cells = [
        (number, cell)
        for number, (cell, heading) in enumerate(zip(lesson.cells, _headings(lesson), strict=True))
        if not heading.startswith(TRIED) and not has_tag(cell, "left-out")
    ]
    prose = "\n".join(cell.source for cell in lesson.cells if is_markdown(cell))
    return core_minutes(cells), minutes_of_exercises(prose)


def _at_headings(cell: NotebookNode) -> list[NotebookNode]:
    """A cell of prose divided before each of its headings, which may end the section above."""
    if not is_markdown(cell):
        return [cell]
    starts = [match.start() for match in _HEADING.finditer(cell.source)]
    ends = [*starts, len(cell.source)]
    texts = [cell.source[a:b].strip() for a, b in zip([0, *starts], ends, strict=True)]
    return [nbformat.from_dict({**cell, "source": text}) for text in texts if text]


def _headings(lesson: NotebookNode) -> list[str]:
    """The heading of level 2 or 3 that each cell stands under."""
    found, heading = [], OPENING
    for cell in lesson.cells:
        if is_markdown(cell) and (match := _HEADING.search(cell.source)):
            heading = match.group(1).strip()
        found.append(heading)
    return found


def _wanted(headings: list[str], part: Part) -> set[str]:
    kept = {OPENING} if part.exercises_alone else {*ALWAYS, QUIZ}
    kept |= {_one(headings, f"{number}. ", "section", part) for number in part.sections}
    kept |= {_one(headings, f"Exercise {n}:", "exercise", part) for n in part.exercises}
    kept |= {_one(headings, title, "heading", part) for title in part.deeper}
    if part.exercises:
        kept.add(EXERCISES)
    else:
        kept.discard(QUIZ)
    if part.deeper:
        kept.add(DEEPER)
    return kept


def _one(headings: list[str], start: str, what: str, part: Part) -> str:
    for heading in headings:
        if heading.startswith(start):
            return heading
    there = "; ".join(heading for heading in headings if heading)
    wanted = start.strip(" .:").removeprefix("Exercise ")
    raise ValueError(f"{part.lesson} has no {what} {wanted}: choose from {there}.")


def _needed(cells: list[NotebookNode], wanted: Iterable[int], sources: list[int]) -> set[int]:
    """The cells that make what the wanted cells read, what those read, and so on."""
    names = {place: names_of(cells[place]) for place in sources}
    found: set[int] = set()
    waiting = [place for place in wanted if cells[place].cell_type == "code"]
    while waiting:
        place = waiting.pop()
        for name in names_of(cells[place]).read:
            for earlier in sorted((n for n in sources if n < place), reverse=True):
                if name in names[earlier].changed | names[earlier].bound and earlier not in found:
                    found.add(earlier)
                    waiting.append(earlier)
                if name in names[earlier].bound:
                    break
    return found


def _say(edition: NotebookNode, part: Part) -> None:
    """Let the opening say what the edition holds, and how long it takes."""
    opening = edition.cells[0]
    reading, exercising = minutes_of(edition)
    said = f"{reading} to read and run, {exercising} of exercises"
    held = [_numbered("section", part.sections), _numbered("exercise", part.exercises)]
    held += [f"“{title}”" for title in part.deeper]
    holds = "; ".join(text for text in held if text)
    opening.source = MINUTES.sub(said, opening.source)
    if part.exercises_alone:
        opening.source += f"\n\n*Of lesson {part.lesson[:2]} this is {holds}.*"
        return
    opening.source += (
        f"\n\n*Of [the whole lesson](../notebooks/{part.lesson}.ipynb) this edition has {holds}. "
        "A folded cell makes what a section that was left out makes.*"
    )


def _numbered(what: str, numbers: list[int]) -> str:
    if not numbers:
        return ""
    plural = "s" if len(numbers) > 1 else ""
    return f"{what}{plural} {', '.join(map(str, numbers))}"
