"""Anything that scores (query, passage) pairs, as a function from n pairs to n numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from os import PathLike, fspath
from typing import TYPE_CHECKING, cast

import numpy as np

from xenc_course.models.catalogue import LATE_INTERACTION, known_model
from xenc_course.progress import Advance, Progress, progress_bar

from .pairs import Pair, check_pairs, checked
from .reranker import Reranker

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

# A scorer whose scores depend on the other candidates of the query, as those of a cascade do, has
# an attribute `needs_whole_lists` that is True. It is then given all candidates of a query at once.
Scorer = Callable[[Sequence[Pair]], np.ndarray]
BLOCK = 128  # pairs between two entries in a journal


def score_pairs(
    model: str | PathLike | CrossEncoder | Scorer,
    pairs: Iterable[Pair],
    progress: Progress = False,
) -> np.ndarray:
    """Compute the score of each (query, passage) pair, block by block.

    Args:
        model: what `load_scorer` takes, a loaded `CrossEncoder`, or a function of n pairs to n
            numbers. A function that needs all candidates of a query at once says so with an
            attribute `needs_whole_lists`; pairs with the same query are then never parted.
        pairs: n pairs.
        progress: of the pairs, see `Progress`.

    Returns:
        Scores, of a cross-encoder its logits: float32, shape (n,).

    Raises:
        TypeError: a pair is not two strings, or the model scores no pairs.
        ValueError: the model does not give one finite number per pair; and what `load_scorer`
            raises.
    """
    pairs = check_pairs(pairs)
    scorer = as_scorer(model)
    expect_pairs(scorer, len(pairs))
    scores = np.empty(len(pairs), dtype=np.float32)
    places = range(len(pairs))
    with progress_bar(progress, len(pairs), "pair") as advance:
        for block in score_blocks(scorer, places, [query for query, _ in pairs]):
            scores[block] = scored_block(scorer, [pairs[place] for place in block], advance)
    return scores


def score_blocks(
    scorer: Scorer, places: Sequence[int], lists: Sequence[str]
) -> Iterator[list[int]]:
    """Divide pairs into the blocks in which a scorer is asked for them.

    Args:
        scorer: see `Scorer`.
        places: of the pairs that are to be scored, in `lists`.
        lists: of each pair, a name for the list of candidates that it belongs to.

    Yields:
        Places: `BLOCK` at a time, or where the scorer needs whole lists, all of one list.
    """
    if not getattr(scorer, "needs_whole_lists", False):
        for start in range(0, len(places), BLOCK):
            yield list(places[start : start + BLOCK])
        return
    members: dict[str, list[int]] = {}
    for place, name in enumerate(lists):
        members.setdefault(name, []).append(place)
    for name in dict.fromkeys(lists[place] for place in places):
        yield members[name]


def scored_block(scorer: Scorer, block: Sequence[Pair], advance: Advance) -> np.ndarray:
    """Score some pairs and say how many are done, a reranker's batch by batch.

    Args:
        scorer: see `Scorer`.
        block: n pairs.
        advance: called with the number of pairs that are done.

    Returns:
        Scores: float32, shape (n,).

    Raises:
        ValueError: they are not one finite number per pair; and what the scorer raises.
    """
    if isinstance(scorer, Reranker):  # how many pairs were cut is in its report
        return np.fromiter(scorer.stream(block, advance), dtype=np.float32, count=len(block))
    scores = checked(scorer(block), block)
    advance(len(block))
    return scores


def expect_pairs(scorer: Scorer, n_pairs: int) -> None:
    """Tell a scorer that wants to know how many pairs it will be asked for in all.

    A reranker decides by it whether an export to ONNX pays.
    """
    expect = getattr(scorer, "expect", None)
    if expect is not None:
        expect(n_pairs)


def load_scorer(name: str | None = None, backend: str = "auto", *, by_clock: bool = True) -> Scorer:
    """Load a model as a function of n (query, passage) pairs to their n scores, float32.

    A pair that is longer than a cross-encoder reads loses the end of its longer text, as in
    sentence-transformers.

    Args:
        name: a cross-encoder as `Reranker` takes it, or a late-interaction model of the catalogue.
        backend: of a cross-encoder, see `Reranker`.
        by_clock: whether "auto" takes the faster backend, see `Reranker`.

    Raises:
        FileNotFoundError: there is no such model.
        ValueError: see `Reranker`.
    """
    known = known_model(name or "")
    if known is not None and known.architecture == LATE_INTERACTION:
        from .late_interaction import LateInteraction

        return LateInteraction(known.name)
    return Reranker(name, backend, truncation="longest_first", by_clock=by_clock)


def as_scorer(model: str | PathLike | CrossEncoder | Scorer) -> Scorer:
    """Make a function of pairs from a model.

    Args:
        model: what `score_pairs` takes.

    Raises:
        FileNotFoundError: there is no such model.
        TypeError: it is no model that scores pairs, and no function.
        ValueError: see `Reranker`.
    """
    if isinstance(model, str | PathLike):
        return load_scorer(fspath(model))
    if hasattr(model, "predict"):
        return Reranker(cast("CrossEncoder", model), "torch", truncation="longest_first")
    # A loaded bi-encoder can be called too. By name, because to import its class takes seconds.
    kinds = {kind.__name__ for kind in type(model).__mro__}
    if not callable(model) or "SentenceTransformer" in kinds:
        raise TypeError(
            f"A {type(model).__name__} scores no pairs: give a cross-encoder, its name, or a "
            "function of n pairs to n numbers."
        )
    return model
