"""One LanceDB table of a collection: ids, titles, texts, vectors and an index of their words.

The table lies in a folder of its own. Rows are added in blocks, so a job that was killed goes on
where it was, and `job.json` says of which texts and vectors the table is made. LanceDB is an
optional package: it is imported where it is used.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from errno import EACCES
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xenc_course.files import PARTIAL, shown
from xenc_course.jobs import JOB, claim
from xenc_course.progress import Progress, progress_bar
from xenc_course.text.collection import Collection

from .lance_rows import Encoding, blocks, columns_of, encoding, installed, job_of

if TYPE_CHECKING:
    from lancedb.table import Table as LanceTable
    from sentence_transformers import SentenceTransformer

    from xenc_course.scoring.onnx_encoders import OnnxEncoder

NAME = "passages"
ENGLISH = "English"
SOME_WORD = "word"
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
        TypeError: the encoder is none, or `metadata` holds no mappings.
        ValueError: the collection has no document; the vectors are not finite, hold only zeros or
            are not those of its documents; a column of `metadata` has a name that is taken or
            values of several types; there is no such language; the folder belongs to another job,
            is damaged, or its rows are not the first documents of the collection, in their order (a
            text that was changed in the table is not noticed); or another process makes the table.
        OSError: the folder cannot be written.
    """
    lancedb = installed("lancedb")
    place, n_rows = _local(folder), len(collection.documents)
    if not n_rows:
        raise ValueError(f"{collection.name} has no document, so there is nothing to search.")
    vectors_of, more = encoding(encoder, collection), columns_of(collection, metadata or {})
    words = _words(language)
    with _alone(place, job_of(collection, more, language)) as hindrance:
        with _told(place):
            database = lancedb.connect(str(place.absolute()))
            table = database.open_table(NAME) if _has_rows(place) else None
            stored = _column(table, "id") if table else []
            first = np.array(_column(table, "vector", 1)) if stored else None
            is_whole = len(stored) == n_rows and _is_indexed(table)
        _check_rows(stored, first, list(collection.documents), vectors_of)
        if hindrance and not is_whole:
            raise hindrance
        with progress_bar(progress, n_rows, "passage", n_before=len(stored)) as advance:
            for rows in blocks(collection, more, vectors_of, len(stored), _BLOCK):
                with _told(place):
                    if table is None:
                        table = database.create_table(NAME, rows)
                    else:
                        table.add(rows)
                advance(len(rows))
        with _told(place):
            _index_words(table, words)
    return table


def _local(folder: str | Path) -> Path:
    """A folder on this machine: `job.json` and the lock lie there too."""
    if "://" in str(folder) or not str(folder).isprintable():
        raise ValueError(
            f"The folder of a table is {shown(str(folder))}: give the path of one on this machine, "
            "without control characters."
        )
    return Path(folder).expanduser()


@contextmanager
def _alone(folder: Path, job: dict[str, object]) -> Iterator[Exception | None]:
    """Be the only process that makes the table.

    Yields:
        Why nothing may be written; None where it may. A table that is whole is read all the same.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / _LOCK)
    hindrance: Exception | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        hindrance = ValueError(
            f"Another process is making the table in {folder}: wait for its end, or choose another "
            "folder."
        )
    except OSError as error:
        hindrance = _cannot_write(folder, error)
    try:
        if hindrance and not _is_begun(folder):
            raise hindrance
        _claim(folder, job)
        yield hindrance
    except PermissionError as error:
        if error is hindrance:
            raise
        raise _cannot_write(folder, error) from error
    finally:
        if hindrance is None:
            lock.release()


def _claim(folder: Path, job: dict[str, object]) -> None:
    try:
        claim(folder, job)
    except ValueError as error:
        raise ValueError(
            f"The table in {folder} was made of something else: another collection, or one that "
            "has changed since, other metadata, another language or model. Remove the folder to "
            f"make it anew, or choose another one. ({error})"
        ) from error


def _is_begun(folder: Path) -> bool:
    try:
        return (folder / JOB).is_file()
    except OSError:  # the name is too long, or the folder may not even be looked into
        return False


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
        if again.shape != first.shape[1:] or not float(again @ first[0]) >= _SAME:
            raise ValueError(
                "The vectors of the table are those of another model: give that model, or make "
                "the table in another folder."
            )


def _has_rows(folder: Path) -> bool:
    """Whether a first block was added: a kill before that leaves files that belong to no table."""
    return any((folder / f"{NAME}.lance" / "_versions").glob("*.manifest"))


def _words(language: str | None) -> Any:
    """How the words are indexed, also for phrases; a language that LanceDB lacks is refused."""
    fts = installed("lancedb.index").FTS
    if not language:
        return fts(stem=False, remove_stop_words=False, with_position=True)
    words = fts(language=language, with_position=True)
    memory = installed("lancedb").connect("memory://")
    try:
        memory.create_table(NAME, [{"text": SOME_WORD}]).create_index("text", config=words)
    except (ValueError, TypeError, RuntimeError) as error:
        raise ValueError(
            f"LanceDB has no stems of the language {shown(language)}: give one such as 'English' "
            "or 'German', or None."
        ) from error
    return words


def _is_indexed(table: LanceTable) -> bool:
    found = table.index_stats("text_idx")
    return found is not None and not found.num_unindexed_rows


def _index_words(table: LanceTable, words: Any) -> None:
    """Index the words of all texts, where this is not done yet."""
    if not _is_indexed(table):
        table.create_index("text", config=words)  # also in place of one that lacks rows
    table.search(SOME_WORD, query_type="fts").limit(1).to_list()  # fails where files are damaged
