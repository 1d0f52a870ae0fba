"""CLAIMS.md: every verdict and every cited figure of the lessons, from their stored outputs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from xenc_course.display.table import Table
from xenc_course.files import write_lines

from .cells import nbval_markers, shown_text
from .notebooks import NOTEBOOKS, lesson_paths
from .prose_figures import SOURCE, figures

INTERVAL = re.compile(r"(?:interval[^,;\d+-]*|\()([+-]?\d[\d,.]*\d to [+-]?\d[\d,.]*\d)")
BOX = re.compile(r"Claim: (.+)\nMeasured: (.+)\nVerdict: [✓✗] (holds|does not hold)")
ROW = re.compile(r"^(.+)\t(.+)\t[✓✗] (holds|does not hold)\t?$", re.MULTILINE)
CITED_CODE = re.compile(r"^# Source: (.+)$", re.MULTILINE)
IN_CODE = re.compile(r"(?<![\w.\"'])-?\d[\d_]*(?:\.\d+)?(?![\w\"'])")
CLAIMS = NOTEBOOKS.parent / "CLAIMS.md"
HEAD = """# Claims of the lessons

Made by `make claims` from the stored outputs of the lessons; `make test` fails when the two differ.
A verdict is computed in the lesson, whichever way it comes out. "Does not hold" covers what was
refuted and what these queries did not show. Most lessons ask a difference for an interval and an
adjusted p; a first look in lesson 05, and lesson 11 where it compares tau, for the interval alone:
each says so. "Machine" marks what depends on the machine: such a cell is not compared when the
lessons run as tests, and may say something else on yours.
"""


@dataclass(frozen=True)
class Claim:
    """A verdict as a lesson displays it.

    Attributes:
        lesson: its name.
        cell: the first cell that shows the verdict, from 1.
        text: the claim.
        measured: what was measured.
        holds: whether the claim holds.
        machine: whether the result depends on the machine: the cell's output is not compared in
            tests.
    """

    lesson: str
    cell: int
    text: str
    measured: str
    holds: bool
    machine: bool

    @property
    def interval(self) -> str:
        """The intervals that the measurement states, or a dash."""
        return ", ".join(INTERVAL.findall(self.measured)) or "–"


@dataclass(frozen=True)
class Citation:
    """Published figures that a lesson quotes, and where they come from.

    Attributes:
        lesson: its name.
        cell: where they stand, from 1.
        figures: as they are written.
        source: what the lesson says of their source.
    """

    lesson: str
    cell: int
    figures: tuple[str, ...]
    source: str


def claims(notebook: NotebookNode, lesson: str) -> Iterator[Claim]:
    """Find the verdicts of a lesson.

    Args:
        notebook: the lesson, with stored outputs.
        lesson: its name.

    Yields:
        Every verdict once, where it is first displayed.
    """
    seen = set()
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code":
            continue
        text = shown_text(cell)
        of_machine = "nbval-ignore-output" in nbval_markers(cell)
        for claim, measured, word in [*BOX.findall(text), *ROW.findall(text)]:
            if claim not in seen:
                seen.add(claim)
                yield Claim(lesson, number, claim, measured, word == "holds", of_machine)


def citations(notebook: NotebookNode, lesson: str) -> Iterator[Citation]:
    """Find figures in paragraphs that name a source, and in code with a line `# Source: ...`.

    Args:
        notebook: the lesson.
        lesson: its name.

    Yields:
        The figures of each cell and source: first those in code, then those in prose.
    """
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code" and (source := CITED_CODE.search(cell.source)):
            code = CITED_CODE.sub("", cell.source)
            yield Citation(lesson, number, tuple(IN_CODE.findall(code)), source.group(1))
    quoted: dict[tuple[int, str], list[str]] = {}
    for figure in figures(notebook):
        if figure.cited:
            quoted.setdefault((figure.cell, _source(figure.paragraph)), []).append(figure.text)
    for (number, source), texts in quoted.items():
        yield Citation(lesson, number, tuple(texts), source)


def claims_page(folder: Path) -> list[str]:
    """Make the lines of CLAIMS.md for the lessons of a folder.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    lessons = {p.stem: nbformat.read(p, 4) for p in lesson_paths(folder)}
    verdicts = [claim for name, book in lessons.items() for claim in claims(book, name)]
    cited = [entry for name, book in lessons.items() for entry in citations(book, name)]
    held = sum(claim.holds for claim in verdicts)
    lines = [*HEAD.splitlines(), "", "## Verdicts", ""]
    lines.append(f"{len(verdicts)} claims, of which {held} hold.")
    for name in lessons:
        lines += ["", f"### [{name}](notebooks/{name}.ipynb)", ""]
        columns = ["cell", "claim", "measured", "interval", "verdict"]
        rows = [
            (c.cell, c.text, c.measured, c.interval, _word(c)) for c in verdicts if c.lesson == name
        ]
        lines += Table(columns, rows).markdown()
    lines += ["", "## Cited figures", ""]
    ordered = sorted(cited, key=lambda entry: (entry.lesson, entry.cell))
    rows = [(e.lesson, e.cell, ", ".join(e.figures), e.source) for e in ordered]
    return [*lines, *Table(["lesson", "cell", "figures", "source"], rows).markdown()]


def write_claims(folder: Path, page: Path) -> None:
    """Write CLAIMS.md, whole or not at all.

    Args:
        folder: of the lessons.
        page: the file.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    write_lines(page, claims_page(folder))


def check_claims(folder: Path, page: Path) -> None:
    """Compare CLAIMS.md with what the lessons say now.

    Args:
        folder: of the lessons.
        page: the file.

    Raises:
        FileNotFoundError: there is no such folder.
        ValueError: the two differ.
    """
    kept = page.read_text(encoding="utf-8").splitlines() if page.is_file() else []
    if kept != claims_page(folder):
        raise ValueError("CLAIMS.md differs from the lessons: run `make claims` and commit it.")


def _word(claim: Claim) -> str:
    word = "holds" if claim.holds else "does not hold"
    return f"{word} (machine)" if claim.machine else word


def _source(paragraph: str) -> str:
    """What a paragraph says of its source: the sentence that names it, without markup."""
    sentences = re.split(r"(?<=[.?])\s+(?=[A-Z])", paragraph)
    found = [sentence for sentence in sentences if SOURCE.search(sentence)]
    return re.sub(r"[*`]", "", " ".join(found))
