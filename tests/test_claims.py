"""CLAIMS.md says what the lessons say, and no number stands in prose alone."""

import re
from pathlib import Path

import nbformat
import nbformat.v4 as v4
import pytest

from authoring.__main__ import main
from authoring.cells import shown_text
from authoring.claims_page import CLAIMS, check_claims, citations, claims, claims_page
from authoring.notebooks import NOTEBOOKS, lesson_paths
from authoring.prose_figures import unsupported
from xenc_course.teaching.verdicts import show_verdicts, verdict

LESSONS = sorted(lesson_paths(NOTEBOOKS))


def shown(value: object, tags: list[str] | None = None, source: str = "value"):
    data = {"text/html": value._repr_html_(), "text/plain": str(value)}
    output = v4.new_output("execute_result", data=data, execution_count=1)
    return v4.new_code_cell(source, outputs=[output], metadata={"tags": tags or []})


def printed(text: str, source: str = "print(x)"):
    return v4.new_code_cell(source, outputs=[v4.new_output("stream", text=text)])


def lesson(*cells):
    return v4.new_notebook(cells=[v4.new_markdown_cell("# Title\n\n60 minutes"), *cells])


def prose(text: str, *cells):
    return unsupported(lesson(v4.new_markdown_cell(text), *cells))


def test_claims_md_is_what_the_lessons_say():
    check_claims(NOTEBOOKS, CLAIMS)


def test_the_readme_gives_the_quality_that_lesson_04_stores():
    readme = (NOTEBOOKS.parent / "README.md").read_text(encoding="utf-8")
    rows = [row for row in readme.splitlines() if row.startswith("|") and row.endswith("| 04 |")]
    given = re.findall(r"\b0\.\d{3}\b", "\n".join(rows))
    cells = nbformat.read(NOTEBOOKS / "04_accuracy.ipynb", as_version=4).cells
    stored = re.findall(r"\b0\.\d{4}\b", "\n".join(map(shown_text, cells)))
    assert len(given) == 12
    assert set(given) <= {f"{float(number):.3f}" for number in stored}


def test_a_stale_page_is_refused(tmp_path):
    page = tmp_path / "CLAIMS.md"
    page.write_text(CLAIMS.read_text(encoding="utf-8").replace("holds", "held", 1))
    with pytest.raises(ValueError, match="run `make claims`"):
        check_claims(NOTEBOOKS, page)
    with pytest.raises(ValueError, match="run `make claims`"):
        check_claims(NOTEBOOKS, tmp_path / "absent.md")


def test_the_command_writes_and_checks(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("authoring.__main__.CLAIMS", tmp_path / "CLAIMS.md")
    assert main(["claims", "--check"]) == 1
    assert "run `make claims`" in capsys.readouterr().err
    assert main(["claims"]) == 0
    assert main(["claims", "--check"]) == 0


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
    import nbformat

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


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_number_in_prose_is_computed_or_cited(path: Path):
    import nbformat

    assert unsupported(nbformat.read(path, 4)) == []


@pytest.mark.parametrize(
    "text", ["It wins 73 % of them.", "It is 4 times faster.", "0.7216 is good.", "12 ms a pair"]
)
def test_a_number_that_nobody_measured_is_found(text):
    (problem,) = prose(text, printed("72 and 0.7225"))
    assert problem.startswith("cell 2 says")


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("It wins 73 % of them.", "0.7312"),
        ("It is 4 times faster.", "4.3 times"),
        ("About 1,024 tokens.", "1024"),
        ("A loss of −0.04 points.", "-0.0431"),
    ],
)
def test_a_number_that_rounds_to_an_output_is_computed(text, output):
    assert prose(text, printed(output)) == []


def test_constants_of_the_code_and_sources_cover_numbers():
    assert prose("Cut to 40 words.", v4.new_code_cell("n = 40")) == []
    assert prose("It gains 3.5 points (Lu et al. 2025).") == []
    assert prose("The model card gives 9.2189.") == []


def test_what_claims_nothing_is_not_looked_at():
    task = v4.new_markdown_cell("## On your own\n\n### Exercise 1: x · 5 minutes · easy\n\n7 MB")
    assert prose("Lesson 03, sections 4 to 6; `x = 5 ms`; since 2019; the first 10.", task) == []
    assert prose("## The 3 % rule") == []
