"""Labelled text: documents, queries, and judgements of which passage is relevant to which query."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from xenc_course.assets.wheels import asset_folder
from xenc_course.display.table import Table
from xenc_course.files import DATA, check_id

from .beir import KEEP, REFUSE, Parts, read_folder

HELPDESK = DATA / "helpdesk"
TOKENIZER_OF = "ms-marco-MiniLM-L12-v2"  # counts the tokens: the default cross-encoder's


@dataclass(frozen=True)
class Collection:
    """A test collection. Ids are strings without white space; nothing can be changed in place.

    documents: id -> text of a passage;  titles: id -> title, where there is one
    queries:   id -> text;               tags: query id -> tag, where there is one
    qrels:     query id -> {document id: grade}, grades are integers, 0 means judged not relevant
    licence, language: of the text, as stated by whoever gave it; "" where nobody did
    """

    name: str
    documents: Mapping[str, str]
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]
    titles: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    licence: str = ""
    language: str = ""

    def __post_init__(self) -> None:
        """Freeze what the mappings hold."""
        for part in ("documents", "queries", "titles", "tags"):
            object.__setattr__(self, part, MappingProxyType(dict(getattr(self, part))))
        qrels = {query: MappingProxyType(dict(grades)) for query, grades in self.qrels.items()}
        object.__setattr__(self, "qrels", MappingProxyType(qrels))

    def passage(self, document: str) -> str:
        """What a model is given to read: title and text with a space between, or the text alone.

        This is BEIR's convention. Raises KeyError for an id that is not in `documents`.
        """
        title = self.titles.get(document)
        return f"{title} {self.documents[document]}" if title else self.documents[document]

    def select(self, queries: Iterable[str]) -> Collection:
        """The same documents with these queries, in the order of the collection.

        Raises ValueError for an id that is no query of the collection.
        """
        wanted = set(queries)
        if unknown := sorted(wanted - self.queries.keys()):
            raise ValueError(f"{self.name} has no query {unknown[0]!r}.")
        kept = [query for query in self.queries if query in wanted]
        return replace(
            self,
            queries={query: self.queries[query] for query in kept},
            qrels={query: self.qrels[query] for query in kept if query in self.qrels},
            tags={query: self.tags[query] for query in kept if query in self.tags},
        )

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
        return self.select(names[i] for i in drawn)

    def stats(self, *, tokens: bool = False) -> Table:
        """Counts and lengths: passages, queries, judgements and how many of each grade.

        Lengths are words (between white space); with `tokens` also the tokens of the default
        cross-encoder, without the special ones, which takes longer.
        """
        grades = Counter(grade for row in self.qrels.values() for grade in row.values())
        rows: list[tuple[str, str | None]] = [("passages", f"{len(self.documents):,}")]
        rows += _length_rows("passage", list(self.documents.values()), tokens)
        rows.append(("queries", f"{len(self.queries):,}"))
        rows += _length_rows("query", list(self.queries.values()), tokens)
        rows.append(("judgements", f"{sum(grades.values()):,}"))
        rows += [(f"of grade {grade}", f"{count:,}") for grade, count in sorted(grades.items())]
        unjudged = sum(query not in self.qrels for query in self.queries)
        textless = sum(len(row.keys() - self.documents.keys()) for row in self.qrels.values())
        if unjudged:
            rows.append(("queries without a judgement", f"{unjudged:,}"))
        if textless:
            rows.append(("judgements of passages without text", f"{textless:,}"))
        rows.append(("licence of the text", self.licence or None))
        return Table(["what", "how many"], rows, caption=f"The collection {self.name}")


def load_collection(
    source: str | Path = "wikipedia",
    *,
    qrels: str | Path | None = None,
    unknown_ids: str = REFUSE,
) -> Collection:
    """Load a labelled collection: by name, from a folder, or through `ir_datasets`.

    "helpdesk": the course's own test collection about customer support, graded 0 to 3; a tag names
    what makes a query hard.
    "wikipedia": 10,033 lead paragraphs of English Wikipedia. A query is an article's short
    description ("Largest island of Japan") of three words or more that no other article shares; the
    article is its one relevant passage. Such a known-item test needs no judge, and its queries were
    written by people who had no search engine in mind.
    A folder in BEIR layout (see `xenc_course.beir`). `qrels` names another file of judgements in
    it than `qrels/test.tsv`; `unknown_ids="keep"` keeps judgements of what is not there.
    "irds:<dataset id>": any dataset of `ir_datasets` with documents, queries and qrels.

    Raises ValueError for an unknown name and for bad data (with file, line and reason),
    FileNotFoundError for a missing file, AssetError when packaged text cannot be fetched,
    ImportError when "irds:" is asked for and `ir_datasets` is not installed.
    """
    name = str(source)
    if name in ("helpdesk", "wikipedia") or name.startswith("irds:"):
        if qrels is not None:
            raise ValueError(f"{name} comes with its judgements: qrels is for a folder.")
        if name == "wikipedia":
            return _wikipedia()
        if name == "helpdesk":
            return Collection(name, licence="CC BY 4.0", language="en", **read_folder(HELPDESK))
        return Collection(name, **_ir_dataset(name.removeprefix("irds:"), unknown_ids))
    folder = Path(source).expanduser()
    if not folder.is_dir():
        raise ValueError(
            f"There is no collection named {name!r} and no such folder: choose 'helpdesk', "
            "'wikipedia', 'irds:<dataset id>' or a folder in BEIR layout."
        )
    return Collection(folder.resolve().name, **read_folder(folder, qrels, unknown_ids))


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
        language="en",
    )


def _ir_dataset(dataset_id: str, unknown_ids: str) -> Parts:
    """The parts of an `ir_datasets` dataset; a document's text is its `default_text()`."""
    try:
        import ir_datasets
    except ImportError as error:
        raise ImportError(
            f"The collection irds:{dataset_id} needs ir_datasets, which is not installed: "
            "pip install ir_datasets"
        ) from error
    try:
        dataset = ir_datasets.load(dataset_id)
    except KeyError as error:
        raise ValueError(
            f"ir_datasets has no dataset {dataset_id!r}: see ir-datasets.com."
        ) from error
    if missing := [part for part in ("docs", "queries", "qrels") if not dataset.has(part)]:
        raise ValueError(
            f"irds:{dataset_id} has no {missing[0]}: choose a dataset with judgements."
        )
    documents = _by_id(
        ((doc.doc_id, doc) for doc in dataset.docs_iter()), f"irds:{dataset_id}, docs"
    )
    queries = _by_id(
        ((q.query_id, q) for q in dataset.queries_iter()), f"irds:{dataset_id}, queries"
    )
    qrels: dict[str, dict[str, int]] = {}
    for number, judgement in enumerate(dataset.qrels_iter(), start=1):
        where = f"irds:{dataset_id}, judgement {number}"
        query, document = judgement.query_id, judgement.doc_id
        if unknown_ids != KEEP and (query not in queries or document not in documents):
            raise ValueError(
                f"{where}: query {query!r} or passage {document!r} is not in the dataset "
                "(unknown_ids='keep' would keep the judgement)."
            )
        if document in qrels.setdefault(query, {}):
            raise ValueError(f"{where}: query {query!r} and passage {document!r} are judged twice.")
        qrels[query][document] = judgement.relevance
    return Parts(documents=documents, titles={}, queries=queries, tags={}, qrels=qrels)


def _by_id(records: Iterable[tuple[str, Any]], where: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, record in records:
        check_id(name, f"{where}: an id")
        if name in texts:
            raise ValueError(f"{where}: the id {name!r} is given a second time.")
        texts[name] = record.default_text()
    return texts


def _length_rows(kind: str, texts: list[str], tokens: bool) -> list[tuple[str, str | None]]:
    lengths = {"words": [len(text.split()) for text in texts]}
    if tokens:
        lengths["tokens"] = _token_counts(texts)
    return [
        (f"{unit} a {kind}, median (longest)", f"{np.median(counts):.0f} ({max(counts)})")
        for unit, counts in lengths.items()
        if counts
    ]


def _token_counts(texts: list[str]) -> list[int]:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(asset_folder(TOKENIZER_OF) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    blocks = (texts[start : start + 1000] for start in range(0, len(texts), 1000))
    return [
        len(encoded)
        for block in blocks
        for encoded in tokenizer.encode_batch_fast(block, add_special_tokens=False)
    ]
