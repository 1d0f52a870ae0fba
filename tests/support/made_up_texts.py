"""Texts and numbers as nobody writes them, for tests over made-up inputs."""

from __future__ import annotations

import re

from hypothesis import strategies as st

TAGS = ("<b>", "</p>", "<script>", "&amp;", '"', "'", "|", "$")
STEERING = ("\x1b[2J", "\x07", "\x00", "\x9b", "\r\n", "\n", "\t", "\u2028", "\u202e", "\u2066")
NO_TEXT = ("\ufffe", "\ud800", "\u200f", "\u200d", "\u0301")
LETTERS = ("é", "密", "🔑", "ש", "لا", "word", "1", " ")
PARTS = st.sampled_from([*TAGS, *STEERING, *NO_TEXT, *LETTERS])
TEXTS = st.lists(PARTS | PARTS | st.characters(), max_size=20).map("".join)
NAMES = st.lists(TEXTS, min_size=1, max_size=4, unique=True)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64)
STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ufffe\uffff\ud800-\udfff]")


def plain(text: str) -> bool:
    """Whether a text may go to a terminal and into a file: it is UTF-8 and steers nothing.

    A table sets the marks U+2068 and U+2069 itself, in pairs around text that runs to the left.
    """
    pairs = all(line.count("\u2068") == line.count("\u2069") for line in text.split("\n"))
    return pairs and not STEERS.search(text) and not set(text) & {"\u2066", "\u2067"}


def tags(page: str) -> set[str]:
    """The names of all HTML tags on a page."""
    return set(re.findall(r"</?([a-zA-Z!][^\s/>]*)", page))
