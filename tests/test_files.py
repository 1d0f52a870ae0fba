"""Files appear whole or not at all, and are read in bounded memory."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path):
    from xenc_course.files import write_lines

    def failing():
        yield "half"
        raise KeyboardInterrupt

    path = tmp_path / "run.trec.gz"
    path.write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt):
        write_lines(path, failing())
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == b"before"


def test_a_gzip_file_that_holds_far_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from xenc_course import files

    path = tmp_path / "blank.gz"
    path.write_bytes(gzip.compress((b" " * 999 + b"\n") * 3_000))
    monkeypatch.setattr(files, "_ANY_SIZE", 10_000)
    with pytest.raises(ValueError, match=r"blank\.gz, line [0-9]+: more than .* bytes came out"):
        list(files.text_lines(path))
    monkeypatch.setattr(files, "_ANY_SIZE", 3_000_000)
    assert list(files.text_lines(path)) == []


def test_a_line_may_be_as_long_as_is_said(tmp_path: Path):
    from xenc_course.files import text_lines

    path = tmp_path / "lines"
    path.write_bytes(b"x" * 9 + b"\n" + b"y" * 10 + b"\n")
    assert [line for _, line in text_lines(path, longest=11)] == ["x" * 9, "y" * 10]
    with pytest.raises(
        ValueError, match=r"line 2: this line has more than 10 bytes .* 'yyyyyyyyyy'"
    ):
        list(text_lines(path, longest=10))


class Spoiled:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("short", "'short'"),
        ("é" * 61, f"'{'é' * 60}'…"),
        ([0] * 50, "[" + "0, " * 19 + "0,…"),
        (Spoiled(), "an object of type Spoiled"),
    ],
    ids=["text", "long text", "list", "spoiled"],
)
def test_a_message_shows_the_first_60_characters(value: object, text: str):
    from xenc_course.files import shown

    assert shown(value) == text


def test_ids_may_hold_any_letters():
    from xenc_course.files import check_id

    for name in ("a", "é", "文書-1", "می\u200cخواهم", "👩\u200d👧", "<b>", "#1", "q\ufeff"):
        assert check_id(name, "An id") == name
