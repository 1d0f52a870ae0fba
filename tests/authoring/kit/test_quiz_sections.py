"""Each question of a quiz is on a section of its lesson, so an edition can leave it out."""

import importlib
import re

import nbformat
import pytest

from authoring.cells import is_markdown
from authoring.notebooks import NOTEBOOKS, lesson_paths


@pytest.mark.parametrize("path", lesson_paths(NOTEBOOKS), ids=lambda path: path.stem)
def test_questions_are_on_sections_that_the_lesson_has(path):
    lesson = nbformat.read(path, as_version=4)
    prose = "\n".join(cell.source for cell in lesson.cells if is_markdown(cell))
    there = {int(number) for number in re.findall(r"^## (\d+)\. ", prose, re.MULTILINE)}
    texts = importlib.import_module(f"xenc_course.teaching.quiz_texts.lesson_{path.stem[:2]}")
    assert len(texts.SECTIONS) == 5
    assert set(texts.SECTIONS) <= there
