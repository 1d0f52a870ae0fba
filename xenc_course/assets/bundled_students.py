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

from xenc_course.files import DATA, file_sha256

from .cache import (
    MANIFEST,
    AssetError,
    cache_folder,
    damaged_files,
    locked,
    manifest,
    recorded_folder,
)
from .wheels import ASSETS, asset_folder

STUDENTS = DATA / "students"
INDEX = "index.json"
BASE = "ms-marco-MiniLM-L12-v2"  # whose tables and tokenizer students share
STORED = "student.safetensors"
SCALE = ".scale"


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


def student_folder(name: str, *, again: bool = False) -> Path:
    """The model folder of a released student, made in the cache when no whole one is there.

    Args:
        name: of the student.
        again: whether to make it anew in any case.

    Raises:
        KeyError: there is no such student.
        AssetError: its stored file is damaged, the base model cannot be fetched, or the cache
            cannot be written.
    """
    student = released()[name]
    if not again and not student_damage(student):
        return student.folder
    if file_sha256(student.path) != student.sha256:
        raise AssetError(
            f"The stored file of {name} is not the one that was recorded: restore it with "
            "`git checkout`, or install the package again."
        )
    base = asset_folder(BASE)
    with locked(student.folder.parent):
        # Another process may have done it, while this one waited.
        if again or student_damage(student):
            facts = {"sha256": student.sha256, "base": _recorded_weights(base)}
            with recorded_folder(student.folder, facts) as folder:
                _unpack(student, base, folder)
    return student.folder


def student_damage(student: Student, *, quick: bool = True) -> list[str]:
    """What is wrong with a student's folder in the cache, one phrase each.

    It must be whole, made from the stored file of the index, and from the base that is at hand.

    Args:
        student: one of `released`.
        quick: see `damaged_files`.
    """
    if not student.folder.is_dir():
        return ["it is not there"]
    damage = damaged_files(student.folder, quick=quick)
    if damage:
        return damage
    made_from = manifest(student.folder)
    if made_from.get("sha256") != student.sha256:
        return ["it was made from another stored file"]
    base = ASSETS[BASE].path
    if (base / MANIFEST).is_file() and made_from.get("base") != _recorded_weights(base):
        return [f"it was made from another {BASE}"]
    return []


def _recorded_weights(base: Path) -> str:
    """The SHA-256 of a base model's weights, from its manifest."""
    return manifest(base)["files"]["model.safetensors"]["sha256"]


def _unpack(student: Student, base: Path, folder: Path) -> None:
    """Write the model's folder: its own weights, the base's tables and tokenizer."""
    from safetensors.numpy import load_file, save

    stored = load_file(student.path)
    tables = load_file(base / "model.safetensors")
    weights = {key: table for key, table in tables.items() if "embeddings" in key}
    for key, weight in stored.items():
        if key + SCALE in stored:
            weights[key] = weight.astype("float32") * stored[key + SCALE][:, None]
        elif not key.endswith(SCALE):
            weights[key] = weight
    (folder / "model.safetensors").write_bytes(save(weights, metadata={"format": "pt"}))
    for path in base.iterdir():
        if path.name.startswith(("tokenizer", "vocab", "special_tokens")):
            shutil.copy(path, folder)
    shutil.copy(student.path.parent / "config.json", folder)
