"""The code of a lesson with another collection's name, and other examples."""

import nbformat.v4 as v4
import pytest

from authoring.kit.replace import replace_texts

EXAMPLES = {"How do I reset it?": 'How do I say "yes"?'}


def replaced(cell):
    replace_texts(v4.new_notebook(cells=[cell]), "wikipedia", "my texts", EXAMPLES)
    return cell.source


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('load("wikipedia", 3)', 'load("my texts", 3)'),
        ("a, b = 'wikipedia', 'wikipedia'", 'a, b = "my texts", "my texts"'),
        ('é = "é"; query = "How do I reset it?"', 'é = "é"; query = "How do I say \\"yes\\"?"'),
        (
            'ask(\n    "How do I "\n    "reset it?",\n    1,\n)',
            'ask(\n    "How do I say \\"yes\\"?",\n    1,\n)',
        ),
        ('f"on wikipedia: {x}"', "f'on my texts: {x}'"),
        ('"It helps on wikipedia."', '"It helps on my texts."'),
        ('"wikipedia.lance"', '"wikipedia.lance"'),
        ("wikipedia = 1  # wikipedia", "wikipedia = 1  # wikipedia"),
    ],
)
def test_strings_are_replaced_and_nothing_else(code, expected):
    assert replaced(v4.new_code_cell(code)) == expected


def test_prose_takes_examples_but_no_names():
    prose = v4.new_markdown_cell("On wikipedia: *How do I reset it?*")
    assert replaced(prose) == 'On wikipedia: *How do I say "yes"?*'
