"""Lessons on a class's own collection."""

import nbformat
import pytest

from authoring.cells import is_markdown, shown_text
from authoring.kit.adapt import LESSONS, Order, adapt_all, read_order
from authoring.kit.changes import changes_page
from authoring.notebooks import NOTEBOOKS
from tests.support.class_folder import class_folder

pytestmark = pytest.mark.checkout


@pytest.fixture
def folder(tmp_path):
    return class_folder(tmp_path / "house")


def test_every_lesson_that_can_be_adapted_is_there():
    assert {NOTEBOOKS / f"{name}.ipynb" for name in LESSONS} <= set(NOTEBOOKS.iterdir())


def test_examples_beside_the_collection_are_read(folder):
    (folder / "examples.yaml").write_text('"How do I reset my password?": "Where is the saw?"\n')
    order = read_order(str(folder))
    assert order.examples == {"How do I reset my password?": "Where is the saw?"}
    assert order.collection == str(folder)


@pytest.mark.parametrize("text", ["- a list", "query: 3", "{"])
def test_examples_of_another_form_are_refused(folder, text):
    (folder / "examples.yaml").write_text(text)
    with pytest.raises(ValueError, match=r"examples\.yaml"):
        read_order(str(folder))


def test_a_lesson_that_cannot_be_adapted_is_named(folder, tmp_path):
    with pytest.raises(ValueError, match="Lesson 02 is not adapted: choose from 01, 03"):
        adapt_all(Order(str(folder)), ["02"], tmp_path)


@pytest.mark.slow
@pytest.mark.models
def test_the_first_lesson_runs_on_sixty_passages(folder, tmp_path):
    original = (NOTEBOOKS / "01_basics.ipynb").read_bytes()
    examples = {"How do I reset my password?": "Where is the saw kept?"}
    order = Order(str(folder), examples=examples)
    [adapted] = adapt_all(order, ["01"], tmp_path)

    book = nbformat.read(tmp_path / "adapted" / "01_basics.ipynb", as_version=4)
    text = "\n".join(shown_text(cell) for cell in book.cells)
    assert "60 articles" in text
    prose = " ".join(cell.source for cell in book.cells if is_markdown(cell))
    assert "ran on\n> **house**" in prose
    assert "Where is the saw kept?" in text
    assert "15 queries" in text
    assert (tmp_path / "adapted" / "01_basics.html").read_text().count("<html") == 1
    page = "\n".join(changes_page(order, [adapted]))
    assert "Reranking twenty candidates raises RR@10 on" in page
    assert (NOTEBOOKS / "01_basics.ipynb").read_bytes() == original
