import nbformat.v4 as v4
import pytest

from authoring.cells import has_tag
from authoring.kit.cut import Part, cut, minutes_of

OPENING = """# Title

**Minutes** 20 to read and run, 25 of exercises

**You will be able to**

- add;
- subtract;
- multiply."""


def code(source, **metadata):
    shown = v4.new_output("stream", text="shown")
    return v4.new_code_cell(source, outputs=[shown], metadata=metadata)


@pytest.fixture
def lesson():
    return v4.new_notebook(
        cells=[
            v4.new_markdown_cell(OPENING),
            code("start = 1"),
            v4.new_markdown_cell("## 1. First"),
            code("rows = [start]"),
            code("rows.append(2)"),
            code("unused = 3"),
            v4.new_markdown_cell("## 2. Second"),
            code("total = sum(rows)"),
            v4.new_markdown_cell("## Wrap-up"),
            code("total"),
            v4.new_markdown_cell("## On your own\n\nReplace each `...`."),
            v4.new_markdown_cell("### Exercise 1: add · 3 minutes · easy"),
            code("total = ..."),
            code("# Solution: unfold\nsolved = 1", tags=["solution"]),
            v4.new_markdown_cell("### Exercise 2: more · 5 minutes · easy"),
            code("rows"),
            v4.new_markdown_cell("## Going deeper"),
            v4.new_markdown_cell("### Why?"),
            code("total + 1"),
            v4.new_markdown_cell("## Further reading"),
        ]
    )


def sources(edition):
    return [cell.source for cell in edition.cells]


def left_out(edition):
    return [cell.source for cell in edition.cells if has_tag(cell, "left-out")]


def test_it_has_what_is_wanted_and_no_more(lesson):
    edition = cut(lesson, Part("01_it", [1]))
    assert "## 1. First" in sources(edition)
    assert "## Wrap-up" in sources(edition)
    assert "## 2. Second" not in sources(edition)
    assert "## Going deeper" not in sources(edition)


def test_what_a_kept_cell_reads_comes_folded_with_all_that_makes_it(lesson):
    edition = cut(lesson, Part("01_it", [2]))
    assert left_out(edition) == ["rows = [start]", "rows.append(2)"]
    folded = [cell for cell in edition.cells if has_tag(cell, "left-out")]
    assert all(cell.metadata.jupyter.source_hidden and not cell.outputs for cell in folded)


def test_prose_that_ends_a_section_goes_with_it_and_not_with_the_next(lesson):
    lesson.cells[6].source = "The end of the first.\n\n## 2. Second\n\nThe second."
    first, second = (sources(cut(lesson, Part("01_it", [number]))) for number in (1, 2))
    assert "The end of the first." in first
    assert not any("The end of the first" in source for source in second)
    assert "## 2. Second\n\nThe second." in second


def test_an_exercise_makes_nothing_that_a_lesson_reads(lesson):
    edition = cut(lesson, Part("01_it", [1, 2], deeper=["Why?"]))
    assert not left_out(edition)
    assert "total + 1" in sources(edition)


def test_an_exercise_comes_with_its_solution_and_not_with_its_neighbour(lesson):
    edition = cut(lesson, Part("01_it", [1, 2], exercises=[1]))
    assert any(has_tag(cell, "solution") for cell in edition.cells)
    assert not any("Exercise 2" in source for source in sources(edition))


def test_the_opening_says_what_is_held_and_how_long_it_takes(lesson):
    opening = cut(lesson, Part("01_it", [2], exercises=[1, 2])).cells[0].source
    assert "8 of exercises" in opening
    assert "section 2; exercises 1, 2" in opening


def test_the_minutes_do_not_count_what_is_folded(lesson):
    lesson.cells[3].source = "rows = [\n" + "    start,\n" * 400 + "]"
    assert minutes_of(cut(lesson, Part("01_it", [2])))[0] < minutes_of(lesson)[0]


@pytest.mark.parametrize(
    ("part", "what"),
    [
        (Part("01_it", [9]), "section 9"),
        (Part("01_it", [1], exercises=[7]), "exercise 7"),
        (Part("01_it", [1], deeper=["Whence?"]), "heading Whence?"),
    ],
)
def test_what_is_not_there_is_named(lesson, part, what):
    with pytest.raises(ValueError, match=f"01_it has no {what}".replace("?", r"\?")):
        cut(lesson, part)


def test_the_goals_are_those_that_the_sections_reach(lesson):
    opening = cut(lesson, Part("01_it", [2], goals=[3, 1])).cells[0].source
    assert "**You will be able to**\n\n- add;\n- multiply.\n\n*Of" in opening
    with pytest.raises(ValueError, match="goals 1 to 3, not 4"):
        cut(lesson, Part("01_it", [2], goals=[4]))


def test_findings_and_quiz_are_on_the_sections_that_are_there(lesson):
    lesson.cells[9:10] = [
        code("show_findings([total, finding('rows', rows)])"),
        code('quiz("01", total=total, rows=rows)'),
    ]
    edition = cut(lesson, Part("01_it", [1]))
    assert "show_findings([finding('rows', rows)])" in sources(edition)
    assert 'quiz("01", sections=[1], total=total, rows=rows)' in sources(edition)
    assert left_out(edition) == ["total = sum(rows)"]  # the quiz takes it


def test_the_lesson_is_left_alone(lesson):
    before = str(lesson)
    cut(lesson, Part("01_it", [2]))
    assert str(lesson) == before
