"""Slides of a lesson for a room: headings, questions, pictures and tables; prose becomes notes.

A code cell with the tag `slide` shows its output on a slide of its own, without its code. What is
said between them is in the speaker's notes: press S.
"""

from __future__ import annotations

import re
import shutil
from html import escape
from importlib.util import find_spec
from pathlib import Path
from string import Template

import nbformat
from nbformat import NotebookNode

from xenc_course.files import appears_whole, write_whole

from ..cells import blocks_of, has_tag, is_markdown, outside_code, title_of
from ..notebooks import NOTEBOOKS, lesson_paths
from .cut import EXERCISES
from .editions import BUILD

TAG = "slide"
SLIDES = BUILD / "slides"
REVEAL = (  # of reveal.js, what a page of slides loads, and the licences
    "LICENSE",
    "dist/reset.css",
    "dist/reveal.css",
    "dist/reveal.js",
    "dist/theme/white.css",
    "dist/theme/fonts/source-sans-pro/LICENSE",
    "dist/theme/fonts/source-sans-pro/*.css",
    "dist/theme/fonts/source-sans-pro/*.woff",
    "plugin/notes/notes.js",
)
PAGE = Template(Path(__file__).with_name("slides.html").read_text(encoding="utf-8"))
_SHOWN = re.compile(r"#{1,3} |\*\*(The question|Predict first)\b")
_OPTION = re.compile(r"\s\(([a-d])\) ")
_LINK = re.compile(
    r"(?<!!)\[([^\]]+)\]\((?!https?://)[^)]*\)"
)  # to a file: a slide has none beside it


def slides(lesson: NotebookNode, name: str) -> str:
    """Make the page of a lesson's slides: what comes before its exercises.

    Args:
        lesson: with its outputs, in nbformat 4.
        name: of the lesson, for messages.

    Returns:
        HTML, which finds reveal.js in the folder `reveal/` beside it.

    Raises:
        ValueError: the lesson does not begin with its title, or a tagged cell shows nothing.
    """
    title = title_of(lesson, name)
    stacks: list[list[str]] = []  # a section of the lesson is a stack of slides
    for number, cell in enumerate(lesson.cells, start=1):
        if is_markdown(cell):
            if cell.source.startswith(f"## {EXERCISES}"):
                break
            shown, said = _divided(cell.source)
            if shown.startswith("#"):
                stacks.append([])
            if shown:
                stacks[-1].append(_html(_OPTION.sub(r"\n- (\1) ", shown)))
            if said:
                stacks[-1][-1] += f'<aside class="notes">{_html(said)}</aside>'
        elif has_tag(cell, TAG):
            outputs = [html for html in map(_shown, cell.outputs) if html]
            if not outputs:
                raise ValueError(f"Cell {number} of {name} has the tag {TAG} and shows nothing.")
            stacks[-1] += [f'<div class="output">{html}</div>' for html in outputs]
    pages = ["".join(f"<section>{slide}</section>\n" for slide in stack) for stack in stacks]
    together = "\n".join(f"<section>\n{page}</section>" for page in pages)
    return PAGE.substitute(title=escape(title), slides=together)


def write_slides(folder: Path = SLIDES) -> str:
    """Write the slides of every lesson, which need no network.

    Args:
        folder: for the slides; whatever it holds is replaced.

    Returns:
        A sentence that says where they are.

    Raises:
        RuntimeError: reveal.js is not installed.
        ValueError: as for `slides`.
        OSError: a file cannot be written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with appears_whole(folder) as made:
        put_slides(made)
    return f"{folder} has the slides of each lesson: open one in a browser, and press S for notes."


def put_slides(folder: Path) -> None:
    """Put the slides of every lesson, and one copy of reveal.js, into a folder.

    Args:
        folder: which is made where it is missing.

    Raises:
        RuntimeError: reveal.js is not installed.
        ValueError: as for `slides`.
        OSError: a file cannot be written.
    """
    library = _reveal()
    for path in (path for pattern in REVEAL for path in library.glob(pattern)):
        copy = folder / "reveal" / path.relative_to(library)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    for path in lesson_paths(NOTEBOOKS):
        page = slides(nbformat.read(path, as_version=4), path.stem)
        write_whole(folder / f"{path.stem}.html", page.encode())


def _reveal() -> Path:
    """The folder of reveal.js that sphinx-revealjs brings."""
    found = find_spec("sphinx_revealjs")
    places = Path(found.origin or "").parent.rglob("dist/reveal.js") if found else iter(())
    place = next(places, None)
    if place is None:
        raise RuntimeError("There is no reveal.js here: `make slides` and `make site` install it.")
    return place.parents[1]


def _divided(prose: str) -> tuple[str, str]:
    """What of a cell is shown, its headings and questions, and what is said."""
    blocks = blocks_of(prose)
    shown = [block for block in blocks if _SHOWN.match(block)]
    return "\n\n".join(shown), "\n\n".join(block for block in blocks if not _SHOWN.match(block))


def _html(markdown: str) -> str:
    from markdown_it import MarkdownIt

    plain = outside_code(markdown, lambda text: _LINK.sub(r"\1", text))
    return MarkdownIt("commonmark").enable("table").render(plain)


def _shown(output: NotebookNode) -> str:
    """What an output shows, as HTML; nothing when it shows nothing."""
    data = output.get("data", {})
    text = output.get("text", "") or data.get("text/plain", "")
    return data.get("text/html") or (f"<pre>{escape(text)}</pre>" if text else "")
