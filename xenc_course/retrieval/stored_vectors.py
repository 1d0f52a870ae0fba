"""Vectors of a collection's passages, computed beforehand: what makes a search by meaning quick.

A vector's numbers are stored as 8-bit integers, a quarter of their size in float32, and brought
back to length 1 when they are read; a cosine moves by less than 0.002. The rows are divided among
files of less than 1 MiB. `index.json` records the model, the command, the versions and the SHA-256
of each file.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from xenc_course.files import DATA, file_sha256

VECTORS = DATA / "vectors"
INDEX = "index.json"


def load_vectors(collection: str, model: str = "all-MiniLM-L6-v2") -> tuple[list[str], np.ndarray]:
    """The stored vectors of a collection's passages (title and text).

    Args:
        collection: its name, such as "wikipedia".
        model: the bi-encoder that made them, a name of the catalogue.

    Returns:
        The document ids, and their vectors: float32, shape (documents, dimensions), of length 1, in
        the order of the ids.

    Raises:
        ValueError: there are no such vectors, or a file is not the one that was recorded.
    """
    folder = VECTORS / collection / model
    if not (folder / INDEX).is_file():
        made = sorted(path.parent for path in VECTORS.glob(f"*/*/{INDEX}"))
        known = [f"{path.parent.name} by {path.name}" for path in made]
        raise ValueError(
            f"There are no stored vectors of {collection} by {model}: choose one of "
            f"{', '.join(known)}, or encode the passages with a bi-encoder's encode_document."
        )
    ids, files = _read_index(folder / INDEX)
    parts = []
    for name, sha256 in files.items():
        if file_sha256(folder / name) != sha256:
            raise ValueError(
                f"The stored vectors in {name} are not those that were recorded: restore the file "
                "with `git checkout`."
            )
        parts.append(np.load(folder / name))
    if len(ids) != sum(map(len, parts)):
        raise _not_recorded(folder / INDEX)
    return ids, unpacked(np.concatenate(parts))


def _read_index(path: Path) -> tuple[list[str], dict[str, str]]:
    """The ids, and file -> SHA-256."""
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
        return list(index["ids"]), dict(index["files"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _not_recorded(path) from error


def _not_recorded(path: Path) -> ValueError:
    return ValueError(
        f"{path} is not the index that was recorded: restore the file with `git checkout`."
    )


def unpacked(integers: np.ndarray) -> np.ndarray:
    """What `eight_bits` gave, as float32 vectors of length 1."""
    vectors = integers.astype(np.float32)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
