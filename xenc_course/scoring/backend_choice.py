"""Which backend scores: the one that was asked for, or the faster of two on the caller's pairs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xenc_course.models.onnx_export import (
    exported,
    is_dynamic_int8,
    is_exported,
    logits_apart,
    onnx_path,
)
from xenc_course.processes import ProcessLock

from .backends import Backend, OnnxBackend, TorchBackend, run_batches
from .batches import by_budget
from .model_source import MAX_TOKENS, ModelSource
from .openvino_backend import OpenVinoBackend, openvino
from .pairs import Pair
from .tokens import PairTokenizer, Tokens

BACKENDS = ("auto", "torch", "onnx", "onnx-int8", "openvino")
TRIED = 12  # pairs on which "auto" times the backends
EXPORT_FROM = 256  # pairs: for fewer, exporting to ONNX takes longer than it can save


@dataclass(frozen=True)
class Choice:
    """Which backend scores, and why.

    Attributes:
        backend: "torch", "onnx", "onnx-int8" or "openvino".
        why: the reason, in a sentence.
        precision: "bf16" or "f32" of OpenVINO, which chooses it by the processor; "" of the others.
    """

    backend: str
    why: str
    precision: str = ""

    def __str__(self) -> str:
        """The backend with its precision, such as "openvino, bf16"."""
        return ", ".join(filter(None, (self.backend, self.precision)))


class BackendChooser:
    """Makes the backend of a model at once, or with "auto" when the first pairs are known.

    Attributes:
        made: what was chosen and why; None before "auto" has seen its first pairs.
        expected: how many pairs will be scored in all, as far as the caller has said. When "auto"
            has taken PyTorch for a few pairs and many are to follow, it decides once more.
    """

    def __init__(
        self,
        source: ModelSource,
        tokenizer: PairTokenizer,
        backend: str,
        workers: int | None,
        *,
        by_clock: bool = True,
    ) -> None:
        """Make the backend, unless the pairs decide.

        Args:
            source: the model.
            tokenizer: its tokenizer.
            backend: one of `BACKENDS`. An ONNX file without PyTorch weights is run as it is, except
                with "torch", which is refused, and by OpenVINO where that was asked for. With
                "auto", a model on a GPU is run with PyTorch.
            workers: threads of onnxruntime or OpenVINO; as many as there are cores when None.
            by_clock: whether "auto" takes the faster backend; see `Reranker`.

        Raises:
            ImportError: OpenVINO is asked for and is not installed.
            ValueError: there is no such backend; and what loading and exporting raise.
        """
        if backend not in BACKENDS:
            raise ValueError(f"backend is {backend!r}: choose one of {', '.join(BACKENDS)}.")
        if backend == "openvino":
            openvino()  # before a model is exported for it
        self._source = source
        self._tokenizer = tokenizer
        self._workers = workers
        self._by_clock = by_clock
        self.made: Choice | None = None
        self.expected = 0
        self._backend: Backend | None = None
        self._for_few = False
        self._lock = ProcessLock()
        if source.onnx_file is not None:
            if backend == "torch":
                source.cross_encoder()  # says that PyTorch cannot load it
            self._backend, self.made = self._take_file(source.onnx_file, backend)
        elif source.int8_of:
            if backend not in ("auto", "onnx-int8"):  # OpenVINO compiles such files for minutes
                raise ValueError(
                    f"The model is {source.int8_of} in 8-bit integers: leave out the backend, or "
                    f"name {source.int8_of}."
                )
            self._backend = self._make("onnx-int8")
            self.made = Choice("onnx-int8", "The name of the model says so.")
        elif backend == "openvino":
            path = exported(source.fingerprint(), source.cross_encoder)
            self._backend, self.made = self._in_openvino(path)
        elif backend != "auto":
            self._backend, self.made = self._make(backend), Choice(backend, "It was asked for.")
        elif why := source.torch_only():
            self._backend, self.made = self._make("torch"), Choice("torch", why)
        elif source.on_gpu():
            self._backend = self._make("torch")
            self.made = Choice("torch", "The model is on a GPU.")

    def __call__(self, pairs: Sequence[Pair]) -> tuple[Backend, Choice]:
        """Give the backend and why it was chosen.

        Args:
            pairs: (query, passage) pairs to time the backends on, if none has been chosen yet.

        Raises:
            ValueError: the model cannot be exported to ONNX or loaded.
        """
        with self._lock:  # threads that share a reranker decide once
            n_pairs = max(len(pairs), self.expected)
            many = n_pairs >= EXPORT_FROM
            if self._backend is None or self.made is None or (self._for_few and many):
                self._for_few = not many and not (self._by_clock and self._is_exported())
                if self._for_few:
                    self._backend, self.made = self._make("torch"), _too_few(n_pairs)
                else:
                    self._backend, self.made = self._exact(pairs)
            return self._backend, self.made

    def _is_exported(self) -> bool:
        return is_exported(onnx_path(self._source.fingerprint()))

    def _exact(self, pairs: Sequence[Pair]) -> tuple[Backend, Choice]:
        """Time both exact backends on some of the pairs, and take the faster; or ONNX untimed.

        PyTorch is taken where the export fails, as in a cache that cannot be written, and where it
        gives other logits than PyTorch, as a damaged one does.
        """
        torch = self._make("torch")
        tokens = sorted(self._tokenizer(pairs[:: max(1, len(pairs) // TRIED)]), key=len)
        try:
            rivals = {"torch": torch, "onnx": self._make("onnx")}
            logits = {name: _logits(backend, tokens) for name, backend in rivals.items()}
        except Exception as error:  # the exporter, onnxruntime and the disk share no base but this
            why = f"The model cannot be run in ONNX here: {' '.join(str(error).split())[:120]}"
            return torch, Choice("torch", why)
        if apart := logits_apart(logits["onnx"], logits["torch"]):
            why = f"The model's ONNX export gives other logits, by up to {apart:.3g}."
            return torch, Choice("torch", why)
        if not self._by_clock:
            return rivals["onnx"], Choice("onnx", f"There are at least {EXPORT_FROM} pairs.")
        return _faster(rivals, tokens)

    def _make(self, backend: str) -> Backend:
        source = self._source
        if backend == "torch":
            return TorchBackend(source.cross_encoder())
        int8 = backend == "onnx-int8"
        path = exported(source.fingerprint(), source.cross_encoder, int8=int8)
        return OnnxBackend(path, source.pad(), self._workers, alone=False)

    def _in_openvino(self, path: Path) -> tuple[Backend, Choice]:
        """Run an fp32 ONNX file with OpenVINO, after a trial; see `refuse_other_logits`.

        The trial is a short pair, and the largest token id at every position.
        """
        limit = self._tokenizer.limit
        backend = OpenVinoBackend(path, self._source.pad(), self._workers, limit=limit)
        (short,) = self._tokenizer([("a", "b")])
        long = min(limit, MAX_TOKENS)
        highest = np.full(long, self._tokenizer.highest_id)
        backend.refuse_other_logits(
            [short, Tokens(highest, np.resize(short.segments, long), cut=False)]
        )
        why = "It was asked for, and this processor has no instructions for bfloat16."
        if backend.precision == "bf16":
            why = (
                "It was asked for, and computes in bfloat16, which this processor has "
                "instructions for: a logit may differ by about 0.1 from that of fp32."
            )
        return backend, Choice("openvino", why, backend.precision)

    def _take_file(self, path: Path, backend: str) -> tuple[Backend, Choice]:
        """Run an ONNX file as it is, after a trial with the largest token id."""
        int8 = is_dynamic_int8(path)
        if backend == "openvino":
            if int8:
                raise ValueError(
                    "The folder holds an ONNX file of 8-bit integers, which OpenVINO compiles for "
                    "minutes: leave out the backend, or give the model in fp32."
                )
            return self._in_openvino(path)
        runtime = OnnxBackend(path, self._source.pad(), self._workers, alone=int8)
        ids = np.full(4, self._tokenizer.highest_id)
        runtime([Tokens(ids, np.zeros(4, dtype=np.int64), cut=False)])
        why = "The folder holds an ONNX file."
        return runtime, Choice("onnx-int8" if int8 else "onnx", why)


def _faster(rivals: Mapping[str, Backend], tokens: Sequence[Tokens]) -> tuple[Backend, Choice]:
    """Time backends on some pairs, in turn."""
    best = dict.fromkeys(rivals, float("inf"))
    for _ in range(2):  # both are warm by now; the better round is kept
        for name, backend in rivals.items():
            best[name] = min(best[name], _seconds(backend, tokens))
    fast, slow = sorted(best, key=lambda name: best[name])
    why = f"On {len(tokens)} of the pairs it took {best[fast]:.3f} s, {slow} {best[slow]:.3f} s."
    return rivals[fast], Choice(fast, why)


def _too_few(n_pairs: int) -> Choice:
    why = (
        f"{n_pairs} pairs are too few for an export to ONNX, which is tried from {EXPORT_FROM} "
        "pairs on."
    )
    return Choice("torch", why)


def _logits(backend: Backend, tokens: Sequence[Tokens]) -> np.ndarray:
    """The logits of some pairs, in the order of the batches: float32, shape (pairs,)."""
    batches = by_budget([len(each) for each in tokens], backend.batch_tokens)
    parts = run_batches(backend, [[tokens[place] for place in batch] for batch in batches])
    return np.concatenate(list(parts))


def _seconds(backend: Backend, tokens: Sequence[Tokens]) -> float:
    started = time.perf_counter()
    _logits(backend, tokens)
    return time.perf_counter() - started
