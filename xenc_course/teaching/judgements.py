"""What people judge and what they decided: a pool of passages, and a file of grades.

A pool joins what several rankers found, so that a person judges each passage once and cannot see
who found it. Grades are stored in BEIR layout, so that `load_collection` reads them as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from xenc_course.files import check_id, write_lines
from xenc_course.retrieval.runs import Run, check_run, ranked
from xenc_course.text.beir import HEADER, read_judgements

GRADES = {0: "not relevant", 1: "on the subject", 2: "answers in part", 3: "answers"}


def pool(runs: Mapping[str, Run], depth: int = 10, seed: int = 0) -> dict[str, list[str]]:
    """Join the first documents of several rankers, per query, in an order that shows no ranker.

    The order follows from the seed and the ids alone: it is the same on every machine and for any
    order of the rankers. A document that a further ranker adds leaves the order of the others.

    Args:
        runs: the name of a ranker -> its run.
        depth: how many of the best documents each ranker gives per query.
        seed: another seed gives another order.

    Returns:
        query id -> document ids, each once. The queries are in the order of their ids.

    Raises:
        TypeError: `runs` does not map names to runs.
        ValueError: there is no run, a score is not a finite number, or `depth` is below 1.
    """
    _check_runs(runs)
    if depth < 1:
        raise ValueError(f"The depth is {depth}: give the number of passages, 1 or more.")
    found: dict[str, set[str]] = {}
    for run in runs.values():
        for query, scores in run.items():
            found.setdefault(query, set()).update(ranked(scores)[:depth])
    return {
        query: sorted(found[query], key=lambda document: _draw(seed, query, document))
        for query in sorted(found)
    }


class Judgements:
    """The grades in a folder, `qrels/test.tsv`; a change is on the disk when `set` returns.

    The file is read again before each change: what another program wrote there meanwhile is kept.

    Attributes:
        path: the file, as an absolute path; it appears with the first grade.
    """

    def __init__(self, folder: str | Path) -> None:
        """Open the grades of a folder, or begin.

        Args:
            folder: need not exist yet. A plain file or `test.tsv.gz` is read and goes on as it is.

        Raises:
            ValueError: the file has another form; the message names file and line.
        """
        self._folder = Path(folder).expanduser().absolute()
        self.path, self._grades = read_judgements(self._folder)

    def grade(self, query: str, document: str) -> int | None:
        """The grade of a document for a query; None where it has none."""
        return self._grades.get(query, {}).get(document)

    def set(self, query: str, document: str, grade: int) -> None:
        """Give a grade, or another one than before, and write the file whole or not at all.

        Args:
            query: an id.
            document: an id.
            grade: 0 means judged not relevant; a higher grade is more relevant.

        Raises:
            TypeError: the grade is no integer.
            ValueError: an id is empty or holds white space, or the file now has another form.
            OSError: the file cannot be written; it stays as it was.
        """
        check_id(query, "The id of a query")
        check_id(document, "The id of a document")
        if isinstance(grade, bool) or not isinstance(grade, int):
            raise TypeError(f"The grade is {grade!r}: it must be an integer such as 0 or 2.")
        path, grades = read_judgements(self._folder)
        grades.setdefault(query, {})[document] = grade
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [
            f"{query}\t{document}\t{grade}"
            for query, judged in grades.items()
            for document, grade in judged.items()
        ]
        write_lines(path, ["\t".join(HEADER), *lines])
        self.path, self._grades = path, grades


def _check_runs(runs: object) -> None:
    if not isinstance(runs, Mapping):
        raise TypeError(
            f"The runs are a {type(runs).__name__}: give each a name, such as {{'BM25': run}}."
        )
    if not runs:
        raise ValueError("There is no run: give one or more by name, such as {'BM25': run}.")
    for name, run in runs.items():
        try:
            check_run(run)
        except TypeError as error:
            raise TypeError(
                f"There is no run under the name {name!r}: give runs such as {{'BM25': run}}."
            ) from error


def _draw(seed: int, query: str, document: str) -> bytes:
    """A lot for one document: random to the eye, and the same on every machine."""
    return hashlib.sha256(f"{seed} {query} {document}".encode()).digest()
