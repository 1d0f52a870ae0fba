"""The stored lessons have all that a lesson needs, and no number in prose that nobody measured."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from authoring.lesson_rules import problems
from authoring.notebooks import NOTEBOOKS, lesson_paths, normalise
from authoring.prose_figures import unsupported

LESSONS = lesson_paths(NOTEBOOKS)
of_every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def test_the_six_lessons_that_were_asked_for_are_there():
    asked = ["01_basics", "02_architecture", "03_speed", "04_accuracy", "05_models", "06_batching"]
    assert set(asked) <= {path.stem for path in LESSONS}


def test_every_notebook_is_a_lesson():
    assert sorted(NOTEBOOKS.glob("*.ipynb")) == sorted(LESSONS)


@of_every_lesson
def test_a_lesson_has_the_anatomy_of_a_lesson(path: Path):
    assert problems(nbformat.read(path, as_version=4), path.stem, NOTEBOOKS) == []


@of_every_lesson
def test_a_lesson_is_stored_normalised(path: Path):
    notebook = nbformat.read(path, as_version=4)
    assert normalise(notebook) == notebook


@of_every_lesson
def test_every_number_in_prose_is_computed_or_cited(path: Path):
    assert unsupported(nbformat.read(path, as_version=4)) == []
