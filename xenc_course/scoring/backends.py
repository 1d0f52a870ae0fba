"""What computes the logits of a batch: PyTorch on any device, or onnxruntime on the CPU.

`openvino_backend` holds a third, which is optional.

onnxruntime runs one batch per thread, on as many threads as there are cores. Two batches at once
finish sooner than two threads on one batch, because threads that share a batch wait for each other
after every layer (measured on two cores: 1.26 to 1.30 times as many pairs per second).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from xenc_course.processes import cores

from .tokens import Tokens

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from sentence_transformers import CrossEncoder

# One of onnxruntime's optimisations costs time on a CPU: its joint kernel for a sum and the layer
# norm after it is slower than the two apart. Without it a pair of 48 tokens takes 9 % less (int8).
SLOWER = ["SkipLayerNormFusion"]
# A batch on a CPU: larger tables leave its caches, smaller ones cost more calls. In onnxruntime a
# call costs little, and small tables have less padding and suit several workers (10 pairs: 1.14
# times as fast as with 512 tokens, 100 pairs: 1.03 times).
ONNX_TOKENS = 256
CPU_TOKENS = 512
GPU_TOKENS = 16_384


class Backend(Protocol):
    """What computes the logits of batches.

    Attributes:
        workers: how many threads may call it side by side.
        batch_tokens: how many tokens a batch's table may hold, padding included.
        step: it fills the rows of a table up to a multiple of so many tokens.
    """

    workers: int
    batch_tokens: int
    step: int

    def __call__(self, batch: Sequence[Tokens]) -> np.ndarray:
        """Compute the logits of a batch: float32, shape (pairs,).

        Raises:
            ValueError: the model cannot read the tokens, or does not give one number per pair.
        """


def table(
    batch: Sequence[Tokens], pad: int, *, left: bool = False, length: int = 0
) -> dict[str, np.ndarray]:
    """Put the tokens of a batch into tables.

    Args:
        batch: the pairs.
        pad: the id of the padding token.
        left: whether the padding stands before a pair's tokens and not behind them.
        length: tokens of a row; as many as the longest pair has where that is more.

    Returns:
        "input_ids", "token_type_ids" and "attention_mask": int64, shape (pairs, row).
    """
    shape = (len(batch), max(length, *map(len, batch)))
    ids, segments = np.full(shape, pad, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    mask = np.zeros(shape, dtype=np.int64)
    for row, tokens in enumerate(batch):
        place = slice(shape[1] - len(tokens), None) if left else slice(len(tokens))
        ids[row, place] = tokens.ids
        segments[row, place] = tokens.segments
        mask[row, place] = 1
    return {"input_ids": ids, "token_type_ids": segments, "attention_mask": mask}


def onnx_session(path: Path) -> InferenceSession:
    """Load an ONNX file for the CPU, with one thread per call.

    Raises:
        ValueError: the file is no whole ONNX model.
    """
    from onnxruntime import InferenceSession, SessionOptions, disable_telemetry_events

    disable_telemetry_events()  # a caller may have imported onnxruntime before the course
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
    """An ONNX file, run by several threads that call it side by side.

    Attributes:
        workers: how many threads call it.
        batch_tokens: how many tokens a batch's table may hold, padding included.
        step: 1, because rows are as long as the longest pair.
    """

    step = 1

    def __init__(
        self, path: Path, pad: int = 0, workers: int | None = None, *, alone: bool
    ) -> None:
        """Load the file.

        Args:
            path: the ONNX file.
            pad: the id of the padding token.
            workers: threads; as many as there are cores when None.
            alone: whether every pair is scored in a call of its own. Dynamic int8 takes one scale
                for a whole table of numbers, so in a batch the score of a pair would depend on its
                neighbours.

        Raises:
            ValueError: the file is no whole ONNX model.
        """
        self._session = onnx_session(path)
        self._inputs = [entry.name for entry in self._session.get_inputs()]
        self._pad = pad
        self.workers = workers or cores()
        self.batch_tokens = 1 if alone else ONNX_TOKENS

    def __call__(self, batch: Sequence[Tokens]) -> np.ndarray:
        """Compute the logits of a batch: float32, shape (pairs,).

        Raises:
            ValueError: the model cannot read the tokens, or does not give one number per pair.
        """
        values = table(batch, self._pad)
        try:
            feed = {name: values[name] for name in self._inputs}
            found = self._session.run(None, feed)[0]
        except Exception as error:  # an input that pairs do not have, a token id out of range
            raise ValueError(
                f"The ONNX model cannot read these tokens ({str(error)[:80]}): use the tokenizer "
                "that belongs to the model."
            ) from error
        return one_per_pair(found, len(batch))


class TorchBackend:
    """A loaded `CrossEncoder` on its device; PyTorch's own threads share each batch.

    Attributes:
        workers: 1, because only one batch is computed at a time.
        batch_tokens: how many tokens a batch's table may hold, padding included.
        step: 1, because rows are as long as the longest pair.
    """

    workers = 1
    step = 1

    def __init__(self, model: CrossEncoder) -> None:
        """Put the model into evaluation mode, so that no dropout is left on."""
        self._model = model.eval()
        self._device = model.device
        self._inputs = model.tokenizer.model_input_names
        self._pad = model.tokenizer.pad_token_id or 0
        # A language model's score is read off its answer to the last token, so that has to be last.
        self._answers = getattr(model[0], "transformer_task", "") in (
            "text-generation",
            "any-to-any",
        )
        self.batch_tokens = CPU_TOKENS if model.device.type == "cpu" else GPU_TOKENS

    def __call__(self, batch: Sequence[Tokens]) -> np.ndarray:
        """Compute the logits of a batch: float32, shape (pairs,).

        Raises:
            ValueError: the model cannot read the tokens, or does not give one number per pair.
        """
        import torch

        values = table(batch, self._pad, left=self._answers)
        feed: dict[str, Any] = {
            n: torch.from_numpy(values[n]).to(self._device) for n in self._inputs
        }
        if self._answers:
            feed["logits_to_keep"] = 1  # of one token, not of all: each has one per known word
        try:
            with torch.inference_mode():
                found = self._model(feed)["scores"].float().cpu().numpy()
        except IndexError as error:  # a segment or a position that its tables do not have
            raise ValueError(
                f"The model cannot read these tokens ({str(error)[:80]}): use the tokenizer that "
                "belongs to the model."
            ) from error
        return one_per_pair(found, len(batch))


def run_batches(backend: Backend, batches: Sequence[Sequence[Tokens]]) -> Iterator[np.ndarray]:
    """Compute batches, as many side by side as the backend has workers.

    Args:
        backend: what computes them.
        batches: the pairs of each batch.

    Yields:
        The logits of each batch, in order: float32, shape (pairs of the batch,).

    Raises:
        ValueError: what the backend raises.
    """
    if backend.workers == 1:
        yield from map(backend, batches)
        return
    with ThreadPoolExecutor(backend.workers) as pool:
        yield from pool.map(backend, batches)


def one_per_pair(found: np.ndarray, n_pairs: int) -> np.ndarray:
    """Give a model's output the shape (n_pairs,), as float32.

    Args:
        found: the output, of any shape that holds one number per pair.
        n_pairs: how many pairs were computed.

    Raises:
        ValueError: the output is not one number per pair.
    """
    if found.size != n_pairs:
        raise ValueError(
            f"The model gives {found.size / n_pairs:g} numbers per pair, and a reranker gives one: "
            "choose a cross-encoder with one label."
        )
    return np.asarray(found, dtype=np.float32).reshape(n_pairs)
