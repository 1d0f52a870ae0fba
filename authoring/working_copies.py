"""The learner's own copies of the lessons, in `work/`: refreshed without losing an answer.

`work/.origin/` remembers the original that each copy was made from. Comparing the sources of its
cells with the copy says what the learner changed, and with the original what the authors changed.
Outputs are no change: running a lesson rewrites them.
"""

from __future__ import annotations

import copy
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from xenc_course.files import make_folder, write_whole

from .cells import has_tag, is_markdown
from .notebooks import lesson_paths

WORK = Path(__file__).parents[1] / "work"
ORIGIN = ".origin"
MY_SEARCH = "my_search"  # copied once: from then on it is the learner's

_EXERCISE = re.compile(r"^### Exercise (\d+)\b", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)

Exercises = dict[int, list[NotebookNode]]


@dataclass
class Carried:
    """What was taken over into a new version of a lesson.

    Attributes:
        exercises: numbers of those whose cells were taken over.
        lost: numbers of changed exercises that the new version does not have.
    """

    exercises: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)


def refresh(notebooks: Path, work: Path) -> list[str]:
    """Make or refresh the working copies of all lessons, and of `my_search/`.

    A copy that the learner did not change is replaced when the original changed. One that the
    learner changed stays; when the original changed as well, the new original takes its place with
    the learner's exercises in it, and the old copy is kept whole beside it.

    Args:
        notebooks: the folder of the originals.
        work: the folder of the copies; it is made if need be.

    Returns:
        One sentence for each lesson that was made or replaced.

    Raises:
        FileNotFoundError: there is no folder of originals.
        OSError: a file cannot be written; what was there is kept.
    """
    lessons = lesson_paths(notebooks)
    (work / ORIGIN).mkdir(parents=True, exist_ok=True)
    said = [_refresh(path, work / path.name, work / ORIGIN / path.name) for path in lessons]
    copy_my_search(notebooks, work)
    return [sentence for sentence in said if sentence]


def copy_my_search(notebooks: Path, folder: Path) -> None:
    """Put the learners' small collection beside their notebooks; one that is there stays.

    Args:
        notebooks: the folder of the originals, which may have none.
        folder: of the copies.

    Raises:
        OSError: a file cannot be written.
    """
    seed = notebooks / MY_SEARCH
    if seed.is_dir():
        make_folder(
            folder / MY_SEARCH, lambda scratch: shutil.copytree(seed, scratch, dirs_exist_ok=True)
        )


def _refresh(original: Path, mine: Path, origin: Path) -> str:
    """Refresh one copy, and say what was done.

    The origin is written last: when this is killed before, the next call begins again, and finds
    either the old copy or the new one, which it takes for one that the learner changed.
    """
    new = original.read_bytes()
    if not mine.is_file():
        return _take(new, mine, origin, f"{mine.stem} is new in {mine.parent.name}/.")
    old = origin.read_bytes() if origin.is_file() else b""
    if mine.read_bytes() == new:
        write_whole(origin, new)
        return ""
    if mine.read_bytes() == old:
        return _take(new, mine, origin, f"{mine.stem} was replaced by its new version.")
    original_cells, old_cells, my_cells = _read(new), _read(old), _read(mine.read_bytes())
    if original_cells is None:
        raise ValueError(f"{original} is no notebook: fetch the course again.")
    if my_cells is not None and _sources(my_cells) == _sources(original_cells):
        write_whole(origin, new)  # only outputs differ: they are the learner's
        return ""
    if my_cells is not None and old_cells is not None:
        if _sources(old_cells) == _sources(original_cells):
            return ""
        if _sources(my_cells) == _sources(old_cells):
            return _take(new, mine, origin, f"{mine.stem} was replaced by its new version.")
    kept = _first_free(mine)
    write_whole(kept, mine.read_bytes())
    if my_cells is None:
        said = f"{mine.name} could not be read: it is kept as {kept.name}, and you have a new copy."
        return _take(new, mine, origin, said)
    carried = _carry_over(original_cells, old_cells or original_cells, my_cells)
    merged = f"{nbformat.writes(original_cells)}\n".encode()
    return _take(new, mine, origin, _sentence(mine.stem, kept.name, carried), merged)


