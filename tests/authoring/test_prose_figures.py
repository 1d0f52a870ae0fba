"""No number stands in prose alone."""

import nbformat.v4 as v4
import pytest

from authoring.prose_figures import unsupported
from tests.support.lesson_cells import lesson, printed


def prose(text: str, *cells):
    return unsupported(lesson(v4.new_markdown_cell(text), *cells))


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


def test_a_number_in_the_first_cell_is_looked_at_but_for_the_line_with_the_minutes():
    book = lesson()
    assert unsupported(book) == []
    book.cells[0].source += "\n\nBM25 gives 37 % of passages a score of 0.731."
    assert [problem.split(",")[0] for problem in unsupported(book)] == [
        "cell 1 says '37 %'",
        "cell 1 says '0.731'",
    ]
