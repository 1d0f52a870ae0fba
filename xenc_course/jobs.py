"""A long job that outlives a kill: what it has done lies in a file or folder that names the job."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from .files import PARTIAL, write_lines

JOB = "job.json"
Key = tuple[str, str]  # query id, document id
Scored = tuple[str, str, float]  # query id, document id, score


def claim(folder: Path, job: Mapping[str, object]) -> None:
    """Make the folder of a job and write down which job it belongs to.

    The same job may claim its folder again, and then goes on there.

    Args:
        folder: where the job keeps what it has done.
        job: what decides the job's result, as JSON can hold it.

    Raises:
        ValueError: the folder belongs to another job, or holds files and belongs to none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    asked = json.loads(json.dumps(job))
    path = folder / JOB
    if path.is_file():
        _refuse_another(folder, json.loads(path.read_text(encoding="utf-8")), asked)
        return
    if any(child for child in folder.iterdir() if not child.name.startswith(f"{PARTIAL}{JOB}")):
        raise ValueError(
            f"{folder} holds files but no {JOB}: choose a folder that is new or empty."
        )
    write_lines(path, [json.dumps(asked, indent=2)])


class Journal:
    """The scores of one job, in the order in which they were computed.

    The first line describes the job, every other line is `query document score` between tabs. `add`
    hands its scores to the operating system before it returns, so a kill loses none of them. If a
    kill tore the last line, that line is cut off when the journal is opened again.

    Attributes:
        path: the file.
        scores: (query id, document id) -> score, of all lines.
    """

    def __init__(self, path: Path, job: Mapping[str, object]) -> None:
        """Begin a journal, or continue the one that is there.

        Args:
            path: the file.
            job: what decides the scores, as JSON can hold it.

        Raises:
            ValueError: the journal belongs to another job, or holds a line that is no score.
        """
        self.path = path
        self.scores: dict[Key, float] = {}
        header = json.dumps(job, sort_keys=True)
        lines = _whole_lines(path)
        if lines:
            _refuse_another(path, self._job(lines[0]), json.loads(header))
            for number, line in enumerate(lines[1:], start=2):
                query, document, score = self._parsed(line, number)
                self.scores[query, document] = score
        self._file = path.open("a", encoding="utf-8", newline="\n")
        if not lines:
            self._write([header])

    def __enter__(self) -> Self:
        """Close the file when the block ends."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file; it stays until `remove`."""
        self._file.close()

    def add(self, scored: Iterable[Scored]) -> None:
        """Append scores: (query id, document id, score) each."""
        block = list(scored)
        self._write(f"{query}\t{document}\t{score!r}" for query, document, score in block)
        self.scores.update({(query, document): score for query, document, score in block})

    def remove(self) -> None:
        """Delete the file: its scores have found their place."""
        self._file.close()
        self.path.unlink()

    def _write(self, lines: Iterable[str]) -> None:
        self._file.write("".join(f"{line}\n" for line in lines))
        self._file.flush()

    def _job(self, line: str) -> dict[str, object]:
        try:
            return dict(json.loads(line))
        except (ValueError, TypeError):
            raise ValueError(
                f"{self.path}, line 1: no journal of scores: remove it, or choose another file."
            ) from None

    def _parsed(self, line: str, number: int) -> Scored:
        try:
            query, document, score = line.split("\t")
            return query, document, float(score)
        except ValueError:
            raise ValueError(
                f"{self.path}, line {number}: {line[:60]!r} is no score: remove it to start over."
            ) from None


class ScoresInMemory:
    """Scores kept where a `Journal` would keep them, of a job too short to need one.

    Attributes:
        scores: (query id, document id) -> score.
    """

    def __init__(self) -> None:
        """Begin without scores."""
        self.scores: dict[Key, float] = {}

    def add(self, scored: Iterable[Scored]) -> None:
        """Keep scores: (query id, document id, score) each."""
        self.scores.update({(query, document): score for query, document, score in scored})


def _refuse_another(place: Path, begun: Mapping[str, object], asked: Mapping[str, object]) -> None:
    """Raise ValueError when what lies at `place` was begun as another job than is asked for."""
    for name in {**begun, **asked}:
        if begun.get(name) != asked.get(name):
            raise ValueError(
                f"{place} was begun with another {name} ({begun.get(name)}, not "
                f"{asked.get(name)}): finish that job as it was begun, choose another place, or "
                "remove this one."
            )


def _whole_lines(path: Path) -> list[str]:
    """The lines that end, after cutting off one that does not."""
    if not path.is_file():
        return []
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        with path.open("r+b") as file:
            file.truncate(len(whole))
    return whole.decode("utf-8", errors="replace").split("\n")[:-1]
