"""What an instructor asks `make adapt` for."""

import pytest

from authoring.kit.order import LESSONS, Order, read_order
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
        "L12": "ours",
        "all-MiniLM-L6-v2": "owner/encoder",
        "all-MiniLM": "encoder",
    }
    assert Order(cross_encoder="ours").names("01_basics") == {
        "ms-marco-MiniLM-L12-v2": "ours",
        "L12": "ours",
    }


@pytest.mark.models
def test_a_model_of_the_course_is_called_as_the_catalogue_does():
    order = read_order(cross_encoder="xenc-distil-l3", bi_encoder="all-MiniLM-L6-v2")
    assert order == Order(cross_encoder="xenc-distil-L3")
