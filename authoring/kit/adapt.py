"""Run lessons on other text and models: executed copies, in which nothing claims too much.

A lesson is never changed. Its copy has the other names in its code. A cell that cannot run there
says why, and so does each that needs it. Prose about results is marked as the course's.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from xenc_course import load_collection

from ..cells import has_tag
from ..execute import run_cells
from ..notebooks import NOTEBOOKS, normalise
from ..stored_findings import StoredFinding, findings
from .cut import Part, cut
from .left_out import leave_out, without_findings
from .order import LESSONS, Order, texts_of
from .quoting import quote
from .replace import replace_texts, replacing, strings_of
from .stand_ins import stand_ins

IMPORTS = re.compile(r"^from xenc_course import .*$", re.MULTILINE)
OWN = """
# Put in by `make adapt`: what is not stored for this text and these models is made here.
from xenc_course.teaching.own_material import OwnMaterial

own = OwnMaterial({source!r}, cross_encoder={cross_encoder!r}, bi_encoder={bi_encoder!r}, {depth})
load_collection, load_vectors, load_search = own.load_collection, own.load_vectors, own.load_search
load_run, find_run = own.load_run, own.find_run
load_cross_encoder, load_bi_encoder = own.load_cross_encoder, own.load_bi_encoder
load_frontier, load_prices = own.load_frontier, own.load_prices
"""
RERANKER = "Reranker = own.reranker\n"
NOTE = """> **Adapted.** In this copy {changes}.
> Outputs and findings come from this run. A paragraph that begins with "The course, on its own
> text" was written about the course's results. Where "Here" follows it, that lists numbers of the
> paragraph with those that stand in the same place of the same output now."""
SECONDS_A_CELL = 3_600


@dataclass(frozen=True)
class Adapted:
    """An adapted lesson.

    Attributes:
        lesson: its name.
        notebook: the copy, as it ran.
        left_out: a sentence for each cell that could not run, those left aside that need another.
        before: the findings of the original.
        after: the findings of the copy.
    """

    lesson: str
    notebook: NotebookNode
    left_out: list[str]
    before: list[StoredFinding]
    after: list[StoredFinding]


def adapt(lesson: str, order: Order, folder: Path, part: Part | None = None) -> Adapted:
    """Make the copy of a lesson, and run it.

    Args:
        lesson: its name.
        order: what is asked for.
        folder: where the copy runs.
        part: what of the lesson is wanted; all of it when None.

    Returns:
        The adapted lesson.

    Raises:
        ValueError: this lesson cannot be adapted.
        RuntimeError: its kernel has died, or a cell took too long.
    """
    if lesson not in LESSONS:
        raise ValueError(f"Lesson {lesson} is not adapted: choose from {', '.join(LESSONS)}.")
    whole = nbformat.read(NOTEBOOKS / f"{lesson}.ipynb", as_version=4)
    original = cut(whole, part) if part else copy.deepcopy(whole)
    original.cells = [cell for cell in original.cells if not has_tag(cell, "solution")]
    book = _renamed(original, lesson, order)
    again = copy.deepcopy(book)
    run_cells(book, folder, lesson, allow_errors=True, timeout=SECONDS_A_CELL)
    left_out, lost = leave_out(book)
    if without_findings(again, lost):
        book = again
        run_cells(book, folder, lesson, allow_errors=True, timeout=SECONDS_A_CELL)
        left_out, _ = leave_out(book)
    names = order.names(lesson)
    quote(book, original, replacing(names))
    book.cells.insert(1, new_markdown_cell(NOTE.format(changes=order.said(lesson))))
    before, after = (list(findings(each, lesson)) for each in (whole, book))
    return Adapted(lesson, normalise(book), left_out, before, after)


def _renamed(original: NotebookNode, lesson: str, order: Order) -> NotebookNode:
    """A copy whose code has the other names, and takes its runs from what is made for them."""
    book, known = copy.deepcopy(original), LESSONS[lesson]
    ids = {}
    if order.source:
        course, own = load_collection(known["replaces"]), load_collection(order.source)
        ids = stand_ins(strings_of(book), course, own)
    replace_texts(book, order.names(lesson), order.examples, {**ids, **texts_of(lesson)})
    setup = next(cell for cell in book.cells if cell.cell_type == "code")
    end = list(IMPORTS.finditer(setup.source))[-1].end()
    put_in = OWN.format(
        source=order.handed_out,
        cross_encoder=order.cross_encoder,
        bi_encoder=order.bi_encoder,
        depth=f"depth={known['depth']}",
    )
    put_in += RERANKER if known["makes_int8"] else ""
    setup.source = f"{setup.source[:end]}\n{put_in.rstrip()}\n{setup.source[end:].lstrip()}"
    return book
