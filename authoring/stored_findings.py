"""What the lessons found, read off their stored outputs: findings and cited figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from xenc_course.evaluation.states import STATES

from .cells import nbval_markers, shown_text
from .prose_figures import SOURCE, figures

STATE = "|".join(STATES)
KIND = "comparison|count|example|timing"
FINDING_ROW = re.compile(rf"^(.+)\t({STATE})\t(.+)\t(.+)\t(.+)\t({KIND})\t?$", re.MULTILINE)
FINDING_BOX = re.compile(r"^(.+)\nMeasured: .+\nState: ", re.MULTILINE)
HEADING = re.compile(r"^##+ (.+)$", re.MULTILINE)
CITED_CODE = re.compile(r"^# Source: (.+)$", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
IN_CODE = re.compile(r"(?<![\w.\"'])-?\d[\d_]*(?:\.\d+)?(?![\w\"'])")


@dataclass(frozen=True)
class StoredFinding:
    """A finding as a lesson displays it.

    Attributes:
        lesson: its name.
        section: the heading above the cell that first shows it.
        cell: that cell's number as JupyterLab shows it, [n].
        sentence: what was found.
        state: shown, contradicted, equivalent or cannot tell.
        estimate: the number, with its unit.
        interval: where it may lie, or a dash.
        n: of what and how many.
        kind: comparison, count, example or timing.
        machine: whether it depends on the machine: the cell's output is not compared in tests.
    """

    lesson: str
    section: str
    cell: int
    sentence: str
    state: str
    estimate: str
    interval: str
    n: str
    kind: str
    machine: bool


def findings(notebook: NotebookNode, lesson: str) -> Iterator[StoredFinding]:
    """Find the findings of a lesson, in the order of its table of findings.

    Args:
        notebook: the lesson, with stored outputs.
        lesson: its name.

    Yields:
        Every row of `show_findings`, with the place where the finding is first shown.
    """
    section, first = "", {}
    rows: dict[str, tuple[str, ...]] = {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            section = (HEADING.findall(cell.source) or [section])[-1]
            continue
        text = shown_text(cell)
        here = (section, cell.execution_count or 0, "nbval-ignore-output" in nbval_markers(cell))
        for sentence in FINDING_BOX.findall(text):
            first.setdefault(sentence, here)
        for sentence, *rest in FINDING_ROW.findall(text):
            first.setdefault(sentence, here)
            rows.setdefault(sentence, tuple(rest))
    for sentence, (state, estimate, interval, n, kind) in rows.items():
        where, number, machine = first[sentence]
        yield StoredFinding(
            lesson, where, number, sentence, state, estimate, interval, n, kind, machine
        )


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


def _source(paragraph: str) -> str:
    """What a paragraph says of its source: the sentence that names it, without markup.

    Of a table it is the head of its first column.
    """
    paragraph = _LINK.sub(r"\1", paragraph)
    if paragraph.startswith("|"):
        return paragraph.split("|")[1].strip()
    sentences = re.split(r"(?<=[.?])\s+(?=[A-Z])", paragraph)
    found = [sentence for sentence in sentences if SOURCE.search(sentence)]
    return re.sub(r"[*`]", "", " ".join(found))
