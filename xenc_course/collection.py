"""Labelled text: documents, queries, and judgements that say which passage is relevant to which query."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from .assets import asset_folder
from .table import Table


@dataclass(frozen=True)
class Collection:
    """A test collection. Ids are strings without white space; nothing can be changed in place.

    documents: id -> text of a passage;  titles: id -> title, where there is one
    queries:   id -> text;               tags: query id -> tag, where there is one
    qrels:     query id -> {document id: grade}, grades are integers, 0 means judged not relevant
    """

    name: str
    documents: Mapping[str, str]
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]
    titles: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    licence: str = ""

    def __post_init__(self) -> None:
        for part in ("documents", "queries", "titles", "tags"):
            object.__setattr__(self, part, MappingProxyType(dict(getattr(self, part))))
        qrels = {query: MappingProxyType(dict(grades)) for query, grades in self.qrels.items()}
        object.__setattr__(self, "qrels", MappingProxyType(qrels))

    def sample(self, n: int, seed: int = 0) -> Collection:
        """The same documents with `n` of the queries, drawn without replacement from `seed`.

        Raises ValueError when `n` is not between 1 and the number of queries.
        """
        if not 1 <= n <= len(self.queries):
            raise ValueError(
                f"{self.name} has {len(self.queries)} queries: ask for a sample of 1 to that many, "
                f"not {n}."
            )
        drawn = np.random.default_rng(seed).choice(len(self.queries), size=n, replace=False)
        names = list(self.queries)
        kept = [names[i] for i in sorted(drawn)]
        return replace(
            self,
            queries={query: self.queries[query] for query in kept},
            qrels={query: self.qrels[query] for query in kept if query in self.qrels},
            tags={query: self.tags[query] for query in kept if query in self.tags},
        )

    def stats(self) -> Table:
        """Counts and lengths in words: documents, queries, judgements and how many of each grade."""
        grades = Counter(grade for row in self.qrels.values() for grade in row.values())
        document_words = [len(text.split()) for text in self.documents.values()]
        query_words = [len(text.split()) for text in self.queries.values()]
        rows = [
            ("passages", f"{len(self.documents):,}"),
            ("words a passage, median (longest)", _median_longest(document_words)),
            ("queries", f"{len(self.queries):,}"),
            ("words a query, median (longest)", _median_longest(query_words)),
            ("judgements", f"{sum(grades.values()):,}"),
        ]
        rows += [(f"of grade {grade}", f"{count:,}") for grade, count in sorted(grades.items())]
        rows.append(("licence of the text", self.licence))
        return Table(
            ["what", "how many"],
            [dict(zip(("what", "how many"), row, strict=True)) for row in rows],
            caption=f"The collection {self.name}",
        )


def load_collection(source: str = "wikipedia") -> Collection:
    """Load a labelled collection by name.

    "wikipedia": 10,033 lead paragraphs of English Wikipedia. A query is an article's Wikidata-style
    description ("Largest island of Japan") of three words or more that no other article shares; the
    article is its one relevant passage. Such a known-item test needs no judge, and its queries were
    written by people who had no search engine in mind.

    Raises ValueError for an unknown name, AssetError when the text cannot be fetched.
    """
    if source != "wikipedia":
        raise ValueError(f"There is no collection named {source!r}: choose 'wikipedia'.")
    return _wikipedia()


def _wikipedia() -> Collection:
    path = asset_folder("wikipedia") / "summaries_en-us.json"
    articles = list(json.loads(path.read_text(encoding="utf-8")).values())
    ids = [f"wiki-{number:05d}" for number in range(len(articles))]
    described = [" ".join(article["description"].split()) for article in articles]
    shared = Counter(described)
    queries = {
        f"q-{number:05d}": text
        for number, text in enumerate(described)
        if len(text.split()) >= 3 and shared[text] == 1
    }
    return Collection(
        name="wikipedia",
        documents={i: article["extract"] for i, article in zip(ids, articles, strict=True)},
        titles={i: article["title"] for i, article in zip(ids, articles, strict=True)},
        queries=queries,
        qrels={query: {query.replace("q-", "wiki-"): 1} for query in queries},
        licence="CC BY-SA 4.0",
    )


def _median_longest(lengths: list[int]) -> str:
    return f"{np.median(lengths):.0f} ({max(lengths)})"
