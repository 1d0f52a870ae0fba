"""The folder `<out>.job` of a training that is under way: one run at a time, and no work lost."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from xenc_course.files import PARTIAL, make_folder
from xenc_course.jobs import JOB, claim

LOCK = f"{PARTIAL}{JOB}-lock"  # `claim` passes over files whose names begin so


@contextmanager
def training_job(out: Path, plan: Mapping[str, object]) -> Iterator[Path]:
    """Hold the folder in which a training keeps what it has done, until its model is written.

    The lock is the operating system's, so it ends with its process. A run that is refused or ends
    before it has done any work leaves nothing behind. After other failures the folder stays, and
    the same plan goes on there.

    Args:
        out: the folder of the model, which must not exist.
        plan: what decides the model, as JSON can hold it.

    Yields:
        The folder of the job.

    Raises:
        ValueError: `out` exists, another run is at work on it, or the job is of another plan.
        OSError: nothing can be written beside `out`, or the disk is full.
    """
    from filelock import FileLock, Timeout
    from safetensors import SafetensorError

    refuse_existing(out)
    job = out.with_name(f"{out.name}.job")
    lock = FileLock(job / LOCK)
    try:
        job.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise ValueError(
            f"Another run is at work on {out}: wait for its end, or choose another folder."
        ) from None
    except OSError as error:
        raise type(error)(
            f"Nothing can be written beside {out} ({error.strerror}): choose another folder."
        ) from error
    finished = False
    try:
        refuse_existing(out)  # another run may have ended since the first look
        if not _has_work(job):
            (job / JOB).unlink(missing_ok=True)  # of a run that was killed before it had any
        claim(job, plan)
        yield job
        finished = True
    except (OSError, SafetensorError) as error:  # safetensors has an error of its own for a disk
        reason = getattr(error, "strerror", None) or str(error)[:120]
        if not _has_work(job):
            raise
        raise OSError(
            f"{out} is not made yet ({reason}): what is done lies in {job.name}, and the same "
            "command goes on from there."
        ) from error
    finally:
        # While the lock is held: what lies there after it is of another run, which may begin then.
        over = finished or not _has_work(job)
        if over:
            _empty(job)
        lock.release()
        if over:
            with suppress(OSError):  # another run has begun
                job.rmdir()


def write_model(out: Path, fill: Callable[[Path], object]) -> None:
    """Write the folder of a model, which appears whole or not at all.

    Args:
        out: the folder.
        fill: called with an empty folder, to write the files into it.

    Raises:
        ValueError: something has appeared at `out` since the training began.
    """
    refuse_existing(out)
    make_folder(out, fill)


def refuse_existing(out: Path) -> None:
    """Raise ValueError when there is anything at `out`, a link that leads nowhere included."""
    if os.path.lexists(out):
        raise ValueError(f"{out} exists: choose another folder, or remove it first.")


def _empty(job: Path) -> None:
    """Remove what lies in the folder, the lock's file last."""
    for path in sorted(job.iterdir(), key=lambda path: path.name == LOCK):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):  # Windows removes a lock when it is released
                path.unlink()


def _has_work(job: Path) -> bool:
    """Whether the folder holds more than the plan and unfinished files."""
    return any(path.name != JOB and not path.name.startswith(PARTIAL) for path in job.iterdir())
