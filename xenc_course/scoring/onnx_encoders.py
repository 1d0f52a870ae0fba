"""Encoders in ONNX files: one vector per text (bi-encoder), or per token (late interaction).

Every text is computed alone, so an int8 model gives it the same numbers whatever other texts there
are.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from xenc_course.models.catalogue import CROSS_ENCODER, ONNX, known_model
from xenc_course.models.inspection import check_folder
from xenc_course.models.loading import model_folder

from .backends import cores, onnx_session
from .model_source import MAX_TOKENS
from .pairs import Pair, check_pairs

WIDTH = 384  # numbers of a vector, in both of the catalogue's encoders
# Its model card puts this before every query and nothing before a passage.
PREFIXES = {"bge-small-en-v1.5-int8": "Represent this sentence for searching relevant passages: "}
KEPT = 20_000  # texts whose token vectors are remembered


class OnnxEncoder:
    """One of the catalogue's ONNX encoders: it computes vectors of texts or of their tokens."""

    def __init__(self, name: str) -> None:
        """Load the model; it computes one text per thread, as many at once as there are cores.

        Args:
            name: a bi-encoder or a late-interaction model of the catalogue, in ONNX; the hub id of
                one means this form of it.

        Raises:
            ValueError: the catalogue has no such model, or one of another kind, or its files are
                damaged; and what `model_folder` raises.
        """
        from tokenizers import Tokenizer

        known = known_model(name)
        if known is None or known.runtime != ONNX or known.architecture == CROSS_ENCODER:
            raise ValueError(
                f"{name} is no encoder in ONNX: choose one with `python -m xenc_course models`."
            )
        folder = model_folder(known.name)
        check_folder(folder, known.name, known.architecture)
        self._session = onnx_session(folder / "model.onnx")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._prefix = PREFIXES.get(known.name, "")

    def states(self, texts: Sequence[str]) -> Iterator[np.ndarray]:
        """Compute the vector of every token.

        Args:
            texts: the texts.

        Yields:
            The vectors of each text, in order: float32, shape (tokens, 384).

        Raises:
            TypeError: `texts` is one string in place of a list.
        """
        if isinstance(texts, str):
            raise TypeError("texts is one string: give a list of texts.")
        with ThreadPoolExecutor(cores()) as pool:
            yield from pool.map(self._states_of, texts)

    def encode_document(self, texts: Sequence[str], **options: object) -> np.ndarray:
        """Compute the vector of each passage: that of its first token, scaled to length 1.

        Args:
            texts: n passages.
            options: those of `SentenceTransformer.encode_document`; they change nothing here.

        Returns:
            Vectors: float32, shape (n, 384).

        Raises:
            TypeError: `texts` is one string in place of a list.
        """
        firsts = [states[0] / np.linalg.norm(states[0]) for states in self.states(texts)]
        return np.array(firsts, dtype=np.float32).reshape(len(firsts), WIDTH)

    def encode_query(self, texts: Sequence[str], **options: object) -> np.ndarray:
        """Compute the vector of each query, with the prefix that the model wants before it.

        Args:
            texts: n queries.
            options: those of `SentenceTransformer.encode_query`; they change nothing here.

        Returns:
            Vectors: float32, shape (n, 384).

        Raises:
            TypeError: `texts` is one string in place of a list.
        """
        if isinstance(texts, str):
            raise TypeError("texts is one string: give a list of texts.")
        return self.encode_document([self._prefix + text for text in texts])

    def _states_of(self, text: str) -> np.ndarray:
        encoded = self._tokenizer.encode(text)
        feed = {
            "input_ids": np.array([encoded.ids]),
            "attention_mask": np.array([encoded.attention_mask]),
            "token_type_ids": np.array([encoded.type_ids]),
        }
        return self._session.run(None, feed)[0][0]


class LateInteraction:
    """MaxSim: every token of the query looks for its best token in the passage.

    The score of a pair is the sum over the query's tokens of their highest cosine with a token of
    the passage (Khattab and Zaharia 2020, arXiv 2004.12832). Passage vectors do not depend on the
    query and are remembered.

    The packaged file of answerai-colbert-small-v1 ends before the model's last step, a projection
    to 96 numbers per token. Here its 384 numbers per token are compared as they are, so figures
    measured here are not those of the published model.
    """

    def __init__(self, name: str = "answerai-colbert-small-v1-int8") -> None:
        """Load the encoder.

        Args:
            name: a late-interaction model of the catalogue, in ONNX.

        Raises:
            ValueError: the catalogue has no such model; and what else `OnnxEncoder` raises.
        """
        self._encoder = OnnxEncoder(name)
        self._kept: OrderedDict[str, np.ndarray] = OrderedDict()

    def __call__(self, pairs: Sequence[Pair]) -> np.ndarray:
        """Compute the MaxSim of n (query, passage) pairs: float32, shape (n,).

        Raises:
            TypeError: a pair is not two strings.
        """
        check_pairs(pairs)
        texts = list(dict.fromkeys(text for pair in pairs for text in pair))
        new = [text for text in texts if text not in self._kept]
        for text, states in zip(new, self._encoder.states(new), strict=True):
            unit = states / np.linalg.norm(states, axis=1, keepdims=True)
            self._kept[text] = unit.astype(np.float16)  # a quarter of a percent of a cosine
        scores = [
            float((self._kept[query].astype(np.float32) @ self._kept[passage].T).max(axis=1).sum())
            for query, passage in pairs
        ]
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return np.array(scores, dtype=np.float32)
