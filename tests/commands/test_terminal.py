"""Whatever the encoding of a terminal or pipe, a command's output reaches it."""

from __future__ import annotations

import io
import sys

import pytest

from xenc_course.__main__ import main
from xenc_course.commands.terminal import print_any_letter


@pytest.mark.parametrize(
    ("encoding", "seen"),
    [
        ("ascii", "---  +/-0.01  0...1 ? ?"),
        ("cp1252", "---  ±0.01  0…1 ? ?"),
        ("latin-1", "---  ±0.01  0...1 ? ?"),
        ("utf-8", "───  ±0.01  0…1 東 ?"),
    ],
)
def test_letters_that_an_encoding_lacks_are_written_in_ascii(monkeypatch, encoding, seen):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    print_any_letter()
    print("───  ±0.01  0…1 東 \udcff", flush=True)
    assert raw.getvalue().decode(encoding).rstrip() == seen


def test_models_is_listed_on_a_pipe_of_windows(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="cp1252"))
    assert main(["models"]) == 0
    assert b"ms-marco-electra-base" in raw.getvalue()
