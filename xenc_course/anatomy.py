"""The anatomy of a lesson: what every lesson has, and what none may have, as checks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from nbformat import NotebookNode

from .lesson_cells import (
    Numbered,
    cells_before_code,
    code_cells,
    has_imports,
    has_tag,
    is_markdown,
    may_raise,
    part_of,
    running_text,
    shown_markup,
    shows_something,
    syntax_tree,
    without_code,
)

__all__ = ["problems"]

MAX_PROSE_WORDS = 120
MAX_CODE_LINES = 20
MAX_MEDIAN_CODE_LINES = 5
MIN_EXERCISES = 3
MIN_REFERENCES = 2
MAX_CELLS_BEFORE_SET_UP = 4
SECTIONS = ("What you'll do", "What you'll learn", "What you'll need")
DIFFICULTIES = ("easy", "medium", "hard")

SUBTITLE = re.compile(r"^(?=.*\bmin)(?=.*\d)\S.* · .* · .*\S$", re.MULTILINE | re.IGNORECASE)
EXERCISE = re.compile(r"^### Exercise (\d+): \S.* · \d+ min\w* · (easy|medium|hard)\s*$")
NEXT_LINK = re.compile(r"\*\*Next:?\*\*.*?\]\(([^)\s]+)\)")
LIST_ITEM = re.compile(r"^\s*(?:[-*]|\d+\.) ", re.MULTILINE)
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
NOT_PROSE = re.compile(r"!\[|<!--")
IMAGE_TAG = re.compile(r"<img\b[^>]*>|!\[[^\]]*\]\(")
ALT_TEXT = re.compile(r"""\balt=["']\s*[^\s"']|^!\[\s*[^\]\s]""")
MARKER = re.compile(r"^\s*#.*\b(NBVAL_\w+)", re.MULTILINE)
MARKER_ALONE = re.compile(r"^\s*#+\s*NBVAL_\w+\s*$")
EMBEDDED_FILE = re.compile(r"base64,[A-Za-z0-9+/=]+")
MACHINE_PATH = re.compile(r"(?<!\w)/(?:home|root|tmp|work|Users)\b|[A-Za-z]:\\+Users")
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")
MARKS = re.compile("[✓✔✗✘✅❌]")


def problems(notebook: NotebookNode, name: str, folder: Path | None = None) -> list[str]:
    """What a lesson's notebook (nbformat 4) lacks: one sentence each, with the cell from 1.

    `name` begins each sentence; links must lead to files that exist in `folder`, when given.
    """
    cells = list(enumerate(notebook.cells, start=1))
    found = list(_syntax(cells))
    if found:  # the other checks read the code
        return [f"{name}: {problem}" for problem in found]
    for check in (_opening, _set_up, _runs, _lengths, _prose, _outputs, _markers, _wrap_up):
        found += check(cells)
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
    opening = "\n".join(cell.source for _, cell in cells[: cells_before_code(cells)])
    for section in SECTIONS:
        pattern = rf"^\W*{section}\b".replace("'", "['\u2019]")
        if not re.search(pattern, opening, re.MULTILINE):
            yield f"there is no '{section}' before the first code cell."


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


def _runs(cells: list[Numbered]) -> Iterator[str]:
    for count, (number, cell) in enumerate(code_cells(cells), start=1):
        if cell.execution_count != count:
            ran = f"has execution count {cell.execution_count}"
            yield f"cell {number} {ran} and not {count}; run the lesson top to bottom."
            return  # every later count is off as well


def _lengths(cells: list[Numbered]) -> Iterator[str]:
    lengths = [len(cell.source.strip().splitlines()) for _, cell in code_cells(cells)]
    for (number, _), length in zip(code_cells(cells), lengths, strict=True):
        if length > MAX_CODE_LINES:
            yield f"cell {number} has {length} lines of code; at most {MAX_CODE_LINES} fit."
    if lengths and median(lengths) > MAX_MEDIAN_CODE_LINES:
        middle = f"{median(lengths):g} lines"
        yield f"the median code cell has {middle}; at most {MAX_MEDIAN_CODE_LINES} read well."


def _prose(cells: list[Numbered]) -> Iterator[str]:
    free = {
        number for title in ("Wrap-up", "Further reading") for number, _ in part_of(cells, title)
    }
    for number, cell in cells:
        if MARKS.search(cell.source):
            yield f"cell {number} holds a tick or a cross; a verdict is computed and in words."
        if not is_markdown(cell):
            continue
        words = len(running_text(cell.source).split())
        lists = any(re.search(s.replace("'", "['\u2019]"), cell.source) for s in SECTIONS)
        leads = any(after.cell_type == "code" for _, after in cells[number : number + 1])
        if leads and words > MAX_PROSE_WORDS and number not in free and not lists:
            yield f"cell {number} has {words} words before code; at most {MAX_PROSE_WORDS} fit."
        if "!" in NOT_PROSE.sub("", without_code(cell.source)):
            yield f"cell {number} has an exclamation mark in its prose."
        yield from _images(number, cell.source)


def _outputs(cells: list[Numbered]) -> Iterator[str]:
    for number, cell in code_cells(cells):
        if shows_something(cell) and not cell.outputs:
            yield f"cell {number} shows something but has no output; run it or end it in ';'."
        for output in cell.outputs:
            if output.output_type == "error" and not may_raise(cell):
                yield f"cell {number} ends in {output.ename}; mend it or tag it raises-exception."
            for kind in output.get("data", {}):
                if kind.startswith("image/"):
                    yield f"cell {number} stores a raw {kind}; show an HTML <img> with alt text."
        text = EMBEDDED_FILE.sub("", shown_markup(cell))
        yield from _images(number, text)
        for pattern, what in ((MACHINE_PATH, "a path"), (ADDRESS, "an object's address")):
            if match := pattern.search(text):
                yield f"cell {number} prints {what} of one machine ({match.group()}…)."


def _images(number: int, text: str) -> Iterator[str]:
    if any(not ALT_TEXT.search(tag) for tag in IMAGE_TAG.findall(text)):
        yield f"cell {number} has an image without alt text."


def _markers(cells: list[Numbered]) -> Iterator[str]:
    for number, cell in code_cells(cells):
        lines = [line for line in cell.source.splitlines() if MARKER.search(line)]
        if any(not MARKER_ALONE.match(line) for line in lines):
            yield f"cell {number} has an NBVAL marker that does not stand alone on its line."
        markers = {match.lower().replace("_", "-") for match in MARKER.findall(cell.source)}
        markers |= set(cell.metadata.get("tags", []))
        if "nbval-skip" in markers:
            yield f"cell {number} is skipped by NBVAL_SKIP; every cell runs as a test."
        asserts = any(isinstance(node, ast.Assert) for node in ast.walk(syntax_tree(cell)))
        if "nbval-ignore-output" in markers and not asserts:
            yield f"cell {number} ignores its output and asserts nothing in its place."


def _wrap_up(cells: list[Numbered]) -> Iterator[str]:
    part = part_of(cells, "Wrap-up")
    if not part:
        yield "there is no '## Wrap-up' section."
    elif not any("show_verdicts(" in cell.source for _, cell in code_cells(part)):
        yield f"the wrap-up in cell {part[0][0]} has no code cell that calls show_verdicts."


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
        if match is None or int(match.group(1)) != order:
            form = f"'### Exercise {order}: … · N minutes · easy|medium|hard'"
            yield f"cell {number} does not have the form {form}."
        else:
            levels.append(DIFFICULTIES.index(match.group(2)))
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
    if not solutions:
        yield f"the exercise in cell {number} has no cell tagged 'solution'."
    for place, cell in solutions:
        if cell.metadata.get("jupyter", {}).get("source_hidden") is not True:
            yield f"the solution in cell {place} is not collapsed (jupyter.source_hidden)."
    if solutions and not any("Right" in shown_markup(cell) for _, cell in solutions):
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
