"""Rules for single cells of a lesson: their length, words, outputs and markers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from statistics import median

from .cells import (
    MARKER,
    OPENING_LISTS,
    Numbered,
    code_cells,
    is_markdown,
    may_raise,
    nbval_markers,
    part_of,
    running_text,
    shown_markup,
    shows_something,
    straight_quotes,
    syntax_tree,
    without_code,
)
from .tolerance import EMBEDDED_FILE

MAX_PROSE_WORDS = 120
MAX_CODE_LINES = 20
MAX_MEDIAN_CODE_LINES = 5

NOT_PROSE = re.compile(r"!\[|<!--")
IMAGE_TAG = re.compile(r"<img\b[^>]*>|!\[[^\]]*\]\(")
ALT_TEXT = re.compile(r"""\balt=["']\s*[^\s"']|^!\[\s*[^\]\s]""")
MARKER_ALONE = re.compile(r"^\s*#+\s*NBVAL_\w+\s*$")
MACHINE_PATH = re.compile(r"(?<!\w)/(?:home|root|tmp|work|Users)\b|[A-Za-z]:\\+Users")
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")
MARKS = re.compile("[✓✔✗✘✅❌]")


def cell_problems(cells: list[Numbered]) -> Iterator[str]:
    """Find what is wrong with single cells.

    Args:
        cells: of a lesson; all code must be valid Python.

    Yields:
        A sentence per problem, rule by rule. It begins in lower case, for a lesson's name and a
        colon to stand before it.
    """
    for rule in (_runs, _imports, _lengths, _prose, _outputs, _markers):
        yield from rule(cells)


def _runs(cells: list[Numbered]) -> Iterator[str]:
    for count, (number, cell) in enumerate(code_cells(cells), start=1):
        if cell.execution_count != count:
            ran = f"has execution count {cell.execution_count}"
            yield f"cell {number} {ran} and not {count}; run the lesson top to bottom."
            return  # every later count is off as well


def _imports(cells: list[Numbered]) -> Iterator[str]:
    for number, cell in code_cells(cells):
        for node in ast.walk(syntax_tree(cell)):
            named = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            named += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if inner := [name for name in named if name.startswith("xenc_course.")]:
                yield (
                    f"cell {number} imports {inner[0]}; a lesson takes public names, "
                    "`from xenc_course import ...`."
                )


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
            yield f"cell {number} holds a tick or a cross; a state is computed and in words."
        if not is_markdown(cell):
            continue
        words = len(running_text(cell.source).split())
        lists = any(title in straight_quotes(cell.source) for title in OPENING_LISTS)
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
                yield f"cell {number} ends in {output.ename}; fix it or tag it raises-exception."
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
        markers = nbval_markers(cell)
        if "nbval-skip" in markers:
            yield f"cell {number} is skipped by NBVAL_SKIP; every cell runs as a test."
        asserts = any(isinstance(node, ast.Assert) for node in ast.walk(syntax_tree(cell)))
        if "nbval-ignore-output" in markers and not asserts:
            yield f"cell {number} ignores its output and asserts nothing in its place."
