"""What an instructor asks `make adapt` for."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from authoring.kit.order import LESSONS, Order, check_examples, check_labels, read_order
from authoring.kit.replace import replace_texts
from authoring.notebooks import NOTEBOOKS
from tests.support.beir_folders import make_folder
from tests.support.class_folder import class_folder


@pytest.fixture
def folder(tmp_path):
    return class_folder(tmp_path / "house")


def test_every_lesson_that_can_be_adapted_is_there():
    assert {NOTEBOOKS / f"{name}.ipynb" for name in LESSONS} <= set(NOTEBOOKS.iterdir())


def test_examples_beside_the_collection_are_read(folder):
    (folder / "examples.yaml").write_text('"How do I reset my password?": "Where is the saw?"\n')
    order = read_order(str(folder))
    examples = {"How do I reset my password?": "Where is the saw?"}
    assert order == Order(str(folder), "house", examples=examples)


@pytest.mark.parametrize("text", ["- a list", "query: 3", "{"])
def test_examples_of_another_form_are_refused(folder, text):
    (folder / "examples.yaml").write_text(text)
    with pytest.raises(ValueError, match=r"examples\.yaml"):
        read_order(str(folder))


def test_an_order_of_nothing_is_refused():
    with pytest.raises(ValueError, match="make adapt COLLECTION=folder"):
        read_order()


def test_a_model_that_is_nowhere_is_refused_before_a_lesson_runs(tmp_path):
    with pytest.raises(FileNotFoundError, match="holds no config"):
        read_order(cross_encoder=str(make_folder(tmp_path / "mine")))


def test_names_and_what_tables_call_them_change_together():
    order = Order("/house", "house", "/models/ours", "owner/encoder")
    assert order.names("04_accuracy") == {
        "helpdesk": "house",
        "ms-marco-MiniLM-L12-v2": "/models/ours",
        "ms-marco-MiniLM-L12-v2-int8": "/models/ours-int8",
        "L12": "ours",
        "all-MiniLM-L6-v2": "owner/encoder",
        "all-MiniLM-L6-v2-int8": "owner/encoder-int8",
        "all-MiniLM": "encoder",
    }
    assert order.said("04_accuracy") == (
        "**house** takes the place of helpdesk, "
        "**/models/ours** (ours) takes that of ms-marco-MiniLM-L12-v2 (L12), "
        "**owner/encoder** (encoder) takes that of all-MiniLM-L6-v2 (all-MiniLM)"
    )


@pytest.mark.parametrize("lesson", LESSONS)
def test_no_lesson_names_a_model_that_was_replaced(lesson):
    order = Order(cross_encoder="ours", bi_encoder="theirs")
    book = nbformat.read(NOTEBOOKS / f"{lesson}.ipynb", as_version=4)
    replace_texts(book, order.names(lesson), {}, {})
    code = "\n".join(cell.source for cell in book.cells if cell.cell_type == "code")
    assert not re.search("ms-marco-MiniLM-L12|all-MiniLM-L6", code)


def test_a_model_that_a_lesson_would_confuse_with_another_is_refused():
    lessons = {"04_accuracy": new_notebook(cells=[new_code_cell('stages = {"bge": "bge, alone"}')])}
    check_labels(Order(cross_encoder="/m/ours", bi_encoder="/m/theirs"), lessons)
    with pytest.raises(ValueError, match="Lesson 04 calls another model or stage 'bge'"):
        check_labels(Order(bi_encoder="/m/bge"), lessons)
    with pytest.raises(ValueError, match="Both models would be called 'final'"):
        check_labels(Order(cross_encoder="/a/final", bi_encoder="/b/final"), {})


def test_an_example_that_no_lesson_has_is_refused_with_the_nearest():
    book = new_notebook(cells=[new_code_cell('query = "What makes a valid password?"')])
    check_examples({"What makes a valid password?": "What may I bring?"}, [book])
    with pytest.raises(ValueError, match="did you mean 'What makes a valid password"):
        check_examples({"What makes a valid pasword?": "What may I bring?"}, [book])


@pytest.mark.models
def test_a_model_of_the_course_is_called_as_the_catalogue_does():
    order = read_order(cross_encoder="xenc-distil-l3", bi_encoder="all-MiniLM-L6-v2")
    assert order == Order(cross_encoder="xenc-distil-L3")
