"""Progress is told in one way: a bar, a function, or nothing."""

from __future__ import annotations

import io
import sys
import threading

from xenc_course import progress
from xenc_course.progress import progress_bar


class Watched(io.StringIO):
    """Tells when the same bar has been drawn several times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.left, self.reached = times, threading.Event()

    def write(self, text: str) -> int:
        self.left -= "0/5" in text
        if self.left <= 0:
            self.reached.set()
        return super().write(text)


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


def test_a_bar_moves_while_one_item_takes_long(monkeypatch):
    monkeypatch.setattr(progress, "DELAY", 0)
    monkeypatch.setattr(progress, "TICK", 0.01)
    monkeypatch.setattr(sys, "stderr", drawn := Watched(times=3))
    with progress_bar(True, 5, "pair") as advance:
        assert drawn.reached.wait(timeout=60)
        advance(5)
    assert "5/5" in drawn.getvalue()
