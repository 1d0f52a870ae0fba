"""Run lessons on another collection and other models: executed notebooks and web pages.

A lesson is never changed. Its copy has other names in its code, and says in each cell that cannot
run on this collection why it cannot. Its prose stays that of the course's text, and says so.
"""

from __future__ import annotations

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

from xenc_course.files import write_whole
from xenc_course.teaching.own_collection import OwnCollection

from ..cells import may_raise
from ..execute import run_cells
from ..notebooks import NOTEBOOKS, normalise
from ..stored_findings import StoredFinding, findings
from .editions import BUILD, copy_my_search
from .links import relink
from .replace import replace_texts

LESSONS: dict[str, dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("adapt.toml").read_text(encoding="utf-8")
)
CROSS_ENCODER, BI_ENCODER = "ms-marco-MiniLM-L12-v2", "all-MiniLM-L6-v2"
EXAMPLES = "examples.yaml"
IMPORTS = re.compile(r"^from xenc_course import .*$", re.MULTILINE)
OWN = """
# Put in by `make adapt`: what is not stored for this collection is made here.
from xenc_course.teaching.own_collection import OwnCollection

own = OwnCollection({collection}, {bi_encoder})
load_collection, load_run, load_vectors = own.load_collection, own.load_run, own.load_vectors
"""
NOTE = """> **Adapted.** This copy of [the lesson](../notebooks/{lesson}.ipynb) ran on
> **{collection}**, which takes the place of {replaced}{models}. Outputs and findings come from
> this run. The prose, with its numbers and answers such as "It is (b)", was written for the
> course's own text: where it and a table differ, believe the table."""
LEFT_OUT = "Left out: {} Later cells that need this one are left out, too."


@dataclass(frozen=True)
class Order:
    """What an instructor asks for.

    Attributes:
        collection: what `load_collection` takes: a folder, or a name.
        cross_encoder: a name of the catalogue, a hub id or a folder.
        bi_encoder: the same.
        examples: text of a lesson's example -> text that takes its place.
    """

    collection: str
    cross_encoder: str = CROSS_ENCODER
    bi_encoder: str = BI_ENCODER
    examples: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What lessons call the collection."""
        return Path(self.collection).name


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


def read_order(
    collection: str, cross_encoder: str = "", bi_encoder: str = "", examples: Path | None = None
) -> Order:
    """Read what an instructor asks for, and try the collection, before anything runs.

    Args:
        collection: a folder in BEIR layout, or a name that `load_collection` takes.
        cross_encoder: the course's when empty.
        bi_encoder: the course's when empty.
        examples: a YAML file of texts; `examples.yaml` in the folder of the collection when None.

    Returns:
        The order.

    Raises:
        ValueError: the file of examples does not map texts to texts, no query of the collection is
            judged, or what `load_collection` raises.
        FileNotFoundError: there is no such file of examples.
    """
    folder = Path(collection).expanduser()
    if folder.is_dir():
        collection = str(folder.resolve())
        if examples is None and (folder / EXAMPLES).is_file():
            examples = folder / EXAMPLES
    OwnCollection(collection)  # refuses what no lesson could measure on
    texts = _read_examples(examples) if examples else {}
    return Order(collection, cross_encoder or CROSS_ENCODER, bi_encoder or BI_ENCODER, texts)


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


def adapt(lesson: str, order: Order, folder: Path) -> Adapted:
    """Make the copy of a lesson, and run it.

    Args:
        lesson: its name.
        order: what is asked for.
        folder: where the copy runs, and where it will lie.

    Returns:
        The adapted lesson.

    Raises:
        ValueError: this lesson cannot be adapted.
        RuntimeError: its kernel has died.
    """
    if lesson not in LESSONS:
        raise ValueError(f"Lesson {lesson} is not adapted: choose from {', '.join(LESSONS)}.")
    original = nbformat.read(NOTEBOOKS / f"{lesson}.ipynb", as_version=4)
    book = copy.deepcopy(original)
    replaced = LESSONS[lesson]["replaces"]
    replace_texts(
        book,
        {
            **order.examples,
            replaced: order.name,
            CROSS_ENCODER: order.cross_encoder,
            BI_ENCODER: order.bi_encoder,
        },
    )
    setup = next(cell for cell in book.cells if cell.cell_type == "code")
    last = list(IMPORTS.finditer(setup.source))[-1]
    own = OWN.format(
        collection=json.dumps(order.collection), bi_encoder=json.dumps(order.bi_encoder)
    )
    setup.source = setup.source[: last.end()] + "\n" + own + setup.source[last.end() :]
    run_cells(book, folder, allow_errors=True)
    left_out = _explain(book)
    book.cells.insert(1, new_markdown_cell(_note(lesson, replaced, order)))
    return Adapted(
        lesson,
        normalise(book),
        left_out,
        list(findings(original, lesson)),
        list(findings(book, lesson)),
    )


def _note(lesson: str, replaced: str, order: Order) -> str:
    changed = {order.cross_encoder, order.bi_encoder} - {CROSS_ENCODER, BI_ENCODER}
    said = f", with {' and '.join(sorted(changed))}" if changed else ""
    return NOTE.format(lesson=lesson, collection=order.name, replaced=replaced, models=said)


def _explain(book: NotebookNode) -> list[str]:
    """Put a sentence in the place of each error, and return those that are no consequence."""
    said = []
    for cell in book.cells:
        if cell.cell_type != "code" or may_raise(cell):
            continue
        for error in [o for o in cell.outputs if o.output_type == "error"]:
            why = _reason(error)
            if error.ename != "NameError":
                said.append(why)
            cell.outputs = [new_output("stream", text=LEFT_OUT.format(why) + "\n")]
    return said


def _reason(error: NotebookNode) -> str:
    text = re.sub(r"\s+", " ", error.evalue).strip()
    if error.ename == "NameError":
        return "it needs a cell above that was left out."
    if error.ename == "KeyError":
        return f"this collection has no {text}."
    if error.ename == "AssertionError":
        return f"what it takes for granted does not hold here{f' ({text})' if text else ''}."
    return text if text.endswith(".") else f"{error.ename}: {text}."


def adapt_all(order: Order, numbers: list[str], build: Path = BUILD) -> list[Adapted]:
    """Adapt lessons one after the other, and write each as soon as it has run.

    Args:
        order: what is asked for.
        numbers: such as "01"; every lesson that can be adapted when empty.
        build: the folder of what is derived; the copies go to `adapted/` in it.

    Returns:
        The adapted lessons.

    Raises:
        ValueError: there is no such lesson, or it cannot be adapted.
        RuntimeError: a kernel has died.
        OSError: a file cannot be written.
    """
    from .web import write_page

    names = _named(numbers)
    folder = build / "adapted"
    folder.mkdir(parents=True, exist_ok=True)
    copy_my_search(folder)
    files = {f"{name}.ipynb" for name in names}
    made = []
    for name in names:
        print(f"running {name} on {order.name}", flush=True)
        adapted = adapt(name, order, folder)
        relink(adapted.notebook, folder, files)
        text = f"{nbformat.writes(adapted.notebook)}\n"
        write_whole(folder / f"{name}.ipynb", text.encode())
        write_page(adapted.notebook, folder / f"{name}.html")
        made.append(adapted)
    return made


def _named(numbers: list[str]) -> list[str]:
    known = {name[:2]: name for name in LESSONS}
    for number in numbers:
        if number not in known:
            raise ValueError(f"Lesson {number} is not adapted: choose from {', '.join(known)}.")
    return [known[number] for number in numbers or known]
