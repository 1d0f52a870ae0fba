"""Runs computed beforehand with the evaluate command, for results that do not fit in a lesson.

`data/runs/index.json` records the command, the versions and the SHA-256 of each file.
"""

from __future__ import annotations

import json

from xenc_course.display.table import Table
from xenc_course.files import DATA, file_sha256
from xenc_course.retrieval.runs import read_run

RUNS = DATA / "runs"
INDEX = "index.json"


def load_run(collection: str, model: str) -> dict[str, dict[str, float]]:
    """Load the stored run of a model over a collection.

    Args:
        collection: such as "helpdesk".
        model: such as "bm25"; `list_runs()` shows all pairs of collection and model.

    Returns:
        A run: query id -> {document id: score}.

    Raises:
        ValueError: no such run is stored, or its file is not the one that was recorded.
    """
    entries = {(entry["collection"], entry["model"]): entry for entry in run_index()}
    if (collection, model) not in entries:
        known = ", ".join(f"({c!r}, {m!r})" for c, m in entries)
        raise ValueError(
            f"There is no stored run ({collection!r}, {model!r}): choose one of {known}."
        )
    entry = entries[collection, model]
    path = RUNS / entry["file"]
    if file_sha256(path) != entry["sha256"]:
        raise ValueError(
            f"The stored run {entry['file']} is not the one that was recorded: restore it with "
            "`git checkout`, or remove it and make it again with `python -m authoring runs`."
        )
    return read_run(path)


def list_runs() -> Table:
    """The stored runs: collection, model, queries, pairs, and the command that made each."""
    columns = ["collection", "model", "queries", "pairs", "command"]
    return Table(columns, [[entry[c] for c in columns] for entry in run_index()], "Stored runs")


def run_index() -> list[dict]:
    """What was recorded of each stored run."""
    return json.loads((RUNS / INDEX).read_text(encoding="utf-8"))
