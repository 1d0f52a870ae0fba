from types import SimpleNamespace

import pytest

from xenc_course.teaching.questions import asked
from xenc_course.teaching.quiz import Quiz, quiz

SHOWN = SimpleNamespace(state="shown")
WIDGET = "application/vnd.jupyter.widget-view+json"


def five():
    return [
        asked(
            f"Question {n}?",
            [("<b>One</b>", True, "Because."), ("Two", False, "Not two."), ("Six", False, "No.")],
        )
        for n in range(5)
    ]


@pytest.fixture
def shown():
    return Quiz(five())


def choose(quiz, number, right):
    """Click the right option, or a wrong one."""
    question = quiz.questions[number]
    place = question.right if right else (question.right + 1) % 3
    rows = quiz._rows()
    radio, told = rows[3 * number + 1], rows[3 * number + 2]
    radio.value = place
    return told.value, rows[-1].value


def test_a_click_says_whether_it_is_right_and_why(shown):
    told, score = choose(shown, 1, right=True)
    assert "Right. Because." in told
    assert "1 of 1 right at the first try" in score


def test_a_wrong_click_says_why_and_the_first_try_counts(shown):
    told, _ = choose(shown, 0, right=False)
    assert "No. " in told
    _, score = choose(shown, 0, right=True)
    assert "0 of 1 right at the first try" in score


def test_without_a_kernel_each_option_unfolds_to_its_explanation(shown):
    markup = shown._repr_html_()
    assert markup.count("<details") == 15
    assert markup.count("Right. Because.") == 5
    assert "&lt;b&gt;One&lt;/b&gt;" in markup


def test_the_plain_text_has_no_answers(shown):
    assert "1. Question 0?" in repr(shown)
    assert "Because" not in repr(shown)


def test_a_notebook_gets_the_widget_and_what_shows_without_it(shown):
    bundle = shown._repr_mimebundle_()
    assert WIDGET in bundle
    assert bundle["text/html"] == shown._repr_html_()


MEASURED = {"counted": SHOWN, "left_out": SHOWN, "unjudged": 0.4, "enough": 200, "pooled": 14}


def test_a_quiz_on_some_sections_asks_about_these_only():
    whole = [question.text for question in quiz("04", **MEASURED).questions]
    some = [question.text for question in quiz("04", sections=[2, 6], **MEASURED).questions]
    assert len(whole) == 5 and some == whole[3:]
    with pytest.raises(ValueError, match="asks about the sections 4, 4, 4, 6, 6"):
        quiz("04", sections=[2], **MEASURED)


@pytest.mark.parametrize("lesson", ["99", "", "../01", "no"])
def test_a_lesson_without_a_quiz_is_named(lesson):
    with pytest.raises(ValueError, match="There is no quiz"):
        quiz(lesson)
