"""One LanceDB table of a collection: ids, titles, texts, vectors and an index of their words.

The table lies in a folder of its own. Rows are added in blocks, so a job that was killed goes on
where it was, and `job.json` says of which texts and vectors the table is made. LanceDB is an
optional package: it is imported where it is used.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from errno import EACCES
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xenc_course.files import PARTIAL, shown
from xenc_course.jobs import JOB, claim
from xenc_course.progress import Progress, progress_bar
from xenc_course.text.collection import Collection

if TYPE_CHECKING:
    from lancedb.table import Table as LanceTable
    from sentence_transformers import SentenceTransformer

    from xenc_course.scoring.onnx_encoders import OnnxEncoder

Encoding = Callable[[list[str]], np.ndarray]
NAME = "passages"
COLUMNS = ("id", "title", "text", "vector")
LAYOUT = 1  # of the table; a number more when its columns change
ENGLISH = "English"
_BLOCK = 512  # rows that are encoded and added together
_LOCK = f"{PARTIAL}{JOB}-lock"  # `claim` passes over files whose names begin so
_SAME = 0.99  # cosine of a stored vector and the same passage encoded again


def lance_table(
    folder: str | Path,
    collection: Collection,
    encoder: SentenceTransformer | OnnxEncoder | tuple[Sequence[str], np.ndarray],
    *,
    metadata: Mapping[str, Mapping[str, Any]] | None = None,
    language: str | None = ENGLISH,
    progress: Progress = False,
) -> LanceTable:
    """Make a table of all passages of a collection, or open the one that was made before.

    Its columns are `id`, `title`, `text` (what a model reads: title and text), `vector` (float32,
    of length 1), and those of `metadata`. The words of `text` are indexed for full-text search.

    Args:
        folder: where the table lies; a new or empty folder, or that of the same job. After a kill,
            the same call goes on there. A table that is whole is only read.
        collection: its documents become rows, in their order.
        encoder: a bi-encoder, or the ids and vectors that `load_vectors` gives.
        metadata: the name of a column -> document id -> value; a document without one gets null.
        language: of the texts, for stems and stop words; None indexes all words as they stand.
        progress: of the passages, see `Progress`.

    Returns:
        The table, as `lancedb.connect(folder).open_table("passages")` opens it.

    Raises:
        ImportError: lancedb is not installed.
        TypeError: the encoder is none.
        ValueError: the collection has no document; the vectors are not finite or not those of its
            documents; a column of `metadata` has the name of another; the folder belongs to another
            job, is damaged or was changed; or another process writes there.
        OSError: the folder cannot be written.
    """
    lancedb = installed("lancedb")
    folder = Path(folder).expanduser()
    if not collection.documents:
        raise ValueError(f"{collection.name} has no document, so there is nothing to search.")
    vectors_of = _encoding(encoder, collection)
    columns = {
        name: [values.get(document) for document in collection.documents]
        for name, values in (metadata or {}).items()
    }
    if taken := sorted(columns.keys() & set(COLUMNS)):
        raise ValueError(
            f"The table has a column {taken[0]!r} of its own: give your metadata another name."
        )
    with _alone(folder, _job(collection, columns, language)):
        with _told(folder):
            database = lancedb.connect(str(folder))
            there = NAME in database.list_tables().tables
            table = database.open_table(NAME) if there else None
            stored = _column(table, "id") if table else []
            first = np.array(_column(table, "vector", 1)) if stored else None
        _check_rows(stored, first, list(collection.documents), vectors_of)
        n_rows = len(collection.documents)
        with progress_bar(progress, n_rows, "passage", n_before=len(stored)) as advance:
            for rows in _blocks(collection, columns, vectors_of, len(stored)):
                with _told(folder):
                    if table is None:
                        table = database.create_table(NAME, rows)
                    else:
                        table.add(rows)
                advance(len(rows))
        with _told(folder):
            _index_words(table, language)
    return table


def full_text_run(
    table: LanceTable, queries: Mapping[str, str], depth: int
) -> dict[str, dict[str, float]]:
    """Find the best passages of each query by the table's full-text search.

    Args:
        table: of `lance_table`.
        queries: query id -> text.
        depth: how many passages per query; there may be fewer.

    Returns:
        A run: query id -> {document id: score of BM25}, best first.
    """
    run = {}
    for query, text in queries.items():
        hits = table.search(text, query_type="fts").select(["id", "_score"]).limit(depth).to_list()
        run[query] = {hit["id"]: float(hit["_score"]) for hit in hits}
    return run


def vector_run(
    table: LanceTable, queries: Mapping[str, np.ndarray], depth: int
) -> dict[str, dict[str, float]]:
    """Find the passages whose vectors are nearest to each query's.

    Args:
        table: of `lance_table`.
        queries: query id -> vector, float32, shape (dimensions,).
        depth: how many passages per query.

    Returns:
        A run: query id -> {document id: cosine}, best first.
    """
    run = {}
    for query, vector in queries.items():
        search = table.search(vector).distance_type("cosine").select(["id", "_distance"])
        hits = search.limit(depth).to_list()
        run[query] = {hit["id"]: 1.0 - float(hit["_distance"]) for hit in hits}
    return run


def installed(name: str) -> Any:
    """Import lancedb, a part of it, or what comes with it.

    Raises:
        ImportError: it is not installed; the message says how to install it.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise ImportError("LanceDB is not installed: run `pip install 'lancedb>=0.40'`.") from error


