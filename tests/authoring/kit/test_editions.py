import re

import nbformat
import pytest

from authoring.cells import has_tag, is_markdown, part_of, shown_text
from authoring.execute import execute
from authoring.kit.cut import minutes_of
from authoring.kit.editions import CLASS_MINUTES, edition, lengths, write_edition
from authoring.kit.names import names_of
from authoring.notebooks import NOTEBOOKS, lesson_paths

pytestmark = pytest.mark.checkout
ORIGINALS = {path.stem: nbformat.read(path, as_version=4) for path in lesson_paths(NOTEBOOKS)}
EVERY = [None, *lengths()]


def unknown_names(lesson):
    """Names that a cell reads and that only a later cell, or none, makes."""
    made = {"display", "get_ipython"}
    for cell in lesson.cells:
        if cell.cell_type == "code":
            names = names_of(cell)
            yield from names.read - made - names.bound
            made |= names.bound


@pytest.mark.parametrize("length", EVERY)
@pytest.mark.parametrize("solutions", [True, False], ids=["solutions", "student"])
def test_a_cell_reads_only_what_an_earlier_cell_of_the_edition_makes(length, solutions):
    for name, lesson in edition(length, solutions=solutions).items():
        lost = set(unknown_names(lesson)) - set(unknown_names(ORIGINALS[name]))
        assert not lost, f"{name} of {length} lacks {lost}"


@pytest.mark.parametrize("length", EVERY)
def test_a_student_finds_no_solution(length):
    for name, lesson in edition(length, solutions=False).items():
        text = "\n".join(cell.source + shown_text(cell) for cell in lesson.cells)
        assert "olution:" not in text
        assert "The solution passes" not in text
        assert "folded cell holds" not in text
        assert "folded cell gives" not in text
        for cell in ORIGINALS[name].cells:
            if has_tag(cell, "solution"):
                assert cell.source.partition("\n")[2] not in text


def test_a_student_has_every_exercise_untried_and_the_lesson_as_it_was():
    for name, lesson in edition(solutions=False).items():
        exercises = part_of(list(enumerate(lesson.cells)), "On your own")
        headings = [cell.source for _, cell in exercises if "### Exercise" in cell.source]
        assert len(headings) >= 3, name
        assert not any(cell.get("outputs") for _, cell in exercises)
        outputs = [cell.outputs for cell in lesson.cells if cell.get("outputs")]
        assert outputs, name


@pytest.mark.parametrize("length", lengths())
def test_an_edition_leaves_a_third_of_the_class_to_talk(length):
    books = edition(length).values()
    reading, exercising = map(sum, zip(*map(minutes_of, books), strict=True))
    assert reading + exercising <= CLASS_MINUTES[length] * 2 / 3


def test_links_lead_to_files_that_are_there(tmp_path):
    write_edition("90min", build=tmp_path)
    folder = tmp_path / "90min"
    for path in lesson_paths(folder):
        for cell in filter(is_markdown, nbformat.read(path, as_version=4).cells):
            for target in re.findall(r"\]\(([^)#\s]+)", re.sub(r"`[^`]*`", "", cell.source)):
                assert "://" in target or (folder / target).exists(), f"{path.name}: {target}"


def test_an_unknown_length_is_named():
    with pytest.raises(ValueError, match="no length 3hours: choose from 90min"):
        edition("3hours")


def test_a_lesson_of_another_edition_goes_and_the_search_of_a_learner_stays(tmp_path):
    write_edition(build=tmp_path)
    folder = tmp_path / "lessons"
    (folder / "21_old.ipynb").write_text("{}")
    mine = folder / "my_search" / "queries.jsonl"
    mine.write_text("mine")
    write_edition(build=tmp_path)
    assert [path.stem for path in lesson_paths(folder)] == list(ORIGINALS)
    assert mine.read_text() == "mine"


@pytest.mark.slow
@pytest.mark.models
def test_a_student_can_run_the_shortest_edition(tmp_path):
    write_edition("90min", solutions=False, build=tmp_path)
    for path in lesson_paths(tmp_path / "90min-student"):
        execute(path)
        shown = "\n".join(shown_text(cell) for cell in nbformat.read(path, 4).cells)
        assert "Not tried yet" in shown
