"""What computes the logits of a batch: PyTorch on any device, or onnxruntime on the CPU.

onnxruntime runs one batch a thread, on as many threads as there are cores: two batches at once
finish sooner than two threads on one batch, because threads that share a batch wait for each other
after every layer (measured on two cores: 1.26 to 1.30 times the pairs a second).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xenc_course.models.loading import transformer

from .tokens import Tokens

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from sentence_transformers import CrossEncoder

# Of onnxruntime's rewritings of a model one costs time on a CPU: its kernel for a sum and the layer
# norm after it is slower than the two apart. Without it a pair of 48 tokens takes 9 % less (int8).
SLOWER = ["SkipLayerNormFusion"]
CPU_TOKENS = 512  # a batch on a CPU: larger tables leave its caches, smaller ones cost more calls
GPU_TOKENS = 16_384


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def table(batch: Sequence[Tokens], pad: int) -> dict[str, np.ndarray]:
    """input_ids, token_type_ids and attention_mask (int64, [pairs, longest]) of a batch."""
    shape = (len(batch), max(map(len, batch)))
    ids, segments = np.full(shape, pad, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    mask = np.zeros(shape, dtype=np.int64)
    for row, tokens in enumerate(batch):
        ids[row, : len(tokens)] = tokens.ids
        segments[row, : len(tokens)] = tokens.segments
        mask[row, : len(tokens)] = 1
    return {"input_ids": ids, "token_type_ids": segments, "attention_mask": mask}


def onnx_session(path: Path) -> InferenceSession:
    """An ONNX file on the CPU, one thread a call; ValueError when it is no whole ONNX model."""
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return InferenceSession(path, options, ["CPUExecutionProvider"], disabled_optimizers=SLOWER)
    except Exception as error:  # onnxruntime's own exceptions share no base but this
        raise ValueError(
            f"{path.name} is no whole ONNX model ({str(error)[:80]}): fetch or export it again."
        ) from error


class OnnxBackend:
    """An ONNX file, run by `workers` threads that call it side by side.

    `alone` scores every pair in a call of its own. Dynamic int8 takes one scale for a whole table
    of numbers, so in a batch the score of a pair would depend on its neighbours.
    """

    def __init__(
        self, path: Path, pad: int = 0, workers: int | None = None, *, alone: bool
    ) -> None:
        """Raises ValueError when the file is no whole ONNX model."""
        self._session = onnx_session(path)
        self._inputs = [entry.name for entry in self._session.get_inputs()]
        self._pad = pad
        self.workers = workers or cores()
        self.batch_tokens = 1 if alone else CPU_TOKENS

    def __call__(self, batch: Sequence[Tokens]) -> np.ndarray:
        """The logits of a batch, float32; ValueError when they are not one a pair."""
        values = table(batch, self._pad)
        try:
            feed = {name: values[name] for name in self._inputs}
            found = self._session.run(None, feed)[0]
        except Exception as error:  # an input that pairs do not have, a token id out of range
            raise ValueError(
                f"The ONNX model cannot read these tokens ({str(error)[:80]}): is it of another "
                "model than the tokenizer?"
            ) from error
        return one_a_pair(found, len(batch))


class TorchBackend:
    """A loaded `CrossEncoder` on its device; PyTorch's own threads share each batch."""

    workers = 1

    def __init__(self, model: CrossEncoder) -> None:
        """The model is put into evaluation mode, so that no dropout is left on."""
        self._model = transformer(model).eval()
        self._device = model.device
        self._inputs = model.tokenizer.model_input_names
        self._pad = model.tokenizer.pad_token_id
        self.batch_tokens = CPU_TOKENS if model.device.type == "cpu" else GPU_TOKENS

    def __call__(self, batch: Sequence[Tokens]) -> np.ndarray:
        """The logits of a batch, float32; ValueError when they are not one a pair."""
        import torch

        values = table(batch, self._pad)
        feed = {n: torch.from_numpy(values[n]).to(self._device) for n in self._inputs}
        with torch.inference_mode():
            found = self._model(**feed).logits.float().cpu().numpy()
        return one_a_pair(found, len(batch))


Backend = OnnxBackend | TorchBackend


def run_batches(backend: Backend, batches: Sequence[Sequence[Tokens]]) -> Iterator[np.ndarray]:
    """The logits of each batch, in order; the backend's workers compute side by side."""
    if backend.workers == 1:
        yield from map(backend, batches)
        return
    with ThreadPoolExecutor(backend.workers) as pool:
        yield from pool.map(backend, batches)


def one_a_pair(found: np.ndarray, pairs: int) -> np.ndarray:
    """The model's output as float32 (pairs,); ValueError when it is not one number a pair."""
    if found.size != pairs:
        raise ValueError(
            f"The model gives {found.size / pairs:g} numbers a pair, and a reranker gives one: "
            "choose a cross-encoder with one label."
        )
    return np.asarray(found, dtype=np.float32).reshape(pairs)
