"""The page of all lessons says what a reader chooses by: routes, levels, needs and minutes."""

import nbformat
import pytest

from authoring.site.lesson_list import list_of_lessons

README = "# A course\n\n## Where to begin\n\nWith [01](a.ipynb).\n\n## Trouble\n\nNone.\n"
OPENING = (
    "# How?\n\n**Level** easy · **Minutes** 20 to read and run, 5 of exercises · **Needs** time"
)


def written(folder, opening):
    path = folder / "01_a.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(opening)]), path)
    return [path]


def test_routes_come_from_the_readme_and_the_rest_from_the_lessons(tmp_path):
    page = list_of_lessons(written(tmp_path, OPENING), README)
    assert "With [01](a.ipynb)." in page and "Trouble" not in page
    assert "| [01 · How?](notebooks/01_a.ipynb) | easy: time | 20 + 5 |" in page


def test_a_page_that_would_lack_something_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no section 'Where to begin'"):
        list_of_lessons(written(tmp_path, OPENING), "# A course\n")
    with pytest.raises(ValueError, match="The opening of 01_a lacks its level"):
        list_of_lessons(written(tmp_path, OPENING.replace("**Level** easy · ", "")), README)
