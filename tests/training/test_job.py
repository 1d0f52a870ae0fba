"""A training holds its folder alone, loses no work, and leaves nothing where it did none."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from filelock import FileLock

from xenc_course.training.job import training_job, write_model

PLAN = {"seed": 1}


def test_a_second_run_ends_at_once_with_one_sentence(tmp_path):
    out = tmp_path / "model"
    with training_job(out, PLAN) as job:
        (job / "work").touch()
        for plan in (PLAN, {"seed": 2}):
            with (
                pytest.raises(ValueError, match="Another run is at work on"),
                training_job(out, plan),
            ):
                pass
        assert (job / "work").exists()
        write_model(out, lambda folder: (folder / "weights").touch())
    assert [path.name for path in tmp_path.rglob("*")] == ["model", "weights"]
    with pytest.raises(ValueError, match="exists: choose another folder"), training_job(out, PLAN):
        pass


def test_a_run_that_begins_just_as_another_ends_keeps_its_folder(tmp_path, monkeypatch):
    out, release = tmp_path / "model", FileLock.release
    with ExitStack() as second:

        def released(lock, force=False):
            monkeypatch.undo()
            release(lock, force)
            second.enter_context(training_job(out, {"seed": 2}))

        with pytest.raises(KeyError), training_job(out, PLAN):
            monkeypatch.setattr(FileLock, "release", released)
            raise KeyError
        assert '"seed": 2' in (tmp_path / "model.job" / "job.json").read_text()
    assert not any(tmp_path.iterdir())


def test_a_run_without_work_leaves_nothing_and_one_with_work_stays(tmp_path):
    out = tmp_path / "new" / "model"
    with pytest.raises(KeyError), training_job(out, PLAN):
        raise KeyError
    assert not any(out.parent.iterdir())
    with pytest.raises(KeyError), training_job(out, PLAN) as job:
        (job / "work").touch()
        raise KeyError
    with pytest.raises(ValueError, match=r"begun with another seed \(1, not 2\)"):  # noqa: SIM117
        with training_job(out, {"seed": 2}):
            pass
    with training_job(out, PLAN) as job:
        assert (job / "work").exists()


def test_a_claim_of_a_run_that_was_killed_before_it_had_any_work_binds_nobody(tmp_path):
    job = tmp_path / "model.job"
    job.mkdir()
    (job / "job.json").write_text('{"seed": 1}')
    with training_job(tmp_path / "model", {"seed": 2}):
        assert '"seed": 2' in (job / "job.json").read_text()


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path):
    job = tmp_path / "model.job"
    job.mkdir()
    (job / "letters.txt").touch()
    with pytest.raises(ValueError, match="holds files but no job"):  # noqa: SIM117
        with training_job(tmp_path / "model", PLAN):
            pass
    assert (job / "letters.txt").exists()


def test_a_place_that_cannot_be_written_is_found_at_once(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="Nothing can be written beside"):  # noqa: SIM117
        with training_job(tmp_path / "file" / "model", PLAN):
            pass
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="exists"), training_job(link, PLAN):
        pass


def test_a_model_never_replaces_what_has_appeared(tmp_path):
    out = tmp_path / "model"
    with pytest.raises(ValueError, match="exists"), training_job(out, PLAN) as job:
        (job / "work").touch()
        out.mkdir()
        write_model(out, lambda folder: None)
    assert (job / "work").exists() and not any(out.iterdir())
