"""Slides of a lesson: what is shown, what is said, and what is refused."""

import nbformat
import pytest

from authoring.kit.slides import slides

TITLE = nbformat.v4.new_markdown_cell("# A <title>\n\n**The question.** Why?\n\nSaid alone.")


def tagged(*outputs):
    cell = nbformat.v4.new_code_cell("secret = 1", metadata={"tags": ["slide"]})
    cell.outputs = [nbformat.v4.new_output("display_data", data) for data in outputs]
    return cell


def page(*cells):
    return slides(nbformat.v4.new_notebook(cells=[TITLE, *cells]), "21_mine")


def test_headings_questions_and_outputs_are_shown_and_the_rest_is_said():
    html = page(
        tagged({"text/html": "<b>a table</b>"}, {"text/plain": ""}), tagged({"text/plain": "<1>"})
    )
    assert "<title>A &lt;title&gt;</title>" in html
    assert "Why?" in html.partition("<aside")[0]
    assert '<aside class="notes"><p>Said alone.</p>' in html
    assert html.count('class="output"') == 2 and "&lt;1&gt;" in html
    assert "secret" not in html


def test_options_of_a_question_are_a_list_and_a_link_to_a_file_is_its_text():
    prose = "**Predict first.** Is it [so](other.ipynb)? (a) Yes. (b) No, see [it](https://a.org)."
    html = page(nbformat.v4.new_markdown_cell(prose))
    assert "<li>(a) Yes.</li>" in html
    assert "Is it so?" in html and 'href="https://a.org"' in html


def test_code_in_a_cell_is_said_whole():
    code = "```python\na = 1\n\n# no heading\nb = 2\n```"
    html = page(nbformat.v4.new_markdown_cell(f"## Next\n\n{code}"))
    assert html.count("<h1>") == 1 and "# no heading\nb = 2" in html


def test_what_comes_after_the_exercises_heading_is_no_slide():
    assert "Quiz" not in page(nbformat.v4.new_markdown_cell("## On your own\n\n### Quiz"))


def test_a_tagged_cell_that_shows_nothing_is_named():
    with pytest.raises(ValueError, match="Cell 2 of 21_mine"):
        page(tagged({"text/plain": ""}))


def test_a_lesson_without_a_title_is_refused():
    with pytest.raises(ValueError, match="21_mine must begin with its title"):
        slides(nbformat.v4.new_notebook(cells=[tagged({"text/plain": "1"})]), "21_mine")
