"""Run lessons on another collection: executed copies, in which nothing claims too much.

A lesson is never changed. Its copy has the other collection's name in its code. A cell that cannot
run there says why, and so does each that needs it. Prose about results was written for the
course's text, so it is marked as a quotation of the course.
"""

from __future__ import annotations

import ast
import copy
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import yaml
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output

from xenc_course.teaching.own_collection import OwnCollection

from ..cells import blocks_of, has_tag, is_markdown, may_raise, syntax_tree
from ..execute import run_cells
from ..notebooks import NOTEBOOKS, normalise
from ..stored_findings import StoredFinding, findings
from .names import names_of
from .replace import replace_texts
from .student import FOLDED_CELL

REPLACED: dict[str, str] = {
    lesson: entry["replaces"]
    for lesson, entry in tomllib.loads(
        Path(__file__).with_name("adapt.toml").read_text(encoding="utf-8")
    ).items()
}
EXAMPLES = "examples.yaml"
COURSE = re.compile(r"\bIt is (?:neither|\([a-d]\))|\d\.\d|\d %|\bwikipedia\b|\bhelpdesk\b", re.I)
NOT_QUOTED = ("#", "**Predict first", "**The question", "**Level", "```", "|")
IMPORTS = re.compile(r"^from xenc_course import .*$", re.MULTILINE)
OWN = """
# Put in by `make adapt`: what is not stored for this collection is made here.
from xenc_course.teaching.own_collection import OwnCollection

own = OwnCollection({collection})
load_collection, load_vectors = own.load_collection, own.load_vectors
load_run, find_run = own.load_run, own.find_run
"""
NOTE = """> **Adapted.** This copy of the lesson ran on **{collection}**, which takes the place of
> {replaced}. Outputs and findings come from this run. Paragraphs that begin with "The course, on
> its own text" were written about the course's results: compare them with the table above them."""
QUOTED = "> *The course, on its own text:* "
LEFT_OUT = "Left out: {}"
NEEDS = "it needs {}, which a cell above could not make."


@dataclass(frozen=True)
class Order:
    """What an instructor asks for.

    Attributes:
        source: what `load_collection` takes: a folder, or a name.
        name: of the collection, as lessons show it.
        examples: text of a lesson's example -> text that takes its place.
    """

    source: str
    name: str
    examples: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Adapted:
    """An adapted lesson.

    Attributes:
        lesson: its name.
        notebook: the copy, as it ran.
        left_out: a sentence for each cell that could not run, those left aside that need another.
        before: the findings of the original.
        after: the findings of the copy.
    """

    lesson: str
    notebook: NotebookNode
    left_out: list[str]
    before: list[StoredFinding]
    after: list[StoredFinding]


def read_order(collection: str, examples: Path | None = None) -> Order:
    """Read what an instructor asks for, and try the collection, before anything runs.

    Args:
        collection: a folder in BEIR layout, or a name that `load_collection` takes.
        examples: a YAML file of texts; `examples.yaml` in the folder of the collection when None.

    Returns:
        The order.

    Raises:
        ValueError: the file of examples does not map texts to texts, and what `OwnCollection` and
            `load_collection` refuse.
        FileNotFoundError: there is no such file of examples, or no such collection.
    """
    folder = Path(collection).expanduser()
    if folder.is_dir():
        collection = str(folder.resolve())
        if examples is None and (folder / EXAMPLES).is_file():
            examples = folder / EXAMPLES
    name = OwnCollection(collection).collection.name
    return Order(collection, name, _read_examples(examples) if examples else {})


