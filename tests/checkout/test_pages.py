"""The pages beside the lessons lead to what is there."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from authoring.cells import code_cells, is_markdown
from authoring.frame_rules import core_of, has_frame
from authoring.notebooks import NOTEBOOKS, lesson_paths
from authoring.skeleton import OPENING, RESULT

ROOT = NOTEBOOKS.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)")
NO_TERM = re.compile(
    r"^(The question|You will be able to|Predict first|On Monday|Next|Level|Minutes|Needs)"
)
NO_WORD = {
    "95 % from … to",
    "MiniLM",
    "all-MiniLM",
    "bge",
    "BM25",
    "helpdesk",
    "use the score to sort",
    "shown",
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path):
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_section_that_the_questions_name_is_in_its_lesson():
    rows = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8").splitlines()
    for row in rows:
        for lesson, section in re.findall(r"notebooks/(\w+)\.ipynb\), \"([^\"]+)\"", row):
            cells = nbformat.read(NOTEBOOKS / f"{lesson}.ipynb", 4).cells
            headings = re.findall(
                r"^##+ (?:\d+\. )?(.+)$", "\n".join(c.source for c in cells), re.M
            )
            assert section in headings, row


def test_every_word_that_a_lesson_defines_is_in_the_glossary():
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    listed = {
        word.strip()
        for row in re.findall(r"^\| ([^|]+) \|", glossary, re.M)
        for word in row.split(",")
    }
    for path in lesson_paths(NOTEBOOKS):
        cells = list(enumerate(nbformat.read(path, 4).cells, start=1))
        if not has_frame(cells):
            continue
        prose = "\n".join(cell.source for _, cell in core_of(cells) if is_markdown(cell))
        terms = {term.rstrip(".") for term in re.findall(r"\*\*([^*]+)\*\*", prose)}
        words = {t for t in terms if not NO_TERM.match(t) and t not in NO_WORD}
        assert {
            word for word in words if not listed & {word, word.rstrip("s"), word.lower()}
        } == set()


def test_the_words_of_the_glossary_are_in_alphabetical_order():
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = re.findall(r"^\| ([^|]+) \|", glossary, re.M)[1:]  # after the head of the table
    assert len(words) > 50 and words == sorted(words, key=str.casefold)


def test_every_lesson_is_in_the_readme_and_can_be_reached():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lessons = lesson_paths(NOTEBOOKS)
    assert [path.name for path in lessons if f"notebooks/{path.name}" not in readme] == []
    linked = {"01_basics.ipynb"}
    for path in lessons:
        prose = "\n".join(cell.source for cell in nbformat.read(path, 4).cells)
        linked |= set(re.findall(r"\]\((\d\d_\w+\.ipynb)", prose[prose.rfind("**Next") :]))
    assert {path.name for path in lessons} - linked == set()


def test_no_lesson_still_says_what_the_skeleton_said():
    for path in lesson_paths(NOTEBOOKS):
        cells = list(enumerate(nbformat.read(path, 4).cells, start=1))
        text = "\n".join(cell.source for _, cell in cells)
        assert OPENING.splitlines()[0] not in text and RESULT not in text
        assert code_cells(cells)
