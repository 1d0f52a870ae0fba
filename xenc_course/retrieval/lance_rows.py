"""What a LanceDB table of a collection is made of: its rows, checked before any is written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from xenc_course.files import check_text, shown
from xenc_course.text.collection import Collection

if TYPE_CHECKING:
    from pyarrow import Array

Encoding = Callable[[list[str]], np.ndarray]
COLUMNS = ("id", "title", "text", "vector")
LAYOUT = 1  # of the table; a number more when its columns change


def installed(name: str) -> Any:
    """Import lancedb, a part of it, or what comes with it.

    Raises:
        ImportError: it is not installed; the message says how to install it.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise ImportError("LanceDB is not installed: run `pip install 'lancedb>=0.40'`.") from error


def job_of(
    collection: Collection, columns: Mapping[str, Array], language: str | None
) -> dict[str, object]:
    """What decides the rows of a table, the vectors apart: of these the first is compared.

    Args:
        collection: its documents become rows.
        columns: of metadata, see `columns_of`.
        language: of the texts; None where words are indexed as they stand.

    Raises:
        ValueError: a text is not whole characters.
    """
    texts = hashlib.sha256()
    for document in collection.documents:
        passage = check_text(collection.passage(document), f"The passage {shown(document)}")
        texts.update(f"{document}\0{passage}\0".encode())
    metadata = sorted((name, values.to_pylist()) for name, values in columns.items())
    return {
        "layout": LAYOUT,
        "passages": len(collection.documents),
        "texts": texts.hexdigest(),
        "metadata": hashlib.sha256(repr(metadata).encode()).hexdigest(),
        "language": language or "",
    }


def columns_of(
    collection: Collection, metadata: Mapping[str, Mapping[str, Any]]
) -> dict[str, Array]:
    """The metadata as Arrow columns, a value or null per document.

    Raises:
        TypeError: they are no mappings, or the name of a column is no text.
        ValueError: a name is one that the table, LanceDB or SQL uses; the values of a column have
            several types; or none of them belongs to a document.
    """
    if not isinstance(metadata, Mapping):
        raise TypeError(
            f"The metadata are a {type(metadata).__name__}: give the name of a column -> document "
            "id -> value."
        )
    pa = installed("pyarrow")
    columns = {}
    for name, values in metadata.items():
        _check_name(name)
        if not isinstance(values, Mapping):
            raise TypeError(
                f"The metadata {shown(name)} are a {type(values).__name__}: give document id -> "
                "value."
            )
        if values and not values.keys() & collection.documents.keys():
            raise ValueError(
                f"The metadata {shown(name)} name no document of {collection.name}: the first key "
                f"is {shown(next(iter(values)))}, and must be a document id."
            )
        try:
            columns[name] = pa.array([values.get(document) for document in collection.documents])
        except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
            raise ValueError(
                f"The metadata {shown(name)} do not fit into one column ({shown(str(error))}): "
                "give all documents values of one type, such as text."
            ) from error
    return columns


def _check_name(name: object) -> None:
    if not isinstance(name, str):
        raise TypeError(f"The name of a metadata column is {shown(name)}: give text.")
    if name.lower() in COLUMNS:
        raise ValueError(
            f"The table has a column {name.lower()!r} of its own: give your metadata another name."
        )
    if not name.isprintable() or not name.strip() or name.startswith("_") or "." in name:
        raise ValueError(
            f"The name of a metadata column is {shown(name)}: give one that is not empty, holds no "
            "full stop, and does not begin with '_', as LanceDB's own do."
        )


def encoding(encoder: object, collection: Collection) -> Encoding:
    """A function from ids to vectors: float32, shape (ids, dimensions), of length 1.

    Args:
        encoder: a bi-encoder, or ids and vectors.
        collection: what it encodes.

    Raises:
        TypeError: the encoder is none.
        ValueError: there is no vector of a document, or not one row of numbers per id. The function
            raises it where a vector is not finite, or has length 0.
    """
    if isinstance(encoder, tuple) and len(encoder) == 2:
        place = {name: number for number, name in enumerate(encoder[0])}
        if missing := [name for name in collection.documents if name not in place]:
            raise ValueError(
                f"There is no vector of {shown(missing[0])}: give those of {collection.name}."
            )
        vectors = np.asarray(encoder[1])
        if vectors.dtype.kind not in "fiu" or vectors.ndim != 2 or len(vectors) != len(encoder[0]):
            raise ValueError(
                f"The vectors are an array of {vectors.dtype}, shape {vectors.shape}, for "
                f"{len(encoder[0])} ids: give one row of numbers per id."
            )
        return lambda ids: _of_length_1(vectors[[place[name] for name in ids]], ids)
    if not hasattr(encoder, "encode_document"):
        raise TypeError(
            f"A {type(encoder).__name__} encodes no passages: give a bi-encoder, or the ids and "
            "vectors of load_vectors."
        )
    return lambda ids: _of_length_1(
        np.asarray(
            encoder.encode_document(
                [collection.passage(name) for name in ids],
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        ),
        ids,
    )


def _of_length_1(vectors: np.ndarray, ids: list[str]) -> np.ndarray:
    if not np.isfinite(vectors).all():
        raise ValueError(
            "A vector of a passage holds NaN or an infinite number: check the model's weights."
        )
    vectors = vectors.astype(np.float64)  # whose squares neither overflow nor vanish
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not lengths.all():  # no search by cosine would ever find it
        raise ValueError(
            f"The vector of the passage {shown(ids[int(lengths.argmin())])} holds only zeros, so "
            "it has no direction: check the text and the model."
        )
    return (vectors / lengths).astype(np.float32)


def blocks(
    collection: Collection,
    columns: Mapping[str, Array],
    vectors_of: Encoding,
    n_stored: int,
    size: int,
) -> Iterator[Any]:
    """The rows that are missing, as Arrow tables.

    Args:
        collection: its documents become rows.
        columns: of metadata, each with a value or null per document.
        vectors_of: from ids to vectors.
        n_stored: how many rows the table has.
        size: rows that are encoded together.

    Yields:
        Tables of at most `size` rows.
    """
    pa = installed("pyarrow")
    ids = list(collection.documents)
    for start in range(n_stored, len(ids), size):
        block = ids[start : start + size]
        vectors = vectors_of(block)
        flat = pa.array(vectors.ravel())
        yield pa.table(
            {
                "id": block,
                "title": [collection.titles.get(name, "") for name in block],
                "text": [collection.passage(name) for name in block],
                "vector": pa.FixedSizeListArray.from_arrays(flat, vectors.shape[1]),
                **{name: values[start : start + size] for name, values in columns.items()},
            }
        )
