"""Each rule of a lesson's frame finds what it is for; lesson 01 breaks none of them."""

from __future__ import annotations

import re

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell

from authoring.cells import code_cells, part_of
from authoring.frame_rules import core_minutes, core_of, frame_problems, has_frame
from authoring.notebooks import NOTEBOOKS


def numbered():
    """Lesson 01, as cells with their places."""
    cells = nbformat.read(NOTEBOOKS / "01_basics.ipynb", 4).cells
    return list(enumerate(cells, start=1))


def without(word: str):
    def spoil(cells):
        for _, cell in cells:
            cell.source = cell.source.replace(word, "other(" if word.endswith("(") else "other_")

    return spoil


def wordy(cells):
    cells[2][1].source += " word" * 3000


def long_code(cells):
    for _, cell in code_cells(cells):
        cell.source = "x = 1\n" * 6 + cell.source


def silent(cells):
    for _, cell in code_cells(core_of(cells)):
        cell.source, cell.outputs = "x = 1", []


def one_finding(cells):
    (table,) = [c for _, c in code_cells(part_of(cells, "Wrap-up")) if "show_findings" in c.source]
    data = table.outputs[0].data
    rows = re.findall(r"<tr>.*?</tr>", data["text/html"], re.DOTALL)
    for row in rows[2:]:
        data["text/html"] = data["text/html"].replace(row, "")


def more_able(cells):
    cells[0][1].source += "\n- more;\n- and more."


def solution_says_right(cells):
    for _, cell in cells:
        if "solution" in cell.metadata.get("tags", []):
            cell.outputs = []


SPOILED = {
    "too many aims": (more_able, "cell 1 has 5 items under"),
    "no minutes": (without("to read and run"), "does not say 'N to read and run, M of exercises'"),
    "wrong minutes": (wordy, "minutes to read and run; the rule gives"),
    "too long": (wordy, "at most 25 fit"),
    "long code": (long_code, "the median code cell of the core has"),
    "silent code": (silent, "code cells show nothing"),
    "no deeper part": (without("## Going deeper"), "there is no '## Going deeper' section"),
    "no findings": (without("show_findings("), "no code cell that calls show_findings"),
    "one finding": (one_finding, "the wrap-up shows 1 findings; three to five fit"),
    "no Monday": (without("### On Monday"), "does not say what to do"),
    "no diagram": (without("diagram_"), "no diagram of its mechanism"),
    "no question first": (without("**Predict first.**"), "asks no '**Predict first.**' question"),
    "unfold": (without("# Solution: unfold"), "does not begin with '# Solution: unfold'"),
    "not passing": (solution_says_right, "does not come out as 'The solution passes'"),
}


def test_lesson_01_has_the_frame_and_breaks_no_rule_of_it():
    cells = numbered()
    assert has_frame(cells)
    assert list(frame_problems(cells)) == []
    assert not has_frame([(1, new_markdown_cell("# A lesson without the frame"))])


@pytest.mark.parametrize(("spoil", "problem"), SPOILED.values(), ids=SPOILED)
def test_each_rule_finds_what_it_is_for(spoil, problem):
    cells = numbered()
    spoil(cells)
    assert any(problem in found for found in frame_problems(cells))


def test_too_many_cells_are_counted_in_the_core_only():
    cells = numbered()
    last = cells[-1][0]
    deeper = [*cells, *((last + n, new_markdown_cell("More.")) for n in range(1, 60))]
    assert not any("cells; at most 45 fit" in found for found in frame_problems(deeper))
    extra = [new_markdown_cell("More.") for _ in range(60)]
    longer = list(enumerate([cells[0][1], *extra, *(c for _, c in cells[1:])], start=1))
    assert any("cells; at most 45 fit" in found for found in frame_problems(longer))


def test_minutes_follow_from_words_and_lines_by_one_rule():
    text = "# T\n**The question.** " + "word " * 748
    assert core_minutes([(1, new_markdown_cell(text))]) == 10  # 5 of reading, 1 to run: up to 10
