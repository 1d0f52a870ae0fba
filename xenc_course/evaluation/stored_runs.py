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
DEFAULT_FIRST_STAGE = "all-MiniLM-L6-v2"


def load_run(
    collection: str, model: str, first_stage: str = DEFAULT_FIRST_STAGE
) -> dict[str, dict[str, float]]:
    """Load the stored run of a model over a collection.

    Args:
        collection: such as "helpdesk".
        model: such as "bm25"; `list_runs()` shows them all.
        first_stage: whose candidates a reranker has read. A model that ranks all passages by itself
            has none, and this is not looked at.

    Returns:
        A run: query id -> {document id: score}.

    Raises:
        ValueError: no such run is stored, or its file is not the one that was recorded.
    """
    entries = [e for e in run_index() if (e["collection"], e["model"]) == (collection, model)]
    if not entries:
        known = sorted({f"({e['collection']!r}, {e['model']!r})" for e in run_index()})
        raise ValueError(
            f"There is no stored run ({collection!r}, {model!r}): choose one of "
            f"{', '.join(known)}, or make a run of your own with `python -m xenc_course evaluate` "
            "and load it with read_run."
        )
    stages = {entry["first_stage"]: entry for entry in entries}
    entry = stages.get(first_stage, stages.get(""))
    if entry is None:
        raise ValueError(
            f"The stored runs of {model} over {collection} have the first stages "
            f"{', '.join(stages)}: choose one of them, not {first_stage!r}."
        )
    path = RUNS / entry["file"]
    if file_sha256(path) != entry["sha256"]:
        raise ValueError(
            f"The stored run {entry['file']} is not the one that was recorded: restore it with "
            "`git checkout`, or remove it and make it again with `python -m authoring runs`."
        )
    return read_run(path)


def list_runs() -> Table:
    """The stored runs: collection, model, first stage, queries, pairs, and the command of each."""
    columns = ["collection", "model", "first_stage", "queries", "pairs", "command"]
    return Table(columns, [[entry[c] for c in columns] for entry in run_index()], "Stored runs")


def run_index() -> list[dict]:
    """What was recorded of each stored run."""
    return json.loads((RUNS / INDEX).read_text(encoding="utf-8"))
