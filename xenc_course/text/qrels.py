"""Judgements: a file of BEIR or of TREC, and which grades there are.

BEIR    query-id <tab> corpus-id <tab> score, with these names in the first line
TREC    query iteration document grade, between white space; the iteration is not used
"""

from __future__ import annotations

import re
from collections.abc import Collection as Ids, Iterator
from pathlib import Path

from xenc_course.files import LONGEST_LINE, check_id, shown, text_lines

HEADER = ["query-id", "corpus-id", "score"]
MAX_GRADE = 1_000  # trec_eval makes a table as long as the highest grade


def read_qrels(
    path: Path, documents: Ids[str], queries: Ids[str], *, keep: bool, trec: bool = True
) -> dict[str, dict[str, int]]:
    """Read a file of judgements; its first line tells whether it is BEIR's or TREC's.

    Args:
        path: the file; it is decompressed when its name ends in `.gz`.
        documents: the ids that are known.
        queries: the same of queries.
        keep: whether judgements of other ids are kept, or else refused.
        trec: whether TREC's form is read, or else refused.

    Returns:
        query id -> {document id: grade}, in the order of the file.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: see `xenc_course.text.beir.read_folder`; with file and line.
    """
    qrels: dict[str, dict[str, int]] = {}
    for where, query, document, grade in _judgements(path, trec):
        for name, known, kind in ((query, queries, "query"), (document, documents, "document")):
            check_id(name, f"{where}: the id of a {kind}")
            if not keep and name not in known:
                raise ValueError(
                    f"{where}: a judgement for {kind} {shown(name)}, which this folder does not "
                    "have (unknown_ids='keep' would keep it)."
                )
        judged = qrels.setdefault(query, {})
        if document in judged:
            raise ValueError(
                f"{where}: query {shown(query)} and document {shown(document)} are judged twice."
            )
        judged[document] = _grade(grade, where)
    if not qrels:
        raise ValueError(f"{path} has no judgement: it needs at least one.")
    return qrels


def check_grade(grade: object, where: str) -> int:
    """Return a grade as an integer.

    Args:
        grade: an integer, numpy's among them, or a float without a fraction.
        where: what the message names, such as the file and the line.

    Raises:
        ValueError: it is something else, or beyond ±`MAX_GRADE`.
    """
    if type(grade) is int and -MAX_GRADE <= grade <= MAX_GRADE:
        return grade
    try:
        number = int(grade)  # type: ignore[call-overload]
        whole = not isinstance(grade, str | bytes) and number == grade
    except (TypeError, ValueError, OverflowError):
        whole = False
    if not whole:
        raise ValueError(
            f"{where}: the grade is {shown(grade)}, and it must be an integer such as 0 or 2."
        )
    if not -MAX_GRADE <= number <= MAX_GRADE:
        raise ValueError(
            f"{where}: the grade is {shown(grade)}, and it must lie between -{MAX_GRADE:,} and "
            f"{MAX_GRADE:,}."
        )
    return number


def _judgements(path: Path, trec: bool) -> Iterator[tuple[str, str, str, str]]:
    """Yield ("file, line n", query id, document id, grade as text)."""
    lines = text_lines(path, LONGEST_LINE)
    number, first = next(lines, (1, ""))
    trec = trec and len(first.split()) == 4
    if trec:
        yield _columns(first, f"{path}, line {number}", trec)
    elif first.split("\t") != HEADER:
        raise ValueError(
            f"{path}, line {number}: the header is {shown(first)}, and it must be "
            f"{' <tab> '.join(HEADER)}, or all lines `query 0 document grade` as TREC writes them."
        )
    for number, line in lines:
        yield _columns(line, f"{path}, line {number}", trec)


def _columns(line: str, where: str, trec: bool) -> tuple[str, str, str, str]:
    columns = line.split() if trec else line.split("\t")
    needed = 4 if trec else 3
    if len(columns) != needed:
        between = "white space" if trec else "tabs"
        raise ValueError(
            f"{where}: there are {len(columns)} columns between {between}, and there must be "
            f"{needed}: {shown(line)}."
        )
    return where, columns[0], columns[-2], columns[-1]


def _grade(text: str, where: str) -> int:
    number = re.fullmatch(r"-?[0-9]{1,4000}", text)  # Python reads no longer one
    return check_grade(int(text) if number else text, where)
