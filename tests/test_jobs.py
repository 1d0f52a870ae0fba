"""A job's journal keeps every score, and one that is damaged is named."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from xenc_course.jobs import Journal, claim


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("q1\tp1\t0.5\n", "line 1: no journal of scores"),
        ("7\n", "line 1: no journal of scores"),
        ('{"model": "m"}\nq1\tp1\t0.5\nq1\tp2\n', "line 3: 'q1\\tp2' is no score"),
        ('{"model": "m"}\nq1\tp1\tgood\n', "line 2: 'q1\\tp1\\tgood' is no score"),
    ],
)
def test_a_damaged_journal_is_named_with_its_line(tmp_path: Path, content: str, reason: str):
    path = tmp_path / "run.journal"
    path.write_text(content)
    with pytest.raises(ValueError) as caught:
        Journal(path, {"model": "m"})
    assert reason in str(caught.value)
    assert path.read_text() == content


def test_a_journal_keeps_the_exact_scores(tmp_path: Path):
    path, score = tmp_path / "run.journal", float(np.float32(1) / np.float32(3))
    with Journal(path, {"model": "m"}) as journal:
        journal.add([("q", "d", score)])
    with Journal(path, {"model": "m"}) as journal:
        assert journal.scores == {("q", "d"): score}
    assert json.loads(path.read_text().splitlines()[0]) == {"model": "m"}


def test_a_folder_belongs_to_the_job_that_claimed_it(tmp_path):
    folder = tmp_path / "job"
    claim(folder, {"seed": 1, "layers": (0, 2)})
    claim(folder, {"seed": 1, "layers": (0, 2)})  # the same job goes on
    with pytest.raises(ValueError, match=r"begun with another seed \(1, not 2\)"):
        claim(folder, {"seed": 2, "layers": (0, 2)})
    strange = tmp_path / "strange"
    strange.mkdir()
    (strange / "file").touch()
    with pytest.raises(ValueError, match=r"holds files but no job\.json"):
        claim(strange, {"seed": 1})
