"""What a command prints reaches every terminal and pipe, whatever letters its encoding has."""

from __future__ import annotations

import codecs
import io
import os
import sys
from pathlib import Path

# Signs of tables and sentences, in ASCII. Other letters that an encoding lacks become "?".
PLAIN = str.maketrans(
    {"─": "-", "–": "-", "−": "-", "—": "-", "±": "+/-", "×": "x", "·": "*", "→": "->"}
    | {"…": "...", "’": "'", "‘": "'", "“": '"', "”": '"', "≥": ">=", "≤": "<="}
    | {"\u2068": "", "\u2069": ""}
)


def print_any_letter() -> None:
    """Let stdout and stderr write what their encoding lacks in ASCII, in place of an error.

    A Windows pipe has a code page, a terminal with LANG=C may know ASCII alone. A command must not
    end there after an hour of work.
    """
    codecs.register_error("xenc_plain", _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="xenc_plain")


def open_what_is_closed() -> None:
    """Give stdout and stderr a place where nobody reads, if the program began without them (`>&-`).

    Otherwise the next file that is opened would get their number, and with it what a library
    prints.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115


def _plain(error: UnicodeError) -> tuple[str, int]:
    """Replace what cannot be encoded."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].translate(PLAIN)
    return text.encode("ascii", "replace").decode("ascii"), error.end
