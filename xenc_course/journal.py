"""Scores that outlive a kill: an append-only file of scored pairs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

Scored = tuple[str, str, float]  # query id, document id, score


class Journal:
    """The scores of one job, in the order in which they were computed.

    The first line describes the job, every other line is `query document score` between tabs. `add`
    hands its scores to the operating system before it returns, so a kill loses none of them; a last
    line that a kill tore is cut off when the journal is opened again.
    """

    def __init__(self, path: Path, job: Mapping[str, object]) -> None:
        """Begin a journal, or continue the one that is there.

        Raises ValueError when it belongs to another job, or holds a line that is no score.
        """
        self.path = path
        self.scores: dict[tuple[str, str], float] = {}
        header = json.dumps(job, sort_keys=True)
        lines = _whole_lines(path)
        if lines:
            self._refuse_another(json.loads(header), lines[0])
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
        """Append scores."""
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

    def _refuse_another(self, job: dict[str, object], line: str) -> None:
        try:
            begun = dict(json.loads(line))
        except (ValueError, TypeError):
            raise ValueError(
                f"{self.path}, line 1: no journal of scores: remove it, or choose another file."
            ) from None
        if differing := [name for name in job | begun if job.get(name) != begun.get(name)]:
            name = differing[0]
            raise ValueError(
                f"{self.path} was begun with another {name} ({begun.get(name)}, "
                f"not {job.get(name)}): finish that job as it was begun, choose another file, "
                "or remove this one."
            )

    def _parsed(self, line: str, number: int) -> Scored:
        try:
            query, document, score = line.split("\t")
            return query, document, float(score)
        except ValueError:
            raise ValueError(
                f"{self.path}, line {number}: {line[:60]!r} is no score: remove it to start over."
            ) from None


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
