"""Progress is told in one way: a bar, a function, or nothing."""

from __future__ import annotations

from xenc_course.progress import progress_bar


def test_a_function_hears_how_many_are_done():
    heard = []
    with progress_bar(heard.append, 5, "pair") as advance:
        advance(2)
        advance(3, loss="0.1")
    assert heard == [2, 3]


def test_nothing_is_shown_unless_asked_for(capsys):
    with progress_bar(False, 5, "pair") as advance:
        advance(5)
    assert capsys.readouterr().err == ""


def test_a_short_job_shows_no_bar(capsys):
    with progress_bar(True, 5, "pair") as advance:
        advance(5, loss="0.1")
    assert "pair" not in capsys.readouterr().err
