"""A small collection in BEIR layout, whole or spoiled."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

CORPUS = [
    {"_id": "p1", "title": "Refunds", "text": "You get your money back within a week."},
    {"_id": "p2", "title": "", "text": "Reset the password from the sign-in page."},
    {"_id": "p3", "text": "שלום 🙂 \u2028 a line separator is no line end"},
]
QUERIES = [
    {"_id": "q1", "text": "how do I get a refund", "metadata": {"tag": "plain"}},
    {"_id": "q2", "text": "forgot password"},
]
QRELS = ["query-id\tcorpus-id\tscore", "q1\tp1\t2", "q1\tp2\t0", "q2\tp2\t1"]


def jsonl(records: Iterable[dict]) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def make_folder(
    folder: Path,
    corpus: str | bytes | None = None,
    queries: str | None = None,
    qrels: str | None = None,
) -> Path:
    (folder / "qrels").mkdir(parents=True)
    corpus = jsonl(CORPUS) if corpus is None else corpus
    (folder / "corpus.jsonl").write_bytes(corpus if isinstance(corpus, bytes) else corpus.encode())
    (folder / "queries.jsonl").write_bytes((queries or jsonl(QUERIES)).encode())
    qrels = "\n".join(QRELS) + "\n" if qrels is None else qrels
    (folder / "qrels" / "test.tsv").write_bytes(qrels.encode())
    return folder
