"""The home page is the README, and says how to get the project."""

import pytest

from authoring.site.home import home
from authoring.site.settings import Settings

README = "# A course\n\n![What it does](a.png)\n\n## Two commands\n\n```\nmake lab\n```\n"


@pytest.mark.parametrize(
    ("repository", "said"),
    [("https://github.com/owner/name", "(https://github.com/owner/name)"), ("", "ask whoever")],
)
def test_how_to_get_the_project_stands_before_what_is_typed_in_it(repository, said):
    page = home(README, Settings(repository, "main", "A course"))
    assert page.index("## Two commands") < page.index(said) < page.index("make lab")


def test_where_to_read_stands_before_the_commands():
    page = home(README, Settings("", "main", "A course"))
    assert page.index("notebooks/01_basics.ipynb") < page.index("## Two commands")


def test_a_picture_is_wide_and_keeps_its_words():
    page = home(README, Settings("", "main", "A course"))
    assert "```{image} a.png\n:alt: What it does\n:width: 100%" in page
