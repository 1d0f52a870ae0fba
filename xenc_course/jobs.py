"""A long job that outlives a kill: what it has done lies in a file or folder that names the job."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from .files import PARTIAL, shown, write_lines

JOB = "job.json"
MARK = "xenc_course.journal"  # the key of a journal's first line, by which its file is known
Key = tuple[str, str]  # query id, document id
Scored = tuple[str, str, float]  # query id, document id, score


def claim(folder: Path, job: Mapping[str, object]) -> None:
    """Make the folder of a job and write down which job it belongs to.

    The same job may claim its folder again, and then goes on there.

    Args:
        folder: where the job keeps what it has done.
        job: what decides the job's result, as JSON can hold it.

    Raises:
        ValueError: the folder belongs to another job, holds files and belongs to none, or says in
            a damaged file to which it belongs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    asked = json.loads(json.dumps(job))
    path = folder / JOB
    if path.is_file():
        begun = _json_object(path.read_bytes())
        if begun is None:
            raise ValueError(f"{path} is damaged and names no job: remove {folder} to start over.")
        _refuse_another(folder, begun, asked)
        return
    if any(child for child in folder.iterdir() if not child.name.startswith(f"{PARTIAL}{JOB}")):
        raise ValueError(
            f"{folder} holds files but no {JOB}: choose a folder that is new or empty."
        )
    write_lines(path, [json.dumps(asked, indent=2)])


class Journal:
    """The scores of one job, in the order in which they were computed.

    The first line describes the job under the key `MARK`: a file that begins otherwise is somebody
    else's, and is neither changed nor removed. Every other line is
    `query document score` between tabs, or a JSON object: what was found on the way and decides how
    the job goes on. `add` hands its scores to the operating system before it returns, so a kill
    loses none of them. A last line that has no end, torn by a kill, is cut off when the journal is
    opened again.

    The file holds nothing until there are scores, and without any it is removed at the end.

    Attributes:
        path: the file.
        scores: (query id, document id) -> score, of all lines.
        facts: what was noted on the way.
    """

    def __init__(self, path: Path, job: Mapping[str, object]) -> None:
        """Begin a journal, or continue the one that is there.

        Args:
            path: the file.
            job: what decides the scores, as JSON can hold it.

        Raises:
            ValueError: the path is that of a folder or of a file that is no journal, the journal
                belongs to another job, or holds a line that is no score; with file and line.
            OSError: the file cannot be read or written.
        """
        self.path = path
        self.scores: dict[Key, float] = {}
        self.facts: dict[str, object] = {}
        self._header = json.dumps({MARK: job}, sort_keys=True)
        if path.is_dir():
            raise ValueError(f"{path} is a folder: name a file for the scores.")
        content = path.read_bytes() if path.is_file() else b""
        whole = content[: content.rfind(b"\n") + 1]
        first, *lines = whole.splitlines() or [content]
        begun = self._job(first, torn=not whole)
        for number, line in enumerate(lines, start=2):
            self._take(line, number)
        if self.scores:
            _refuse_another(path, begun, json.loads(self._header)[MARK])
        self._file = path.open("ab", buffering=0)
        # Nothing is lost: a torn line is computed again, and without scores there is no job yet.
        self._file.truncate(len(whole) if self.scores else 0)
        self.facts = self.facts if self.scores else {}

    def __enter__(self) -> Self:
        """Close the file when the block ends."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file; if it has scores, it stays until `remove`."""
        self._file.close()
        if not self.scores:
            self.path.unlink(missing_ok=True)

    def add(self, scored: Iterable[Scored]) -> None:
        """Append scores: (query id, document id, score) each.

        Raises:
            OSError: the disk is full. The journal then holds what it held before.
        """
        block = list(scored)
        self._write([f"{query}\t{document}\t{score!r}" for query, document, score in block])
        self.scores.update({(query, document): score for query, document, score in block})

    def note(self, **facts: object) -> None:
        """Keep what was found on the way, as JSON can hold it; it is written with the next scores.

        Args:
            facts: by name.
        """
        self.facts |= facts

    def remove(self) -> None:
        """Delete the file: its scores have found their place."""
        self._file.close()
        self.path.unlink()

    def _write(self, lines: list[str]) -> None:
        """Append lines, all or none of them."""
        before = self._file.seek(0, os.SEEK_END)
        if not before:
            lines = [self._header, *([json.dumps(self.facts)] if self.facts else []), *lines]
        data = memoryview("".join(f"{line}\n" for line in lines).encode())
        try:
            while data:
                data = data[self._file.write(data) :]
        except OSError as error:
            self._file.truncate(before)
            raise OSError(
                f"{self.path} cannot be written ({error.strerror}): make room, and the same "
                f"command goes on after {len(self.scores):,} scores."
            ) from error

    def _job(self, line: bytes, *, torn: bool) -> dict[str, object]:
        """The job that the first line names; none of a file that is empty, or torn in that line."""
        if torn and (not line or line.startswith(f'{{"{MARK}": '.encode())):
            return {}
        job = (_json_object(line) or {}).get(MARK)
        if not isinstance(job, dict):
            raise ValueError(
                f"{self.path}, line 1: no journal of scores: remove it, or choose another file."
            )
        return job

    def _take(self, line: bytes, number: int) -> None:
        """Take the score or the facts of one line."""
        if line.startswith(b"{") and (facts := _json_object(line)) is not None:
            self.facts |= facts
            return
        try:
            query, document, number_text = line.decode("utf-8").split("\t")
            score = float(number_text)
        except ValueError:
            score = math.nan
        if not math.isfinite(score):
            text = shown(line.decode("utf-8", errors="replace"))
            raise ValueError(
                f"{self.path}, line {number}: {text} is no score: remove the file to start over."
            )
        self.scores[query, document] = score


class ScoresInMemory:
    """Scores kept where a `Journal` would keep them, of a job too short to need one.

    Attributes:
        scores: (query id, document id) -> score.
        facts: what was noted on the way.
    """

    def __init__(self) -> None:
        """Begin without scores."""
        self.scores: dict[Key, float] = {}
        self.facts: dict[str, object] = {}

    def add(self, scored: Iterable[Scored]) -> None:
        """Keep scores: (query id, document id, score) each."""
        self.scores.update({(query, document): score for query, document, score in scored})

    def note(self, **facts: object) -> None:
        """Keep what was found on the way, by name."""
        self.facts |= facts


def _refuse_another(place: Path, begun: Mapping[str, object], asked: Mapping[str, object]) -> None:
    """Raise ValueError when what lies at `place` was begun as another job than is asked for."""
    for name in {**begun, **asked}:
        if begun.get(name) != asked.get(name):
            raise ValueError(
                f"{place} was begun with another {name} ({begun.get(name)}, not "
                f"{asked.get(name)}): finish that job as it was begun, choose another place, or "
                "remove this one."
            )


def _json_object(text: bytes) -> dict[str, object] | None:
    """The JSON object that a file or a line holds; None when it holds something else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
