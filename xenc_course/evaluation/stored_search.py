"""One search, stored deep: what several first stages found, and the cross-encoder's logits of all.

It answers how deep to rerank and which first stage to rerank without an hour of scoring.
`python -m authoring runs search` makes it, and `index.json` records how.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import product

import numpy as np

from xenc_course.files import DATA, file_sha256, shown

SEARCHES = DATA / "searches"
INDEX = "index.json"
NONE = 65_535  # in a row of candidates, where a first stage found no more
LOGIT_STEPS = 1_000  # of a stored logit, per 1: it is a 16-bit integer


@dataclass(frozen=True)
class StoredSearch:
    """What was found for a sample of queries.

    Attributes:
        found: first stage -> its run, at most `depth` passages per query.
        logits: a run: of every passage that a first stage found, the cross-encoder's logit.
        depth: how many passages each first stage was asked for.
        model: the cross-encoder.
    """

    found: dict[str, dict[str, dict[str, float]]]
    logits: dict[str, dict[str, float]]
    depth: int
    model: str


def load_search(collection: str = "wikipedia") -> StoredSearch:
    """Load the stored search of a collection.

    Scores of first stages are rounded to 16-bit floats (a cosine to 0.0005), logits to 0.001.
    Passages whose rounded scores are equal may change places.

    Args:
        collection: its name.

    Raises:
        ValueError: there is none, or its file or the index is not the one that was recorded.
    """
    index = search_index()
    if collection not in index:
        raise ValueError(
            f"There is no stored search of {shown(collection)}: choose one of {', '.join(index)}."
        )
    entry = index[collection]
    try:
        path, recorded = SEARCHES / entry["file"], entry["sha256"]
        name, queries, stages = (
            entry["document_ids"].format,
            entry["queries"],
            entry["first_stages"],
        )
        depth, model, n_pairs = entry["depth"], entry["model"], entry["pairs"]
    except (KeyError, TypeError, AttributeError) as error:
        raise _not_recorded(INDEX) from error
    if not path.is_file() or file_sha256(path) != recorded:
        raise _not_recorded(path.name)
    with np.load(path, allow_pickle=False) as arrays:
        documents, scores, logits = (arrays[n] for n in ("documents", "scores", "logits"))
    if documents.shape != (len(queries), len(stages), depth):
        raise _not_recorded(INDEX)
    found: dict[str, dict[str, dict[str, float]]] = {stage: {} for stage in stages}
    read: dict[str, dict[str, float]] = {query: {} for query in queries}
    for (q, query), (s, stage) in product(enumerate(queries), enumerate(stages)):
        n_found = int((documents[q, s] != NONE).sum())
        ids = [name(int(number)) for number in documents[q, s, :n_found]]
        found[stage][query] = dict(zip(ids, scores[q, s, :n_found].tolist(), strict=True))
        milli = logits[q, s, :n_found].tolist()
        read[query].update({d: m / LOGIT_STEPS for d, m in zip(ids, milli, strict=True)})
    if sum(map(len, read.values())) != n_pairs:
        raise _not_recorded(INDEX)
    return StoredSearch(found, read, depth, model)


def search_index() -> dict[str, dict]:
    """What was recorded of each stored search, by the name of its collection.

    Raises:
        ValueError: the index is missing or damaged.
    """
    try:
        index = json.loads((SEARCHES / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _not_recorded(INDEX) from error
    if not isinstance(index, dict):
        raise _not_recorded(INDEX)
    return index


def _not_recorded(name: str) -> ValueError:
    return ValueError(
        f"The stored search's {name} is not the one that was recorded: restore it with "
        "`git checkout`, or remove it and make it again with `python -m authoring runs search`."
    )
