"""Lessons on a class's own collection."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from authoring.cells import blocks_of, is_markdown, shown_text
from authoring.kit import adapt as kit
from authoring.kit.adapt import QUOTED, REPLACED, Adapted, Order, read_order
from authoring.kit.adapted_pages import adapt_all, changes
from authoring.notebooks import NOTEBOOKS
from authoring.stored_findings import StoredFinding
from tests.support.class_folder import class_folder


@pytest.fixture
def folder(tmp_path):
    return class_folder(tmp_path / "house")


def ran(source, *outputs):
    return new_code_cell(source, outputs=list(outputs))


def shows(text):
    return new_output("stream", text=text)


def raises(name, value):
    return new_output("error", ename=name, evalue=value)


def finding(sentence, state):
    return StoredFinding("04", "", 1, sentence, state, "", "0 to 1", "15", "comparison", False)


def test_every_lesson_that_can_be_adapted_is_there():
    assert {NOTEBOOKS / f"{name}.ipynb" for name in REPLACED} <= set(NOTEBOOKS.iterdir())


def test_examples_beside_the_collection_are_read(folder):
    (folder / "examples.yaml").write_text('"How do I reset my password?": "Where is the saw?"\n')
    order = read_order(str(folder))
    assert order == Order(
        str(folder), "house", {"How do I reset my password?": "Where is the saw?"}
    )


@pytest.mark.parametrize("text", ["- a list", "query: 3", "{"])
def test_examples_of_another_form_are_refused(folder, text):
    (folder / "examples.yaml").write_text(text)
    with pytest.raises(ValueError, match=r"examples\.yaml"):
        read_order(str(folder))


def test_a_lesson_that_cannot_be_adapted_is_named(folder, tmp_path):
    with pytest.raises(ValueError, match="Lesson 02 is not adapted: choose from 01, 03"):
        adapt_all(Order(str(folder), "house"), ["02"], tmp_path)


def test_what_needs_a_lost_cell_is_lost_with_it_until_the_name_is_made_anew():
    book = new_notebook(
        cells=[
            ran("tags = desk.tags", raises("ValueError", "There are no tags.")),
            ran("kinds = sorted(tags)", shows("an older value")),
            ran("print(kinds)", shows("an older value")),
            ran("tags = []", shows("made anew")),
            ran("print(tags)", shows("right"), new_output("stream", name="stderr", text="bar")),
        ]
    )
    said, lost = kit._leave_out(book)
    assert said == ["There are no tags."] and lost == {"tags", "kinds"}
    texts = [cell.outputs[0].text for cell in book.cells]
    assert texts[1] == "Left out: it needs tags, which a cell above could not make.\n"
    assert "needs kinds" in texts[2] and texts[3:] == ["made anew", "right"]
    assert len(book.cells[4].outputs) == 1


def test_a_finding_that_cannot_be_made_leaves_the_others_in_the_list():
    book = new_notebook(cells=[ran("show_findings([one, two, finding('x', three)])")])
    assert kit._without(book, {"two", "three"})
    assert book.cells[0].source == "show_findings([one])"
    assert not kit._without(book, {"one"})


def test_prose_about_a_result_is_marked_and_other_prose_is_not():
    book = new_notebook(
        cells=[
            new_markdown_cell("## 1. A section\n\nA query is what somebody types."),
            ran("1", shows("1")),
            new_markdown_cell(
                "New York City is first.\n\nA general remark.\n\nIt gains 0.2.\n\n```\n\n0.3\n```"
            ),
            new_markdown_cell("**Predict first.** Is it above 0.5?"),
        ]
    )
    kit._quote(book)
    assert QUOTED not in book.cells[0].source + book.cells[3].source
    first, general, gain, code = blocks_of(book.cells[2].source)
    assert code == "```\n\n0.3\n```"
    assert first.startswith(QUOTED) and gain.startswith(QUOTED) and general == "A general remark."


def test_findings_are_paired_by_their_sentences():
    before = [
        finding("It helps on helpdesk.", "shown"),
        finding("It hurts.", "shown"),
        finding("It is gone.", "shown"),
    ]
    after = [
        finding("It hurts.", "contradicted"),
        finding("It helps on house.", "cannot tell"),
        finding("It is new.", "shown"),
    ]
    lines = changes(Adapted("04", new_notebook(), ["why"], before, after), "helpdesk", "house")
    rows = {line.split(" | ")[0].strip("| "): line.split(" | ")[-1].strip("| ") for line in lines}
    assert rows["It helps on house."] == "no longer shown"
    assert rows["It hurts."] == "reversed"
    assert rows["It is gone."] == "not measured here" and rows["It is new."] == "only here"
    assert lines[-1] == "- why"


@pytest.mark.slow
@pytest.mark.models
def test_the_first_lesson_runs_on_sixty_passages(folder, tmp_path):
    original = (NOTEBOOKS / "01_basics.ipynb").read_bytes()
    examples = {"How do I reset my password?": "Where is the saw kept?"}
    page = adapt_all(Order(str(folder), "house", examples), ["01"], tmp_path)

    book = nbformat.read(page.with_name("01_basics.ipynb"), as_version=4)
    text = "\n".join(shown_text(cell) for cell in book.cells)
    assert "60 articles" in text and "Where is the saw kept?" in text and "15 queries" in text
    prose = " ".join(cell.source for cell in book.cells if is_markdown(cell))
    assert "ran on **house**" in prose
    assert page.with_name("01_basics.html").read_text(encoding="utf-8").count("<html") == 1
    assert "Reranking twenty candidates raises RR@10 on house." in page.read_text(encoding="utf-8")
    assert (NOTEBOOKS / "01_basics.ipynb").read_bytes() == original