def _job(collection: Collection, columns: Mapping[str, list], language: str | None) -> dict:
    """What decides the rows of a table, the vectors apart: these are compared themselves."""
    texts = hashlib.sha256()
    for document in collection.documents:
        texts.update(f"{document}\0{collection.passage(document)}\0".encode())
    return {
        "layout": LAYOUT,
        "passages": len(collection.documents),
        "texts": texts.hexdigest(),
        "metadata": hashlib.sha256(repr(sorted(columns.items())).encode()).hexdigest(),
        "language": language or "",
    }


@contextmanager
def _alone(folder: Path, job: dict) -> Iterator[None]:
    """Be the only process that makes the table; a folder that may only be read is no hindrance."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / _LOCK)
    held = False
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
        held = True
    except Timeout:
        raise ValueError(
            f"Another process is making the table in {folder}: wait for its end, or choose another "
            "folder."
        ) from None
    except OSError as error:
        if not (folder / JOB).is_file():
            raise _cannot_write(folder, error) from error
    try:
        claim(folder, job)
        yield
    except PermissionError as error:
        raise _cannot_write(folder, error) from error
    finally:
        if held:
            lock.release()


def _cannot_write(folder: Path, error: OSError) -> OSError:
    return type(error)(
        f"{folder} cannot be written ({error.strerror or shown(str(error))}), and holds no whole "
        "table: choose another folder."
    )


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Say in a sentence what LanceDB says in a page, of files that are damaged or too new."""
    try:
        yield
    except (RuntimeError, OSError, ValueError) as error:
        text = " ".join(str(error).split())
        if isinstance(error, PermissionError) or "ermission denied" in text or "ead-only" in text:
            raise PermissionError(EACCES, os.strerror(EACCES)) from error
        if "o space left" in text:
            raise OSError(
                f"The disk is full: make room, and the same call goes on in {folder}."
            ) from error
        raise ValueError(
            f"The table in {folder} cannot be used ({shown(text)}): it is damaged, or a newer "
            "lancedb made it; remove the folder and make it again."
        ) from error


def _column(table: LanceTable, name: str, n_rows: int | None = None) -> list:
    """The first values of a column, in the order in which the rows were added; all when None."""
    return table.search().select([name]).limit(n_rows).to_arrow()[name].to_pylist()


def _check_rows(
    stored: list[str], first: np.ndarray | None, ids: list[str], vectors_of: Encoding
) -> None:
    """Refuse a table that does not hold the first passages of a collection, by this model."""
    if stored != ids[: len(stored)]:
        raise ValueError(
            "The table was changed after it was made: open it with "
            "`lancedb.connect(folder).open_table('passages')`, or make it in another folder."
        )
    if first is not None:
        again = vectors_of(ids[:1])[0]
        if again.shape != first.shape[1:] or float(again @ first[0]) < _SAME:
            raise ValueError(
                "The vectors of the table are those of another model: give that model, or make "
                "the table in another folder."
            )


def _blocks(
    collection: Collection, columns: Mapping[str, list], vectors_of: Encoding, n_stored: int
) -> Iterator[Any]:
    """The rows that are missing, as Arrow tables."""
    pa = installed("pyarrow")
    ids = list(collection.documents)
    more = {name: pa.array(values) for name, values in columns.items()}  # one type for all blocks
    for start in range(n_stored, len(ids), _BLOCK):
        block = ids[start : start + _BLOCK]
        vectors = vectors_of(block)
        if not np.isfinite(vectors).all():
            raise ValueError(
                "A vector of a passage holds NaN or an infinite number: check the model's weights."
            )
        flat = pa.array(vectors.astype(np.float32).ravel())
        yield pa.table(
            {
                "id": block,
                "title": [collection.titles.get(name, "") for name in block],
                "text": [collection.passage(name) for name in block],
                "vector": pa.FixedSizeListArray.from_arrays(flat, vectors.shape[1]),
                **{name: values[start : start + _BLOCK] for name, values in more.items()},
            }
        )


def _encoding(encoder: object, collection: Collection) -> Encoding:
    """A function from ids to vectors of length 1."""
    if isinstance(encoder, tuple) and len(encoder) == 2:
        place = {name: number for number, name in enumerate(encoder[0])}
        if missing := [name for name in collection.documents if name not in place]:
            raise ValueError(
                f"There is no vector of {shown(missing[0])}: give those of {collection.name}."
            )
        return lambda ids: encoder[1][[place[name] for name in ids]]
    if not hasattr(encoder, "encode_document"):
        raise TypeError(
            f"A {type(encoder).__name__} encodes no passages: give a bi-encoder, or the ids and "
            "vectors of load_vectors."
        )
    return lambda ids: np.asarray(
        encoder.encode_document(
            [collection.passage(name) for name in ids],
            normalize_embeddings=True,
            show_progress_bar=False,
        )
    )


def _index_words(table: LanceTable, language: str | None) -> None:
    """Index the words of all texts, where this is not done yet."""
    fts = installed("lancedb.index").FTS
    words = fts(language=language) if language else fts(stem=False, remove_stop_words=False)
    if not any("text" in index.columns for index in table.list_indices()):
        table.create_index("text", config=words)
    elif table.index_stats("text_idx").num_unindexed_rows:
        table.optimize()
