"""A folder in BEIR layout: `corpus.jsonl`, `queries.jsonl` and `qrels/*.tsv`, each plain or gzip.

    corpus.jsonl    {"_id": "p1", "title": "Refunds", "text": "You get your money back ..."}
    queries.jsonl   {"_id": "q1", "text": "how do I get a refund", "metadata": {"tag": "plain"}}
    qrels/test.tsv  query-id <tab> corpus-id <tab> score, with these names in the first line

`title` and `metadata` may be missing. Judgements may be in TREC's form (see `qrels`). Files are
read line by line; nothing in them is dropped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TypedDict

from xenc_course.files import check_id, check_text, shown, text_lines

from .qrels import HEADER, read_qrels

REFUSE, KEEP = "refuse", "keep"


class Parts(TypedDict):
    """What a folder holds; the keys are fields of a `Collection`."""

    documents: dict[str, str]
    titles: dict[str, str]
    queries: dict[str, str]
    tags: dict[str, str]
    qrels: dict[str, dict[str, int]]


def read_folder(folder: Path, qrels: str | Path | None = None, unknown_ids: str = REFUSE) -> Parts:
    """Read a folder in BEIR layout, one line at a time: the memory it takes is that of the texts.

    Where both a file and its `.gz` exist, the plain file is read.

    Args:
        folder: holds `corpus.jsonl` and `queries.jsonl`, each plain or gzip.
        qrels: the file of judgements, inside the folder or absolute; `qrels/test.tsv` by default.
        unknown_ids: what to do with a judgement for a query or document that the folder does not
            have: "refuse" it, or "keep" it. Kept ones still count in the ideal ranking of nDCG and
            in recall.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: text that is not UTF-8 or holds half of a surrogate pair, broken JSON, a missing
            field, an id given twice or that is none (see `check_id`), a wrong header, a grade that
            is not an integer of -1,000 to 1,000, an unknown id (unless kept) or a file without
            entries; the message names file and line.
    """
    if unknown_ids not in (REFUSE, KEEP):
        raise ValueError(f"unknown_ids is {REFUSE!r} or {KEEP!r}, not {unknown_ids!r}.")
    texts = read_texts(folder)
    judgements = _plain_or_gzip(folder / (qrels or "qrels/test.tsv"))
    keep = unknown_ids == KEEP
    texts["qrels"] = read_qrels(judgements, texts["documents"], texts["queries"], keep=keep)
    return texts


def read_texts(folder: Path) -> Parts:
    """Read documents and queries of a folder that is still to be judged; it gives no judgements.

    Args:
        folder: holds `corpus.jsonl` and `queries.jsonl`, each plain or gzip.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: see `read_folder`.
    """
    documents, titles = _read_corpus(_plain_or_gzip(folder / "corpus.jsonl"))
    queries, tags = _read_queries(_plain_or_gzip(folder / "queries.jsonl"))
    return Parts(documents=documents, titles=titles, queries=queries, tags=tags, qrels={})


def read_judgements(folder: Path) -> tuple[Path, dict[str, dict[str, int]]]:
    """Read the judgements that a folder has so far, for whatever queries and documents.

    They are to be written again in BEIR's form, so a file of TREC's is refused.

    Args:
        folder: may lack `qrels/test.tsv`, and the file may be empty or hold its header alone.

    Returns:
        The file where they are or belong, and query id -> {document id: grade}.

    Raises:
        ValueError: see `read_folder`.
    """
    path = _plain_or_gzip(folder / "qrels" / "test.tsv")
    if not path.is_file():
        return path, {}
    first_two = [line.split("\t") for _, line in islice(text_lines(path), 2)]
    if first_two in ([], [HEADER]):
        return path, {}
    return path, read_qrels(path, (), (), keep=True, trec=False)


def _read_corpus(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    documents: dict[str, str] = {}
    titles: dict[str, str] = {}
    for where, record in _records(path):
        document = _new_id(record, documents, where)
        documents[document] = _text(record, "text", where)
        if record.get("title") not in (None, ""):  # these, and absent, mean that there is none
            titles[document] = _text(record, "title", where)
    return _some(documents, path, "document"), titles


def _read_queries(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    queries: dict[str, str] = {}
    tags: dict[str, str] = {}
    for where, record in _records(path):
        query = _new_id(record, queries, where)
        queries[query] = _text(record, "text", where)
        metadata = record.get("metadata")
        if not isinstance(metadata, dict | None):
            raise ValueError(f"{where}: 'metadata' is {shown(metadata)}, not an object.")
        if metadata and "tag" in metadata:
            tags[query] = _text(metadata, "tag", where)
    return _some(queries, path, "query"), tags


def _records(path: Path) -> Iterator[tuple[str, dict]]:
    """Yield ("file, line n", object) of a JSON Lines file."""
    for number, line in text_lines(path):
        where = f"{path}, line {number}"
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise ValueError(
                f"{where}: broken JSON ({error.msg} at column {error.colno}): {shown(line)}."
            ) from error
        except (RecursionError, ValueError) as error:  # or an integer of 5,000 digits
            raise ValueError(
                f"{where}: this JSON is nested too deep or holds too long a number: {shown(line)}."
            ) from error
        if not isinstance(record, dict):
            raise ValueError(f"{where}: this is {shown(line)}, not a JSON object.")
        yield where, record


def _new_id(record: dict, known: dict[str, str], where: str) -> str:
    name = check_id(record.get("_id"), f"{where}: '_id'")
    if name in known:
        raise ValueError(f"{where}: the id {shown(name)} is given a second time.")
    return name


def _text(record: dict, field: str, where: str) -> str:
    if not isinstance(record.get(field), str):
        raise ValueError(f"{where}: {field!r} must be text, not {shown(record.get(field))}.")
    return check_text(record[field], f"{where}: {field!r}")


def _some(entries: dict, path: Path, kind: str) -> dict:
    if not entries:
        raise ValueError(f"{path} has no {kind}: it needs at least one.")
    return entries


def _plain_or_gzip(path: Path) -> Path:
    """The file itself, or its `.gz` when only that exists."""
    packed = path.with_name(path.name + ".gz")
    return packed if packed.is_file() and not path.is_file() else path
