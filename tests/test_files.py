"""Files appear whole or not at all."""

from __future__ import annotations

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
