"""Folders in BEIR layout with ids and texts that Hypothesis makes up come back as they were."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from hypothesis import given, strategies as st

from tests.support.made_up import IDS, TEXTS
from xenc_course.text.collection import Collection, load_collection

GRADES = st.integers(-1000, 1000)


@st.composite
def collections(draw: st.DrawFn) -> Collection:
    documents = draw(st.dictionaries(IDS, TEXTS, min_size=1, max_size=5))
    queries = draw(st.dictionaries(IDS, TEXTS, min_size=1, max_size=5))
    judged = st.dictionaries(st.sampled_from(list(documents)), GRADES, min_size=1)
    return Collection(
        "made-up",
        documents,
        queries,
        draw(st.dictionaries(st.sampled_from(list(queries)), judged, min_size=1)),
        draw(st.dictionaries(st.sampled_from(list(documents)), TEXTS.filter(bool))),
        draw(st.dictionaries(st.sampled_from(list(queries)), TEXTS)),
    )


def write(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = "".join(f"{line}\n" for line in lines).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


@given(collections(), st.booleans(), st.sampled_from(["", ".gz"]))
def test_a_folder_gives_back_what_was_written(
    tmp_path: Path, made: Collection, ascii_only: bool, ending: str
):
    folder = tmp_path / f"packed{ending}" / "made-up"
    corpus = [
        {"_id": document, "text": text, "title": made.titles.get(document, "")}
        for document, text in made.documents.items()
    ]
    queries = [
        {"_id": query, "text": text}
        | ({"metadata": {"tag": made.tags[query]}} if query in made.tags else {})
        for query, text in made.queries.items()
    ]
    judgements = [(q, d, grade) for q, row in made.qrels.items() for d, grade in row.items()]
    for name, records in (("corpus.jsonl", corpus), ("queries.jsonl", queries)):
        lines = [json.dumps(record, ensure_ascii=ascii_only) for record in records]
        write(folder / f"{name}{ending}", lines)
    beir = ["query-id\tcorpus-id\tscore", *(f"{q}\t{d}\t{grade}" for q, d, grade in judgements)]
    write(folder / "qrels" / f"test.tsv{ending}", beir)
    write(folder / f"trec{ending}", [f"{q} 0 {d} {grade}" for q, d, grade in judgements])
    assert load_collection(folder) == made
    assert load_collection(folder, qrels=f"trec{ending}") == made
