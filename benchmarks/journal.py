"""What a long benchmark has measured so far, so that a killed one goes on where it was."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from xenc_course.files import write_lines
from xenc_course.jobs import claim

HERE = Path(__file__).parent
SOURCES = (HERE.parent / "xenc_course", HERE)  # whose change makes rounds incomparable


class Journal:
    """Measurements by name, each a JSON file of a folder that git ignores."""

    def __init__(self, folder: Path, job: dict[str, object]) -> None:
        """Open the folder of a job; an interrupted one of the same job goes on.

        Args:
            folder: where the measurements lie.
            job: what decides the results, beside the code.

        Raises:
            ValueError: the folder holds the measurements of another job, machine or code.
        """
        claim(folder, {**job, "code": code()})
        self.folder = folder

    def once(self, name: str, measure: Callable[[], Any]) -> Any:
        """A measurement; taken now, unless it was taken before.

        Args:
            name: of the measurement.
            measure: takes it; returns what JSON can hold.
        """
        path = self.folder / f"{re.sub('[^a-z0-9]+', '-', name.lower())}.json"
        if not path.is_file():
            write_lines(path, [json.dumps(measure())])
        return json.loads(path.read_text(encoding="utf-8"))

    def scratch(self) -> Path:
        """An empty folder beside the measurements, for what need not outlive a kill."""
        folder = self.folder / "scratch"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def close(self) -> None:
        """Remove the folder: the next benchmark starts afresh."""
        shutil.rmtree(self.folder)


def code() -> str:
    """A fingerprint of the course and of the benchmark: rounds of two versions do not mix."""
    paths = [
        path
        for folder in SOURCES
        for end in ("py", "txt")
        for path in folder.rglob(f"*.{end}")
        if ".peers" not in path.parts
    ]
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
