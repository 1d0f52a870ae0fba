"""The page of claims: every verdict once, every citation with its source."""

import nbformat
import nbformat.v4 as v4
import pytest

from authoring.claims_page import CLAIMS, check_claims, citations, claims, claims_page
from authoring.notebooks import NOTEBOOKS
from tests.support.lesson_cells import lesson, shown
from xenc_course.teaching.verdicts import show_verdicts, verdict


def test_a_stale_page_is_refused(tmp_path):
    page = tmp_path / "CLAIMS.md"
    page.write_text(CLAIMS.read_text(encoding="utf-8").replace("holds", "held", 1))
    with pytest.raises(ValueError, match="run `make claims`"):
        check_claims(NOTEBOOKS, page)
    with pytest.raises(ValueError, match="run `make claims`"):
        check_claims(NOTEBOOKS, tmp_path / "absent.md")


def test_a_verdict_is_listed_once_where_it_is_first_shown():
    better = verdict("A beats B", True, "RR@10 +0.1250, 95 % interval +0.0100 to +0.2400")
    fast = verdict("A | B is fast", False, "3.1 times (2.9 to 3.3)")
    book = lesson(
        shown(better),
        shown(fast, tags=["nbval-ignore-output"]),
        shown(show_verdicts([better, fast])),
    )
    first, second = claims(book, "01_a")
    assert (first.cell, first.text, first.holds, first.machine) == (2, "A beats B", True, False)
    assert first.interval == "+0.0100 to +0.2400"
    assert (second.cell, second.holds, second.machine) == (3, False, True)
    assert second.interval == "2.9 to 3.3"


def test_the_page_names_every_lesson_and_escapes_columns(tmp_path):

    book = lesson(shown(verdict("A | B", True, "as measured")))
    nbformat.write(book, tmp_path / "01_a.ipynb")
    page = "\n".join(claims_page(tmp_path))
    assert "1 claims, of which 1 hold." in page
    assert "| 2 | A \\| B | as measured | – | holds |" in page


def test_cited_figures_are_listed_with_their_source():
    table = v4.new_code_cell("# Source: the manual of X (2020)\nx = {'a1': 74.3, 'b': 1_000}")
    text = v4.new_markdown_cell("It gains 3 points on news. So say Lu et al. (2025).")
    found = list(citations(lesson(text, table), "01_a"))
    assert {(c.cell, c.figures, c.source) for c in found} == {
        (2, ("3 points",), "So say Lu et al. (2025)."),
        (3, ("74.3", "1_000"), "the manual of X (2020)"),
    }
