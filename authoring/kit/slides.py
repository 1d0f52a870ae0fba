"""Slides of a lesson for a room: headings, questions, pictures and tables; prose becomes notes.

A code cell with the tag `slide` shows its output on a slide of its own, without its code. What is
said between them is in the speaker's notes: press S.
"""

from __future__ import annotations

import re
import shutil
from html import escape
from pathlib import Path
from string import Template

import nbformat
from nbformat import NotebookNode

from xenc_course.files import write_whole

from ..cells import has_tag, is_markdown
from ..notebooks import NOTEBOOKS, lesson_paths
from .cut import EXERCISES
from .editions import BUILD

TAG = "slide"
PAGE = Template(Path(__file__).with_name("slides.html").read_text(encoding="utf-8"))
_SHOWN = re.compile(r"#{1,3} |\*\*(The question|Predict first|On Monday)\b")
_OPTION = re.compile(r"\s\(([a-d])\) ")
_LINK = re.compile(r"\[([^\]]+)\]\((?!https?://)[^)]*\)")  # to a file: a slide has none beside it


def slides(lesson: NotebookNode) -> str:
    """Make the page of a lesson's slides: what comes before its exercises.

    Args:
        lesson: with its outputs, in nbformat 4.

    Returns:
        HTML, which finds reveal.js in the folder `reveal/` beside it.
    """
    stacks: list[list[str]] = []  # a section of the lesson is a stack of slides
    for cell in lesson.cells:
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
            stacks[-1] += [f'<div class="output">{_shown(output)}</div>' for output in cell.outputs]
    title = lesson.cells[0].source.partition("\n")[0].lstrip("# ")
    pages = ["".join(f"<section>{slide}</section>\n" for slide in stack) for stack in stacks]
    together = "\n".join(f"<section>\n{page}</section>" for page in pages)
    return PAGE.substitute(title=escape(title), slides=together)


def write_slides(build: Path = BUILD) -> str:
    """Write the slides of every lesson, which need no network.

    Args:
        build: the folder that gets `slides/`.

    Returns:
        A sentence that says where they are.

    Raises:
        RuntimeError: reveal.js is not installed.
        OSError: a file cannot be written.
    """
    try:
        import sphinx_revealjs
    except ImportError as error:
        raise RuntimeError(
            "reveal.js is not installed: run `make slides`, which installs it."
        ) from error
    folder = build / "slides"
    library = next(Path(sphinx_revealjs.__file__).parent.rglob("dist/reveal.js")).parents[1]
    shutil.copytree(library, folder / "reveal", dirs_exist_ok=True)
    for path in lesson_paths(NOTEBOOKS):
        page = slides(nbformat.read(path, as_version=4))
        write_whole(folder / f"{path.stem}.html", page.encode())
    return f"{folder} has the slides of each lesson: open one in a browser, and press S for notes."


def _divided(prose: str) -> tuple[str, str]:
    """What of a cell is shown, its headings and questions, and what is said."""
    parts = re.split(r"\n\n(?!\s)", prose)
    shown = [part for part in parts if _SHOWN.match(part)]
    return "\n\n".join(shown), "\n\n".join(part for part in parts if not _SHOWN.match(part))


def _html(markdown: str) -> str:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table").render(_LINK.sub(r"\1", markdown))


def _shown(output: NotebookNode) -> str:
    data = output.get("data", {})
    text = output.get("text", "") or data.get("text/plain", "")
    return data.get("text/html") or f"<pre>{escape(text)}</pre>"
