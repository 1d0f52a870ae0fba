"""The folder in which a long job keeps what it has done, so that a killed one goes on."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from .textfile import write_lines

JOB = "job.json"


def claim(folder: Path, job: Mapping[str, object]) -> None:
    """Make the folder and write down which job it belongs to; the same job may claim it again.

    Raises ValueError when it belongs to another job, or holds files and belongs to none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    asked = json.loads(json.dumps(job))
    path = folder / JOB
    if not path.is_file():
        if any(child for child in folder.iterdir() if not child.name.startswith(f".{JOB}-")):
            raise ValueError(
                f"{folder} holds files but no {JOB}: choose a folder that is new or empty."
            )
        write_lines(path, [json.dumps(asked, indent=2)])
        return
    begun = json.loads(path.read_text(encoding="utf-8"))
    if differing := [name for name in begun | asked if begun.get(name) != asked.get(name)]:
        name = differing[0]
        raise ValueError(
            f"{folder} was begun with another {name} ({begun.get(name)}, not {asked.get(name)}): "
            "finish that job as it was begun, choose another folder, or remove this one."
        )


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all: OSError leaves the one that was there."""
    scratch = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        scratch.write_bytes(content)
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def make_folder(folder: Path, fill: Callable[[Path], object]) -> Path:
    """The folder, filled by `fill` under another name first, so that it appears whole or not."""
    if not folder.is_dir():
        scratch = folder.with_name(f".{folder.name}-unfinished")
        shutil.rmtree(scratch, ignore_errors=True)  # of a run that was killed
        try:
            scratch.mkdir(parents=True)
            fill(scratch)
            scratch.replace(folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return folder


def weights_digest(folder: Path) -> str:
    """SHA-256 over what decides a model's scores: weights, configuration and vocabulary."""
    found = hashlib.sha256()
    files = {"config.json", "tokenizer.json"}
    for path in sorted(folder.iterdir()):
        if path.name in files or path.suffix in (".safetensors", ".onnx"):
            found.update(path.name.encode())
            with path.open("rb") as file:
                found.update(hashlib.file_digest(file, "sha256").digest())
    return found.hexdigest()
