"""Lesson 01 in a real JupyterLab, as a learner works through it."""

from __future__ import annotations

import pytest

from authoring.notebooks import NOTEBOOKS
from authoring.working_copies import refresh

from .lab import lab, menu, open_notebook, run_cell

pytestmark = [pytest.mark.slow, pytest.mark.models, pytest.mark.checkout]

WRONG = "def best_first(passages, scores):\n    return sorted(passages)\n"
RIGHT = WRONG.replace("sorted(passages)", "[passages[i] for i in np.argsort(-scores)]")
CHECK, HINT = "check(best_first, '01.1')", "hint('01.1', 1)"
RUN_ALL = 300_000  # milliseconds


def test_run_all_then_an_exercise_a_hint_and_the_quiz(page, picture, tmp_path):
    refresh(NOTEBOOKS, tmp_path)
    with lab(tmp_path, "01_basics.ipynb") as address:
        open_notebook(page, address)
        menu(page, "Run", "Run All Cells")
        last = page.locator(".jp-CodeCell").last.locator(".jp-InputPrompt")
        page.wait_for_function(
            "cell => /\\d/.test(cell.textContent)", arg=last.element_handle(), timeout=RUN_ALL
        )
        assert page.locator("[data-mime-type*='error'], .jp-RenderedText.jp-mod-error").count() == 0
        output = page.locator(".jp-OutputArea-output")
        output.filter(has_text="Most populous city in the United States").first.wait_for()
        output.locator("img[alt]").first.wait_for()
        picture(page, "lesson-01")

        exercise = page.locator(".jp-CodeCell").filter(has_text="def best_first(").first
        answer = exercise.locator(".jp-OutputArea-output")
        answer.get_by_text("Not tried yet").wait_for()
        run_cell(page, exercise, WRONG + CHECK)
        answer.get_by_text("order of the alphabet").wait_for()
        run_cell(page, exercise, WRONG + HINT)
        answer.get_by_text("Hint 1 of").wait_for()
        run_cell(page, exercise, RIGHT + CHECK)
        answer.get_by_text("Right.").wait_for()
        picture(page, "lesson-01-exercise")

        quiz = page.locator(".jp-CodeCell").filter(has_text='quiz("01"')
        option = quiz.locator(".widget-radio-box input[type=radio], .widget-button").first
        option.scroll_into_view_if_needed()
        option.click()
        quiz.get_by_text("at the first try").first.wait_for()
        picture(page, "lesson-01-quiz")
