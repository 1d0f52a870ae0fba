"""Editions of the lessons for a class: cut to its length, with or without solutions.

An edition is made anew from `notebooks/` each time and lies in `build/`. Edit the lessons, not it.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from ..notebooks import NOTEBOOKS, lesson_paths, normalise, write_notebook
from ..working_copies import copy_my_search
from .cut import Part, cut, minutes_of
from .links import relink
from .student import without_solutions

BUILD = NOTEBOOKS.parent / "build"
LENGTHS = tomllib.loads(Path(__file__).with_name("lengths.toml").read_text(encoding="utf-8"))
CLASS_MINUTES = {name: length["class"] for name, length in LENGTHS.items()}


def lengths() -> dict[str, list[Part]]:
    """The lengths of a class that there is an edition for: name -> what it has of each lesson."""
    return {name: [Part(**part) for part in one["parts"]] for name, one in LENGTHS.items()}


def parts_of(length: str) -> list[Part]:
    """What the edition of a length has of each lesson.

    Raises:
        ValueError: there is no such length.
    """
    if length not in lengths():
        raise ValueError(f"There is no length {length}: choose from {', '.join(lengths())}.")
    return lengths()[length]


def edition(length: str | None = None, *, solutions: bool = True) -> dict[str, NotebookNode]:
    """Make the lessons of an edition.

    Args:
        length: a name of `lengths`; None takes every lesson whole.
        solutions: whether they are in it.

    Returns:
        Name of a lesson -> its notebook.

    Raises:
        ValueError: there is no such length, or a lesson lacks a part of it.
    """
    lessons = {path.stem: nbformat.read(path, as_version=4) for path in lesson_paths(NOTEBOOKS)}
    if length is not None:
        lessons = {part.lesson: cut(lessons[part.lesson], part) for part in parts_of(length)}
    if not solutions:
        lessons = {name: without_solutions(lesson) for name, lesson in lessons.items()}
    return {name: normalise(lesson) for name, lesson in lessons.items()}


def write_edition(length: str | None = None, *, solutions: bool = True, build: Path = BUILD) -> str:
    """Write an edition into a folder of its own, with the learners' `my_search/` beside it.

    Args:
        length: as for `edition`.
        solutions: as for `edition`.
        build: the folder that holds the editions.

    Returns:
        A sentence that says where it is and how long it takes.

    Raises:
        ValueError: as for `edition`.
        OSError: a file cannot be written.
    """
    lessons = edition(length, solutions=solutions)
    folder = build / f"{length or 'lessons'}{'' if solutions else '-student'}"
    folder.mkdir(parents=True, exist_ok=True)
    for old in lesson_paths(folder):
        if old.stem not in lessons:
            old.unlink()
    files = {f"{name}.ipynb" for name in lessons}
    for name, lesson in lessons.items():
        relink(lesson, folder, files)
        write_notebook(lesson, folder / f"{name}.ipynb")
    copy_my_search(NOTEBOOKS, folder)
    reading, exercising = map(sum, zip(*map(minutes_of, lessons.values()), strict=True))
    return (
        f"{folder} has {len(lessons)} lessons: {reading} minutes to read and run, "
        f"{exercising} of exercises."
    )
