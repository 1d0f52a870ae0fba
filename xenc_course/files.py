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
from unicodedata import category

DATA = Path(__file__).parent / "data"  # what the package brings: helpdesk, stored runs, students
PARTIAL = ".partial-"  # how the names of unfinished files and folders begin
SHOWN = 60  # characters of what was wrong that a message shows
# A small gzip file can hold more text than fits in memory: these bound what is read of one.
LONGEST_LINE = 1_000_000  # bytes, of a run or of judgements
LONGEST_TEXT = 64 * LONGEST_LINE  # bytes, of a line that holds a whole document
_ANY_SIZE = 2**30  # bytes that may come out of a gzip file of any size
_MOST_PACKED = 200  # beyond that, bytes of text a byte of the file; runs have about 10


def shown(value: object) -> str:
    """What a message shows of something that was wrong: the first 60 characters of it."""
    if isinstance(value, str):
        return repr(value[:SHOWN]) + "…" * (len(value) > SHOWN)
    try:
        text = repr(value)
    except Exception:  # an integer of 5,000 digits, or an object whose repr fails
        return f"an object of type {type(value).__name__}"
    return text[:SHOWN] + "…" * (len(text) > SHOWN)


def text_lines(path: Path, longest: int = LONGEST_TEXT) -> Iterator[tuple[int, str]]:
    """Read a UTF-8 text file, holding one line at a time.

    Blank lines are left out, and so is the byte order mark that some editors put first.

    Args:
        path: the file; it is decompressed when its name ends in `.gz`.
        longest: bytes that a line may have.

    Yields:
        The number of the line, from 1, and the line without its end.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a line is not UTF-8 or too long, or a gzip file is damaged or holds over a GiB
            and 200 times its own size.
    """
    with _opened(path) as file:
        number = total = 0
        most = max(_ANY_SIZE, _MOST_PACKED * path.stat().st_size)  # a plain file stays below
        try:
            while raw := file.readline(longest + 1):
                number += 1
                total += len(raw)
                _check_size(raw, longest, total, most, f"{path}, line {number}")
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
        ValueError: it is no text (a number is none: write `str(7)`), is empty, holds white space,
            a control character or half of a surrogate pair, or begins with a byte order mark.
    """
    if isinstance(name, str) and name.isascii() and name.isprintable() and " " not in name and name:
        return name  # nearly all ids, quickly
    if not isinstance(name, str) or len(name.split()) != 1 or name != name.strip():
        kind = "" if isinstance(name, str) else f" of type {type(name).__name__}"
        raise ValueError(
            f"{what} is {shown(name)}{kind}: an id is text without white space, not empty."
        )
    if name.startswith("\ufeff") or any(category(letter) in ("Cc", "Cs") for letter in name):
        raise ValueError(
            f"{what} is {shown(name)}: an id begins with no byte order mark, and holds no control "
            "character and no half of a surrogate pair."
        )
    return name


def check_text(text: str, what: str) -> str:
    """Return a text that is whole characters.

    Args:
        text: of a query, passage or title.
        what: what the message calls it.

    Raises:
        ValueError: it holds half of a surrogate pair, which no tokenizer and no file takes.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{what} holds half of a surrogate pair, which is no character, at place "
            f"{error.start + 1:,}: {shown(text[max(0, error.start - 20) :])}."
        ) from None
    return text


def _opened(path: Path) -> BinaryIO | gzip.GzipFile:
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")


def _check_size(raw: bytes, longest: int, total: int, most: int, where: str) -> None:
    if len(raw) > longest:
        begin = shown(raw[:SHOWN].rstrip().decode(errors="replace"))
        raise ValueError(
            f"{where}: this line has more than {longest:,} bytes and begins with {begin}: check "
            "that it is the right file."
        )
    if total > most:
        raise ValueError(
            f"{where}: more than {most:,} bytes came out of this gzip file, which is much too "
            "small for that: check where it comes from."
        )


def _decoded(raw: bytes, path: Path, number: int) -> str:
    try:
        return raw.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path}, line {number}: this is not UTF-8 (byte {error.start + 1} of the line): "
            "save the file as UTF-8."
        ) from error
