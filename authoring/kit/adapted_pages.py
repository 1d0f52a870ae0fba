"""What `make adapt` writes: copies and web pages of lessons, and a page of what changed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import nbformat

from xenc_course.display.table import Table
from xenc_course.evaluation.states import CANNOT_TELL, CONTRADICTED, SHOWN
from xenc_course.files import appears_whole, write_lines, write_whole
from xenc_course.teaching.own_material import KEPT

from ..cells import title_of
from ..notebooks import NOTEBOOKS, write_notebook
from ..stored_findings import StoredFinding
from ..working_copies import copy_my_search
from .adapt import Adapted, adapt
from .cut import Part
from .editions import BUILD, parts_of
from .links import relink
from .order import LESSONS, Order, check_examples, check_labels, texts_of
from .replace import replacing

CHANGES = "CHANGES.md"
HEAD = """# What changed

{what} "Reversed" means that what the course shows is contradicted
here, or the other way round. "No longer shown" means that these data cannot tell: with few queries
that is the usual outcome, and no evidence of a difference."""
COLUMNS = [
    *("finding", "the course", "its 95 % interval", "here", "measured here", "95 % interval here"),
    *("n here", "change"),
]


def adapt_all(
    order: Order, numbers: Sequence[str], length: str | None = None, *, build: Path = BUILD
) -> Path:
    """Adapt lessons one after the other, and write each as soon as it has run.

    Args:
        order: what is asked for.
        numbers: such as "01"; every lesson that can be adapted when empty.
        length: of a class, a name of `lengths`: its lessons, cut to it; None takes them whole.
        build: the folder of what is derived; the copies go to `adapted/` in it.

    Returns:
        The page of what changed.

    Raises:
        ValueError: there is no such lesson or length, or the lesson cannot be adapted.
        RuntimeError: a kernel has died.
        OSError: a file cannot be written.
    """
    parts: dict[str, Part | None] = dict.fromkeys(_named(numbers))
    if length is not None:
        parts = {part.lesson: part for part in parts_of(length) if part.lesson in parts}
    names = list(parts)
    if not names:
        raise ValueError(f"The class of {length} has none of these lessons: leave LESSONS out.")
    books = {name: nbformat.read(NOTEBOOKS / f"{name}.ipynb", 4) for name in LESSONS}
    check_examples(order.examples, books.values())
    check_labels(order, {name: books[name] for name in names})
    folder = build / "adapted"
    folder.mkdir(parents=True, exist_ok=True)
    copy_my_search(NOTEBOOKS, folder)
    _lay_beside(order, folder)
    files = {f"{name}.ipynb" for name in names}
    lines = HEAD.format(what=_what(order)).splitlines()
    write_lines(folder / CHANGES, lines)
    with _kept_between_lessons():
        for name in names:
            print(f"running {name}", flush=True)
            adapted = adapt(name, order, folder, parts[name])
            relink(adapted.notebook, folder, files)
            write_notebook(adapted.notebook, folder / f"{name}.ipynb")
            write_whole(folder / f"{name}.html", _web_page(adapted).encode())
            lines += changes(adapted, order.names(name), texts_of(name))
            write_lines(folder / CHANGES, lines)
    return folder / CHANGES


def _lay_beside(order: Order, folder: Path) -> None:
    """Copy a class's collection to where the copies of the lessons look for it."""
    if order.source is None or order.source == order.handed_out:
        return
    with appears_whole(folder / str(order.handed_out)) as made:
        made.parent.mkdir(exist_ok=True)
        shutil.copytree(order.source, made)


@contextmanager
def _kept_between_lessons() -> Iterator[None]:
    """Let lessons find the runs and vectors that an earlier one of this call has made."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ[KEPT] = folder  # kernels inherit it
        try:
            yield
        finally:
            del os.environ[KEPT]


def changes(
    adapted: Adapted, names: Mapping[str, str], texts: Mapping[str, str] | None = None
) -> list[str]:
    """List the findings of a lesson, the course's beside this run's, and what was left out.

    Args:
        adapted: the lesson.
        names: of the course -> names that took their place.
        texts: parts of sentences -> what took their place.

    Returns:
        Lines of Markdown.
    """
    renamed = replacing(names)

    def now(sentence: str) -> str:
        for text, other in (texts or {}).items():
            sentence = sentence.replace(text, other)
        return renamed(sentence)

    rows = list(_rows(adapted, now))
    lines = ["", f"## {adapted.lesson}", ""]
    if rows:
        lines += Table(COLUMNS, rows).markdown()
    if adapted.left_out:
        lines += ["", "Left out:", "", *(f"- {sentence}" for sentence in adapted.left_out)]
    return lines


def _rows(adapted: Adapted, renamed: Callable[[str], str]) -> Iterator[tuple[str, ...]]:
    """A row for each finding: those of the same sentence in one."""
    here = {finding.sentence: finding for finding in adapted.after}
    for old in adapted.before:
        sentence = renamed(old.sentence)
        new = here.pop(sentence, None)
        if new is None:
            yield sentence, old.state, old.interval, "", "", "", "", "not measured here"
        else:
            yield sentence, old.state, old.interval, *_measured(new), _change(old, new)
    for new in here.values():
        yield new.sentence, "", "", *_measured(new), "only here"


def _measured(finding: StoredFinding) -> tuple[str, str, str, str]:
    return finding.state, finding.estimate, finding.interval, finding.n


def _change(old: StoredFinding, new: StoredFinding) -> str:
    if old.state == new.state:
        return "none"
    if {old.state, new.state} == {SHOWN, CONTRADICTED}:
        return "reversed"
    return f"no longer {old.state}" if new.state == CANNOT_TELL else f"now {new.state}"


def _what(order: Order) -> str:
    """A sentence on the text and the models that the lessons ran with."""
    models = [model for model in (order.cross_encoder, order.bi_encoder) if model]
    on = f" on **{order.name}**" if order.name else " on the course's collections"
    return f"The lessons ran{on}{' with ' if models else ''}{' and '.join(models)}."


def _web_page(adapted: Adapted) -> str:
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(require_js_url="", mathjax_url="", jquery_url="")
    title = {"metadata": {"name": title_of(adapted.notebook, adapted.lesson)}}
    return exporter.from_notebook_node(adapted.notebook, title)[0]


def _named(numbers: Sequence[str]) -> list[str]:
    known = {name[:2]: name for name in LESSONS}
    for number in numbers:
        if number not in known:
            raise ValueError(f"Lesson {number} is not adapted: choose from {', '.join(known)}.")
    return [known[number] for number in numbers or known]
