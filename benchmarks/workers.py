"""Processes of systems, seen from the benchmark: start, ask, end."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from environments import failure, interpreter, variables
from systems import SYSTEMS, Given

HERE = Path(__file__).parent
Workload = list[tuple[str, list[str]]]
Answer = dict  # what a worker answers, its note, or {"failed": reason}


class Worker:
    """The process of one system (see `worker.py`)."""

    def __init__(self, name: str) -> None:
        """Start the process of a system, by its name in `SYSTEMS`; it loads nothing yet.

        Raises:
            RuntimeError: the environment of the system is not installed.
        """
        environment = SYSTEMS[name].environment
        if reason := failure(environment):
            raise RuntimeError(reason)
        self._said = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115, see close
        self._process = subprocess.Popen(
            [interpreter(environment), HERE / "worker.py", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env=variables(environment),
            encoding="utf-8",
        )

    def ask(self, **command: object) -> Answer:
        """Send a command and wait for its answer.

        Args:
            command: "load" or "score" with its data, see `worker.py`.

        Raises:
            RuntimeError: the process has ended; the message ends with the last line that it wrote.
        """
        with suppress(BrokenPipeError):  # what it said at its end is told below
            print(json.dumps(command), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            code = self._process.wait()
            self._said.seek(0)
            said = (self._said.read().strip().splitlines() or ["nothing"])[-1]
            raise RuntimeError(f"Its process ended with {code}: {said}")
        return json.loads(line)

    def load(self, given: Given) -> str:
        """Load the system.

        Returns:
            Its note.

        Raises:
            RuntimeError: see `ask`.
        """
        paths = {"fp32": str(given.fp32), "int8": str(given.int8), "scratch": str(given.scratch)}
        return self.ask(load=asdict(given) | paths)["note"]

    def close(self) -> None:
        """End the process."""
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()
        self._said.close()


@dataclass
class Field:
    """The processes of several systems, started when they are first needed.

    Attributes:
        names: of the systems.
        given: what their loaders are given.
        warm_up: scored once by each before anything counts.
    """

    names: list[str]
    given: Given
    warm_up: Workload
    _workers: dict[str, Worker] = field(default_factory=dict)
    _notes: dict[str, str] = field(default_factory=dict)
    _failed: dict[str, str] = field(default_factory=dict)

    def score(self, work: Workload) -> dict[str, Answer]:
        """Let each system score, one after another.

        Returns:
            name -> its answer and its note; {"failed": reason} of one that cannot do it.

        Raises:
            RuntimeError: a system that is required has failed.
        """
        for name in self.names:
            if name not in self._notes | self._failed:
                with self._blamed(name):
                    self._start(name)
        return {name: self._answer(name, work) for name in self.names}

    def _start(self, name: str) -> None:
        worker = self._workers[name] = Worker(name)
        note = worker.load(self.given)
        if self.warm_up:
            worker.ask(score=self.warm_up)
        self._notes[name] = note

    def _answer(self, name: str, work: Workload) -> Answer:
        if name not in self._failed:
            with self._blamed(name):
                return {**self._workers[name].ask(score=work), "note": self._notes[name]}
        return {"failed": self._failed[name]}

    @contextmanager
    def _blamed(self, name: str) -> Iterator[None]:
        """Leave a system out that fails, or stop where it is required."""
        try:
            yield
        except RuntimeError as error:
            if SYSTEMS[name].required:
                raise RuntimeError(f"{name} has failed. {error}") from error
            self._failed[name] = str(error)

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all processes."""
        for worker in self._workers.values():
            worker.close()
