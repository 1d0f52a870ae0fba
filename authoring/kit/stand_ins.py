"""Queries and documents that a lesson names: those of a class that take their place.

A lesson names a query by its id or by its text, and a document by its id.

A query with an answer takes the place of one with an answer, and one without of one without, as far
as there are any. The best judged document of the new query takes the place of the old query's.
"""

from __future__ import annotations

from collections.abc import Iterable

from xenc_course.text.collection import Collection


def stand_ins(strings: Iterable[str], course: Collection, own: Collection) -> dict[str, str]:
    """Find what takes the place of the queries and documents of a lesson.

    Args:
        strings: of the lesson's code, in order.
        course: the collection that the lesson was written for.
        own: the collection that takes its place.

    Returns:
        Id or text in the lesson -> id or text in `own`, as long as `own` has queries left.
    """
    strings = list(dict.fromkeys(strings))
    answered = [q for q in own.queries if _best(own, q)]
    unanswered = [q for q in own.queries if own.qrels.get(q) and not _best(own, q)]
    of_text = {text: query for query, text in course.queries.items()}
    found: dict[str, str] = {}
    for named in strings:
        query = named if named in course.queries else of_text.get(named)
        waiting = answered if query and (_best(course, query) or not unanswered) else unanswered
        if query is None or not waiting:
            continue
        new = waiting.pop(0)
        found[named] = new if named == query else own.queries[new]
        answer, best = _best(course, query), _best(own, new)
        if answer in strings and best:
            found[str(answer)] = best
    return found


def _best(collection: Collection, query: str) -> str | None:
    """The document with the highest grade of a query; None if no document answers it."""
    row = collection.qrels.get(query, {})
    best = max(row, key=row.__getitem__, default=None)
    return best if best is not None and row[best] > 0 else None
