"""Numbers in a lesson's prose: each is computed by a cell of the lesson, or cited.

A number counts when it carries a unit, is a percentage or a ratio, or has decimals: "73 %", "3 ×",
"512 tokens", "0.7216". It is *computed* when a stored output or the code of the same lesson holds a
number that rounds to it (0.9250 and 92.5 % are the same). It is *cited* when its paragraph names a
source: a year in brackets such as "(Lu et al. 2025)" or "Weller et al. (2023)", the documentation
of a library, a model card or a datasheet. Exercises, references, the opening line with the
minutes, headings and code are left out, because they make no claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from .cells import shown_text

UNITS = (
    "%|×|times|ms|s|seconds?|minutes?|hours?|bytes|kB|MB|GB|bits?|tokens?|words?|pairs?|passages?|"
    "queries|candidates|documents|articles|parameters|layers|heads|numbers|points|logits?|"
    "GFLOPs?|cores?|threads?|judgements|kinds|models?"
)
FIGURE = re.compile(
    rf"(?<![\w.,/-])([+\-−±]?\d+(?:,\d{{3}})*(?:\.\d+)?)(?:[\s-]?({UNITS})(?![\w-]))?"
)
ANY_NUMBER = re.compile(r"(?<![\w.])[+\-−]?\d[\d_,]*(?:\.\d+)?(?:e[+-]?\d+)?")
SOURCE = re.compile(
    r"\([^()]*\b(?:19|20)\d\d[a-z]?\b[^()]*\)|\bdocumentation\b|\bmodel cards?\b|\bdatasheet\b"
)
_CODE = re.compile(r"^```.*?^```|`[^`]+`|\$[^$]+\$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\([^)]*\)")
_REFERENCE = re.compile(r"\b(?:lessons?|sections?|exercises?) \d+(?:(?:,| and| to) \d+)*", re.I)
# The line of the first cell with level, minutes and needs: it sets times and claims nothing.
MINUTES_LINE = re.compile(r"^(?=.*\bmin).* · .*$", re.MULTILINE | re.IGNORECASE)
END = re.compile(r"^## (?:On your own|Further reading)", re.MULTILINE)


@dataclass(frozen=True)
class Figure:
    """A number in prose.

    Attributes:
        cell: where it stands, from 1.
        text: as it is written, with its unit.
        value: the number.
        decimals: how many decimals are written.
        percent: whether its unit is "%".
        cited: whether its paragraph names a source.
        paragraph: the whole paragraph, in one line.
    """

    cell: int
    text: str
    value: float
    decimals: int
    percent: bool
    cited: bool
    paragraph: str


def figures(notebook: NotebookNode) -> Iterator[Figure]:
    """Find the numbers of a lesson's prose, by the rules of this module.

    Args:
        notebook: the lesson.

    Yields:
        The numbers in order, up to the exercises.
    """
    for cell, source in enumerate((c.source for c in notebook.cells), start=1):
        if notebook.cells[cell - 1].cell_type != "markdown":
            continue
        if END.search(source):
            return
        for paragraph in re.split(
            r"\n\s*\n", MINUTES_LINE.sub("", source) if cell == 1 else source
        ):
            text = claims(paragraph)
            if text.lstrip().startswith("#"):
                continue
            cited = SOURCE.search(paragraph) is not None
            for match in FIGURE.finditer(text):
                if not match.group(2) and "." not in match.group(1):
                    continue  # neither a unit nor decimals: "the first 3", a year
                number = match.group(1).replace(",", "").replace("−", "-").lstrip("±")
                yield Figure(
                    cell,
                    match.group().strip(),
                    float(number),
                    len(number.partition(".")[2]),
                    match.group(2) == "%",
                    cited,
                    " ".join(paragraph.split()),
                )


def claims(paragraph: str) -> str:
    """A paragraph without what holds numbers that claim nothing: code, links and references."""
    return _REFERENCE.sub("", _LINK.sub("]", _CODE.sub("", paragraph)))


def unsupported(notebook: NotebookNode) -> list[str]:
    """Find numbers of the prose that no cell computes and that are not cited.

    Args:
        notebook: the lesson, with stored outputs.

    Returns:
        One sentence per number, which begins with the number of its cell.
    """
    known = _numbers(_computed(notebook))
    return [
        f"cell {figure.cell} says {figure.text!r}, which no cell of the lesson computes: compute "
        "it, cite its source in the same paragraph, or leave it out."
        for figure in figures(notebook)
        if not figure.cited and not _is_known(figure, known)
    ]


def _computed(notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield cell.source
            yield shown_text(cell)


def _numbers(texts: Iterable[str]) -> set[float]:
    matches = (match for text in texts for match in ANY_NUMBER.findall(text))
    return {float(re.sub("[,_]", "", match).replace("−", "-")) for match in matches}


def _is_known(figure: Figure, known: set[float]) -> bool:
    half = 0.5 * 10**-figure.decimals + 1e-9
    wanted = [(abs(figure.value), half)]
    if figure.percent:
        wanted.append((abs(figure.value) / 100, half / 100))
    return any(abs(abs(number) - value) <= near for number in known for value, near in wanted)
