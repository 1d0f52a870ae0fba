"""The quizzes as the lessons store them."""

import re

import nbformat

from authoring.cells import shown_markup
from authoring.notebooks import NOTEBOOKS, lesson_paths


def stored_quizzes():
    """Lesson -> for each question, whether each of its options is right."""
    found = {}
    for path in lesson_paths(NOTEBOOKS):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and re.search(r"^quiz\(", cell.source, re.MULTILINE):
                questions = shown_markup(cell).split("<p><b>")[1:]
                found[path.stem] = [
                    [text.startswith("Right") for text in re.findall(r">(Right|No)\. ", question)]
                    for question in questions
                ]
    return found


def test_every_lesson_has_a_quiz_of_five():
    quizzes = stored_quizzes()
    assert list(quizzes) == [path.stem for path in lesson_paths(NOTEBOOKS)]
    for questions in quizzes.values():
        assert [sum(options) for options in questions] == [1] * 5


def test_no_place_is_favoured_for_the_right_answer():
    rights = [q for questions in stored_quizzes().values() for q in questions]
    for n_options in (3, 4):
        places = [q.index(True) for q in rights if len(q) == n_options]
        expected = len(places) / n_options
        distance = sum((places.count(p) - expected) ** 2 / expected for p in range(n_options))
        assert distance < {3: 13.8, 4: 16.3}[n_options]  # chi-square, one in a thousand
