"""Lessons on a class's own text and models."""

import nbformat
import pytest
from nbformat.v4 import new_notebook

from authoring.cells import is_markdown, shown_text
from authoring.kit.adapt import Adapted
from authoring.kit.adapted_pages import adapt_all, changes
from authoring.kit.order import Order, read_order
from authoring.notebooks import NOTEBOOKS
from authoring.stored_findings import StoredFinding
from tests.support.class_folder import class_folder
from xenc_course import load_bi_encoder, load_cross_encoder


@pytest.fixture
def folder(tmp_path):
    return class_folder(tmp_path / "house")


def finding(sentence, state):
    return StoredFinding("04", "", 1, sentence, state, "", "0 to 1", "15", "comparison", False)


def test_a_lesson_that_cannot_be_adapted_is_named(folder, tmp_path):
    with pytest.raises(ValueError, match="Lesson 02 is not adapted: choose from 01, 03"):
        adapt_all(Order(str(folder), "house"), ["02"], build=tmp_path)


def test_a_length_of_a_class_that_is_not_there_is_named(folder, tmp_path):
    with pytest.raises(ValueError, match="There is no length 10min: choose from 90min"):
        adapt_all(Order(str(folder), "house"), [], "10min", build=tmp_path)
    with pytest.raises(ValueError, match="none of these lessons"):
        adapt_all(Order(str(folder), "house"), ["03"], "90min", build=tmp_path)


def test_findings_are_paired_by_their_sentences():
    before = [
        finding("It helps all-MiniLM on helpdesk.", "shown"),
        finding("It hurts.", "shown"),
        finding("It is gone.", "shown"),
    ]
    after = [
        finding("It hurts.", "contradicted"),
        finding("It helps ours on house.", "cannot tell"),
        finding("It is new.", "shown"),
    ]
    names = {"helpdesk": "house", "all-MiniLM": "ours"}
    lines = changes(Adapted("04", new_notebook(), ["why"], before, after), names)
    rows = {line.split(" | ")[0].strip("| "): line.split(" | ")[-1].strip("| ") for line in lines}
    assert rows["It helps ours on house."] == "no longer shown"
    assert rows["It hurts."] == "reversed"
    assert rows["It is gone."] == "not measured here" and rows["It is new."] == "only here"
    assert lines[-1] == "- why"


@pytest.mark.slow
@pytest.mark.models
def test_the_first_lesson_runs_on_sixty_passages(folder, tmp_path):
    original = (NOTEBOOKS / "01_basics.ipynb").read_bytes()
    examples = {"How do I reset my password?": "Where is the saw kept?"}
    page = adapt_all(Order(str(folder), "house", examples=examples), ["01"], build=tmp_path)

    book = nbformat.read(page.with_name("01_basics.ipynb"), as_version=4)
    text = "\n".join(shown_text(cell) for cell in book.cells)
    assert "60 articles" in text and "Where is the saw kept?" in text and "15 queries" in text
    prose = " ".join(cell.source for cell in book.cells if is_markdown(cell))
    assert "**house** takes the place of wikipedia" in prose
    assert page.with_name("01_basics.html").read_text(encoding="utf-8").count("<html") == 1
    assert "Reranking twenty candidates raises RR@10 on house." in page.read_text(encoding="utf-8")
    assert (NOTEBOOKS / "01_basics.ipynb").read_bytes() == original


@pytest.mark.slow
@pytest.mark.models
def test_the_first_lesson_runs_with_other_models(tmp_path):
    models = {"reranker": load_cross_encoder("xenc-distil-L3"), "encoder": load_bi_encoder()}
    for name, model in models.items():
        model.save_pretrained(str(tmp_path / name))
    order = read_order(
        str(class_folder(tmp_path / "house")), str(tmp_path / "reranker"), str(tmp_path / "encoder")
    )
    page = adapt_all(order, ["01"], build=tmp_path / "build")

    book = nbformat.read(page.with_name("01_basics.ipynb"), as_version=4)
    setup = next(cell for cell in book.cells if cell.cell_type == "code")
    assert f"{tmp_path / 'encoder'} searches, {tmp_path / 'reranker'} reranks" in shown_text(setup)
    said = f"{tmp_path / 'reranker'}-int8 over {tmp_path / 'encoder'} on house"
    assert any(said in shown_text(cell) for cell in book.cells)
    assert "takes that of ms-marco-MiniLM-L12-v2 (L12)" in book.cells[1].source
