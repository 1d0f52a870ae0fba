"""Store a distilled model as a student of the course, without the tables of its teacher."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from xenc_course.assets import bundled_students
from xenc_course.assets.bundled_students import BASE, INDEX, SCALE, STORED, Student, released
from xenc_course.assets.wheels import asset_folder
from xenc_course.files import file_sha256, write_lines
from xenc_course.training.shrinking import is_rounded, to_int8


def release(trained: Path, name: str) -> Student:
    """Store a distilled model as a student of the course, and record it in the index.

    Args:
        trained: its folder, as `distil` writes it.
        name: of the student.

    Returns:
        What the index records of it.

    Raises:
        ValueError: its embedding tables are not those of the base, or its matrices were not rounded
            to 8 bits.
    """
    weights = load_file(trained / "model.safetensors")
    base = load_file(asset_folder(BASE) / "model.safetensors")
    stored: dict[str, torch.Tensor] = {}
    for key, weight in weights.items():
        if "embeddings" in key:
            if not torch.equal(weight, base[key]):
                raise ValueError(f"{name} does not share {key} with {BASE}: freeze its embeddings.")
        elif is_rounded(key):
            integers, scales = to_int8(weight)
            if not torch.allclose(integers.float() * scales[:, None], weight, atol=1e-6):
                raise ValueError(f"{key} of {name} is not rounded to 8 bits: see round_weights.")
            stored |= {key: integers, key + SCALE: scales}
        else:
            stored[key] = weight
    folder = bundled_students.STUDENTS / name
    folder.mkdir(parents=True, exist_ok=True)
    save_file(stored, folder / STORED)
    for file in ("config.json", "README.md"):
        shutil.copy(trained / file, folder)
    student = Student(
        name,
        file_sha256(folder / STORED),
        len({key.split(".")[3] for key in weights if ".layer." in key}),
        sum(weight.numel() for weight in weights.values()),
    )
    entries = {
        entry.name: {"sha256": entry.sha256, "layers": entry.layers, "parameters": entry.parameters}
        for entry in [*released().values(), student]
    }
    index = bundled_students.STUDENTS / INDEX
    write_lines(index, [json.dumps(dict(sorted(entries.items())), indent=2)])
    return student
