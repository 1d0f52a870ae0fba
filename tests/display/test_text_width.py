"""Text in a terminal's columns: counted, shortened, wrapped, and without control characters."""

import pytest

from xenc_course.display import text_width
from xenc_course.display.table import Table
from xenc_course.display.text_width import (
    display_width,
    escaped,
    one_line,
    printable,
    shorten,
    wrapped,
)


@pytest.mark.parametrize(
    ("text", "width"),
    [("abc", 3), ("密码", 4), ("cafe\u0301", 4), ("🔑", 2), ("a\u200db", 2), ("שלום", 4), ("", 0)],
)
def test_display_width_counts_terminal_columns(text, width):
    assert display_width(text) == width


@pytest.mark.parametrize(
    ("text", "width", "short"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two…"),
        ("one two three", 8, "one two…"),
        ("one two three", 7, "one…"),
        ("one, two", 7, "one…"),
        ("one\n\n two", 20, "one two"),
        ("unbreakable", 5, "unbr…"),
        ("密码重置", 6, "密码…"),
        ("", 10, ""),
    ],
)
def test_shorten_cuts_at_a_word(text, width, short):
    assert shorten(text, width) == short
    assert display_width(short) <= width


def test_shorten_never_leaves_half_an_emoji_or_an_accent_behind():
    assert shorten("👩‍💻👩‍💻", 5) == "👩‍💻…"
    assert shorten("e\u0301e\u0301e\u0301", 2) == "e\u0301…"


def test_control_characters_cannot_reach_the_terminal():
    assert one_line("a\x1b[31mb\ttab\ud800") == "a\ufffd[31mb tab\ufffd"
    assert "\x1b" not in str(Table(["a"], [["\x1b[31m"]]))


def test_wrapped_breaks_words_that_do_not_fit():
    assert wrapped("ab cdefgh", 4) == ["ab", "cdef", "gh"]
    assert wrapped("密码重置", 1) == ["密", "码", "重", "置"]


def test_marks_that_turn_the_direction_of_what_follows_are_seen():
    assert one_line("user\u202enimda\u2066!") == "user\ufffdnimda\ufffd!"
    assert one_line("שלום \u200fa") == "שלום \u200fa"  # one that only marks a place is harmless


def test_printable_text_keeps_its_lines():
    assert printable("one\r\ntwo\tthree\n\x07\ufffe") == "one\ntwo\tthree\n\ufffd\ufffd"


def test_escaped_text_fits_between_tags_and_between_quotes():
    assert escaped("<b a='\"'>&\x1b") == "&lt;b a=&#x27;&quot;&#x27;&gt;&amp;\ufffd"


@pytest.mark.parametrize("letters", ["密", "e\u0301", "wörd ", "a" + "\u0301" * 50 + " é"])
def test_the_work_on_a_text_grows_with_its_length_and_not_with_its_square(monkeypatch, letters):
    asked = []
    plain = text_width._letter_width
    monkeypatch.setattr(
        text_width, "_letter_width", lambda letter: asked.append(letter) or plain(letter)
    )

    def work(n_letters):
        asked.clear()
        str(Table(["text"], [[(letters * n_letters)[:n_letters]]]))
        return len(asked)

    assert 0 < work(8_000) <= 2.2 * work(4_000)
