"""One of the course's commands, in a process of its own, to which something happens.

    python -m tests.faults.faulty_command FAULT COMMAND ...

The moment is exact: a fault strikes when the journal gets its second block of scores, or when the
run is written.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from xenc_course import files
from xenc_course.__main__ import main
from xenc_course.jobs import Journal


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def call_again() -> None:
    """The same command once more; what it says goes to stderr."""
    again = [sys.executable, "-m", "xenc_course", *sys.argv[2:]]
    done = subprocess.run(again, capture_output=True, text=True, check=False)
    print(f"[{done.returncode}] {done.stderr}", end="", file=sys.stderr)


def at_second_block(strike: Callable[[], None]) -> None:
    add = Journal.add

    def struck(self: Journal, scored: object) -> None:
        if self.scores:
            strike()
        add(self, scored)

    Journal.add = struck


def within_second_block() -> None:
    """Half of the second block is written, to the middle of a line."""
    write = Journal._write

    def struck(self: Journal, lines: list[str]) -> None:
        if self.scores:
            self._file.write("\n".join(lines[: len(lines) // 2]).encode()[:-3])
            kill()
        write(self, lines)

    Journal._write = struck


def while_the_run_is_written() -> None:
    replace = Path.replace

    def struck(self: Path, target: Path) -> Path:
        if self.name.startswith(files.PARTIAL) and ".trec" in self.name:
            kill()
        return replace(self, target)

    Path.replace = struck


FAULTS = {
    "killed at a block": lambda: at_second_block(kill),
    "killed within a block": within_second_block,
    "killed at the end": while_the_run_is_written,
    "interrupted": lambda: at_second_block(interrupt),
    "called twice": lambda: at_second_block(call_again),
    "nothing": lambda: None,
}

if __name__ == "__main__":
    FAULTS[sys.argv[1]]()
    sys.exit(main(sys.argv[2:]))
