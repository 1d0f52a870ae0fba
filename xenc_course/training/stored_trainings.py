"""Trainings made beforehand, from several seeds, for results that take too long in a lesson.

`python -m authoring runs` makes them. All start from the same layers of ms-marco-MiniLM-L12-v2 and
are measured on the queries of `short_articles`. A file holds no model, only what was measured.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xenc_course.files import DATA

TRAININGS = DATA / "trainings.json"


@dataclass(frozen=True)
class StoredTraining:
    """What came of one training.

    Attributes:
        recipe: the name of what was tried.
        loss: see `train`.
        learning_rate: the highest.
        n_queries: how many were trained on; 0 for what was measured and not trained.
        n_passages: per query.
        seed: of the queries that were drawn, of their negatives and of the order of the batches.
        dev: RR@10 on the queries to choose by.
        rr: RR@10 of each query to measure on, query id -> value.
        epochs: how often each query was trained on.
    """

    recipe: str
    loss: str
    learning_rate: float
    n_queries: int
    n_passages: int
    seed: int
    dev: float
    rr: Mapping[str, float]
    epochs: int = 1


def load_trainings(path: Path = TRAININGS) -> list[StoredTraining]:
    """Load the stored trainings.

    Args:
        path: of the file.

    Raises:
        ValueError: the file is damaged or missing.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        queries = stored["queries"]
        return [
            StoredTraining(**{**entry, "rr": _values(queries, entry["rr"])})
            for entry in stored["trainings"]
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(
            f"{path.name} is damaged or missing: restore it with `git checkout`, or remove it and "
            "make it again with `python -m authoring runs`."
        ) from error


def _values(queries: list[str], ranks: list[int]) -> Mapping[str, float]:
    """The rank of the relevant passage, 0 beyond the tenth place, as RR@10."""
    pairs = zip(queries, ranks, strict=True)
    return {query: 1 / rank if rank else 0.0 for query, rank in pairs}
