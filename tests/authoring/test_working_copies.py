"""Working copies: what the authors changed arrives, and what the learner wrote stays."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from authoring.notebooks import normalise
from authoring.working_copies import refresh

ROOT = Path(__file__).parents[2]
STUB = "answer_{n} = ..."


def lesson(prose: str = "text", numbers: tuple[int, ...] = (1, 2), extra: int = 0) -> NotebookNode:
    """A lesson whose exercises each have a stub, a check and a solution."""
    cells = [new_markdown_cell(f"# Title\n{prose}"), new_code_cell("set_up = 1")]
    cells += [new_markdown_cell("more") for _ in range(extra)]
    cells.append(new_markdown_cell("## On your own"))
    for n in numbers:
        cells += [
            new_markdown_cell(f"### Exercise {n}: count · 3 minutes · easy\n{prose}"),
            new_code_cell(STUB.format(n=n)),
            new_code_cell(f"check(answer_{n}, '01.{n}')"),
            new_code_cell(f"# Solution: unfold\n{n}", metadata={"tags": ["solution"]}),
        ]
    return normalise(new_notebook(cells=[*cells, new_markdown_cell("## Further reading")]))


def store(notebook: NotebookNode, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def answer(work: Path, source: str, n: int = 1, name: str = "01_basics") -> NotebookNode:
    """Write into a copy as a learner does: replace a stub, and leave an output."""
    path = work / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cell = next(cell for cell in notebook.cells if cell.source.startswith(f"answer_{n}"))
    cell.source = source
    cell.outputs, cell.execution_count = [new_output("stream", text="mine\n")], 7
    store(notebook, path)
    return notebook


def sources(path: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]


@pytest.fixture
def folders(tmp_path) -> tuple[Path, Path]:
    notebooks, work = tmp_path / "notebooks", tmp_path / "work"
    store(lesson(), notebooks / "01_basics.ipynb")
    refresh(notebooks, work)
    return notebooks, work


def names(work: Path) -> list[str]:
    return sorted(path.name for path in work.glob("*.ipynb"))


def test_the_first_call_copies_lessons_and_says_so(tmp_path):
    store(lesson(), tmp_path / "notebooks" / "01_basics.ipynb")
    store(lesson(), tmp_path / "notebooks" / "draft.ipynb")
    said = refresh(tmp_path / "notebooks", tmp_path / "work")
    assert said == ["01_basics is new in work/."]
    assert names(tmp_path / "work") == ["01_basics.ipynb"]
    original = tmp_path / "notebooks" / "01_basics.ipynb"
    assert (tmp_path / "work" / "01_basics.ipynb").read_bytes() == original.read_bytes()


def test_nothing_changed_means_nothing_is_said_or_written(folders):
    notebooks, work = folders
    before = (work / "01_basics.ipynb").stat().st_mtime_ns
    assert refresh(notebooks, work) == []
    assert (work / "01_basics.ipynb").stat().st_mtime_ns == before


def test_an_untouched_copy_is_replaced(folders):
    notebooks, work = folders
    store(lesson("new text"), notebooks / "01_basics.ipynb")
    assert refresh(notebooks, work) == ["01_basics was replaced by its new version."]
    assert sources(work / "01_basics.ipynb")[0] == "# Title\nnew text"
    assert names(work) == ["01_basics.ipynb"]


def test_a_changed_copy_stays_while_the_original_is_the_same(folders):
    notebooks, work = folders
    answer(work, "answer_1 = 3")
    before = (work / "01_basics.ipynb").read_bytes()
    assert refresh(notebooks, work) == []
    assert (work / "01_basics.ipynb").read_bytes() == before


def test_outputs_stay_while_no_source_changed(folders):
    notebooks, work = folders
    answer(work, STUB.format(n=1))
    before = (work / "01_basics.ipynb").read_bytes()
    assert refresh(notebooks, work) == []
    original = lesson()
    original.cells[1].outputs = [new_output("stream", text="a new stored output\n")]
    store(original, notebooks / "01_basics.ipynb")
    assert refresh(notebooks, work) == []
    assert (work / "01_basics.ipynb").read_bytes() == before


def test_a_copy_that_was_only_run_is_replaced_by_a_new_version(folders):
    notebooks, work = folders
    answer(work, STUB.format(n=1))
    store(lesson("new text"), notebooks / "01_basics.ipynb")
    assert refresh(notebooks, work) == ["01_basics was replaced by its new version."]
    assert names(work) == ["01_basics.ipynb"]


def test_new_stored_outputs_reach_an_untouched_copy(folders):
    notebooks, work = folders
    original = lesson()
    original.cells[1].outputs = [new_output("stream", text="a new stored output\n")]
    store(original, notebooks / "01_basics.ipynb")
    assert len(refresh(notebooks, work)) == 1
    assert "a new stored output" in (work / "01_basics.ipynb").read_text(encoding="utf-8")


def test_when_both_changed_answers_are_carried_over_and_the_old_copy_is_kept(folders):
    notebooks, work = folders
    answer(work, "answer_1 = 3")
    mine = answer(work, "answer_2 = 4", n=2)
    store(lesson("new text", extra=3), notebooks / "01_basics.ipynb")
    assert refresh(notebooks, work) == [
        "01_basics has a new version with your answers to exercises 1 and 2 in it, and your old "
        "copy is kept as 01_basics.before-update-1.ipynb."
    ]
    kept = nbformat.read(work / "01_basics.before-update-1.ipynb", as_version=4)
    assert kept.cells == mine.cells
    expected = [cell.source for cell in lesson("new text", extra=3).cells]
    expected[expected.index("answer_1 = ...")] = "answer_1 = 3"
    expected[expected.index("answer_2 = ...")] = "answer_2 = 4"
    assert sources(work / "01_basics.ipynb") == expected
    cells = nbformat.read(work / "01_basics.ipynb", as_version=4).cells
    assert all(not cell.outputs for cell in cells if cell.source.endswith(("= 3", "= 4")))
    assert refresh(notebooks, work) == []


def test_the_next_update_keeps_a_second_old_copy(folders):
    notebooks, work = folders
    answer(work, "answer_1 = 3")
    for version in ("second", "third"):
        store(lesson(version), notebooks / "01_basics.ipynb")
        refresh(notebooks, work)
    assert names(work) == [
        "01_basics.before-update-1.ipynb",
        "01_basics.before-update-2.ipynb",
        "01_basics.ipynb",
    ]
    assert "answer_1 = 3" in sources(work / "01_basics.ipynb")
    assert sources(work / "01_basics.ipynb")[0] == "# Title\nthird"


def test_a_cell_that_the_learner_added_comes_along(folders):
    notebooks, work = folders
    notebook = answer(work, "answer_1 = 3")
    place = [cell.source for cell in notebook.cells].index("answer_1 = 3")
    notebook.cells.insert(place, new_code_cell("try_this = 1"))
    notebook.cells.insert(place + 2, new_markdown_cell("a thought"))
    store(notebook, work / "01_basics.ipynb")
    store(lesson("new text"), notebooks / "01_basics.ipynb")
    refresh(notebooks, work)
    merged = sources(work / "01_basics.ipynb")
    start = merged.index("try_this = 1")
    expected = ["try_this = 1", "answer_1 = 3", "a thought", "check(answer_1, '01.1')"]
    assert merged[start : start + 4] == expected
    read = nbformat.read(work / "01_basics.ipynb", as_version=4)
    assert len({cell.id for cell in read.cells}) == len(read.cells)
    nbformat.validate(read)


def test_without_ids_the_place_in_the_exercise_counts(folders):
    notebooks, work = folders
    notebook = answer(work, "answer_2 = 4", n=2)
    for cell in notebook.cells:
        cell.id = nbformat.v4.new_code_cell().id
    store(notebook, work / "01_basics.ipynb")
    store(lesson("new text"), notebooks / "01_basics.ipynb")
    assert "exercise 2 in it" in refresh(notebooks, work)[0]
    assert "answer_2 = 4" in sources(work / "01_basics.ipynb")
    assert "answer_2 = ..." not in sources(work / "01_basics.ipynb")


def test_changes_outside_exercises_are_in_the_old_copy_alone(folders):
    notebooks, work = folders
    notebook = nbformat.read(work / "01_basics.ipynb", as_version=4)
    notebook.cells[1].source = "set_up = 2"
    solution = next(cell for cell in notebook.cells if cell.source.startswith("# Solution"))
    solution.source = "# mine"
    store(notebook, work / "01_basics.ipynb")
    store(lesson("new text"), notebooks / "01_basics.ipynb")
    assert refresh(notebooks, work) == [
        "01_basics has a new version, and your old copy is kept as 01_basics.before-update-1.ipynb."
    ]
    assert sources(work / "01_basics.ipynb") == [cell.source for cell in lesson("new text").cells]
    assert "set_up = 2" in sources(work / "01_basics.before-update-1.ipynb")


def test_an_exercise_that_is_gone_is_said_to_be_in_the_old_copy(folders):
    notebooks, work = folders
    answer(work, "answer_1 = 3")
    answer(work, "answer_2 = 4", n=2)
    store(lesson("new text", numbers=(1,)), notebooks / "01_basics.ipynb")
    (said,) = refresh(notebooks, work)
    assert "your answers to exercise 1 in it" in said
    assert said.endswith(
        "before-update-1.ipynb, where your answers to exercise 2 are, which the new one lacks."
    )


def test_a_copy_that_cannot_be_read_is_kept_and_replaced(folders):
    notebooks, work = folders
    (work / "01_basics.ipynb").write_text('{"cells": [', encoding="utf-8")
    (said,) = refresh(notebooks, work)
    assert said.startswith("01_basics.ipynb could not be read: it is kept as ")
    kept = work / "01_basics.before-update-1.ipynb"
    assert kept.read_text(encoding="utf-8") == '{"cells": ['
    assert sources(work / "01_basics.ipynb") == [cell.source for cell in lesson().cells]


def test_a_copy_without_a_remembered_origin_loses_nothing(folders):
    notebooks, work = folders
    answer(work, "answer_1 = 3")
    (work / ".origin" / "01_basics.ipynb").unlink()
    refresh(notebooks, work)
    assert "answer_1 = 3" in sources(work / "01_basics.ipynb")
    assert "answer_1 = 3" in sources(work / "01_basics.before-update-1.ipynb")


def test_a_refresh_that_was_killed_is_done_again(folders, monkeypatch):
    notebooks, work = folders
    answer(work, "answer_1 = 3")
    store(lesson("new text"), notebooks / "01_basics.ipynb")
    written = []

    def write_twice(path: Path, content: bytes) -> None:
        if len(written) == 2:
            raise OSError("No space left on device")
        written.append(path)
        path.write_bytes(content)

    with monkeypatch.context() as patch:
        patch.setattr("authoring.working_copies.write_whole", write_twice)
        with pytest.raises(OSError, match="No space left"):
            refresh(notebooks, work)
    refresh(notebooks, work)
    assert sources(work / "01_basics.ipynb")[0] == "# Title\nnew text"
    assert "answer_1 = 3" in sources(work / "01_basics.ipynb")
    assert refresh(notebooks, work) == []


def test_a_deleted_copy_and_new_lessons_are_made(folders):
    notebooks, work = folders
    (work / "01_basics.ipynb").unlink()
    store(lesson(), notebooks / "02_more.ipynb")
    assert refresh(notebooks, work) == ["01_basics is new in work/.", "02_more is new in work/."]


def test_other_files_of_the_learner_stay(folders):
    notebooks, work = folders
    (work / "notes.ipynb").write_text("mine", encoding="utf-8")
    refresh(notebooks, work)
    assert (work / "notes.ipynb").read_text(encoding="utf-8") == "mine"


def test_my_search_is_copied_once_and_never_overwritten(folders):
    notebooks, work = folders
    (notebooks / "my_search" / "qrels").mkdir(parents=True)
    (notebooks / "my_search" / "corpus.jsonl").write_text("first", encoding="utf-8")
    (notebooks / "my_search" / "qrels" / "test.tsv").write_text("q", encoding="utf-8")
    refresh(notebooks, work)
    mine = work / "my_search" / "corpus.jsonl"
    assert mine.read_text(encoding="utf-8") == "first"
    assert (work / "my_search" / "qrels" / "test.tsv").is_file()
    mine.write_text("mine", encoding="utf-8")
    (notebooks / "my_search" / "corpus.jsonl").write_text("second", encoding="utf-8")
    refresh(notebooks, work)
    assert mine.read_text(encoding="utf-8") == "mine"


def test_nothing_unfinished_is_left_behind(folders):
    notebooks, work = folders
    answer(work, "answer_1 = 3")
    store(lesson("new text"), notebooks / "01_basics.ipynb")
    refresh(notebooks, work)
    assert [path for path in work.rglob("*") if "partial" in path.name] == []


def test_the_command_makes_the_copies(tmp_path, monkeypatch, capsys):
    from authoring.__main__ import main

    store(lesson(), tmp_path / "notebooks" / "01_basics.ipynb")
    monkeypatch.setattr("authoring.__main__.NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr("authoring.working_copies.WORK", tmp_path / "work")
    assert main(["work"]) == 0
    assert capsys.readouterr().out == "01_basics is new in work/.\n"


@pytest.mark.slow
def test_pytest_over_the_whole_folder_leaves_the_copies_out(tmp_path):
    for name in ("conftest.py", "pyproject.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    store(lesson(), tmp_path / "notebooks" / "01_basics.ipynb")
    refresh(tmp_path / "notebooks", tmp_path / "work")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", "--collect-only", "-q", "."],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "notebooks/01_basics.ipynb::" in done.stdout, done.stdout + done.stderr
    assert "work" not in done.stdout


def test_git_does_not_see_the_copies():
    assert "/work/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
