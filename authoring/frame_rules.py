"""The frame of a lesson: a question, a short core, findings, and what to do on Monday.

A lesson has the frame when its opening says "**The question.**"; the older lessons do not yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from statistics import median

from .cells import (
    Numbered,
    code_cells,
    defines_only,
    has_tag,
    is_markdown,
    minutes_of_exercises,
    part_of,
    running_text,
    shown_markup,
    shown_text,
    shows_something,
)
from .stored_findings import FINDING_ROW

QUESTION = "**The question.**"
ABLE = "**You will be able to**"
PREDICT = "**Predict first.**"
MONDAY = "### On Monday"
UNFOLD = "# Solution: unfold"
MAX_CORE_CELLS, MAX_CORE_MINUTES = 45, 25
WORDS_A_MINUTE, CODE_LINES_A_MINUTE, RUN_MINUTES = 150, 10, 1
MIN_FINDINGS, MAX_FINDINGS = 3, 5
MINUTES = re.compile(r"(\d+) to read and run, (\d+) of exercises")
SECTIONS = ("Wrap-up", "On your own", "Going deeper", "Further reading")


def has_frame(cells: list[Numbered]) -> bool:
    """Whether a lesson has the frame."""
    return bool(cells) and QUESTION in cells[0][1].source


def core_of(cells: list[Numbered]) -> list[Numbered]:
    """The cells of the core: all before "On your own"."""
    part = part_of(cells, "On your own")
    return cells[: part[0][0] - 1] if part else cells


def core_minutes(cells: list[Numbered]) -> int:
    """Minutes to read and run the core, by one rule for all lessons.

    Words at 150 a minute, lines of code at 10 a minute, and a minute to run it; rounded up to five.
    """
    core = core_of(cells)
    words = sum(len(running_text(cell.source).split()) for _, cell in core if is_markdown(cell))
    lines = sum(len(_code_lines(cell.source)) for _, cell in code_cells(core))
    minutes = words / WORDS_A_MINUTE + lines / CODE_LINES_A_MINUTE + RUN_MINUTES
    return 5 * -(-round(minutes) // 5)


def frame_problems(cells: list[Numbered]) -> Iterator[str]:
    """What of the frame is missing: one sentence per problem."""
    for rule in (_opening, _minutes, _size, _sections, _findings, _teaching, _solutions):
        yield from rule(cells)


def _opening(cells: list[Numbered]) -> Iterator[str]:
    opening = cells[0][1].source
    _, found, able = opening.partition(ABLE)
    items = re.findall(r"^- ", able, re.MULTILINE)
    if not found or not 1 <= len(items) <= 3:
        yield f"cell 1 has {len(items)} items under '{ABLE}'; give one to three."


def _minutes(cells: list[Numbered]) -> Iterator[str]:
    stated = MINUTES.search(cells[0][1].source)
    if stated is None:
        yield "cell 1 does not say 'N to read and run, M of exercises'."
        return
    computed = core_minutes(cells)
    if int(stated.group(1)) != computed:
        yield f"cell 1 says {stated.group(1)} minutes to read and run; the rule gives {computed}."
    if computed > MAX_CORE_MINUTES:
        yield f"the core takes {computed} minutes; at most {MAX_CORE_MINUTES} fit."
    exercises = "\n".join(cell.source for _, cell in part_of(cells, "On your own"))
    total = minutes_of_exercises(exercises)
    if int(stated.group(2)) != total:
        yield f"cell 1 says {stated.group(2)} minutes of exercises; theirs add up to {total}."


def _size(cells: list[Numbered]) -> Iterator[str]:
    core = core_of(cells)
    if len(core) > MAX_CORE_CELLS:
        yield f"the core has {len(core)} cells; at most {MAX_CORE_CELLS} fit."
    code = [cell for _, cell in code_cells(core)]
    silent = [c for c in code if not (shows_something(c) or c.outputs or defines_only(c))]
    if len(silent) * 5 > len(code):
        yield f"{len(silent)} of {len(code)} code cells show nothing; merge some into their users."
    if code and (middle := median(len(_code_lines(cell.source)) for cell in code)) > 5:
        yield f"the median code cell of the core has {middle:g} lines; at most 5 read well."


def _sections(cells: list[Numbered]) -> Iterator[str]:
    starts = [part_of(cells, title) for title in SECTIONS]
    for title, part in zip(SECTIONS, starts, strict=True):
        if not part:
            yield f"there is no '## {title}' section."
    places = [part[0][0] for part in starts if part]
    if places != sorted(places):
        yield f"the last sections are not in the order {', '.join(SECTIONS)}."


def _findings(cells: list[Numbered]) -> Iterator[str]:
    part = part_of(cells, "Wrap-up")
    shown = [cell for _, cell in code_cells(part) if "show_findings(" in cell.source]
    if not shown:
        yield "the wrap-up has no code cell that calls show_findings."
        return
    count = len(FINDING_ROW.findall(shown_text(shown[0])))
    if not MIN_FINDINGS <= count <= MAX_FINDINGS:
        yield f"the wrap-up shows {count} findings; three to five fit."
    if not any(MONDAY in cell.source for _, cell in part):
        yield f"the wrap-up does not say what to do: it has no heading '{MONDAY}'."


def _teaching(cells: list[Numbered]) -> Iterator[str]:
    core = core_of(cells)
    if not any("diagram_" in cell.source for _, cell in code_cells(core)[1:]):
        yield "the core has no diagram of its mechanism."
    if not any(PREDICT in cell.source for _, cell in core):
        yield f"the core asks no '{PREDICT}' question."


def _solutions(cells: list[Numbered]) -> Iterator[str]:
    for number, cell in code_cells(part_of(cells, "On your own")):
        if not has_tag(cell, "solution"):
            continue
        if not cell.source.startswith(UNFOLD):
            yield f"the solution in cell {number} does not begin with '{UNFOLD}'."
        if "The solution passes" not in shown_markup(cell):
            yield f"the solution in cell {number} does not come out as 'The solution passes'."


def _code_lines(source: str) -> list[str]:
    return [line for line in source.splitlines() if line.strip()]
