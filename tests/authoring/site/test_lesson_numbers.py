"""A number of a lesson in prose leads to the lesson; elsewhere it stays what it is."""

import pytest

pytest.importorskip("docutils", reason="`make site` installs Sphinx")

from docutils.core import publish_doctree
from docutils.nodes import reference

from authoring.site.lesson_numbers import link_numbers

PLACES = {"01": "01.html", "04": "04.html", "05": "05.html"}


def led(text):
    tree = publish_doctree(text)
    link_numbers(tree, PLACES)
    return tree, [link["refuri"] for link in tree.findall(reference)]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Lesson 04 says how, and lesson 05, too.", ["04.html", "05.html"]),
        ("lessons 01, 04 and 05", ["01.html", "04.html", "05.html"]),
        ("lesson 09 is not written; 04 is only a number", []),
        ("lesson 01, 05 minutes", ["01.html"]),
        ("lesson 041 does not exist", []),
        ("a word of the field (01, 04), and (2004) a year", ["01.html", "04.html"]),
    ],
)
def test_each_number_of_a_lesson_that_is_there_becomes_a_link(text, places):
    tree, links = led(text)
    assert links == places and tree.astext() == text


def test_code_headings_and_links_stay_as_they_are():
    text = "Text.\n\nlesson 04\n=========\n\n``lesson 04``, `lesson 04 <a>`__::\n\n  lesson 04\n"
    assert led(text)[1] == ["a"]
