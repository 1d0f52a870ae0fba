"""Files and folders: text read line by line, and results that appear whole or not at all.

Every fault in a text file is named with its file and line. Ids are checked here too, because files
are what carries them.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

DATA = Path(__file__).parent / "data"  # what the package brings: helpdesk, stored runs, students
PARTIAL = ".partial-"  # how the names of unfinished files and folders begin


def text_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Read a UTF-8 text file, holding one line at a time.

    Blank lines are left out, and so is the byte order mark that some editors put first.

    Args:
        path: the file; it is decompressed when its name ends in `.gz`.

    Yields:
        The number of the line, from 1, and the line without its end.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a line is not UTF-8, or a gzip file is damaged.
    """
    with _opened(path) as file:
        number = 0
        try:
            for number, raw in enumerate(file, start=1):
                line = _decoded(raw, path, number)
                if line.strip():
                    yield number, line.rstrip("\r\n")
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ValueError(
                f"{path} is no whole gzip file: it breaks after line {number}."
            ) from error


@contextmanager
def appears_whole(path: Path) -> Iterator[Path]:
    """Give a scratch path beside `path`; what is written there becomes `path` at the end.

    The block may write a file or make a folder. If it raises, or the process is killed, what lay
    at `path` before is still there.

    Args:
        path: the file or folder that is to appear, or to be replaced.

    Yields:
        A path in the same folder that does not exist yet. Its name is the process's own.
    """
    scratch = path.with_name(f"{PARTIAL}{path.name}-{os.getpid()}")
    replaced = scratch.with_name(f"{scratch.name}-replaced")
    try:
        yield scratch
        if path.is_dir():  # a rename replaces a file, but no folder that holds something
            path.rename(replaced)
        scratch.replace(path)
    finally:
        for left in (scratch, replaced):
            if left.is_dir():
                shutil.rmtree(left)
            left.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all.

    Raises:
        OSError: it cannot be written; the file that was there is kept.
    """
    with appears_whole(path) as scratch:
        scratch.write_bytes(content)


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write lines of UTF-8 text to a file that appears whole or not at all.

    The same lines give the same bytes, also when they are compressed.

    Args:
        path: the file; it is compressed when its name ends in `.gz`.
        lines: the lines, without their ends.
    """
    data = (f"{line}\n".encode() for line in lines)
    with appears_whole(path) as scratch, scratch.open("wb") as file:
        if path.suffix == ".gz":
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
                packed.writelines(data)
        else:
            file.writelines(data)


def make_folder(folder: Path, fill: Callable[[Path], object]) -> Path:
    """Make a folder that appears whole or not at all; one that is there is left alone.

    Args:
        folder: the folder that is to appear.
        fill: called with an empty folder, to write the files into it.

    Returns:
        `folder`.
    """
    if not folder.is_dir():
        for left in folder.parent.glob(f"{PARTIAL}{folder.name}-*"):  # of a run that was killed
            shutil.rmtree(left, ignore_errors=True)
        with appears_whole(folder) as scratch:
            scratch.mkdir(parents=True)
            fill(scratch)
    return folder


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_id(name: object, what: str) -> str:
    """Return an id that a run can carry.

    Args:
        name: the id of a query, a document or a run.
        what: what the message calls it, such as "corpus.jsonl, line 3: '_id'".

    Raises:
        ValueError: it is no text, is empty or holds white space.
    """
    if not isinstance(name, str) or len(name.split()) != 1 or name != name.strip():
        raise ValueError(f"{what} is {name!r}: an id is text without white space, not empty.")
    return name


def _opened(path: Path) -> BinaryIO | gzip.GzipFile:
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")


def _decoded(raw: bytes, path: Path, number: int) -> str:
    try:
        return raw.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path}, line {number}: this is not UTF-8 (byte {error.start + 1} of the line): "
            "save the file as UTF-8."
        ) from error
