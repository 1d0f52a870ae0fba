"""Score many (query, passage) pairs with a cross-encoder, through PyTorch or onnxruntime."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .models import DEFAULT_CROSS_ENCODER, load_cross_encoder, model_folder

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

Pair = tuple[str, str]
Scorer = Callable[[Sequence[Pair]], np.ndarray]

MAX_TOKENS = (
    512  # of query, passage and special tokens together: what BERT-like models were trained on
)
BLOCK = 32  # pairs between two reports of progress


def score_pairs(
    model: str | CrossEncoder | Scorer,
    pairs: Sequence[Pair],
    progress: Callable[[int], object] | None = None,
) -> np.ndarray:
    """The logit of each (query, passage) pair, float32, shape (n,).

    model: what `load_scorer` takes, a loaded `CrossEncoder`, or a function of n pairs to n numbers.
    progress: called with the number of pairs scored since the last call, such as `tqdm.update`.

    Raises TypeError when a pair is not two strings, ValueError when the model gives another number
    of scores than there are pairs or one that is not finite, and what `load_scorer` raises.
    """
    for pair in pairs:
        if isinstance(pair, str) or [type(text) for text in pair] != [str, str]:
            raise TypeError(f"A pair is (query, passage), two strings, not {pair!r}.")
    scorer = _as_scorer(model)
    scores = np.empty(len(pairs), dtype=np.float32)
    for start in range(0, len(pairs), BLOCK):
        block = pairs[start : start + BLOCK]
        scores[start : start + BLOCK] = _checked(scorer(block), block)
        if progress is not None:
            progress(len(block))
    return scores


def load_scorer(name: str | None = None) -> Scorer:
    """A function from n (query, passage) pairs to their n logits, float32.

    name: a name of the catalogue, a hub id, or a folder that holds `model.safetensors`, or
    `model.onnx` and `tokenizer.json`; the default cross-encoder if None. Of a pair longer than the
    model takes, the end of the longer text is cut off, as sentence-transformers does.

    Raises what `load_cross_encoder` raises.
    """
    folder = model_folder(name or os.environ.get("XENC_CROSS_ENCODER") or DEFAULT_CROSS_ENCODER)
    if (folder / "model.onnx").is_file() and not any(folder.glob("*.safetensors")):
        return _onnx_scorer(folder)
    return _as_scorer(load_cross_encoder(str(folder)))


def _as_scorer(model: str | CrossEncoder | Scorer) -> Scorer:
    if isinstance(model, str):
        return load_scorer(model)
    if not hasattr(model, "predict"):
        return model
    # On a CPU small batches waste less on padding (lesson 06); a GPU wants larger ones.
    size = 4 if model.device.type == "cpu" else BLOCK
    return lambda pairs: model.predict(list(pairs), batch_size=size, show_progress_bar=False)


def _onnx_scorer(folder: Path) -> Scorer:
    """One pair at a time, on as many threads as there are cores.

    A CPU gains nothing from larger batches, nothing is spent on padding, and a score does not hang
    on the pair's neighbours: in a batch, dynamic int8 would take one scale for all.
    """
    from concurrent.futures import ThreadPoolExecutor

    from onnxruntime import InferenceSession, SessionOptions
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    options = SessionOptions()
    options.intra_op_num_threads = 1
    session = InferenceSession(
        str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
    )
    inputs = [entry.name for entry in session.get_inputs()]
    pool = ThreadPoolExecutor(os.cpu_count())

    def score(pair: Pair) -> float:
        encoded = tokenizer.encode(*pair)
        values = {
            "input_ids": encoded.ids,
            "attention_mask": encoded.attention_mask,
            "token_type_ids": encoded.type_ids,
        }
        feed = {name: np.array([values[name]], dtype=np.int64) for name in inputs}
        return session.run(None, feed)[0].item()

    return lambda pairs: np.array(list(pool.map(score, pairs)), dtype=np.float32)


def _checked(scores: np.ndarray, pairs: Sequence[Pair]) -> np.ndarray:
    scores = np.asarray(scores, dtype=np.float32)
    if scores.shape != (len(pairs),):
        raise ValueError(
            f"The model gave scores of shape {scores.shape} for {len(pairs)} pairs: "
            "a reranker gives one number a pair."
        )
    if not np.isfinite(scores).all():
        query, passage = pairs[int(np.argmin(np.isfinite(scores)))]
        raise ValueError(
            f"The model gave a score that is not finite to the query {query[:60]!r} and the "
            f"passage {passage[:60]!r}."
        )
    return scores
