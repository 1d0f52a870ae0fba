"""A bi-encoder that needs no weights: a vector has a place for every word, by its hash."""

import zlib

import numpy as np

WIDTH = 32


class BagOfWords:
    """Encodes passages and queries alike.

    Attributes:
        encoded: how many passages it has encoded so far.
        stop_after: how many it encodes before it fails, as a job does that is killed.
        shift: of the words' places; another shift is another model.
    """

    def __init__(self, *, stop_after: int | None = None, shift: int = 0) -> None:
        self.encoded, self.stop_after, self.shift = 0, stop_after, shift

    def encode_document(self, texts, **options):
        self.encoded += len(texts)
        if self.stop_after is not None and self.encoded > self.stop_after:
            raise KeyboardInterrupt
        return np.array([self.encode_query(text) for text in texts])

    def encode_query(self, text):
        vector = np.zeros(WIDTH, dtype=np.float32)
        for word in text.lower().split():
            vector[(zlib.crc32(word.encode()) + self.shift) % WIDTH] += 1
        return vector / max(np.linalg.norm(vector), 1e-9)
