"""The anatomy of a lesson: a good one has no problem, and each flaw is found."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from authoring.lesson_rules import problems


def shown(source: str, text: str, **metadata: object) -> NotebookNode:
    return new_code_cell(source, outputs=[new_output("stream", text=text)], metadata=metadata)


def exercise(number: int, level: str) -> list[NotebookNode]:
    return [
        new_markdown_cell(f"### Exercise {number}: Count · 5 minutes · {level}\nHow many?"),
        shown("answer = ...\ncheck(answer, (is_two, 'Count them.'))", "Not tried yet"),
        shown(
            "import math\ncheck(2, (is_two, 'Count them.'))",
            "Right.",
            tags=["solution"],
            jupyter={"source_hidden": True},
        ),
    ]


def good() -> NotebookNode:
    """The smallest lesson that has it all."""
    image = '<figure><img src="data:image/png;base64,x/tmp/0x7f00" alt="A bar"></figure>'
    figure = new_output("execute_result", data={"text/html": image, "text/plain": "Figure"})
    cells = [
        new_markdown_cell("# Rank two texts\nBeginner · 10 minutes · needs Python"),
        new_markdown_cell(
            "## What you'll do\n- Rank.\n\n## What you'll learn\n- Ranks.\n\n"
            "**What you\u2019ll need**\n- Nothing. " + "word " * 130
        ),
        new_code_cell("from xenc_course import check, show_findings\n%matplotlib inline"),
        new_markdown_cell(
            "## Scores\nA score is a logit. `a != b` ![A plot](plot.png)\n" + "word " * 110
        ),
        shown("score = 8.5\nprint(score)", "8.5\n"),
        new_code_cell("bars(score)", outputs=[figure]),
        shown("# NBVAL_IGNORE_OUTPUT\nprint(score)\nassert score > 0", "8.5"),
        new_code_cell("model.eval();"),
        new_code_cell("def say():\n    print(1)"),
        new_markdown_cell("## Wrap-up\n" + "word " * 130),
        shown("show_findings([])", "shown"),
        new_markdown_cell("## On your own\nTake your time."),
        *exercise(1, "easy"),
        *exercise(2, "medium"),
        *exercise(3, "hard"),
        new_markdown_cell(
            "## Further reading\n- Nogueira & Cho (2019),\n  *Passage re-ranking*.\n"
            "- Lin (2021), *Pretrained transformers*.\n\n**Next**: [Speed](02_speed.ipynb)"
        ),
        new_code_cell(""),
    ]
    ran = [cell for cell in cells if cell.cell_type == "code" and cell.source]
    for count, cell in enumerate(ran, start=1):
        cell.execution_count = count
    return new_notebook(cells=cells)


def test_a_good_lesson_has_no_problem(tmp_path: Path):
    assert problems(good(), "01_good") == []
    (tmp_path / "02_speed.ipynb").touch()
    assert problems(good(), "01_good", tmp_path) == []


def replaced(cell: int, old: str, new: str) -> Callable[[list[NotebookNode]], None]:
    """Spoils the source of one cell (counted from 1)."""

    def spoil(cells: list[NotebookNode]) -> None:
        assert old in cells[cell - 1].source
        cells[cell - 1].source = cells[cell - 1].source.replace(old, new)

    return spoil


def printing(cell: int, text: str) -> Callable[[list[NotebookNode]], None]:
    """Gives one cell this stored output and no other."""

    def spoil(cells: list[NotebookNode]) -> None:
        cells[cell - 1].outputs = [new_output("stream", text=text)]

    return spoil


def showing(cell: int, **data: str) -> Callable[[list[NotebookNode]], None]:
    def spoil(cells: list[NotebookNode]) -> None:
        kinds = {kind.replace("_", "/"): value for kind, value in data.items()}
        cells[cell - 1].outputs = [new_output("display_data", data=kinds)]

    return spoil


def tagged(cell: int, *tags: str, **metadata: object) -> Callable[[list[NotebookNode]], None]:
    def spoil(cells: list[NotebookNode]) -> None:
        cells[cell - 1].metadata = nbformat.from_dict({"tags": list(tags), **metadata})

    return spoil


def silent(cell: int) -> Callable[[list[NotebookNode]], None]:
    def spoil(cells: list[NotebookNode]) -> None:
        cells[cell - 1].outputs = []

    return spoil


def raising(cell: int) -> Callable[[list[NotebookNode]], None]:
    def spoil(cells: list[NotebookNode]) -> None:
        cells[cell - 1].outputs.append(new_output("error", ename="ValueError", evalue="no"))

    return spoil


def counted(cell: int, count: int | None) -> Callable[[list[NotebookNode]], None]:
    def spoil(cells: list[NotebookNode]) -> None:
        cells[cell - 1].execution_count = count

    return spoil


def without(first: int, last: int) -> Callable[[list[NotebookNode]], None]:
    """Takes cells away; counts are given anew, so that only what is missing is missed."""

    def spoil(cells: list[NotebookNode]) -> None:
        del cells[first - 1 : last]
        ran = [cell for cell in cells if cell.cell_type == "code" and cell.source]
        for count, cell in enumerate(ran, start=1):
            cell.execution_count = count

    return spoil


def with_prose_before_set_up(cells: list[NotebookNode]) -> None:
    cells[2:2] = [new_markdown_cell("More.") for _ in range(3)]


def with_longer_code(cells: list[NotebookNode]) -> None:
    for cell in cells:
        if cell.cell_type == "code" and cell.source:
            cell.source = "x = 1\n" * 5 + cell.source


SPOILED = {
    "no cells": (without(1, 99), "cell 1 is not markdown"),
    "no title cell": (without(1, 2), "cell 1 is not markdown"),
    "not Python": (replaced(5, "score =", "score = ="), "cell 5 is not Python: invalid syntax in"),
    "no title": (replaced(1, "# Rank", "Rank"), "cell 1 has 0 titles"),
    "two titles": (replaced(1, "Beginner", "# Again\nBeginner"), "cell 1 has 2 titles"),
    "title later": (replaced(4, "## Scores", "# Scores"), "cell 4 has a second title"),
    "no subtitle": (replaced(1, " · needs Python", ""), "cell 1 has no line with level"),
    "no minutes at all": (replaced(1, "10 minutes", "short"), "no line with level · minutes"),
    "no do": (replaced(2, "What you'll do", "Aims"), "there is no 'What you'll do' before"),
    "no learn": (replaced(2, "What you'll learn", "Aims"), "there is no 'What you'll learn'"),
    "no need": (replaced(2, "What you\u2019ll need", "Needs"), "there is no 'What you'll need'"),
    "inner import": (
        replaced(3, "from xenc_course import", "from xenc_course.teaching.exercises import"),
        "cell 3 imports xenc_course.teaching.exercises; a lesson takes public names",
    ),
    "no set-up": (replaced(3, "from xenc_course import", "f ="), "first code cell imports nothing"),
    "late set-up": (with_prose_before_set_up, "cell 6 is the set-up; move it"),
    "import later": (replaced(5, "score =", "import os\nscore ="), "cell 5 imports"),
    "import inside": (replaced(9, "print(1)", "import os"), "cell 9 imports; move that"),
    "not run": (counted(5, None), "cell 5 has execution count None and not 2"),
    "out of order": (counted(6, 9), "cell 6 has execution count 9 and not 3"),
    "long cell": (replaced(9, "def", "x = 1\n" * 19 + "def"), "cell 9 has 21 lines of code"),
    "long median": (with_longer_code, "the median code cell has 7 lines"),
    "long prose": (replaced(4, "A score", "Now a score"), "cell 4 has 121 words before code"),
    "exclamation": (replaced(4, "logit.", "logit!"), "cell 4 has an exclamation mark"),
    "tick": (replaced(5, "print(score)", "print('✓')"), "cell 5 holds a tick or a cross"),
    "cross in prose": (replaced(4, "logit", "❌"), "cell 4 holds a tick or a cross"),
    "error": (raising(5), "cell 5 ends in ValueError"),
    "raw image": (showing(6, image_png="AAAA"), "cell 6 stores a raw image/png"),
    "no alt": (showing(6, text_html="<img src='a.png'>"), "cell 6 has an image without alt"),
    "empty alt": (showing(6, text_html='<img alt="" src="a">'), "cell 6 has an image without alt"),
    "one of two": (
        showing(6, text_html='<img alt="A" src="a"><img src="b">'),
        "cell 6 has an image without alt",
    ),
    "no alt in prose": (replaced(4, "![A plot]", "![]"), "cell 4 has an image without alt"),
    "no output of print": (silent(7), "cell 7 shows something but has no output"),
    "no output of value": (silent(6), "cell 6 shows something but has no output"),
    "home": (printing(5, "/home/ada/x"), "cell 5 prints a path of one machine (/home"),
    "tmp": (printing(5, "in '/tmp/x'"), "cell 5 prints a path of one machine (/tmp"),
    "Windows": (printing(5, r"C:\Users\ada"), "cell 5 prints a path of one machine (C:\\Users"),
    "address": (printing(5, "<X at 0x7f12ab34cd56>"), "cell 5 prints an object's address"),
    "marker in words": (
        replaced(7, "# NBVAL_IGNORE_OUTPUT", "# NBVAL_IGNORE_OUTPUT: timing"),
        "cell 7 has an NBVAL marker that does not stand alone",
    ),
    "ignored": (replaced(7, "assert score > 0", "# assert"), "cell 7 ignores its output"),
    "ignored by tag": (tagged(5, "nbval-ignore-output"), "cell 5 ignores its output"),
    "skipped": (replaced(5, "score =", "# NBVAL_SKIP\nscore ="), "cell 5 is skipped by NBVAL_SKIP"),
    "skipped by tag": (tagged(5, "nbval-skip"), "cell 5 is skipped by NBVAL_SKIP"),
    "no wrap-up": (replaced(10, "## Wrap-up", "## End"), "there is no '## Wrap-up' section"),
    "no findings": (
        replaced(11, "show_findings([])", "print(1)"),
        "the wrap-up in cell 10 has no code cell that calls show_findings",
    ),
    "nothing to do": (without(12, 21), "there is no '## On your own' section"),
    "no exercises": (without(13, 21), "'On your own' has 0 exercises; give at least 3"),
    "two exercises": (without(19, 21), "'On your own' has 2 exercises; give at least 3"),
    "no minutes": (
        replaced(13, " · 5 minutes", ""),
        "cell 13 does not have the form '### Exercise 1: … · N minutes · easy|medium|hard'",
    ),
    "misnumbered": (replaced(16, "Exercise 2", "Exercise 3"), "form '### Exercise 2: "),
    "hard first": (replaced(13, "easy", "hard"), "not in order from easy to hard"),
    "no stub": (replaced(14, "...", "2"), "exercise in cell 13 has no stub"),
    "no check": (replaced(14, "check(", "print("), "exercise in cell 13 has no call of check"),
    "no solution": (without(15, 15), "exercise in cell 13 has no cell tagged 'solution'"),
    "open solution": (tagged(15, "solution"), "the solution in cell 15 is not collapsed"),
    "wrong solution": (printing(15, "Not yet"), "solution in cell 15 does not come out as 'Right'"),
    "no references": (replaced(22, "## Further", "## Some"), "lists 0 references with a year"),
    "one undated": (replaced(22, "2021", "recently"), "lists 1 references with a year"),
    "no next": (replaced(22, "**Next**", "Then"), "there is no '**Next**' with a link"),
    "next elsewhere": (
        replaced(22, "02_speed.ipynb", "https://example.org"),
        "the Next link goes to https://example.org, which is neither a lesson nor the README",
    ),
}  # fmt: skip


# Flaws that are rightly several: without the heading, say, the wrap-up is prose of any cell.
SEVERAL = {"no cells", "no wrap-up"}


@pytest.mark.parametrize("spoiled", SPOILED)
def test_each_check_finds_what_it_is_for(spoiled: str):
    spoil, problem = SPOILED[spoiled]
    notebook = good()
    spoil(notebook.cells)
    found = problems(notebook, "01_bad")
    assert any(problem in sentence for sentence in found), found
    assert all(sentence.startswith("01_bad: ") and sentence.endswith(".") for sentence in found)
    assert len(found) == 1 or spoiled in SEVERAL


def test_a_link_to_a_missing_lesson_is_found(tmp_path: Path):
    assert problems(good(), "01_bad", tmp_path) == [
        "01_bad: the Next link goes to 02_speed.ipynb, which does not exist."
    ]


def test_the_last_lesson_may_lead_to_the_readme(tmp_path: Path):
    notebook = good()
    replaced(22, "02_speed.ipynb", "../README.md#lessons")(notebook.cells)
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (tmp_path / "README.md").touch()
    assert problems(notebook, "06_last", folder) == []


@pytest.mark.parametrize(
    "allow",
    [tagged(5, "raises-exception"), replaced(5, "score =", "# NBVAL_RAISES_EXCEPTION\ns =")],
)
def test_an_announced_error_is_fine(allow: Callable[[list[NotebookNode]], None]):
    notebook = good()
    raising(5)(notebook.cells)
    allow(notebook.cells)
    assert problems(notebook, "01_good") == []


def test_looking_for_problems_changes_nothing():
    notebook = good()
    before = copy.deepcopy(notebook)
    problems(notebook, "01_good")
    assert notebook == before
