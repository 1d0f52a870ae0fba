"""The passages of one query, best first, by any function that scores pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from xenc_course.display.arguments import at_least

from .pairs import Pair, in_order


def rank_passages(
    score: Callable[[list[Pair]], np.ndarray],
    query: str,
    passages: Iterable[str],
    top_k: int | None = None,
    return_documents: bool = False,
) -> list[dict[str, object]]:
    """Order the passages of one query, best first, as `CrossEncoder.rank` does.

    Args:
        score: gives n pairs their n scores.
        query: the text of the query.
        passages: the texts of the passages, by position; those of equal score keep their order.
        top_k: how many to return, 1 or more; all when None.
        return_documents: whether each entry holds the passage's text.

    Returns:
        {"corpus_id": place in `passages`, "score": what `score` gave} for each passage, with "text"
        when `return_documents` is True.

    Raises:
        TypeError: `passages` is no list of texts in an order, or `top_k` is no whole number.
        ValueError: `top_k` is below 1; and what `score` raises.
    """
    if top_k is not None:
        top_k = at_least("top_k", top_k, 1)
    texts = list(in_order(passages, "passages"))
    scores = score([(query, text) for text in texts])
    ranking: list[dict[str, object]] = []
    for place in np.argsort(-scores, kind="stable")[:top_k]:
        entry = {"corpus_id": int(place), "score": scores[place]}
        ranking.append(entry | {"text": texts[place]} if return_documents else entry)
    return ranking
