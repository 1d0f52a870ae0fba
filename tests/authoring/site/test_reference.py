"""The reference has every public name once."""

import re

import xenc_course
from authoring.site.reference import reference_pages


def test_every_public_name_stands_on_one_page():
    pages = reference_pages()
    named = re.findall(
        r"^\.\. (?:auto\w+|py:data):: xenc_course\.(\w+)$", "\n".join(pages.values()), re.M
    )
    assert sorted(named) == sorted(xenc_course.__all__)
    listed = pages["api/index.md"]
    assert all(place.split("/")[1][:-3] in listed for place in pages if place != "api/index.md")