def _take(new: bytes, mine: Path, origin: Path, said: str, merged: bytes | None = None) -> str:
    write_whole(mine, new if merged is None else merged)
    write_whole(origin, new)
    return said


def _sentence(lesson: str, kept: str, carried: Carried) -> str:
    said = f"{lesson} has a new version"
    if carried.exercises:
        said += f" with your answers to {_named(carried.exercises)} in it"
    said += f", and your old copy is kept as {kept}"
    if carried.lost:
        said += f", where your answers to {_named(carried.lost)} are, which the new one lacks"
    return f"{said}."


def _named(numbers: list[int]) -> str:
    *others, last = (str(number) for number in numbers)
    return f"exercises {', '.join(others)} and {last}" if others else f"exercise {last}"


def _first_free(mine: Path) -> Path:
    number = 1
    while (path := mine.with_name(f"{mine.stem}.before-update-{number}.ipynb")).exists():
        number += 1
    return path


def _read(content: bytes) -> NotebookNode | None:
    """A notebook, or None where there is none to read."""
    try:
        notebook = nbformat.reads(content.decode(), as_version=4)
        nbformat.validate(notebook)
    except (ValueError, nbformat.ValidationError):  # also NotJSONError and UnicodeDecodeError
        return None
    return notebook


def _sources(notebook: NotebookNode) -> list[tuple[str, str]]:
    return [(cell.cell_type, cell.source) for cell in notebook.cells]


def _exercises(notebook: NotebookNode) -> Exercises:
    """Number of an exercise -> its cells without the solution; the first has the heading."""
    found: Exercises = {}
    number = None
    for cell in notebook.cells:
        if is_markdown(cell) and _HEADING.search(cell.source):
            match = _EXERCISE.search(cell.source)
            number = int(match.group(1)) if match else None
        if number is not None and not has_tag(cell, "solution"):
            found.setdefault(number, []).append(cell)
    return found


def _carry_over(new: NotebookNode, old: NotebookNode, mine: NotebookNode) -> Carried:
    """Put the learner's changed and added cells of exercises into a new version.

    Args:
        new: the new original; it is changed.
        old: the original that the copy was made from.
        mine: the learner's copy.
    """
    carried = Carried()
    new_exercises, old_exercises = _exercises(new), _exercises(old)
    for number, my_cells in _exercises(mine).items():
        places = _places(old_exercises.get(number, []), my_cells)
        changed = [
            (place, cell)
            for place, cell in zip(places, my_cells, strict=True)
            if place is None or (place and old_exercises[number][place].source != cell.source)
        ]
        if not changed:
            continue
        if number not in new_exercises:
            carried.lost.append(number)
            continue
        _put(new, new_exercises[number], list(zip(places, my_cells, strict=True)), changed)
        carried.exercises.append(number)
    return carried


def _places(old: list[NotebookNode], mine: list[NotebookNode]) -> list[int | None]:
    """Which cell of the original each cell of the learner was; None for one that was added.

    JupyterLab keeps a cell's id when its source changes. Where the ids say nothing, because the
    numbers of cells are equal and no id fits, the place says it.
    """
    ids = {cell.id: place for place, cell in enumerate(old) if "id" in cell}
    places = [ids.get(cell.get("id")) for cell in mine]
    if len(old) == len(mine) and not any(places[1:]):
        return list(range(len(mine)))
    if places:
        places[0] = 0  # the heading
    return places


def _put(
    new: NotebookNode,
    target: list[NotebookNode],
    mine: list[tuple[int | None, NotebookNode]],
    changed: list[tuple[int | None, NotebookNode]],
) -> None:
    before = target[0]
    wanted = {id(cell) for _, cell in changed}
    for place, cell in mine:
        here = target[place] if place is not None and place < len(target) else None
        if id(cell) not in wanted:
            before = here or before
        elif here is not None and here.cell_type == cell.cell_type:
            here.source = cell.source
            _without_outputs(here)
            before = here
        else:
            added = _without_outputs(copy.deepcopy(cell))
            added.id = nbformat.v4.new_code_cell().id
            position = next(i for i, other in enumerate(new.cells) if other is before)
            new.cells.insert(position + 1, added)
            before = added


def _without_outputs(cell: NotebookNode) -> NotebookNode:
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    return cell
