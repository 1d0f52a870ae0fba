"""What Sphinx's settings add to its pages."""

import pytest

pytest.importorskip("sphinx", reason="`make site` installs Sphinx")

from authoring.site.conf import title_once


@pytest.mark.parametrize(("page", "left"), [("A course", ""), ("Lessons", "A course")])
def test_a_page_that_is_called_as_the_website_is_says_so_once(page, left):
    context = {"title": page, "docstitle": "A course"}
    title_once(None, "index", "page.html", context, None)
    assert context["docstitle"] == left
