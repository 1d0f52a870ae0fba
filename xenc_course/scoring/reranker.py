"""Score many (query, passage) pairs with a cross-encoder, as fast as this machine can.

Nothing is spent twice: a query is tokenised once for all its passages, pairs of like length share a
batch, and a pair that was scored before may be remembered. Memory is bounded whatever comes in.
"""

from __future__ import annotations

import os
import time
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, cast

import numpy as np

from xenc_course.models.loading import DEFAULT_CROSS_ENCODER

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

    Pairs that the model cannot read whole are the exception: `predict` shortens the longer text,
    as truncation="longest_first" does here; by default the query stays whole.

    >>> reranker = Reranker()
    >>> reranker.score([("capital of Peru", "Lima is the capital of Peru.")])
    >>> reranker.rank("capital of Peru", ["Lima is the capital of Peru.", "Peru has coasts."])

    A pair's score does not depend on the pairs beside it: within 1e-4 in fp32, where a batch adds
    the same numbers in another order, and exactly in int8, where every pair is computed alone
    (unless `batch_tokens` is set: then int8 pairs share tables, and move each other's scores).
    """

    def __init__(
        self,
        model: str | CrossEncoder | None = None,
        backend: str = "auto",
        *,
        truncation: str = "passage",
        workers: int | None = None,
        batch_tokens: int | None = None,
        cache: int = 0,
    ) -> None:
        """model: a name of the catalogue, a hub id, a folder, or a loaded `CrossEncoder`; None
        means ``$XENC_CROSS_ENCODER`` or the course's L12.

        backend: "torch" (any device), "onnx" (fp32, exported once), "onnx-int8" (8-bit integers: a
        little other scores, see lesson 05), or "auto": the faster of the first two on some of the
        first pairs; an ONNX folder is run as it is, and a GPU means torch. `choice` says what was
        taken and why.
        truncation: see `PairTokenizer`. workers: threads of onnxruntime (cores). batch_tokens: of
        a batch's table, padding included. cache: pairs whose scores are kept, the oldest go first.

        Raises what `load_cross_encoder` raises, and ValueError for an unknown backend or truncation
        and for a model that gives more than one number a pair.
        """
        if isinstance(model, str) or model is None:
            model = model or os.environ.get("XENC_CROSS_ENCODER") or DEFAULT_CROSS_ENCODER
        if cache < 0 or any(n is not None and n < 1 for n in (workers, batch_tokens)):
            raise ValueError("workers and batch_tokens are 1 or more, and cache is 0 or more.")
        source = model_source(model)
        self._tokenizer = PairTokenizer(source.tokenizer(), source.limit(), truncation)
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

    def score(
        self, pairs: Iterable[Pair] | Pair, progress: bool | Callable[[int], object] = True
    ) -> np.ndarray:
        """The logit of each (query, passage) pair: float32, shape (n,); of one pair, shape ().

        progress: a bar on stderr from the second second on, or a function that is called with the
        number of pairs done since its last call. Warns when pairs were cut.

        Raises TypeError when a pair is not two strings, ValueError for text that cannot be
        tokenised, for a query that leaves no room for a passage, for a pair that is too long when
        truncation is "error", and for a score that is not finite; what the pairs' own iterator
        raises goes on.
        """
        if is_pair(pairs):
            return self.score([pairs], progress)[0]
        many = cast("Iterable[Pair]", pairs)
        total = len(many) if isinstance(many, Sized) else None
        with _bar(total, progress) as advance:
            scores = np.fromiter(self.stream(many, advance), dtype=np.float32)
        if self._report.cut:
            warnings.warn(
                f"{self._report.cut:,} of {self._report.pairs:,} pairs were longer than the model "
                "reads and lost their end: split long passages, or see Reranker.report.",
                stacklevel=2,
            )
        return scores

    def __call__(self, pairs: Sequence[Pair]) -> np.ndarray:
        """`score` without a bar: a reranker serves wherever a function of pairs is wanted."""
        return self.score(pairs, progress=False)

    def stream(
        self, pairs: Iterable[Pair], progress: Callable[[int], object] | None = None
    ) -> Iterator[np.float32]:
        """The logits one by one, in order, in bounded memory; `report` grows with every window.

        progress: called with the number of pairs done since its last call.
        """
        self._report = Report()
        rest = iter(pairs)
        while window := list(islice(rest, WINDOW)):
            yield from self._window(window, progress or (lambda done: None))

    def rank(
        self,
        query: str,
        passages: Sequence[str],
        top_k: int | None = None,
        return_documents: bool = False,
    ) -> list[dict[str, object]]:
        """The passages, best first, as `CrossEncoder.rank` gives them.

        Each is {"corpus_id": place in `passages`, "score": logit}, with "text" when documents are
        wanted. Equal scores keep the order of the passages.
        """
        if isinstance(passages, str):
            raise TypeError("passages is one string: give a list of passages.")
        scores = self.score([(query, passage) for passage in passages])
        ranking = []
        for place in np.argsort(-scores, kind="stable")[:top_k]:
            entry = {"corpus_id": int(place), "score": scores[place]}
            ranking.append(entry | {"text": passages[place]} if return_documents else entry)
        return ranking

    def _window(self, window: list[Pair], advance: Callable[[int], object]) -> np.ndarray:
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

    def _computed(self, pairs: list[Pair], advance: Callable[[int], object]) -> np.ndarray:
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


@contextmanager
def _bar(
    total: int | None, progress: bool | Callable[[int], object]
) -> Iterator[Callable[[int], object]]:
    """What to tell how many pairs are done: a function, or a bar that shows after two seconds."""
    if callable(progress):
        yield progress
        return
    from tqdm import tqdm

    with tqdm(total=total, unit="pair", delay=2, disable=not progress) as bar:
        yield bar.update
