"""CLAIMS.md and the README say what the lessons say."""

import re

import nbformat

from authoring.cells import shown_text
from authoring.claims_page import CLAIMS, check_claims
from authoring.notebooks import NOTEBOOKS


def test_claims_md_is_what_the_lessons_say():
    check_claims(NOTEBOOKS, CLAIMS)


def test_the_readme_gives_the_quality_that_lesson_04_stores():
    readme = (NOTEBOOKS.parent / "README.md").read_text(encoding="utf-8")
    rows = [row for row in readme.splitlines() if row.startswith("|") and row.endswith("| 04 |")]
    given = re.findall(r"\b0\.\d{3}\b", "\n".join(rows))
    cells = nbformat.read(NOTEBOOKS / "04_accuracy.ipynb", as_version=4).cells
    stored = re.findall(r"\b0\.\d{4}\b", "\n".join(map(shown_text, cells)))
    assert len(given) == 12
    assert set(given) <= {f"{float(number):.3f}" for number in stored}
