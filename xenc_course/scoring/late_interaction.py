"""Late interaction: query and passage are read apart, and meet in a cosine per pair of tokens.

Passages can be read beforehand. A score then costs one reading of the query, which all passages
share, and a matrix product.
"""

from __future__ import annotations

import string
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from os import PathLike
from pathlib import Path

import numpy as np

from xenc_course.files import DATA, file_sha256, shown
from xenc_course.models.catalogue import LATE_INTERACTION, known_model
from xenc_course.processes import ProcessLock, cores
from xenc_course.progress import Progress, progress_bar

from .model_source import MAX_TOKENS
from .onnx_encoders import OnnxEncoder
from .pairs import Pair, check_pairs, in_order, places_by_query
from .token_vectors import Packed, max_sim, pack, pooled, read_blocks, text_key, unit, write_block

PROJECTIONS = DATA / "projections"
# As answerai-colbert-small-v1 was trained: a marker behind [CLS] tells a query from a passage, and
# [MASK] fills a query up to 32 tokens. The tokens of the query do not see those; they see it, and
# stand for words that it does not have.
MARKERS = {"query": "[unused0]", "passage": "[unused1]"}
QUERY_TOKENS, PASSAGE_TOKENS = 32, 300
KEPT = 20_000  # passages whose vectors are remembered without having been stored
BLOCK = 1_000  # passages a file


