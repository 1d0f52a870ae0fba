"""(query, passage) pairs as token ids: a query is tokenised once, and every cut is noted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xenc_course.files import shown

from .pairs import Pair

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

TRUNCATIONS = ("passage", "longest_first", "error")


@dataclass(frozen=True, slots=True)
class Tokens:
    """One pair as the model reads it.

    Attributes:
        ids: token ids: int64, shape (tokens,), special tokens included.
        segments: of each token 0 (query) or 1 (passage): int64, shape (tokens,).
        cut: whether the pair was too long and lost its end (its beginning, where the tokenizer
            cuts on the left).
    """

    ids: np.ndarray
    segments: np.ndarray
    cut: bool

    def __len__(self) -> int:
        """How many tokens there are, special ones included."""
        return len(self.ids)


class PairTokenizer:
    """Tokenises pairs with a model's own tokenizer.

    Attributes:
        limit: how many tokens of a pair are read, special ones included.
        truncation: what happens to a longer pair.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        limit: int,
        truncation: str = "passage",
        direction: str = "right",
    ) -> None:
        """Copy the tokenizer, which is not changed.

        Args:
            tokenizer: the model's own.
            limit: how many tokens of a pair are read, special ones included.
            truncation: what happens to a longer pair. "passage" cuts the passage and
                keeps the query whole; "longest_first" shortens the longer text, as
                sentence-transformers does; "error" refuses the pair.
            direction: which end is cut, "right" or "left": a tokenizer's `truncation_side`.

        Raises:
            ValueError: the truncation is another word, or the limit leaves no room for two texts.
        """
        from tokenizers import Tokenizer

        if truncation not in TRUNCATIONS:
            raise ValueError(
                f"truncation is {truncation!r}: choose one of {', '.join(TRUNCATIONS)}."
            )
        self.limit = limit
        self.truncation = truncation
        self._reader = Tokenizer.from_str(tokenizer.to_str())
        self._reader.no_truncation()
        self._reader.no_padding()
        self._joiner = Tokenizer.from_str(self._reader.to_str())
        strategy = "longest_first" if truncation == "longest_first" else "only_second"
        self._joiner.enable_truncation(limit, strategy=strategy, direction=direction)
        self._special = self._joiner.num_special_tokens_to_add(is_pair=True)
        if limit < self._special + 2:  # below, the tokenizer would not cut at all
            raise ValueError(
                f"A limit of {limit} tokens leaves no room for a query and a passage beside "
                f"{self._special} special ones: choose a max_length of {self._special + 2} or more."
            )

    @property
    def highest_id(self) -> int:
        """The largest token id there is."""
        return max(self._reader.get_vocab(with_added_tokens=True).values())

    def __call__(self, pairs: Sequence[Pair]) -> list[Tokens]:
        """Tokenise (query, passage) pairs.

        Raises:
            ValueError: a text is no valid Unicode, a query leaves no room for a passage, or a pair
                is too long and truncation is "error".
        """
        queries = list(dict.fromkeys(query for query, _ in pairs))
        read = dict(zip(queries, self._read(queries), strict=True))
        passages = self._read([passage for _, passage in pairs])
        return [
            self._joined(read[pair[0]], passage, pair)
            for pair, passage in zip(pairs, passages, strict=True)
        ]

    def _read(self, texts: list[str]) -> list[Encoding]:
        try:
            return self._reader.encode_batch_fast(texts, add_special_tokens=False)
        except TypeError:
            broken = next(text for text in texts if not _is_unicode(text))
            raise ValueError(
                f"The text {shown(broken)} holds half of a surrogate pair, which is no character: "
                "decode it again, or replace such characters."
            ) from None

    def _joined(self, query: Encoding, passage: Encoding, pair: Pair) -> Tokens:
        length = len(query) + len(passage) + self._special
        cut = length > self.limit
        if cut and self.truncation == "error":
            raise ValueError(
                f"The pair of the query {shown(pair[0])} has {length:,} tokens and the model reads "
                f"{self.limit:,}: shorten the passage, or choose another truncation."
            )
        if len(query) + self._special >= self.limit and self.truncation == "passage":
            raise ValueError(
                f"The query {shown(pair[0])} has {len(query):,} tokens and leaves no room for a "
                f"passage in the {self.limit:,} that the model reads: shorten it, or choose "
                "truncation='longest_first'."
            )
        joined = self._joiner.post_process(query, passage)
        return Tokens(np.array(joined.ids), np.array(joined.type_ids), cut)


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
