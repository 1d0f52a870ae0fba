"""The page of all lessons: the routes of the README, then what each lesson takes."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat

from ..cells import title_of
from ..frame_rules import MINUTES

ROUTES = re.compile(r"^## Where to begin$.*?(?=^## )", re.MULTILINE | re.DOTALL)
_LEVEL_AND_NEEDS = re.compile(r"\*\*Level\*\* (.+?) · .*\*\*Needs\*\* (.+)")
HEAD = """\
## All lessons

| lesson | level, and what it needs | minutes |
|---|---|---|
"""
NOTE = """
Minutes to read and run, and of exercises, without "Going deeper". Numbers that are missing are not
written yet.
"""


def list_of_lessons(lessons: list[Path], readme: str) -> str:
    """Write the page: what a reader chooses a lesson by.

    Args:
        lessons: the notebooks.
        readme: the text of README.md, whose routes are shown; its links lead from there.

    Returns:
        The page in Markdown.

    Raises:
        ValueError: the README has no routes, or the opening of a lesson lacks something.
    """
    routes = ROUTES.search(readme)
    if routes is None:
        raise ValueError("README.md has no section 'Where to begin' for the page of all lessons.")
    rows = [_row(path) for path in lessons]
    return "\n".join(["# Lessons\n", routes[0].rstrip(), "", HEAD + "\n".join(rows), NOTE])


def _row(path: Path) -> str:
    lesson = nbformat.read(path, as_version=4)
    title = title_of(lesson, path.stem)
    opening = lesson.cells[0].source
    minutes, chosen_by = MINUTES.search(opening), _LEVEL_AND_NEEDS.search(opening)
    if minutes is None or chosen_by is None:
        raise ValueError(f"The opening of {path.stem} lacks its level, its minutes or its needs.")
    link = f"[{path.stem[:2]} · {title}](notebooks/{path.name})"
    cells = [link, ": ".join(chosen_by.groups()), " + ".join(minutes.groups())]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
