"""The file of a run: one process writes it, and a run that is there is known by its tag.

The tag of a run names its ranker and the job that made it: "ms-marco-MiniLM-L12-v2-1f0c6d2b9a53".
So the same job finds its run again, and another job is told apart.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from glob import escape
from pathlib import Path

from xenc_course.files import PARTIAL, text_lines
from xenc_course.retrieval.runs import Run, read_run, write_run

_DIGITS = 12  # of the job's SHA-256: 48 bits


class RunFile:
    """Where the run of one ranker lies, or will lie.

    Attributes:
        path: the file.
        name: of the ranker, as the tag has it.
    """

    def __init__(self, path: Path, ranker: str) -> None:
        """Check that a run can be written there.

        Args:
            path: the file.
            ranker: a model or a first stage.

        Raises:
            FileNotFoundError: there is no folder for it.
            ValueError: a file is there that is no run of this ranker.
        """
        if not path.parent.is_dir():
            raise FileNotFoundError(
                f"There is no folder {path.parent} to write {path.name} into: make it first."
            )
        self.path = path
        self.name = short_name(ranker)
        if path.exists() and not self._tag_there().startswith(f"{self.name}-"):
            raise ValueError(
                f"{path} exists and is no run of {self.name}: choose another --out, or remove it "
                "first."
            )

    @property
    def journal(self) -> Path:
        """Where scores are kept until the run is whole."""
        return self.path.with_name(self.path.name + ".journal")

    def tag(self, job: Mapping[str, object]) -> str:
        """The last column of the run that a job makes."""
        digest = hashlib.sha256(json.dumps(job, sort_keys=True).encode()).hexdigest()
        return f"{self.name}-{digest[:_DIGITS]}"

    def found(self, job: Mapping[str, object], ranks: Run) -> dict[str, dict[str, float]] | None:
        """Read the run of a job, if it is there.

        Args:
            job: what decides the run.
            ranks: query id -> the documents that it ranks.

        Returns:
            query id -> {document id: score}, or None when there is no file.

        Raises:
            ValueError: the file is the run of another job, or not whole.
        """
        if not self.path.exists():
            return None
        if self._tag_there() != self.tag(job):
            raise ValueError(
                f"{self.path} exists and was made with other options, another model or other text: "
                "choose another --out, or remove it first."
            )
        run = read_run(self.path)
        if {q: set(found) for q, found in run.items()} != {
            q: set(r) for q, r in ranks.items() if r
        }:
            raise ValueError(
                f"{self.path} exists and is not whole: choose another --out, or remove it first."
            )
        return run

    def write(self, run: Run, job: Mapping[str, object]) -> None:
        """Write the run of a job; the file appears whole or not at all."""
        write_run(run, self.path, tag=self.tag(job))

    def _tag_there(self) -> str:
        with suppress(ValueError):  # no text
            for _, line in text_lines(self.path):
                return line.split()[-1]
        return ""


def run_files(out: Path, rankers: Sequence[str]) -> list[RunFile]:
    """Where the runs of one call lie.

    Args:
        out: the file of the only run; for several, or when it is a folder, the folder that gets a
            file `NAME.trec` for each.
        rankers: models, or the name of the first stage.

    Raises:
        FileNotFoundError: there is no folder for them.
        ValueError: two of them would have the same file; and what `RunFile` raises.
    """
    paths = run_paths(out, rankers)
    if paths != [out]:
        _make_folder_of_runs(out, paths)
    return [RunFile(path, ranker) for path, ranker in zip(paths, rankers, strict=True)]


def run_paths(out: Path, rankers: Sequence[str]) -> list[Path]:
    """The files of `run_files`, which need not be possible."""
    if len(rankers) == 1 and not out.is_dir():
        return [out]
    return [out / f"{short_name(ranker)}.trec" for ranker in rankers]


@contextmanager
def locked(files: list[RunFile]) -> Iterator[None]:
    """Be the only process that writes these runs; what a killed one left unfinished is removed.

    Raises:
        ValueError: another process writes one of them.
    """
    from filelock import FileLock, Timeout

    with ExitStack() as held:
        for file in files:
            # A name that no file of the user has: poetry.lock is theirs, and a lock is removed.
            lock = file.path.with_name(f".{file.path.name}.xenc-lock")
            try:
                held.enter_context(FileLock(lock, blocking=False))
            except Timeout:
                raise ValueError(
                    f"Another process is writing {file.path}: wait for it, or choose another --out."
                ) from None
            held.callback(_remove, lock)
            for left in file.path.parent.glob(f"{PARTIAL}{escape(file.path.name)}-*"):
                _remove(left)
        yield


def short_name(ranker: str) -> str:
    """A model or first stage by one word: the last part of its path or hub id, without spaces."""
    name = Path(ranker).name
    if name in ("", ".."):
        name = Path(ranker).resolve().name
    # Where the locale knows ASCII alone, a file name's other letters arrive as lone surrogates.
    letters = os.fsencode(name).decode("utf-8", "replace")
    return "_".join(letters.split()) or "run"


def _make_folder_of_runs(out: Path, paths: list[Path]) -> None:
    """Make the folder of several runs, unless they cannot lie there."""
    if out.exists() and not out.is_dir():
        raise ValueError(f"{out} is a file, and {len(paths)} runs need a folder: choose another.")
    if twice := [path for path in paths if paths.count(path) > 1]:
        raise ValueError(
            f"Two models are called {twice[0].stem}, and their runs would be one file: evaluate "
            "them one by one."
        )
    if not out.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {out.parent} to make {out.name} in.")
    out.mkdir(exist_ok=True)


def _remove(file: Path) -> None:
    with suppress(OSError):  # Windows keeps a lock until it is released, and then removes it
        file.unlink()
