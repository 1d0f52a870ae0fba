"""A lesson as a page: what it shows stays, what needs a kernel goes."""

from xml.etree import ElementTree

import nbformat
import pytest

from authoring.notebooks import NOTEBOOKS, WIDGET_VIEW, lesson_paths
from authoring.site.lesson_pages import lesson_page
from authoring.site.settings import Settings
from xenc_course.teaching.learner_code import NOT_TRIED

HOSTED = Settings("https://github.com/owner/name", "main", "A course")
NOWHERE = Settings("", "main", "A course")


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


def test_the_title_is_followed_by_the_ways_to_get_it():
    lesson = notebook(nbformat.v4.new_markdown_cell("# A lesson\n\nIts opening."))
    source = lesson_page(lesson, "01_a", HOSTED).cells[0].source
    title, links, use, opening = source.split("\n\n")
    assert title == "# 01 · A lesson" and opening == "Its opening."
    assert "run it in JupyterLab" in use and f"[get the project]({HOSTED.repository})" in use
    assert "../downloads/01_a.ipynb" in links and "[Open in Binder]" in links and "Colab" in links
    alone = lesson_page(lesson, "01_a", NOWHERE).cells[0].source
    assert "Open in" not in alone and "ask whoever gave them to you" in alone
    assert lesson.cells[0].source.startswith("# A lesson\n\nIts")


def test_a_lesson_without_a_title_is_refused():
    with pytest.raises(ValueError, match="01_a must begin with its title"):
        lesson_page(notebook(nbformat.v4.new_code_cell("x")), "01_a", NOWHERE)


def test_what_is_folded_stays_folded_and_a_widget_is_what_it_shows_without_one():
    cell = nbformat.v4.new_code_cell("x", metadata={"jupyter": {"source_hidden": True}})
    data = {
        WIDGET_VIEW: {"model_id": "a"},
        "text/html": '<p><img alt="a > b" src="c"><br>d<br/></p>',
    }
    cell.outputs = [nbformat.v4.new_output("display_data", data)]
    page = lesson_page(notebook(nbformat.v4.new_markdown_cell("# A"), cell), "01_a", NOWHERE)
    assert page.cells[1].metadata["tags"] == ["hide-input"]
    assert list(page.cells[1].outputs[0].data) == ["text/html"]
    ElementTree.fromstring(page.cells[1].outputs[0].data["text/html"])


def test_an_exercise_that_nobody_can_try_on_a_page_does_not_ask_to():
    asks = nbformat.v4.new_output("stream", text=f"{NOT_TRIED}\n")
    exercise = nbformat.v4.new_code_cell("check(f)", outputs=[asks])
    page = lesson_page(notebook(nbformat.v4.new_markdown_cell("# A"), exercise), "01_a", NOWHERE)
    assert page.cells[1].outputs == []


def test_every_output_of_every_lesson_is_fit_for_a_book():
    for path in lesson_paths(NOTEBOOKS):
        page = lesson_page(nbformat.read(path, as_version=4), path.stem, NOWHERE)
        for cell in page.cells:
            for output in cell.get("outputs", []):
                html = output.get("data", {}).get("text/html", "")
                ElementTree.fromstring(f"<div>{html}</div>")
