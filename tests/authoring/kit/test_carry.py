import nbformat.v4 as v4
import pytest

from authoring.kit.carry import carry_over
from tests.support.lesson_cells import printed


def lessons(prose, before, after):
    """A lesson and the same after another run: prose between two cells."""
    opening = v4.new_markdown_cell("# Title")
    books = [
        v4.new_notebook(
            cells=[opening.copy(), printed(first), v4.new_markdown_cell(prose), printed(last)]
        )
        for first, last in (before, after)
    ]
    return books


def carried(prose, before, after):
    old, new = lessons(prose, before, after)
    kept = carry_over(old, new)
    return new.cells[2].source, kept


@pytest.mark.parametrize(
    ("prose", "shown", "here", "expected"),
    [
        ("It gains 0.20 here.", "gain 0.2027", "gain 0.0512", "It gains 0.05 here."),
        ("It is 60 % of them.", "share 0.6048", "share 0.7512", "It is 75 % of them."),
        ("It took 1,000 queries.", "1,000 queries", "1,234 queries", "It took 1,234 queries."),
        ("It moves by −0.04.", "difference -0.0409", "difference +0.0300", "It moves by 0.03."),
        ("It loses 0.04.", "difference -0.0409", "difference -0.0777", "It loses 0.08."),
    ],
)
def test_a_number_is_that_of_the_new_run_with_as_many_decimals(prose, shown, here, expected):
    text, kept = carried(prose, (shown, ""), (here, ""))
    assert text == expected
    assert not kept


def test_the_nearest_cell_gives_the_number():
    text, _ = carried("It is 0.50 now.", ("a 0.5", "b 0.5"), ("a 0.1", "b 0.9"))
    assert text == "It is 0.10 now."


def test_a_number_whose_table_has_another_form_is_named():
    text, kept = carried("It gains 0.20 here.", ("0.2027 3", ""), ("0.1", ""))
    assert text == "It gains 0.20 here."
    assert kept == {3: ["0.20"]}


def test_a_cited_number_stays():
    text, kept = carried("It was 0.20 (Guo et al. 2017).", ("0.2027", ""), ("0.1", ""))
    assert text == "It was 0.20 (Guo et al. 2017)."
    assert not kept
