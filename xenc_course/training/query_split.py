"""The queries of a collection in three parts: to train on, to choose by, to measure on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xenc_course.files import shown
from xenc_course.text.collection import Collection

SHARES = (0.6, 0.2, 0.2)  # of the queries: to train on, to choose by, to measure on
# Buckley and Voorhees (2000), "Evaluating Evaluation Measure Stability", SIGIR: 25 queries are the
# least for a comparison of two systems, 50 are better.
FEW = 25


@dataclass(frozen=True)
class Split:
    """Three collections over the same documents, with no query in common.

    Attributes:
        train: to train on.
        dev: to choose the best epoch by.
        test: to measure on.
    """

    train: Collection
    dev: Collection
    test: Collection

    def __str__(self) -> str:
        """How many queries each part has, and a warning when they are few."""
        train, dev, test = (len(part.queries) for part in (self.train, self.dev, self.test))
        sentence = (
            f"{train:,} queries to train on, {dev:,} to choose the best epoch by, {test:,} to "
            "measure on."
        )
        if min(dev, test) >= FEW:
            return sentence
        return (
            f"{sentence} That is fewer than the {FEW} that a comparison needs at least: chance "
            "decides much of the result, so judge more queries before you rely on it."
        )


def split_queries(
    collection: Collection, seed: int = 0, *, topics: Mapping[str, str] | None = None
) -> Split:
    """Split by query or by topic: 60 % to train on, 20 % to choose by, 20 % to measure on.

    By query, every tag is split in these shares, so that no tag of four queries or more is missing
    from a part. By topic, the topics are split in these shares, and all queries of a topic are in
    one part: no query to measure on shares its topic with one that was trained on. Queries without
    a relevant passage are left out, because there is nothing to rank first.

    Args:
        collection: its queries are split.
        seed: of the draw.
        topics: query id -> its topic, for a split by topic; by query when None.

    Raises:
        ValueError: a part would be empty, or a query has no topic.
    """
    answered = [
        query
        for query in collection.queries
        if any(grade > 0 for grade in collection.qrels.get(query, {}).values())
    ]
    if topics is not None and (missing := [q for q in answered if q not in topics]):
        raise ValueError(
            f"The query {shown(missing[0])} has no topic: give a topic to every query with a "
            "relevant passage."
        )
    if topics is None:  # within each tag, query by query
        strata = [[[query] for query in tag] for tag in _grouped(answered, collection.tags)]
    else:
        strata = [_grouped(answered, topics)]
    draw = np.random.default_rng(seed)
    parts: tuple[list[str], list[str], list[str]] = ([], [], [])
    for units in strata:
        order = draw.permutation(len(units))
        ends = np.cumsum(np.round(np.array(SHARES[:2]) * len(units)).astype(int))
        for part, places in zip(parts, np.split(order, ends), strict=True):
            part += [query for place in places for query in units[place]]
    if not all(parts):
        raise ValueError(
            f"{collection.name} has too few queries with a relevant passage to split them in "
            "three: judge more queries."
        )
    return Split(*(collection.select(part) for part in parts))


def _grouped(queries: list[str], names: Mapping[str, str]) -> list[list[str]]:
    """The queries of each name, in the order in which the names come first."""
    groups: dict[str, list[str]] = {}
    for query in queries:
        groups.setdefault(names.get(query, ""), []).append(query)
    return list(groups.values())
