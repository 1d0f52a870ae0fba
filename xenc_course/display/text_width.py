"""Text as it is shown: made harmless, escaped, on one line, and measured in terminal columns.

All that reaches a terminal or a page from a table, figure, finding or checker passes `printable`.
"""

from __future__ import annotations

import html
import unicodedata

# The embeddings, overrides and isolates of the bidirectional algorithm, and two noncharacters.
STEERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff")


def display_width(text: str) -> int:
    """How many terminal columns a text takes: a wide letter two, a combining mark none."""
    return len(text) if text.isascii() else sum(map(_letter_width, text))


def shorten(text: str, width: int) -> str:
    """Put a text on one line of at most `width` columns; where it is cut, '…' follows a word."""
    line = one_line(text)
    if display_width(line) <= width:
        return line
    end = _line_end(line, 0, width - 1)  # one column for the '…'
    if " " in line[: end + 1]:
        end = line.rindex(" ", 0, end + 1)
    return line[:end].rstrip(" \u200d,;:-") + "…"


def one_line(text: str) -> str:
    """Put a text on one line: each run of white space is one space, the rest is `printable`."""
    return printable(" ".join(text.split()))


def printable(text: str) -> str:
    """Let a text do nothing but be read: what could steer a terminal or a page becomes U+FFFD.

    These are control characters, of which ends of lines and tabs stay; halves of surrogate pairs
    and the two noncharacters that XML does not allow; and the marks that turn the direction of
    all that follows, with which a text can be made to look like another (CVE-2021-42574).
    """
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n")
    return "".join("\ufffd" if _steers(letter) else letter for letter in text)


def escaped(text: str) -> str:
    """A text as HTML shows it, also between quotes: `printable`, and with no tag in it."""
    return html.escape(printable(text))


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines of at most `width` columns, at a space where there is one."""
    lines, start = [], 0
    while (end := _line_end(text, start, width)) < len(text):
        if (space := text.rfind(" ", start, end + 1)) >= 0:
            end = space
        lines.append(text[start:end].rstrip())
        start = end
        while start < len(text) and text[start].isspace():
            start += 1
    return [*lines, text[start:]]


def _line_end(text: str, start: int, width: int) -> int:
    """Where a line ends that begins at `start`: after `width` columns or one letter."""
    columns = 0
    for place in range(start, len(text)):
        columns += _letter_width(text[place])
        if columns > width:
            return max(place, start + 1)
    return len(text)


def _steers(letter: str) -> bool:
    if letter in "\n\t":
        return False
    return letter in STEERING or unicodedata.category(letter) in ("Cc", "Cs")


def _letter_width(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
