"""The code of a lesson with another collection's name, and other examples."""

import nbformat.v4 as v4
import pytest

from authoring.kit.replace import replace_texts, strings_of

EXAMPLES = {"How do I reset it?": 'How do I say "yes"?'}


def replaced(cell):
    names = {"wikipedia": "my texts", "L12": "ours", "MiniLM-L12-v2": "L12"}
    replace_texts(v4.new_notebook(cells=[cell]), names, EXAMPLES, {"q033": "q5"})
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
        ('("L12\'s", "MiniLM-L12-v2", "L12x")', '("ours\'s", "L12", "L12x")'),
        ('("q033", "not q033")', '("q5", "not q033")'),
        ('"wikipedia.lance"', '"wikipedia.lance"'),
        ("wikipedia = 1  # wikipedia", "wikipedia = 1  # wikipedia"),
    ],
)
def test_strings_are_replaced_and_nothing_else(code, expected):
    assert replaced(v4.new_code_cell(code)) == expected


def test_prose_takes_examples_but_no_names():
    prose = v4.new_markdown_cell("On wikipedia, q033: *How do I reset it?*")
    assert replaced(prose) == 'On wikipedia, q033: *How do I say "yes"?*'


def test_the_strings_of_a_lesson_stand_in_order_without_f_strings():
    cells = [v4.new_code_cell('a("x", f"{x} y")'), v4.new_code_cell('b["z"]')]
    assert strings_of(v4.new_notebook(cells=cells)) == ["x", "z"]
