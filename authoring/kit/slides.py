"""Slides of a lesson for a room: headings, questions, pictures and tables; prose becomes notes.

A code cell with the tag `slide` shows its output on a slide of its own, without its code. What is
said between them is in the speaker's notes: press S.
"""

from __future__ import annotations

import copy
import re
import shutil
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from xenc_course.files import write_whole

from ..cells import has_tag, is_markdown
from ..notebooks import NOTEBOOKS, WIDGET_VIEW, lesson_paths
from .cut import EXERCISES
from .editions import BUILD

TAG = "slide"
_SHOWN = re.compile(r"^(#{1,3} |\*\*(The question|Predict first|On Monday)\b)")
# Readable from the back: outputs have sizes of their own, so all of them grow alike.
STYLE = """\
<style>
.reveal { font-size: 30px; }
.reveal .slides { text-align: left; }
.reveal .slides .jp-RenderedHTMLCommon { font-size: inherit; }
.reveal .slides .jp-OutputArea-output { zoom: 1.5; overflow: visible; }
.reveal .slides img { max-width: 100%; max-height: 600px; }
.reveal .jp-OutputPrompt, .reveal .jp-InputPrompt { display: none; }
</style>
"""


def slides(lesson: NotebookNode) -> NotebookNode:
    """Copy a lesson with a slide type in each cell, as nbconvert reads it.

    Args:
        lesson: with its outputs, in nbformat 4; it is not changed.

    Returns:
        The copy: what comes before the exercises.
    """
    shown: list[NotebookNode] = []
    for cell in copy.deepcopy(lesson).cells:
        if is_markdown(cell):
            if cell.source.startswith(f"## {EXERCISES}"):
                break
            shown += _of_prose(cell)
        elif has_tag(cell, TAG):
            for output in cell.outputs:
                output.get("data", {}).pop(WIDGET_VIEW, None)
            shown.append(_typed(cell, "subslide"))
    style = _typed(nbformat.v4.new_raw_cell(STYLE, metadata={"format": "text/html"}), "-")
    copied = copy.deepcopy(lesson)
    copied.cells = [*shown[:1], style, *shown[1:]]
    return copied


def write_slides(build: Path = BUILD) -> str:
    """Write the slides of every lesson, which need no network.

    Args:
        build: the folder that gets `slides/`.

    Returns:
        A sentence that says where they are.

    Raises:
        RuntimeError: what makes slides is not installed.
        OSError: a file cannot be written.
    """
    try:
        import sphinx_revealjs
    except ImportError as error:
        raise RuntimeError(
            "reveal.js is not installed: run `make slides`, which installs it."
        ) from error
    from nbconvert import SlidesExporter

    folder = build / "slides"
    folder.mkdir(parents=True, exist_ok=True)
    library = next(Path(sphinx_revealjs.__file__).parent.rglob("dist/reveal.js")).parents[1]
    shutil.copytree(library, folder / "reveal", dirs_exist_ok=True)
    exporter = SlidesExporter(
        reveal_url_prefix="reveal",
        reveal_theme="white",
        exclude_input=True,
        require_js_url="",
        jquery_url="",
        mathjax_url="",
        font_awesome_url="",
        widget_renderer_url="",
    )
    for path in lesson_paths(NOTEBOOKS):
        html, _ = exporter.from_notebook_node(slides(nbformat.read(path, as_version=4)))
        write_whole(folder / f"{path.stem}.html", html.encode())
    return f"{folder} has the slides of each lesson: open one in a browser, and press S for notes."


def _of_prose(cell: NotebookNode) -> list[NotebookNode]:
    """A slide of a cell's heading and questions, and notes of the rest."""
    parts = re.split(r"\n\n(?!\s)", cell.source)
    seen = [part for part in parts if _SHOWN.match(part)]
    said = [part for part in parts if not _SHOWN.match(part)]
    cells = []
    if seen:
        cells.append(_typed(_prose(seen), "slide"))
    if said:
        cells.append(_typed(_prose(said), "notes"))
    return cells


def _prose(parts: list[str]) -> NotebookNode:
    return nbformat.v4.new_markdown_cell("\n\n".join(parts))


def _typed(cell: NotebookNode, kind: str) -> NotebookNode:
    cell.metadata["slideshow"] = {"slide_type": kind}
    return cell
