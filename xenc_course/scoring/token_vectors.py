"""Vectors of the tokens of many passages, as 8-bit integers, in memory and in a folder.

A vector of length 1 becomes integers from -127 to 127 and one factor. Against vectors in float32 a
cosine moves by less than 0.01.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from xenc_course.files import write_whole

SUFFIX = ".npz"


class Packed(NamedTuple):
    """The vectors of one passage's tokens.

    Attributes:
        integers: int8, shape (tokens, dimensions).
        factors: what brings the integers back to length 1: float16, shape (tokens,).
    """

    integers: np.ndarray
    factors: np.ndarray

    @property
    def nbytes(self) -> int:
        """Bytes of both tables."""
        return self.integers.nbytes + self.factors.nbytes


def pack(vectors: np.ndarray) -> Packed:
    """Turn vectors into 8-bit integers; their length is lost.

    Args:
        vectors: float32, shape (tokens, dimensions).

    Raises:
        ValueError: a number is not finite.
    """
    integers = eight_bits(vectors)
    lengths = np.linalg.norm(integers.astype(np.float32), axis=1)
    return Packed(integers, (1 / np.maximum(lengths, 1)).astype(np.float16))


def eight_bits(vectors: np.ndarray) -> np.ndarray:
    """Vectors (float32, [n, d]) as 8-bit integers: int8, [n, d]. Their length is lost.

    Raises:
        ValueError: a number is not finite.
    """
    if not np.isfinite(vectors).all():
        raise ValueError("A vector holds NaN or an infinite number: check the model's weights.")
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    return np.round(vectors / np.maximum(largest, 1e-12) * 127).astype(np.int8)


def pooled(vectors: np.ndarray, pool: int) -> np.ndarray:
    """Put the mean in the place of vectors that are alike, so that fewer have to be stored.

    The vectors are grouped by Ward's method (Clavié, Chaffin and Adams 2024, arXiv 2409.14683).

    Args:
        vectors: of length 1: float32, shape (tokens, dimensions).
        pool: how many tokens share a vector, on average; 1 changes nothing.

    Returns:
        Vectors of length 1: float32, shape (tokens / pool, dimensions), rounded up.
    """
    from scipy.cluster.hierarchy import fcluster, linkage

    n_groups = -(-len(vectors) // pool)
    if n_groups == len(vectors):
        return vectors
    groups = fcluster(linkage(vectors, method="ward"), n_groups, criterion="maxclust")
    return unit(np.stack([vectors[groups == group].mean(axis=0) for group in np.unique(groups)]))


def unit(vectors: np.ndarray) -> np.ndarray:
    """Scale vectors to length 1: float32, in the shape they have."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)


def max_sim(query: np.ndarray, passage: Packed) -> float:
    """Compute the MaxSim of a query with a passage.

    Every token of the query takes its highest cosine with a token of the passage; the score is
    their sum (Khattab and Zaharia 2020, arXiv 2004.12832).

    Args:
        query: vectors of length 1: float32, shape (tokens, dimensions).
        passage: one token or more.
    """
    cosines = (query @ passage.integers.T.astype(np.float32)) * passage.factors
    return float(cosines.max(axis=1).sum())


def text_key(text: str) -> bytes:
    """What a passage's vectors are found by: a digest of its text, 16 bytes."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def write_block(folder: Path, made: str, block: Sequence[tuple[bytes, Packed]]) -> None:
    """Write the vectors of some passages into a file of their own, which appears whole.

    Args:
        folder: it is made if it is missing.
        made: what made the vectors; `read_blocks` refuses another.
        block: key and vectors of each passage, one or more.

    Raises:
        OSError: the file cannot be written.
    """
    keys = b"".join(key for key, _ in block)
    content = io.BytesIO()
    np.savez(
        content,
        made=np.array(made),
        keys=np.frombuffer(keys, dtype=np.uint8).reshape(len(block), -1),
        sizes=np.array([len(packed.integers) for _, packed in block]),
        integers=np.concatenate([packed.integers for _, packed in block]),
        factors=np.concatenate([packed.factors for _, packed in block]),
    )
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / f"{hashlib.sha256(keys).hexdigest()[:16]}{SUFFIX}", content.getvalue())


def read_blocks(folder: Path, made: str) -> Iterator[tuple[bytes, Packed]]:
    """Read what `write_block` wrote.

    Args:
        folder: its files are read in the order of their names; one that is missing holds nothing.
        made: what made the vectors.

    Yields:
        Key and vectors of each passage.

    Raises:
        ValueError: a file is damaged, or something else made it.
    """
    for path in sorted(folder.glob(f"[!.]*{SUFFIX}")):
        yield from _read_block(path, made)


def _read_block(path: Path, made: str) -> list[tuple[bytes, Packed]]:
    try:
        with np.load(path, allow_pickle=False) as file:
            found = {name: file[name] for name in file.files}
        maker = str(found["made"])
        ends = np.cumsum(found["sizes"])
        whole = len(found["integers"]) == len(found["factors"]) == ends[-1]
        cuts = [np.split(found[name], ends[:-1]) for name in ("integers", "factors")]
    except Exception as error:  # zip, numpy and what they read raise without a base but this
        raise ValueError(f"{path} holds no token vectors: delete it and store them again.") from (
            error
        )
    if maker != made:
        raise ValueError(f"{path} was made by {maker!r}, and not by {made!r}: give another folder.")
    if not whole or len(found["keys"]) != len(ends):
        raise ValueError(f"{path} is damaged: delete it and store the vectors again.")
    return [
        (key.tobytes(), Packed(integers, factors))
        for key, integers, factors in zip(found["keys"], *cuts, strict=True)
    ]
