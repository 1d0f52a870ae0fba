"""The anatomy of a lesson: the parts that every lesson has, in their order, as checks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from .cell_rules import cell_problems
from .cells import (
    EXERCISE,
    OPENING_LISTS,
    Numbered,
    cells_before_code,
    code_cells,
    has_imports,
    has_tag,
    is_markdown,
    part_of,
    shown_markup,
    straight_quotes,
    syntax_tree,
    without_code,
)
from .frame_rules import UNFOLD, frame_problems, has_frame

__all__ = ["problems"]

MIN_EXERCISES = 3
MIN_REFERENCES = 2
MAX_CELLS_BEFORE_SET_UP = 4
DIFFICULTIES = ("easy", "medium", "hard")

SUBTITLE = re.compile(r"^(?=.*\bmin)(?=.*\d)\S.* · .* · .*\S$", re.MULTILINE | re.IGNORECASE)
NEXT_LINK = re.compile(r"\*\*Next:?\*\*.*?\]\(([^)\s]+)\)")
LIST_ITEM = re.compile(r"^\s*(?:[-*]|\d+\.) ", re.MULTILINE)
YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def problems(notebook: NotebookNode, name: str, folder: Path | None = None) -> list[str]:
    """Find what is wrong with a lesson.

    Args:
        notebook: the lesson, in nbformat 4.
        name: of the lesson; it begins each sentence.
        folder: where the files must exist that the lesson links to; links are not followed when
            None.

    Returns:
        One sentence per problem, with the number of the cell (from 1).
    """
    cells = list(enumerate(notebook.cells, start=1))
    found = list(_syntax(cells))
    if found:  # the other checks read the code
        return [f"{name}: {problem}" for problem in found]
    found += [*_opening(cells), *_set_up(cells), *cell_problems(cells)]
    found += frame_problems(cells) if has_frame(cells) else [*_lists(cells), *_wrap_up(cells)]
    found += [*_exercises(cells), *_references(cells), *_next_link(cells, folder)]
    return [f"{name}: {problem}" for problem in found]


def _syntax(cells: list[Numbered]) -> Iterator[str]:
    for number, cell in code_cells(cells):
        try:
            syntax_tree(cell)
        except SyntaxError as error:
            yield f"cell {number} is not Python: {error.msg} in line {error.lineno}."


def _opening(cells: list[Numbered]) -> Iterator[str]:
    first = cells[0][1] if cells else None
    if first is None or first.cell_type != "markdown":
        yield "cell 1 is not markdown; start with the title."
        return
    titles = re.findall(r"^# \S", without_code(first.source), re.MULTILINE)
    if len(titles) != 1:
        yield f"cell 1 has {len(titles)} titles; give it one line that starts with '# '."
    if not SUBTITLE.search(first.source):
        yield "cell 1 has no line with level · minutes · needs."
    for number, cell in cells[1:]:
        if is_markdown(cell) and re.search(r"^# ", without_code(cell.source), re.MULTILINE):
            yield f"cell {number} has a second title; use '## ' for a section."


def _lists(cells: list[Numbered]) -> Iterator[str]:
    if not cells or not is_markdown(cells[0][1]):
        return
    opening = "\n".join(cell.source for _, cell in cells[: cells_before_code(cells)])
    for title in OPENING_LISTS:
        if not re.search(rf"^\W*{title}\b", straight_quotes(opening), re.MULTILINE):
            yield f"there is no '{title}' before the first code cell."


def _set_up(cells: list[Numbered]) -> Iterator[str]:
    code = code_cells(cells)
    if not code or not has_imports(code[0][1]):
        yield "the first code cell imports nothing; make it the set-up cell."
        return
    if cells_before_code(cells) > MAX_CELLS_BEFORE_SET_UP:
        yield f"cell {code[0][0]} is the set-up; move it into the first few cells."
    for number, cell in code[1:]:
        if has_imports(cell) and not has_tag(cell, "solution"):
            yield f"cell {number} imports; move that into the set-up in cell {code[0][0]}."


def _wrap_up(cells: list[Numbered]) -> Iterator[str]:
    part = part_of(cells, "Wrap-up")
    if not part:
        yield "there is no '## Wrap-up' section."
    elif not any("show_findings(" in cell.source for _, cell in code_cells(part)):
        yield f"the wrap-up in cell {part[0][0]} has no code cell that calls show_findings."


def _exercises(cells: list[Numbered]) -> Iterator[str]:
    part = part_of(cells, "On your own")
    if not part:
        yield "there is no '## On your own' section."
        return
    starts = [i for i, (_, c) in enumerate(part) if re.search(r"^### Exercise", c.source, re.M)]
    if len(starts) < MIN_EXERCISES:
        yield f"'On your own' has {len(starts)} exercises; give at least {MIN_EXERCISES}."
    levels = []
    for order, (start, end) in enumerate(zip(starts, [*starts, None][1:], strict=True), start=1):
        number, cell = part[start]
        heading = next(line for line in cell.source.splitlines() if line.startswith("### Exercise"))
        match = EXERCISE.match(heading)
        if match is None or int(match["number"]) != order:
            form = f"'### Exercise {order}: … · N minutes · easy|medium|hard'"
            yield f"cell {number} does not have the form {form}."
        else:
            levels.append(DIFFICULTIES.index(match["level"]))
        yield from _exercise(number, code_cells(part[start:end]))
    if levels != sorted(levels):
        yield "the exercises are not in order from easy to hard."


def _exercise(number: int, code: list[Numbered]) -> Iterator[str]:
    stubs = [cell for _, cell in code if not has_tag(cell, "solution")]
    solutions = [(place, cell) for place, cell in code if has_tag(cell, "solution")]
    if not any("..." in cell.source for cell in stubs):
        yield f"the exercise in cell {number} has no stub with a '...' to replace."
    if not any("check(" in cell.source for cell in stubs):
        yield f"the exercise in cell {number} has no call of check."
    if not solutions and not any("my_folder" in cell.source for cell in stubs):  # the learner's own
        yield f"the exercise in cell {number} has no cell tagged 'solution'."
    for place, cell in solutions:
        if cell.metadata.get("jupyter", {}).get("source_hidden") is not True:
            yield f"the solution in cell {place} is not collapsed (jupyter.source_hidden)."
    old_form = not any(UNFOLD in cell.source for _, cell in solutions)
    if solutions and old_form and not any("Right" in shown_markup(cell) for _, cell in solutions):
        yield f"the solution in cell {solutions[0][0]} does not come out as 'Right'."


def _references(cells: list[Numbered]) -> Iterator[str]:
    part = part_of(cells, "Further reading")
    items = LIST_ITEM.split("\n".join(cell.source for _, cell in part))[1:]
    dated = [item for item in items if YEAR.search(item)]
    if len(dated) < MIN_REFERENCES:
        count = f"{len(dated)} references with a year"
        yield f"'## Further reading' lists {count}; give at least {MIN_REFERENCES}."


def _next_link(cells: list[Numbered], folder: Path | None) -> Iterator[str]:
    prose = "\n".join(cell.source for _, cell in cells if is_markdown(cell))
    links = NEXT_LINK.findall(prose)
    if not links:
        yield "there is no '**Next**' with a link to the next lesson."
    for link in links:
        target = link.partition("#")[0]
        if not target.endswith((".ipynb", "README.md")):
            yield f"the Next link goes to {link}, which is neither a lesson nor the README."
        elif folder is not None and not (folder / target).is_file():
            yield f"the Next link goes to {link}, which does not exist."
