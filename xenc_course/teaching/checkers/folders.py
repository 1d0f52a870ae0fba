"""A learner's folder in BEIR layout, opened with sentences that say what is missing."""

from __future__ import annotations

import os
from pathlib import Path

from xenc_course.text.collection import Collection, load_collection

from .exercise import NotSolvedError, expect


def learners_path(value: object, name: str) -> Path:
    """The path that a learner gave.

    Args:
        value: the learner's.
        name: of the learner's variable.

    Raises:
        NotSolvedError: it is no path, or nothing is there.
    """
    if not isinstance(value, (str, os.PathLike)):
        kind = type(value).__name__
        raise NotSolvedError(f"Not yet: {name} is a path, a string, and yours is a {kind}.")
    path = Path(value).expanduser()
    expect(
        path.exists(),
        f"There is no {path}: a path starts from the folder of this notebook, or from the root.",
    )
    return path


def open_folder(value: object) -> Collection:
    """Load the folder that a learner named `my_folder`.

    Args:
        value: the learner's.

    Raises:
        NotSolvedError: it is no folder, or cannot be loaded; the text says why, with file and
            line.
    """
    path = learners_path(value, "my_folder")
    expect(path.is_dir(), f"{path} is a file: give the folder that holds it.")
    try:
        return load_collection(path.resolve())
    except (ValueError, OSError) as error:
        raise NotSolvedError(f"Not yet: {error}") from error
