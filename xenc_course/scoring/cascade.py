"""Do less: a cheap model orders all candidates of a query, a strong one reads the best few.

The loss of quality depends on how often the cheap model puts a relevant passage below the ones that
are kept. Measure it with `compare_runs` on your own queries, as lesson 03 does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .pairs import Pair, check_pairs, checked, places_by_query
from .ranking import rank_passages
from .scorers import Scorer, expect_pairs

AT_LEAST = 10  # passages that the strong model reads where a margin decides: nDCG@10 shows ten


class Cascade:
    """Two scorers as one; it can be used wherever a function of pairs is wanted.

    Attributes:
        needs_whole_lists: True: which passages the strong model reads depends on all candidates
            of the query, so `score_pairs` never parts them.
    """

    needs_whole_lists = True

    def __init__(
        self,
        fast: Scorer,
        strong: Scorer,
        keep: int,
        margin: float | None = None,
        at_least: int = AT_LEAST,
    ) -> None:
        """Join two scorers; see `cascade`.

        Raises:
            ValueError: `keep` or `at_least` is below 1, or `margin` is below 0.
        """
        if min(keep, at_least) < 1:
            wrong = min(keep, at_least)
            raise ValueError(f"The strong model reads at least one passage per query, not {wrong}.")
        if margin is not None and not margin >= 0:
            raise ValueError(f"margin is a difference of scores, 0 or more, not {margin}.")
        self._fast, self._strong, self._keep = fast, strong, keep
        self._margin, self._at_least = margin, at_least

    def __call__(self, pairs: Sequence[Pair]) -> np.ndarray:
        """Score pairs; those with the same query are the candidates of that query.

        The passages that the strong model read have its logits. The others follow below the lowest
        of these, in the order of the fast model; only the order of their scores has a meaning.

        Args:
            pairs: n (query, passage) pairs.

        Returns:
            Scores: float32, shape (n,).

        Raises:
            TypeError: a pair is not two strings.
            ValueError: a scorer does not give one finite number per pair; and what the two scorers
                raise.
        """
        pairs = check_pairs(pairs)
        cheap = checked(self._fast(pairs), pairs)
        orders = [
            np.array(places)[np.argsort(-cheap[places], kind="stable")]
            for places in places_by_query(pairs).values()
        ]
        scores = np.empty(len(pairs), dtype=np.float32)
        depths = [self._depth(cheap[order]) for order in orders]
        kept = [place for order, n in zip(orders, depths, strict=True) for place in order[:n]]
        read = [pairs[place] for place in kept]
        scores[kept] = checked(self._strong(read), read)
        for order, n in zip(orders, depths, strict=True):
            scores[order[n:]] = scores_below(scores[order[:n]].min(), len(order) - n)
        return scores

    def _depth(self, descending: np.ndarray) -> int:
        """How many passages of one query the strong model reads, from the fast model's scores."""
        best = descending[: self._keep]
        if self._margin is None or len(best) <= self._at_least:
            return len(best)
        return int((best >= best[self._at_least - 1] - self._margin).sum())

    def expect(self, n_pairs: int) -> None:
        """Tell the fast scorer how many pairs will come in all; see `expect_pairs`."""
        expect_pairs(self._fast, n_pairs)

    def rank(
        self, query: str, passages: Sequence[str], top_k: int | None = None
    ) -> list[dict[str, object]]:
        """Order the passages of one query, best first.

        Args:
            query: the text of the query.
            passages: the texts of the passages.
            top_k: how many to return; all when None.

        Returns:
            {"corpus_id": place in `passages`, "score": the score of the pair} for each passage.

        Raises:
            TypeError: `passages` is no list of texts in an order, or `top_k` is no whole number.
            ValueError: `top_k` is below 1.
        """
        return rank_passages(self, query, passages, top_k)


def scores_below(lowest: float, n: int) -> np.ndarray:
    """Make scores for passages that follow the scored ones in a known order.

    Args:
        lowest: of the scores above them.
        n: how many passages follow.

    Returns:
        Scores below `lowest`, each lower than the one before it: float32, shape (n,). The step is
        1, or more where 32-bit floats of this size lie further apart.
    """
    step = max(1.0, 4 * float(np.spacing(np.float32(abs(lowest)))))
    return (float(lowest) - step * np.arange(1, n + 1)).astype(np.float32)


def cascade(
    fast: Scorer,
    strong: Scorer,
    keep: int,
    margin: float | None = None,
    at_least: int = AT_LEAST,
) -> Cascade:
    """Score all pairs with `fast`, and the best `keep` of each query with `strong`.

    With a margin, `strong` reads fewer where `fast` is sure: only those passages whose score is at
    most `margin` below that of the passage in place `at_least`.

    Args:
        fast: a `Reranker`, or any function of n (query, passage) pairs to n numbers, such as the
            cosines of stored vectors.
        strong: another such function.
        keep: how many passages per query `strong` reads, or with a margin at most reads.
        margin: in the scores of `fast`; choose it on queries of your own that you test nothing on.
        at_least: how many `strong` reads in any case.

    Returns:
        A function of n pairs to n numbers, with a method `rank`.

    Raises:
        ValueError: `keep` or `at_least` is below 1, or `margin` is below 0.
    """
    return Cascade(fast, strong, keep, margin, at_least)
