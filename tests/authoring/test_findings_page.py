"""The page of findings: every finding once, every citation with its source."""

import nbformat
import nbformat.v4 as v4
import pytest

from authoring.findings_page import PAGE, check_findings, findings_page
from authoring.notebooks import NOTEBOOKS
from authoring.stored_findings import citations, findings
from tests.support.lesson_cells import lesson, shown
from xenc_course import Share, finding, load_prices, show_findings


def test_a_stale_page_is_refused(tmp_path):
    page = tmp_path / "FINDINGS.md"
    page.write_text(PAGE.read_text(encoding="utf-8").replace("shown", "seen", 1))
    with pytest.raises(ValueError, match="run `make findings`"):
        check_findings(NOTEBOOKS, page)
    with pytest.raises(ValueError, match="run `make findings`"):
        check_findings(NOTEBOOKS, tmp_path / "absent.md")


def test_cited_figures_are_listed_with_their_source():
    table = v4.new_code_cell("# Source: the manual of X (2020)\nx = {'a1': 74.3, 'b': 1_000}")
    text = v4.new_markdown_cell("It gains 3 points on news. So say Lu et al. (2025).")
    rows = v4.new_markdown_cell("| nDCG@10 ([documentation](x.md)) | mean |\n|--|--|\n| a | 0.75 |")
    found = list(citations(lesson(text, table, rows), "01_a"))
    assert {(c.cell, c.figures, c.source) for c in found} == {
        (2, ("3 points",), "So say Lu et al. (2025)."),
        (3, ("74.3", "1_000"), "the manual of X (2020)"),
        (4, ("0.75",), "nDCG@10 (documentation)"),
    }


def test_a_finding_is_listed_with_its_state_and_the_place_where_it_is_first_shown(tmp_path):
    many = finding("Most of them | are.", Share(90, 100, "pairs"))
    slow = finding("It is slow.", Share(10, 100, "rounds"))
    book = lesson(
        v4.new_markdown_cell("## 2. Counted"),
        shown(many),
        v4.new_markdown_cell("## Wrap-up"),
        shown(show_findings([many, slow]), tags=["nbval-ignore-output"]),
    )
    for count, cell in enumerate((c for c in book.cells if c.cell_type == "code"), start=1):
        cell.execution_count = count
    first, second = findings(book, "01_a")
    assert (first.section, first.cell, first.state, first.kind) == (
        "2. Counted",
        1,
        "shown",
        "count",
    )
    assert (first.estimate, first.n) == ("0.9000 (90 of 100)", "100 pairs")
    assert (second.section, second.state, second.machine) == ("Wrap-up", "contradicted", True)
    nbformat.write(book, tmp_path / "01_a.ipynb")
    page = "\n".join(findings_page(tmp_path))
    assert "1 findings, the same on every machine: 1 shown, 0 contradicted" in page
    assert "| Most of them \\| are. | shown | 0.9000 (90 of 100) |" in page
    assert '| [01](notebooks/01_a.ipynb), "Counted" [1] |' in page and "## Times" in page
    assert "### [01 · Title](notebooks/01_a.ipynb)" in page


def test_the_page_has_the_stored_prices_and_says_where_they_come_from(tmp_path):
    prices = load_prices()
    page = "\n".join(findings_page(tmp_path))
    assert "## Prices" in page and prices.command in page and prices.processor in page
    assert all(f"| {price.name} | {price.unit} |" in page for price in prices.prices)
