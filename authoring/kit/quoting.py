"""Prose about the course's results, in a lesson that ran on other text: a quotation with values.

The sentences were written about the course's results, so they are marked as the course's. Numbers
in them that a table of the lesson holds are followed by what the same place of the table holds now.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from nbformat import NotebookNode

from ..cells import blocks_of, has_tag, is_markdown, shown_text
from ..prose_figures import ANY_NUMBER, FIGURE, claims
from ..stored_findings import STATE
from .student import FOLDED_CELL

# What only the course's text or models have: an answer, a figure, a count, a name.
COURSE = re.compile(
    r"\bIt is (?:neither|\([a-d]\))|\d\.\d|\d %|\d,\d{3}|\bwikipedia\b|\bhelpdesk\b|\bhelp cent"
    r"|\b(?:its|the right) article\b|\b(?:ten|twelve|sixteen|forty|fifty|hundred|thousand)\b"
    r"|\b(?:this|the (?:first|second)) collection\b|\bthese pages\b|\bL12\b|\ball-MiniLM\b"
    r"|\bof the (?:three|four)\b",
    re.IGNORECASE,
)
NOT_QUOTED = ("#", "**The question", "**Level", "```", "|")
NO_RESULTS = re.compile(r"^#{2,3} (?:On Monday|On your own|Quiz|Exercise .*|Further reading)$")
LEVELS = {"90", "95", "99"}  # per cent of certainty, not measured
SECTION = re.compile(r"^## ", re.MULTILINE)
QUOTED = "> *The course, on its own text:* "
HERE = "> *Here:* "


def quote(book: NotebookNode, original: NotebookNode, renamed: Callable[[str], str]) -> None:
    """Mark the paragraphs that speak of the course's results, and add this run's values.

    They are the one that follows an output that changed, and below such an output those with a
    figure or an answer. Advice, exercises and further reading stay.

    Args:
        book: an adapted lesson, as it ran; it is changed.
        original: the lesson as the course stores it, with the same cells.
        renamed: gives a text of the original the names that take the place of the course's.
    """
    changed = after_change = False  # whether an output above is another, and the last one
    results = True
    for place, (cell, old) in enumerate(zip(book.cells, original.cells, strict=True)):
        if not is_markdown(cell):
            other = renamed(shown_text(old)) != shown_text(cell)
            after_change = other and not has_tag(cell, "left-out")
            changed |= after_change
            continue
        cell.source = FOLDED_CELL.sub("", cell.source)
        parts = blocks_of(cell.source)
        shown = list(_outputs_above(book.cells, original.cells, place)) if changed else []
        for number, part in enumerate(parts):
            if part.startswith("#"):
                results = not NO_RESULTS.match(part.partition("\n")[0])
                shown = [] if part.startswith("## ") else shown  # a section begins
            speaks = (changed and COURSE.search(part)) or (after_change and number == 0)
            if speaks and results and not part.startswith(NOT_QUOTED):
                values = "; ".join(_values(part, shown, renamed))
                parts[number] = QUOTED + part.replace("\n", "\n> ")
                parts[number] += f"\n>\n{HERE}{values}." if values else ""
        cell.source = "\n\n".join(parts)
        after_change = False


def _outputs_above(
    cells: list[NotebookNode], originals: list[NotebookNode], place: int
) -> Iterator[tuple[str, str]]:
    """What the cells above in a section showed in the course, and show here, the nearest first."""
    for cell, old in zip(reversed(cells[:place]), reversed(originals[:place]), strict=True):
        if cell.cell_type == "code":
            yield shown_text(old), shown_text(cell)
        elif SECTION.search(cell.source):
            return


def _values(
    paragraph: str, pairs: list[tuple[str, str]], renamed: Callable[[str], str]
) -> Iterator[str]:
    """The numbers of a paragraph whose value here is known, each with that value.

    A number of one digit, such as a margin of 0.05, may stand in a table by chance and is left out.
    One of two digits is looked for in the nearest output alone, a longer one in the whole section.
    """
    said = set()
    for match in FIGURE.finditer(claims(paragraph)):
        number, unit = match.groups()
        digits = _significant(number)
        if number in {*said, *LEVELS} or number[0] == "±" or digits < 2:
            continue
        if "." not in number and unit != "%":
            continue
        percent = 100 if unit == "%" else 1
        value = _value_here(
            float(number.replace("−", "-").replace(",", "")) / percent,
            0.5 * 10 ** -len(number.partition(".")[2]) / percent + 1e-9,
            pairs[:1] if digits == 2 else pairs,
            renamed,
        )
        if value is None:
            continue
        sign = "+" if number[0] in "+-−" else ""
        here = f"{value * percent:{sign}.{len(number.partition('.')[2])}f}"
        if here != number.replace("−", "-"):
            said.add(number)
            yield " → ".join(f"{each} %" if unit == "%" else each for each in (number, here))


def _significant(number: str) -> int:
    """How many significant digits a number is written with."""
    digits = re.sub(r"[^\d.]", "", number)
    if "." not in digits:
        digits = digits.rstrip("0")
    return len(digits.replace(".", "").lstrip("0"))


def _value_here(
    wanted: float, near: float, pairs: list[tuple[str, str]], renamed: Callable[[str], str]
) -> float | None:
    """What stands here where the nearest output that holds a number holds it; None if unclear."""
    for old, new in pairs:
        found = set()
        known = False
        for line, other in zip(old.splitlines(), new.splitlines(), strict=False):
            before, after = _numbers(line), _numbers(other)
            same = _words(renamed(line)) == _words(other) and len(after) == len(before)
            for place, value in enumerate(before):
                if abs(value - wanted) <= near:
                    known = True
                    found.add(after[place] if same else None)
        if known:
            return found.pop() if len(found) == 1 else None
    return None


def _words(line: str) -> list[str]:
    """What tells a row from others: its words, and a number that it begins with.

    A state follows from the numbers, so it may be another.
    """
    first = line.split()[:1]
    label = first if first and ANY_NUMBER.fullmatch(first[0]) else []
    return label + ANY_NUMBER.sub("", re.sub(STATE, "", line)).split()


def _numbers(line: str) -> list[float]:
    return [float(re.sub("[,_]", "", text).replace("−", "-")) for text in ANY_NUMBER.findall(line)]
