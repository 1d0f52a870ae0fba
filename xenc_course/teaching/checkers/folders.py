"""A learner's folder in BEIR layout, opened with sentences that say what is missing."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xenc_course.files import shown
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


def parts(answer: object, names: str, exercise: str) -> Sequence[Any]:
    """The parts of an answer that has several.

    Args:
        answer: the learner's.
        names: of the learner's variables, two or four: "my_folder, my_run".
        exercise: its name, such as "04.4".

    Raises:
        NotSolvedError: it has not as many parts; the text says how to give them.
    """
    n_parts = names.count(",") + 1
    expect(
        isinstance(answer, (tuple, list)) and len(answer) == n_parts,
        f'Give {"both" if n_parts == 2 else "all four"}: check(({names}), "{exercise}").',
    )
    return answer  # type: ignore[return-value]


def expect_in(collection: Collection, query: object, passage: object) -> None:
    """Refuse ids that a learner's folder does not have.

    Raises:
        NotSolvedError: there is no such query, or no such passage.
    """
    expect(
        query in collection.queries,
        f"{shown(query)} is no query of the folder: give an _id of queries.jsonl.",
    )
    expect(
        passage in collection.documents,
        f"{shown(passage)} is no passage of the folder: give an _id of corpus.jsonl.",
    )


def open_folder(value: object, *, judged: bool = True) -> Collection:
    """Load the folder that a learner named `my_folder`.

    Args:
        value: the learner's.
        judged: whether it needs judgements.

    Raises:
        NotSolvedError: it is no folder, or cannot be loaded; the text says why, with file and
            line.
    """
    path = learners_path(value, "my_folder")
    expect(path.is_dir(), f"{path} is a file: give the folder that holds it.")
    try:
        return load_collection(path.resolve(), judged=judged)
    except (ValueError, OSError) as error:
        raise NotSolvedError(f"Not yet: {error}") from error
