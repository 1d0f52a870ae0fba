"""The pages of the website, laid out for Sphinx: lessons, documents and the reference."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat

from xenc_course.files import write_whole

from ..cells import is_markdown, title_of
from ..notebooks import NOTEBOOKS, lesson_paths
from .home import home
from .lesson_list import list_of_lessons
from .lesson_pages import lesson_page
from .links import Page, page_links, with_places
from .reference import reference_pages
from .settings import SITE_TOML, Settings

ROOT, HERE = NOTEBOOKS.parent, Path(__file__).parent
README = "README.md"
DOCUMENTS = {  # path in the project -> path on the website
    README: "index.md",
    "FINDINGS.md": "FINDINGS.md",
    "INSTRUCTORS.md": "INSTRUCTORS.md",
    "docs/questions.md": "docs/questions.md",
    "docs/glossary.md": "docs/glossary.md",
    "docs/setup.md": "docs/setup.md",
    "docs/human-judged.md": "docs/human-judged.md",
    "docs/architecture.md": "docs/architecture.md",
    "docs/accessibility.md": "docs/accessibility.md",
    "benchmarks/RESULTS.md": "docs/benchmark.md",
    "xenc_course/data/helpdesk/DATASHEET.md": "docs/helpdesk.md",
}
PICTURES = ("docs/rescued.png",)
TOP = (  # short titles: all stand in one line at the top of a page
    "lessons",
    "Questions <docs/questions>",
    "Findings <FINDINGS>",
    "docs/glossary",
    "Teach it <INSTRUCTORS>",
    "about",
    "api/index",
)
ABOUT = ("setup", "benchmark", "human-judged", "helpdesk", "architecture", "accessibility")


def lay_out(source: Path, settings: Settings) -> None:
    """Write all pages into a folder that Sphinx reads.

    Args:
        source: the folder, which is made.
        settings: of the website.

    Raises:
        ValueError: a lesson has no title or no minutes, or lacks a section that a page names; the
            README has no routes.
        OSError: a file cannot be read or written.
    """
    shutil.copytree(HERE / "static", source / "static")
    shutil.copyfile(HERE / "conf.py", source / "conf.py")
    _write(source / SITE_TOML.name, settings.toml())
    lessons = lesson_paths(NOTEBOOKS)
    pages = _pages(lessons)
    _write_lessons(source, lessons, pages, settings)
    for path, place in DOCUMENTS.items():
        text = (ROOT / path).read_text(encoding="utf-8")
        text = page_links(with_places(text, ROOT / path), path, pages, settings)
        if path == README:
            text = home(text, settings) + _contents(TOP)
        _write(source / place, text)
    for path in PICTURES:
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, source / path)
    _write(
        source / "about.md", "# About\n" + _contents([f"docs/{page}" for page in ABOUT], shown=True)
    )
    for place, text in reference_pages().items():
        _write(source / place, text)


def _pages(lessons: list[Path]) -> dict[str, Page]:
    """The files that are pages, by their paths in the project."""
    pages = {}
    for path, place in DOCUMENTS.items():
        first = (ROOT / path).read_text(encoding="utf-8").partition("\n")[0]
        pages[path] = Page(place, first.removeprefix("# "))
    for lesson in lessons:
        name = f"notebooks/{lesson.name}"
        pages[name] = Page(name, title_of(nbformat.read(lesson, as_version=4), lesson.stem))
    return pages


def _write_lessons(
    source: Path, lessons: list[Path], pages: dict[str, Page], settings: Settings
) -> None:
    for path in lessons:
        name = f"notebooks/{path.name}"
        page = lesson_page(nbformat.read(path, as_version=4), path.stem, settings)
        for cell in page.cells:
            if is_markdown(cell):
                cell.source = page_links(cell.source, name, pages, settings)
        _write(source / name, nbformat.writes(page))
        _write(source / "downloads" / path.name, path.read_text(encoding="utf-8"))
    listed = list_of_lessons(lessons, (ROOT / README).read_text(encoding="utf-8"))
    names = [f"notebooks/{path.stem}" for path in lessons]
    _write(source / "lessons.md", page_links(listed, README, pages, settings) + _contents(names))


def _contents(names: list[str] | tuple[str, ...], *, shown: bool = False) -> str:
    options = [":maxdepth: 1"] if shown else [":hidden:", ":maxdepth: 2"]
    return "\n".join(["", "```{toctree}", *options, "", *names, "```", ""])


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text.encode())
