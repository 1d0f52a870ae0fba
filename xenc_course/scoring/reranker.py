"""Score many (query, passage) pairs with a cross-encoder, as fast as this machine can.

A query is tokenised once for all its passages, pairs of similar length share a batch, and scores of
earlier pairs can be kept. Memory is bounded, however many pairs there are.
"""

from __future__ import annotations

import os
import threading
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence, Sized
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from xenc_course.display.arguments import at_least
from xenc_course.models.loading import DEFAULT_CROSS_ENCODER
from xenc_course.progress import Advance, Progress, progress_bar

from .backend_choice import BackendChooser, Choice
from .backends import run_batches
from .batches import by_budget, row_lengths
from .kept_scores import KeptScores
from .model_source import model_source
from .pairs import Pair, check_pairs, checked, in_order, is_pair, pair_key
from .ranking import rank_passages
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

    A pair's score does not depend on the pairs beside it, within 1e-4: a batch may add the same
    numbers in another order. The int8 file of a package takes one grid for a whole table, so there
    every pair is computed alone (with `batch_tokens` set, such pairs change each other's scores).

    Threads may share a reranker, and a forked process may use its parent's. A copy, also one that
    is pickled for another process, loads the model again and scores with the same backend.
    """

    def __init__(
        self,
        model: str | os.PathLike | CrossEncoder | None = None,
        backend: str = "auto",
        *,
        truncation: str = "passage",
        max_length: int | None = None,
        workers: int | None = None,
        batch_tokens: int | None = None,
        cache: int = 0,
        by_clock: bool = True,
    ) -> None:
        """Find the model and its tokenizer.

        Args:
            model: a name of the catalogue, a hub id, a folder, or a loaded `CrossEncoder`; None
                means ``$XENC_CROSS_ENCODER`` or the course's L12.
            backend: "torch" (any device), "onnx" (fp32, exported once), "onnx-int8" (8-bit
                integers, see `int8_rows`: slightly different scores), "openvino" (the fp32 export,
                in bfloat16 where the processor has it; an optional package, see
                `openvino_backend`), or "auto": the faster of the first two on some of the first
                pairs; an ONNX folder is run as it is, and a model on a GPU with torch. "auto" takes
                nothing that moves a score by more than rounding, so neither of the other two.
                `choice` says what was taken and why.
            truncation: "passage", "longest_first" or "error", see `PairTokenizer`.
            max_length: how many tokens of a pair are read, special ones included; as many as
                `CrossEncoder.predict` reads with this model when None.
            workers: threads of onnxruntime or OpenVINO; as many as there are `cores` when None.
            batch_tokens: tokens of a batch's table, padding included; when None, the backend's own.
            cache: how many pairs' scores are kept; those that were asked for longest ago go first.
            by_clock: whether "auto" times the backends. When False it takes "onnx" from 256 pairs
                on and torch for fewer, so that the same call gives the same bits each time.

        Raises:
            FileNotFoundError: there is no such model.
            ImportError: "openvino" is asked for and is not installed.
            TypeError: a number is no whole number.
            ValueError: the backend or the truncation is unknown, a number is too small, or the
                model gives more than one number per pair; and what else `load_cross_encoder`
                raises.
        """
        if model is None:
            model = os.environ.get("XENC_CROSS_ENCODER") or DEFAULT_CROSS_ENCODER
        if isinstance(model, os.PathLike):
            model = os.fspath(model)
        numbers = {"workers": workers, "batch_tokens": batch_tokens}
        for name, number in numbers.items():
            if number is not None:
                at_least(name, number, 1)
        self._options: dict[str, Any] = {
            **numbers,
            "model": model,
            "truncation": truncation,
            "cache": at_least("cache", cache, 0),
            "max_length": max_length,
            "by_clock": by_clock,
        }
        source = model_source(cast("str | CrossEncoder", model))
        self._tokenizer = PairTokenizer(
            source.tokenizer(), source.limit(max_length), truncation, source.cut_side()
        )
        self._choose = BackendChooser(source, self._tokenizer, backend, workers, by_clock=by_clock)
        self._batch_tokens = batch_tokens
        self._kept = KeptScores(cache)
        self._of_thread = threading.local()

    def __reduce__(self) -> tuple[Any, ...]:
        """How to copy it, also into another process: from the options, with the backend chosen."""
        backend = self.choice.backend if self.choice else "auto"
        return partial(Reranker, backend=backend, **self._options), ()

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
        """What the last call in this thread did."""
        return getattr(self._of_thread, "report", Report())

    def expect(self, n_pairs: int) -> None:
        """Say how many pairs will be scored in all, for "auto" to decide by.

        Only a caller who scores a long list in several calls needs to say it.

        Args:
            n_pairs: how many; of several numbers the largest counts.
        """
        self._choose.expected = max(self._choose.expected, n_pairs)

    def score(self, pairs: Iterable[Pair] | Pair, progress: Progress = True) -> np.ndarray:
        """Compute the logit of each (query, passage) pair; warn when pairs were cut.

        Args:
            pairs: n pairs, or one. An array of shape (n, 2) holds n pairs.
            progress: of the pairs, see `Progress`.

        Returns:
            Logits: float32, shape (n,), or () for one pair.

        Raises:
            TypeError: a pair is not two strings, or the pairs have no order.
            ValueError: a text cannot be tokenised, a query leaves no room for a passage, a pair is
                too long and truncation is "error", or a score is not finite; and what the pairs'
                own iterator raises.
        """
        one = is_pair(pairs)
        many = cast("Iterable[Pair]", [pairs] if one else pairs)
        rest = in_order(many, "pairs")
        total = len(many) if isinstance(many, Sized) else None
        with progress_bar(progress, total, "pair") as advance:
            scores = np.fromiter(self.stream(rest, advance), dtype=np.float32)
        if self.report.cut:
            warnings.warn(
                f"{self.report.cut:,} of {self.report.pairs:,} pairs were longer than the model "
                "reads and lost their end: split long passages, or see Reranker.report.",
                stacklevel=2,
            )
        return scores[0] if one else scores

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
            TypeError: a pair is not two strings, or the pairs have no order.
            ValueError: see `score`.
        """
        report = self._of_thread.report = Report()
        rest = in_order(pairs, "pairs")
        with progress_bar(progress, None, "pair") as advance:
            while window := list(islice(rest, WINDOW)):
                scores, done = self._window(window, advance)
                report = self._of_thread.report = report + done
                yield from scores
        self._of_thread.report = report  # the pairs' own iterator may have called this reranker

    def rank(
        self,
        query: str,
        passages: Iterable[str],
        top_k: int | None = None,
        return_documents: bool = False,
    ) -> list[dict[str, object]]:
        """Order the passages of one query, best first, as `CrossEncoder.rank` does.

        Args:
            query: the text of the query.
            passages: the texts of the passages, by position; those of equal score keep their order.
            top_k: how many to return, 1 or more; all when None.
            return_documents: whether each entry holds the passage's text.

        Returns:
            {"corpus_id": place in `passages`, "score": logit} for each passage, with "text" when
            `return_documents` is True.

        Raises:
            TypeError: `passages` is no list of texts in an order, or `top_k` is no whole number.
            ValueError: `top_k` is below 1; see also `score`.
        """
        return rank_passages(self.score, query, passages, top_k, return_documents)

    def _window(self, window: list[Pair], advance: Advance) -> tuple[np.ndarray, Report]:
        """Score up to `WINDOW` pairs; equal pairs are computed once."""
        started = time.perf_counter()
        window = check_pairs(window)
        keys = [pair_key(pair) for pair in window]
        found = self._kept.known(keys)
        new = {key: pair for key, pair in zip(keys, window, strict=True) if key not in found}
        done = Report()
        if new:
            scores, done = self._computed(list(new.values()), advance)
            found |= zip(new, scores, strict=True)
        advance(len(window) - len(new))
        self._kept.keep(found, keys)
        done += Report(pairs=len(window), seconds=time.perf_counter() - started)
        return np.array([found[key] for key in keys], dtype=np.float32), done

    def _computed(self, pairs: list[Pair], advance: Advance) -> tuple[np.ndarray, Report]:
        """Tokenise, sort into batches, run them, and put the logits into the order of the pairs."""
        backend, choice = self._choose(pairs)
        tokens = self._tokenizer(pairs)
        lengths = np.array([len(each) for each in tokens])
        rows = row_lengths(lengths, backend.step, self._tokenizer.limit)
        batches = by_budget(rows, self._batch_tokens or backend.batch_tokens)
        scores = np.empty(len(pairs), dtype=np.float32)
        results = run_batches(backend, [[tokens[place] for place in batch] for batch in batches])
        for batch, logits in zip(batches, results, strict=True):
            scores[batch] = logits
            advance(len(batch))
        done = Report(
            scored=len(pairs),
            tokens=int(lengths.sum()),
            computed=sum(len(batch) * int(rows[batch].max()) for batch in batches),
            cut=sum(each.cut for each in tokens),
            backend=str(choice),
        )
        return checked(scores, pairs), done