def adapt(lesson: str, order: Order, folder: Path) -> Adapted:
    """Make the copy of a lesson, and run it.

    Args:
        lesson: its name.
        order: what is asked for.
        folder: where the copy runs.

    Returns:
        The adapted lesson.

    Raises:
        ValueError: this lesson cannot be adapted.
        RuntimeError: its kernel has died, or a cell took too long.
    """
    if lesson not in REPLACED:
        raise ValueError(f"Lesson {lesson} is not adapted: choose from {', '.join(REPLACED)}.")
    original = nbformat.read(NOTEBOOKS / f"{lesson}.ipynb", as_version=4)
    book = copy.deepcopy(original)
    book.cells = [cell for cell in book.cells if not has_tag(cell, "solution")]
    replace_texts(book, REPLACED[lesson], order.name, order.examples)
    setup = next(cell for cell in book.cells if cell.cell_type == "code")
    end = list(IMPORTS.finditer(setup.source))[-1].end()
    own = OWN.format(collection=json.dumps(order.source))
    setup.source = f"{setup.source[:end]}\n{own}{setup.source[end:]}"
    again = copy.deepcopy(book)
    run_cells(book, folder, lesson, allow_errors=True)
    left_out, lost = _leave_out(book)
    if _without(again, lost):
        book = again
        run_cells(book, folder, lesson, allow_errors=True)
        left_out, _ = _leave_out(book)
    _quote(book)
    note = NOTE.format(collection=order.name, replaced=REPLACED[lesson])
    book.cells.insert(1, new_markdown_cell(note))
    before = list(findings(original, lesson))
    return Adapted(lesson, normalise(book), left_out, before, list(findings(book, lesson)))


def _read_examples(path: Path) -> dict[str, str]:
    try:
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is no YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(read, dict) or not all(
        isinstance(text, str) for pair in read.items() for text in pair
    ):
        raise ValueError(f'{path} does not map texts to texts: write lines such as "old": "new".')
    return read


def _leave_out(book: NotebookNode) -> tuple[list[str], set[str]]:
    """Put a sentence in the place of what a lost cell shows.

    A cell is lost when it raised, or when it reads a name that a lost cell was to make: what it
    shows was then computed with an older value.

    Returns:
        The sentences of the cells that raised, and all names that a lost cell was to make.
    """
    lost: set[str] = set()
    ever_lost: set[str] = set()
    said = []
    for cell in book.cells:
        if cell.cell_type != "code" or may_raise(cell):
            continue
        cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]  # progress
        names = names_of(cell)
        errors = [output for output in cell.outputs if output.output_type == "error"]
        missing = sorted(names.read & lost)
        if not errors and not missing:
            lost -= names.bound
            continue
        lost |= names.bound | names.changed
        ever_lost |= names.bound | names.changed
        why = NEEDS.format(", ".join(missing)) if missing else _reason(errors[0])
        if not missing:
            said.append(why)
        cell.outputs = [new_output("stream", text=f"{LEFT_OUT.format(why)}\n")]
    return said, ever_lost


def _reason(error: NotebookNode) -> str:
    text = re.sub(r"\s+", " ", error.evalue).strip()
    if error.ename == "KeyError":
        return f"what it looks up is not there: {text}."
    if error.ename == "AssertionError":
        return f"what it takes for granted does not hold here{f' ({text})' if text else ''}."
    return text if text.endswith(".") else f"{error.ename}: {text}."


def _without(book: NotebookNode, lost: set[str]) -> bool:
    """Take findings that cannot be made out of the lists that show them; whether one was taken."""
    changed = False
    for cell in book.cells:
        if cell.cell_type == "code" and lost & names_of(cell).read:
            tree = syntax_tree(cell)
            for call in (node for node in ast.walk(tree) if _shows_findings(node)):
                shown = call.args[0].elts
                kept = [one for one in shown if not lost & _names_in(one)]
                if kept and len(kept) < len(shown):
                    call.args[0].elts = kept
                    cell.source = ast.unparse(tree)
                    changed = True
    return changed


def _shows_findings(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="show_findings"), args=[ast.List(), *_]):
            return True
    return False


def _names_in(node: ast.AST) -> set[str]:
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}


def _quote(book: NotebookNode) -> None:
    """Mark the paragraphs that speak of the course's results as the course's.

    They are the one that follows an output, and those with a figure or an answer.
    """
    after_output = False
    for cell in book.cells:
        if not is_markdown(cell):
            after_output = bool(cell.outputs)
        else:
            parts = blocks_of(FOLDED_CELL.sub("", cell.source))
            for place, part in enumerate(parts):
                speaks = COURSE.search(part) or (after_output and place == 0)
                if speaks and not part.startswith(NOT_QUOTED):
                    parts[place] = QUOTED + part.replace("\n", "\n> ")
            cell.source = "\n\n".join(parts)
            after_output = False
