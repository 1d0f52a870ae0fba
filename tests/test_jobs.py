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
        (
            '{"xenc_course.journal": {"model": "m"}}\nq1\tp1\t0.5\nq1\tp2\n',
            "line 3: 'q1\\tp2' is no score",
        ),
        (
            '{"xenc_course.journal": {"model": "m"}}\nq1\tp1\tgood\n',
            "line 2: 'q1\\tp1\\tgood' is no score",
        ),
        (
            '{"xenc_course.journal": {"model": "m"}}\nq1\tp1\t0.5\nq1\tp2\tnan\n',
            "line 3: 'q1\\tp2\\tnan' is no score",
        ),
        (
            '{"xenc_course.journal": {"model": "m"}}\nq1\tp1\tinf\n',
            "line 2: 'q1\\tp1\\tinf' is no score",
        ),
        (
            '{"xenc_course.journal": {"model": "m"}}\nq1\tp\udcff\t0.5\n',
            "line 2: 'q1\\tp�\\t0.5' is no score",
        ),
        ('{"xenc_course.journal": {"model": "m"}}\n[1]\n', "line 2: '[1]' is no score"),
        ("[]\n", "line 1: no journal of scores"),
        ('[["model", "m"]]\n', "line 1: no journal of scores"),
        ("[" * 100_000 + "\n", "line 1: no journal of scores"),
        ('{"_id": "d1", "text": "my corpus"}\n', "line 1: no journal of scores"),
        ('{"_id": "d1"}\n{"_id": "d2"}\n{"_id"', "line 1: no journal of scores"),
        ('{"my": "settings"}', "line 1: no journal of scores"),
        ("{", "line 1: no journal of scores"),
        ("{my notes", "line 1: no journal of scores"),
        ('{"xenc_course.journal": 7}\n', "line 1: no journal of scores"),
        ("my notes, without an end of line", "line 1: no journal of scores"),
    ],
)
def test_a_damaged_journal_is_named_with_its_line(tmp_path: Path, content: str, reason: str):
    path = tmp_path / "run.journal"
    path.write_text(content, encoding="utf-8", errors="surrogateescape")
    before = path.read_bytes()
    with pytest.raises(ValueError) as caught:
        Journal(path, {"model": "m"})
    assert f"{path}, {reason}" in str(caught.value)
    assert path.read_bytes() == before


@pytest.mark.parametrize("at", range(1, 60, 3))
def test_a_journal_that_was_cut_anywhere_keeps_its_whole_lines(tmp_path: Path, at: int):
    path, job = tmp_path / "run.journal", {"model": "m"}
    scores = {("q", f"d{n}"): n / 7 for n in range(4)}
    with Journal(path, job) as journal:
        journal.note(backend="torch")
        journal.add((*key, score) for key, score in scores.items())
    whole = path.read_bytes()
    path.write_bytes(whole[:-at])
    with Journal(path, job) as journal:
        n_lines = whole[:-at].count(b"\n")
        assert journal.scores == dict(list(scores.items())[: max(0, n_lines - 2)])
        assert journal.facts == ({"backend": "torch"} if journal.scores else {})
        journal.note(backend="torch")
        journal.add((*key, score) for key, score in scores.items() if key not in journal.scores)
    assert path.read_bytes() == whole


def test_a_journal_without_scores_leaves_nothing_and_belongs_to_no_job(tmp_path: Path):
    path = tmp_path / "run.journal"
    with Journal(path, {"model": "m"}) as journal:
        journal.note(backend="torch")
    assert not path.exists()
    path.write_text('{"xenc_course.journal": {"model": "another"}}\n')
    with Journal(path, {"model": "m"}) as journal:
        journal.add([("q", "d", 0.5)])
    assert path.read_text() == '{"xenc_course.journal": {"model": "m"}}\nq\td\t0.5\n'


def test_a_full_disk_keeps_the_blocks_before_and_says_so(tmp_path: Path):
    import resource

    path, block = tmp_path / "run.journal", [("q", f"d{n}", n / 7) for n in range(50)]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Journal(path, {"model": "m"}) as journal:
        journal.add(block)
        kept = path.read_bytes()
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(kept) + 100, hard))
        try:
            with pytest.raises(OSError, match="make room, and the same command goes on after 50"):
                journal.add(("q2", document, score) for _, document, score in block)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert path.read_bytes() == kept
        assert len(journal.scores) == 50


def test_a_journal_keeps_the_exact_scores(tmp_path: Path):
    path, score = tmp_path / "run.journal", float(np.float32(1) / np.float32(3))
    with Journal(path, {"model": "m"}) as journal:
        journal.add([("q", "d", score)])
    with Journal(path, {"model": "m"}) as journal:
        assert journal.scores == {("q", "d"): score}
    assert json.loads(path.read_text().splitlines()[0]) == {"xenc_course.journal": {"model": "m"}}


def test_a_folder_is_no_place_for_a_journal(tmp_path: Path):
    with pytest.raises(ValueError, match="is a folder: name a file for the scores"):
        Journal(tmp_path, {"model": "m"})


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


@pytest.mark.parametrize("content", ["", "[]", '{"seed": 1', "7", "[" * 100_000])
def test_a_damaged_job_file_is_named(tmp_path, content):
    folder = tmp_path / "job"
    claim(folder, {"seed": 1})
    (folder / "job.json").write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"job\.json is damaged and names no job: remove .*job to"):
        claim(folder, {"seed": 1})
