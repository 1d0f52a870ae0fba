"""Labelled text: documents, queries, and judgements of how relevant a document is to a query."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from xenc_course.assets.wheels import asset_folder
from xenc_course.display.table import Table
from xenc_course.files import DATA

from .beir import REFUSE, read_folder, read_judgements, read_texts
from .ir_dataset import ir_dataset

HELPDESK = DATA / "helpdesk"
TOKENIZER_OF = "ms-marco-MiniLM-L12-v2"  # counts the tokens: the default cross-encoder's


@dataclass(frozen=True)
class Collection:
    """A test collection; nothing in it can be changed in place.

    Ids are strings without white space.

    Attributes:
        name: as tables show it.
        documents: document id -> text.
        queries: query id -> text.
        qrels: query id -> {document id: grade}; grades are integers, and 0 means judged not
            relevant.
        titles: document id -> title, where there is one.
        tags: query id -> tag, where there is one.
        licence: of the text, as its source states it; "" where it states none.
        language: of the text, an ISO 639-1 code; "" where the source states none.
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
        """What a model reads of a document: title and text with a space between, as BEIR does.

        Without a title it is the text alone.

        Args:
            document: an id.

        Raises:
            KeyError: there is no such document.
        """
        title = self.titles.get(document)
        return f"{title} {self.documents[document]}" if title else self.documents[document]

    def passages(self) -> dict[str, str]:
        """Document id -> what a model reads of it (see `passage`), of all documents."""
        return {document: self.passage(document) for document in self.documents}

    def select(self, queries: Iterable[str]) -> Collection:
        """The same documents with some of the queries, in the order of the collection.

        Judgements of queries that the collection does not have stay, so that they are counted.

        Args:
            queries: query ids, in any order.

        Raises:
            ValueError: an id is no query of the collection.
        """
        wanted = set(queries)
        if unknown := sorted(wanted - self.queries.keys()):
            raise ValueError(f"{self.name} has no query {unknown[0]!r}.")
        kept = [query for query in self.queries if query in wanted]
        return replace(
            self,
            queries={query: self.queries[query] for query in kept},
            qrels={q: row for q, row in self.qrels.items() if q in wanted or q not in self.queries},
            tags={query: self.tags[query] for query in kept if query in self.tags},
        )

    def sample(self, n: int, seed: int = 0) -> Collection:
        """The same documents with a random sample of the queries.

        Args:
            n: how many queries, drawn without replacement.
            seed: of the random numbers; the same seed draws the same queries.

        Raises:
            ValueError: `n` is not between 1 and the number of queries.
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
        """How many documents, queries and judgements there are, and how long the texts are.

        Args:
            tokens: whether lengths are also counted in tokens of the default cross-encoder, without
                the special ones, which takes longer. Words are what stands between white space.

        Returns:
            A table with the columns what and how many.

        Raises:
            AssetError: `tokens` is set, and the tokenizer cannot be fetched.
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
    judged: bool = True,
) -> Collection:
    """Load a labelled collection: by name, from a folder, or through `ir_datasets`.

    There are four kinds of source:

    - "helpdesk": the course's own test collection about customer support, graded 0 to 3; a tag
      names what makes a query hard.
    - "wikipedia": 10,033 lead paragraphs of English Wikipedia. A query is an article's short
      description ("Largest island of Japan") of three words or more that no other article shares;
      the article is its one relevant document. Such a known-item test needs no judge, and its
      queries were written by people who had no search engine in mind.
    - a folder in BEIR layout, see `xenc_course.text.beir`.
    - "irds:<dataset id>": any dataset of `ir_datasets` with documents, queries and qrels.

    Args:
        source: one of these.
        qrels: the file of judgements in a folder, in the place of `qrels/test.tsv`.
        unknown_ids: "refuse" or "keep" judgements of queries and documents that are not there; for
            a folder and "irds:".
        judged: whether a folder must have judgements. With False it may have none yet, or some.

    Raises:
        ValueError: the name is unknown, or data are wrong; the message names file and line.
        FileNotFoundError: a file is missing.
        AssetError: the text of "wikipedia" cannot be fetched.
        ImportError: "irds:" is asked for and `ir_datasets` is not installed.
    """
    name = str(source)
    if name in ("helpdesk", "wikipedia") or name.startswith("irds:"):
        if qrels is not None:
            raise ValueError(f"{name} comes with its judgements: qrels is for a folder.")
        if name == "wikipedia":
            return _wikipedia()
        if name == "helpdesk":
            return Collection(name, licence="CC BY 4.0", language="en", **read_folder(HELPDESK))
        return Collection(name, **ir_dataset(name.removeprefix("irds:"), unknown_ids))
    folder = Path(source).expanduser()
    if not folder.is_dir():
        raise ValueError(
            f"There is no collection named {name!r} and no such folder: choose 'helpdesk', "
            "'wikipedia', 'irds:<dataset id>' or a folder in BEIR layout."
        )
    name = folder.resolve().name
    if judged:
        return Collection(name, **read_folder(folder, qrels, unknown_ids))
    texts = read_texts(folder)
    _, texts["qrels"] = read_judgements(folder)
    return Collection(name, **texts)


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
