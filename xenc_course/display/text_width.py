"""Text in terminal columns: how wide it is, shortened at a word, on one line, or wrapped."""

from __future__ import annotations

import unicodedata
from itertools import accumulate, takewhile


def display_width(text: str) -> int:
    """How many terminal columns a text takes: a wide letter two, a combining mark none."""
    return len(text) if text.isascii() else sum(map(_letter_width, text))


def shorten(text: str, width: int) -> str:
    """Put a text on one line of at most `width` columns; where it is cut, '…' follows a word."""
    line = one_line(text)
    if display_width(line) <= width:
        return line
    end = _fitting(line, width - 1)  # one column for the '…'
    if " " in line[: end + 1]:
        end = line.rindex(" ", 0, end + 1)
    return line[:end].rstrip(" \u200d,;:-") + "…"


def one_line(text: str) -> str:
    """Put a text on one line.

    Each run of white space becomes one space, each other control character U+FFFD.
    """
    line = " ".join(text.split())
    if line.isprintable():
        return line
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cs") else c for c in line)


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines of at most `width` columns, at a space where there is one."""
    lines, rest = [], text
    while display_width(rest) > width and len(rest) > 1:
        end = _fitting(rest, width)
        if " " in rest[: end + 1]:
            end = rest.rindex(" ", 0, end + 1)
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*lines, rest]


def _fitting(text: str, width: int) -> int:
    """How many letters, at least one, fit into `width` columns."""
    columns = accumulate(map(_letter_width, text))
    return max(1, sum(1 for _ in takewhile(lambda used: used <= width, columns)))


def _letter_width(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
