"""Prose on the course's results is marked in an adapted lesson, and gets this run's values."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from authoring.cells import blocks_of
from authoring.kit.quoting import HERE, QUOTED, quote
from authoring.kit.replace import replacing

RENAMED = replacing({"helpdesk": "house"})
TABLE = """run       nDCG@10  difference
helpdesk   0.4000     -0.0312
other      0.7000     +0.1000"""


def lesson(output, *prose):
    ran = new_code_cell("1", outputs=[new_output("stream", text=output)])
    return new_notebook(cells=[new_markdown_cell("## 1. A section"), ran, *prose])


def quoted(old, new, text):
    book, original = (lesson(output, new_markdown_cell(text)) for output in (old, new)[::-1])
    quote(book, original, RENAMED)
    return blocks_of(book.cells[2].source)


def test_prose_about_a_result_is_marked_and_other_prose_is_not():
    text = "New York is first.\n\nA general remark.\n\nIt gains 0.2.\n\n```\n\n0.3\n```"
    first, general, gain, code = quoted("1", "2", text)
    assert first.startswith(QUOTED) and gain.startswith(QUOTED) and general == "A general remark."
    assert code == "```\n\n0.3\n```"
    assert quoted("0.1", "0.2", "**Predict first.** Does it rise?") == [
        f"{QUOTED}**Predict first.** Does it rise?"
    ]


def test_prose_below_outputs_that_did_not_change_is_still_true():
    assert quoted("on helpdesk: 3", "on house: 3", "It gains 0.2.") == ["It gains 0.2."]


@pytest.mark.parametrize("heading", ["### On Monday", "### Exercise 1: add · 3 minutes · easy"])
def test_advice_and_exercises_stay(heading):
    assert quoted("1", "2", f"{heading}\n\nAsk for 0.05.")[1] == "Ask for 0.05."


def test_a_level_of_certainty_is_not_followed():
    (paragraph,) = quoted("shown  0.9513", "shown  0.9407", "It is 95 % sure, for 95.13 %.")
    assert paragraph.endswith(f"{HERE}95.13 % → 94.07 %.")


def test_numbers_of_the_course_are_followed_by_those_of_this_run():
    here = TABLE.replace("helpdesk", "house   ").replace("-0.0312", "+0.0150")
    (paragraph,) = quoted(TABLE, here, "It loses -0.031 there, from 40 %, and gains 0.1 elsewhere.")
    assert paragraph.endswith(f"{HERE}-0.031 → +0.015.")


def test_a_number_whose_place_shows_something_else_is_not_followed():
    for here in (TABLE.replace("helpdesk", "another"), "no table"):
        (paragraph,) = quoted(TABLE, here, "It loses -0.031 there.")
        assert HERE not in paragraph


def test_a_margin_may_stand_in_a_table_by_chance_and_is_not_followed():
    old, here = "margin  0.0500", "margin  0.0700"
    (paragraph,) = quoted(old, here, "Differences below 0.05 do not matter; `0.0500` is code.")
    assert HERE not in paragraph


def test_a_number_of_another_section_is_not_followed():
    (_, paragraph) = quoted("0.0312", "0.0450", "## 2. Another\n\nIt is not 0.0312.")
    assert paragraph.startswith(QUOTED) and HERE not in paragraph


def test_a_row_is_known_by_the_number_that_it_begins_with():
    (paragraph,) = quoted("20  0.7345", "50  0.6345", "At depth 20 it reaches 0.7345.")
    assert HERE not in paragraph


def test_a_state_may_be_another_than_the_courses():
    old, here = "new  0.1234  shown", "new  0.0123  cannot tell"
    (paragraph,) = quoted(old, here, "It gains 0.1234.")
    assert paragraph.endswith(f"{HERE}0.1234 → 0.0123.")
