"""The students that are released with the course, stored without what their teacher's file holds.

A student has the embedding tables of ms-marco-MiniLM-L12-v2, which a package carries. Its other
matrices are rounded to 8 bits. So the repository holds these integers, their scales and the small
float tensors; on first use they become a normal model folder in the cache.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from xenc_course.files import DATA, appears_whole, file_sha256

from .wheels import LOCK, AssetError, asset_folder, cache_folder

STUDENTS = DATA / "students"
INDEX = "index.json"
BASE = "ms-marco-MiniLM-L12-v2"  # whose tables and tokenizer students share
STORED = "student.safetensors"
SCALE = ".scale"
MARK = "student.json"  # in the cache: which stored file the folder was made from


@dataclass(frozen=True)
class Student:
    """A released student.

    Attributes:
        name: as in the catalogue.
        sha256: of its stored file, 64 hexadecimal digits.
        layers: of its encoder.
        parameters: how many the model has that it becomes.
    """

    name: str
    sha256: str
    layers: int
    parameters: int

    @property
    def path(self) -> Path:
        """The stored file."""
        return STUDENTS / self.name / STORED

    @property
    def folder(self) -> Path:
        """Where the model lies in the cache, or will lie."""
        return cache_folder() / self.name


def released() -> dict[str, Student]:
    """The released students by name; none in a copy of the course without them."""
    path = STUDENTS / INDEX
    if not path.is_file():
        return {}
    return {
        name: Student(name, **facts)
        for name, facts in json.loads(path.read_text(encoding="utf-8")).items()
    }


def student_folder(name: str) -> Path:
    """The model folder of a released student, made in the cache when it is not there.

    Raises:
        KeyError: there is no such student.
        AssetError: its stored file is damaged, or the base model cannot be fetched.
    """
    from filelock import FileLock

    student = released()[name]
    if _is_unpacked(student):
        return student.folder
    if file_sha256(student.path) != student.sha256:
        raise AssetError(
            f"The stored file of {name} is not the one that was recorded: restore it with "
            "`git checkout`, or install the package again."
        )
    base = asset_folder(BASE)
    with FileLock(cache_folder() / LOCK):  # as in `fetch`, which deletes unfinished folders
        if not _is_unpacked(student):  # another process may have done it, while this one waited
            with appears_whole(student.folder) as folder:
                folder.mkdir()
                _unpack(student, base, folder)
    return student.folder


def _is_unpacked(student: Student) -> bool:
    """Whether its folder lies in the cache, made from the stored file of the index."""
    mark = student.folder / MARK
    if not mark.is_file():
        return False
    return json.loads(mark.read_text(encoding="utf-8"))["sha256"] == student.sha256


def _unpack(student: Student, base: Path, folder: Path) -> None:
    """Write the model's folder: its own weights, the base's tables and tokenizer."""
    from safetensors.numpy import load_file, save_file

    stored = load_file(student.path)
    tables = load_file(base / "model.safetensors")
    weights = {key: table for key, table in tables.items() if "embeddings" in key}
    for key, weight in stored.items():
        if key + SCALE in stored:
            weights[key] = weight.astype("float32") * stored[key + SCALE][:, None]
        elif not key.endswith(SCALE):
            weights[key] = weight
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    for path in base.iterdir():
        if path.name.startswith(("tokenizer", "vocab", "special_tokens")):
            shutil.copy(path, folder)
    shutil.copy(student.path.parent / "config.json", folder)
    (folder / MARK).write_text(json.dumps({"sha256": student.sha256}) + "\n", encoding="utf-8")
