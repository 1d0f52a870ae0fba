"""Score many (query, passage) pairs with a cross-encoder, as fast as this machine can.

A query is tokenised once for all its passages, pairs of similar length share a batch, and scores of
earlier pairs can be kept. Memory is bounded, however many pairs there are.
"""

from __future__ import annotations

import os
import time
import warnings
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence, Sized
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, cast

import numpy as np

from xenc_course.models.loading import DEFAULT_CROSS_ENCODER
from xenc_course.progress import Advance, Progress, progress_bar

from .backend_choice import BackendChooser, Choice
from .backends import run_batches
from .batches import by_budget
from .model_source import model_source
from .pairs import Pair, check_pairs, checked, is_pair, pair_key
from .report import Report
from .tokens import PairTokenizer

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

WINDOW = 1024  # pairs that are tokenised, sorted and scored together: what memory holds at a time


class Reranker:
    """A cross-encoder's logits, quickly: those of `CrossEncoder.predict` for the same pairs.

    Only pairs that the model cannot read whole differ: `predict` shortens the longer text, as
    truncation="longest_first" does here; by default the query stays whole.

    >>> reranker = Reranker()
    >>> reranker.score([("capital of Peru", "Lima is the capital of Peru.")])
    >>> reranker.rank("capital of Peru", ["Lima is the capital of Peru.", "Peru has coasts."])

    A pair's score does not depend on the pairs beside it: within 1e-4 in fp32, where a batch adds
    the same numbers in another order, and exactly in int8, where every pair is computed alone
    (unless `batch_tokens` is set: then int8 pairs share tables and change each other's scores).
    """

    def __init__(
        self,
        model: str | CrossEncoder | None = None,
        backend: str = "auto",
        *,
        truncation: str = "passage",
        max_length: int | None = None,
        workers: int | None = None,
        batch_tokens: int | None = None,
        cache: int = 0,
    ) -> None:
        """Find the model and its tokenizer.

        Args:
            model: a name of the catalogue, a hub id, a folder, or a loaded `CrossEncoder`; None
                means ``$XENC_CROSS_ENCODER`` or the course's L12.
            backend: "torch" (any device), "onnx" (fp32, exported once), "onnx-int8" (8-bit
                integers: slightly different scores, see lesson 05), or "auto": the faster of the
                first two on some of the first pairs; an ONNX folder is run as it is, and a model on
                a GPU with torch. `choice` says what was taken and why.
            truncation: "passage", "longest_first" or "error", see `PairTokenizer`.
            max_length: how many tokens of a pair are read, special ones included; as many as
                `CrossEncoder.predict` reads with this model when None.
            workers: threads of onnxruntime; as many as there are cores when None.
            batch_tokens: tokens of a batch's table, padding included; when None, the backend's own.
            cache: how many pairs' scores are kept; those that were asked for longest ago go first.

        Raises:
            FileNotFoundError: there is no such model.
            ValueError: the backend or the truncation is unknown, a number is too small, or the
                model gives more than one number per pair; and what else `load_cross_encoder`
                raises.
        """
        if isinstance(model, str) or model is None:
            model = model or os.environ.get("XENC_CROSS_ENCODER") or DEFAULT_CROSS_ENCODER
        if cache < 0 or any(n is not None and n < 1 for n in (workers, batch_tokens)):
            raise ValueError("workers and batch_tokens are 1 or more, and cache is 0 or more.")
        source = model_source(model)
        self._tokenizer = PairTokenizer(source.tokenizer(), source.limit(max_length), truncation)
        self._choose = BackendChooser(source, self._tokenizer, backend, workers)
        self._batch_tokens = batch_tokens
        self._kept: OrderedDict[bytes, np.float32] = OrderedDict()
        self._room = cache
        self._report = Report()

    @property
    def choice(self) -> Choice | None:
        """Which backend scores, and why; None before "auto" has seen its first pairs."""
        return self._choose.made

    @property
    def tokenizer(self) -> PairTokenizer:
        """What turns pairs into tokens."""
        return self._tokenizer

    @property
    def report(self) -> Report:
        """What the last call did."""
        return self._report

    def score(self, pairs: Iterable[Pair] | Pair, progress: Progress = True) -> np.ndarray:
        """Compute the logit of each (query, passage) pair; warn when pairs were cut.

        Args:
            pairs: n pairs, or one.
            progress: of the pairs, see `Progress`.

        Returns:
            Logits: float32, shape (n,), or () for one pair.

        Raises:
            TypeError: a pair is not two strings.
            ValueError: a text cannot be tokenised, a query leaves no room for a passage, a pair is
                too long and truncation is "error", or a score is not finite; and what the pairs'
                own iterator raises.
        """
        if is_pair(pairs):
            return self.score([pairs], progress)[0]
        many = cast("Iterable[Pair]", pairs)
        total = len(many) if isinstance(many, Sized) else None
        with progress_bar(progress, total, "pair") as advance:
            scores = np.fromiter(self.stream(many, advance), dtype=np.float32)
        if self._report.cut:
            warnings.warn(
                f"{self._report.cut:,} of {self._report.pairs:,} pairs were longer than the model "
                "reads and lost their end: split long passages, or see Reranker.report.",
                stacklevel=2,
            )
        return scores

    def __call__(self, pairs: Sequence[Pair]) -> np.ndarray:
        """`score` without a bar: a reranker can be used wherever a function of pairs is wanted."""
        return self.score(pairs, progress=False)

    def stream(self, pairs: Iterable[Pair], progress: Progress = False) -> Iterator[np.float32]:
        """Compute logits one by one, in bounded memory; `report` grows after every `WINDOW` pairs.

        Args:
            pairs: (query, passage) pairs, of which `WINDOW` are held at a time.
            progress: of the pairs, see `Progress`.

        Yields:
            The logit of each pair, in order.

        Raises:
            TypeError: a pair is not two strings.
            ValueError: see `score`.
        """
        self._report = Report()
        rest = iter(pairs)
        with progress_bar(progress, None, "pair") as advance:
            while window := list(islice(rest, WINDOW)):
                yield from self._window(window, advance)

    def rank(
        self,
        query: str,
        passages: Sequence[str],
        top_k: int | None = None,
        return_documents: bool = False,
    ) -> list[dict[str, object]]:
        """Order the passages of one query, best first, as `CrossEncoder.rank` does.

        Args:
            query: the text of the query.
            passages: the texts of the passages; those of equal score keep their order.
            top_k: how many to return; all when None.
            return_documents: whether each entry holds the passage's text.

        Returns:
            {"corpus_id": place in `passages`, "score": logit} for each passage, with "text" when
            `return_documents` is True.

        Raises:
            TypeError: `passages` is one string in place of a list.
            ValueError: see `score`.
        """
        if isinstance(passages, str):
            raise TypeError("passages is one string: give a list of passages.")
        scores = self.score([(query, passage) for passage in passages])
        ranking = []
        for place in np.argsort(-scores, kind="stable")[:top_k]:
            entry = {"corpus_id": int(place), "score": scores[place]}
            ranking.append(entry | {"text": passages[place]} if return_documents else entry)
        return ranking

    def _window(self, window: list[Pair], advance: Advance) -> np.ndarray:
        """Score up to `WINDOW` pairs; equal pairs are computed once."""
        started = time.perf_counter()
        check_pairs(window)
        keys = [pair_key(pair) for pair in window]
        found = {key: self._kept[key] for key in keys if key in self._kept}
        new = {key: pair for key, pair in zip(keys, window, strict=True) if key not in found}
        if new:
            found |= zip(new, self._computed(list(new.values()), advance), strict=True)
        advance(len(window) - len(new))
        self._keep(keys, found)
        self._report = replace(
            self._report,
            pairs=self._report.pairs + len(window),
            seconds=self._report.seconds + time.perf_counter() - started,
        )
        return np.array([found[key] for key in keys], dtype=np.float32)

    def _computed(self, pairs: list[Pair], advance: Advance) -> np.ndarray:
        """Tokenise, sort into batches, run them, and put the logits into the order of the pairs."""
        backend, choice = self._choose(pairs)
        tokens = self._tokenizer(pairs)
        lengths = np.array([len(each) for each in tokens])
        batches = by_budget(lengths, self._batch_tokens or backend.batch_tokens)
        scores = np.empty(len(pairs), dtype=np.float32)
        results = run_batches(backend, [[tokens[place] for place in batch] for batch in batches])
        for batch, logits in zip(batches, results, strict=True):
            scores[batch] = logits
            advance(len(batch))
        before = self._report
        self._report = replace(
            before,
            scored=before.scored + len(pairs),
            tokens=before.tokens + int(lengths.sum()),
            computed=before.computed + sum(len(b) * int(lengths[b].max()) for b in batches),
            cut=before.cut + sum(each.cut for each in tokens),
            backend=choice.backend,
        )
        return checked(scores, pairs)

    def _keep(self, keys: list[bytes], found: dict[bytes, np.float32]) -> None:
        """Remember the scores of the pairs that were asked for last."""
        if self._room:
            for key in keys:
                self._kept[key] = found[key]
                self._kept.move_to_end(key)
            while len(self._kept) > self._room:
                self._kept.popitem(last=False)
