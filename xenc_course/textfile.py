"""Text files read line by line, gzip by suffix: every fault is named with its file and line."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO


def text_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line number from 1, line without its end) of a UTF-8 file, holding one line at a time.

    A path that ends in `.gz` is decompressed. Blank lines are left out, and so is the byte order
    mark that some editors put first. Raises FileNotFoundError when there is no such file, and
    ValueError for a line that is not UTF-8 and for a damaged gzip file.
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


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write UTF-8 lines to a file, gzip by suffix; it appears whole or not at all.

    The same lines give the same bytes, also when compressed.
    """
    scratch = path.with_name(f".{path.name}-{os.getpid()}")  # one name a process: no two share it
    data = (f"{line}\n".encode() for line in lines)
    try:
        with scratch.open("wb") as file:
            if path.suffix == ".gz":
                with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
                    packed.writelines(data)
            else:
                file.writelines(data)
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


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