class LateInteraction:
    """MaxSim: every token of the query takes its best token of the passage.

    The packaged file of answerai-colbert-small-v1 ends before the model's last step, a projection
    of 384 numbers per token to 96. In its place stand the 96 directions in which the tokens of
    Wikipedia's passages differ most (`python -m authoring projection`), so figures measured here
    are not those of the published model. A passage's marks of punctuation are left out.
    """

    def __init__(
        self,
        name: str = "answerai-colbert-small-v1-int8",
        folder: str | PathLike | None = None,
        pool: int = 1,
    ) -> None:
        """Load the model, and the vectors that the folder holds.

        Args:
            name: a late-interaction model of the catalogue.
            folder: where `store` keeps vectors; only in memory when None.
            pool: how many tokens of a passage share a vector, on average; 2 halves what is stored.

        Raises:
            ValueError: the catalogue has no such model, `pool` is below 1, or the folder holds
                vectors of another model or with another `pool`; and what `OnnxEncoder` raises.
        """
        known = known_model(name)
        if known is None or known.architecture != LATE_INTERACTION:
            raise ValueError(
                f"{shown(name)} is no late-interaction model: choose one with "
                "`python -m xenc_course models`."
            )
        if pool < 1:
            raise ValueError(f"pool is how many tokens share a vector, 1 or more, not {pool}.")
        self._encoder = OnnxEncoder(known.name)
        self._pool = pool
        projection = PROJECTIONS / f"{known.name}.npy"
        self._projection = np.load(projection)
        self._made = f"{known.name}, projection {file_sha256(projection)[:12]}, pool {pool}"
        self._folder = None if folder is None else Path(folder)
        self._stored = dict(read_blocks(self._folder, self._made)) if self._folder else {}
        self._met: OrderedDict[bytes, Packed] = OrderedDict()
        self._lock = ProcessLock()

    def __call__(self, pairs: Iterable[Pair]) -> np.ndarray:
        """Compute the MaxSim of n (query, passage) pairs: float32, shape (n,).

        Raises:
            TypeError: a pair is not two strings.
        """
        pairs = check_pairs(pairs)
        scores = np.empty(len(pairs), dtype=np.float32)
        with self._lock:  # what is remembered is shared by the threads that score
            vectors = self._vectors_of([passage for _, passage in pairs])
            for query, places in places_by_query(pairs).items():
                asked = self.query_vectors(query)
                scores[places] = [max_sim(asked, vectors[pairs[place][1]]) for place in places]
        return scores

    def store(self, passages: Iterable[str], progress: Progress = False) -> None:
        """Compute the vectors of passages beforehand, and keep them.

        With a folder, each thousand is written as soon as it is computed, so a call that was killed
        goes on where it was.

        Args:
            passages: the texts; those that are stored already cost nothing.
            progress: of the passages, see `Progress`.

        Raises:
            TypeError: `passages` is one string or holds something else than strings.
            OSError: the folder cannot be written.
        """
        texts = list(dict.fromkeys(in_order(passages, "passages")))
        if not all(isinstance(text, str) for text in texts):
            wrong = next(text for text in texts if not isinstance(text, str))
            raise TypeError(f"A passage is {shown(wrong)}: give a list of texts.")
        new = [text for text in texts if text_key(text) not in self._stored]
        with progress_bar(progress, len(new), "passage") as advance:
            for start in range(0, len(new), BLOCK):
                block = []
                for text, packed in self._read(new[start : start + BLOCK]):
                    block.append((text_key(text), packed))
                    advance(1)
                if self._folder is not None:
                    write_block(self._folder, self._made, block)
                self._stored.update(block)

    def bytes_stored(self, passage: str) -> int:
        """How many bytes the vectors of a passage take."""
        with self._lock:
            return self._vectors_of([passage])[passage].nbytes

    def query_vectors(self, query: str) -> np.ndarray:
        """Compute the vectors of a query's tokens: float32, shape (32 or more, 96), of length 1."""
        ids = _marked(self._encoder, query, "query", MAX_TOKENS)
        n_masks = max(0, QUERY_TOKENS - len(ids))
        seen = [1] * len(ids) + [0] * n_masks
        return self._projected(
            self._encoder.states_of(ids + [self._encoder.token_id("[MASK]")] * n_masks, seen)
        )

    def passage_vectors(self, passage: str) -> np.ndarray:
        """Compute the vectors of a passage's tokens, as they are before they are stored.

        Returns:
            Vectors of length 1: float32, shape (tokens, 96), or fewer where `pool` is above 1. A
            passage loses what stands behind its first 300 tokens.
        """
        return pooled(self._projected(passage_states(self._encoder, passage)), self._pool)

    def _projected(self, states: np.ndarray) -> np.ndarray:
        return unit(states @ self._projection)

    def _vectors_of(self, passages: Sequence[str]) -> dict[str, Packed]:
        """Find the vectors of passages; those that are new are computed and remembered."""
        found = {}
        for text in dict.fromkeys(passages):
            key = text_key(text)
            known = self._stored.get(key) or self._met.get(key)
            if known is not None:
                found[text] = known
            if key in self._met:
                self._met.move_to_end(key)
        new = [text for text in dict.fromkeys(passages) if text not in found]
        for text, packed in self._read(new):
            found[text] = self._met[text_key(text)] = packed
        while len(self._met) > KEPT:
            self._met.popitem(last=False)
        return found

    def _read(self, texts: Sequence[str]) -> Iterator[tuple[str, Packed]]:
        """Compute the vectors of passages, each once, as many at once as there are cores."""
        if len(texts) == 1:
            yield texts[0], pack(self.passage_vectors(texts[0]))
            return
        with ThreadPoolExecutor(cores()) as pool:
            vectors = pool.map(self.passage_vectors, texts)
            yield from ((text, pack(each)) for text, each in zip(texts, vectors, strict=True))


def passage_states(encoder: OnnxEncoder, passage: str) -> np.ndarray:
    """Compute a passage's tokens as the encoder gives them, without its marks of punctuation.

    Args:
        encoder: of a late-interaction model.
        passage: its first 300 tokens are read.

    Returns:
        Vectors: float32, shape (tokens, 384).
    """
    marks = {encoder.token_id(mark) for mark in string.punctuation}
    ids = _marked(encoder, passage, "passage", PASSAGE_TOKENS)
    kept = [place for place, token in enumerate(ids) if token not in marks]
    return encoder.states_of(ids, [1] * len(ids))[kept]


def _marked(encoder: OnnxEncoder, text: str, kind: str, longest: int) -> list[int]:
    """The tokens of a text, its marker behind [CLS]; what is too long is cut before [SEP]."""
    first, *middle, last = encoder.token_ids(text)
    middle = [encoder.token_id(MARKERS[kind]), *middle]
    return [first, *middle[: longest - 2], last]
