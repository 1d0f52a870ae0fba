"""Encoders in ONNX files: a vector per token, and of those one per text.

Every text is computed alone, so an int8 model gives it the same numbers whatever other texts there
are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from xenc_course.models.catalogue import CROSS_ENCODER, ONNX, known_model
from xenc_course.models.inspection import check_folder
from xenc_course.models.loading import model_folder

from .backends import cores, onnx_session
from .model_source import MAX_TOKENS

WIDTH = 384  # numbers of a vector, in both of the catalogue's encoders
# Its model card puts this before every query and nothing before a passage.
PREFIXES = {"bge-small-en-v1.5-int8": "Represent this sentence for searching relevant passages: "}


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

    def token_ids(self, text: str) -> list[int]:
        """The tokens of a text, [CLS] first and [SEP] last; at most 512."""
        return self._tokenizer.encode(text).ids

    def token_id(self, token: str) -> int:
        """The number of a token in the vocabulary.

        Raises:
            ValueError: the vocabulary has no such token.
        """
        number = self._tokenizer.token_to_id(token)
        if number is None:
            raise ValueError(f"The tokenizer has no token {token}: fetch the model again.")
        return number

    def states_of(self, ids: Sequence[int], seen: Sequence[int]) -> np.ndarray:
        """Compute the vector of every token of one text.

        Args:
            ids: the tokens.
            seen: of each, 1 if the others read it, and 0 if not.

        Returns:
            Vectors: float32, shape (tokens, 384).
        """
        feed = {
            "input_ids": np.array([ids]),
            "attention_mask": np.array([seen]),
            "token_type_ids": np.zeros((1, len(ids)), dtype=np.int64),
        }
        return self._session.run(None, feed)[0][0]

    def _states_of(self, text: str) -> np.ndarray:
        ids = self.token_ids(text)
        return self.states_of(ids, [1] * len(ids))
