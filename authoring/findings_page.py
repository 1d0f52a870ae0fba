"""FINDINGS.md: what the lessons found and which figures they cite, from their stored outputs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import nbformat

from xenc_course.display.table import Table
from xenc_course.evaluation.states import STATES
from xenc_course.files import write_lines
from xenc_course.teaching.prices import Prices, load_prices

from .cells import title_of
from .notebooks import NOTEBOOKS, lesson_paths
from .stored_findings import StoredFinding, citations, findings

PAGE = NOTEBOOKS.parent / "FINDINGS.md"
HEAD = """# Findings of the lessons

Made by `make findings` from the stored outputs of the lessons; `make test` fails when they differ.

A finding is a sentence that you can act on, the number that was measured, its 95 % interval (of a
time, from the lowest round to the highest), and a state that the lesson computes: **shown**,
**contradicted**, **equivalent** (the difference is too small to matter) or **cannot tell** (these
data do not decide). A comparison is shown or contradicted only if p, adjusted for its family by
Holm's method, is below 0.05 as well: its interval alone may leave out zero. [n] is the cell as
JupyterLab numbers it.
"""


def all_findings(folder: Path) -> list[StoredFinding]:
    """The findings of all lessons of a folder, in their order.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    paths = lesson_paths(folder)
    return [one for path in paths for one in findings(nbformat.read(path, 4), path.stem)]


def findings_page(folder: Path) -> list[str]:
    """Make the lines of FINDINGS.md for the lessons of a folder.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    lessons = {path.stem: nbformat.read(path, 4) for path in lesson_paths(folder)}
    found = [one for name, book in lessons.items() for one in findings(book, name)]
    cited = [entry for name, book in lessons.items() for entry in citations(book, name)]
    lines = HEAD.splitlines()
    same = [one for one in found if not one.machine]
    timed = [one for one in found if one.machine]
    titles = {name: title_of(book, name) for name, book in lessons.items()}
    lines += _findings("Findings", "the same on every machine", same, titles)
    lines += _findings("Times", "measured on one machine", timed, titles)
    lines += _prices(load_prices())
    lines += ["", "## Cited figures", ""]
    ordered = sorted(cited, key=lambda entry: (entry.lesson, entry.cell))
    rows = [(e.lesson, e.cell, ", ".join(e.figures), e.source) for e in ordered]
    return [*lines, *Table(["lesson", "cell", "figures", "source"], rows).markdown()]


def write_findings(folder: Path, page: Path) -> None:
    """Write FINDINGS.md, whole or not at all.

    Args:
        folder: of the lessons.
        page: the file.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    write_lines(page, findings_page(folder))


def check_findings(folder: Path, page: Path) -> None:
    """Compare FINDINGS.md with what the lessons say now.

    Args:
        folder: of the lessons.
        page: the file.

    Raises:
        FileNotFoundError: there is no such folder.
        ValueError: the two differ.
    """
    kept = page.read_text(encoding="utf-8").splitlines() if page.is_file() else []
    if kept != findings_page(folder):
        raise ValueError("FINDINGS.md differs from the lessons: run `make findings` and commit it.")


def _prices(prices: Prices) -> list[str]:
    """The table of prices: the only times that more than one page quotes."""
    versions = ", ".join(f"{library} {number}" for library, number in prices.versions.items())
    where = f"{prices.machine}, {prices.system}; {prices.rounds} rounds in turn"
    made = f"Measured by `{prices.command}` on {where}. Text: {prices.work}. {versions}."
    doubt = ["", prices.doubt] if prices.doubt else []
    return ["", "## Prices", "", made, *doubt, "", *prices.table().markdown()]


def _findings(
    title: str, what: str, found: list[StoredFinding], titles: Mapping[str, str]
) -> list[str]:
    if not found:
        return []
    counts = ", ".join(f"{sum(one.state == s for one in found)} {s}" for s in STATES)
    lines = ["", f"## {title}", "", f"{len(found)} findings, {what}: {counts}."]
    for lesson in dict.fromkeys(one.lesson for one in found):
        lines += ["", f"### [{lesson[:2]} · {titles[lesson]}](notebooks/{lesson}.ipynb)", ""]
        columns = ["finding", "state", "measured", "95 % interval", "n", "kind", "where"]
        rows = [
            [f.sentence, f.state, f.estimate, f.interval, f.n, f.kind, _where(f)]
            for f in found
            if f.lesson == lesson
        ]
        lines += Table(columns, rows).markdown()
    return lines


def _where(finding: StoredFinding) -> str:
    """Section and cell, in the form that the website turns into a link to the section."""
    section = re.sub(r"^\d+\. ", "", finding.section)
    lesson = finding.lesson
    return f'[{lesson[:2]}](notebooks/{lesson}.ipynb), "{section}" [{finding.cell}]'
