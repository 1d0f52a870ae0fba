"""The cache: where it lies, who may write there, and what was recorded of each file in it.

Everything in it is a file of a folder with a manifest, which holds the size and SHA-256 of each
file as it was made. Reading needs no lock and no right to write.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from xenc_course.files import PARTIAL, appears_whole, file_sha256, shown, write_lines

MANIFEST = "manifest.json"
LOCK = ".lock"  # in a folder of the cache: one process at a time writes there
PATIENCE = 2  # seconds to wait for a lock before saying so
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
DENIED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST}


class AssetError(RuntimeError):
    """A model or text is missing, damaged or cannot be fetched; the message says what to do."""


def cache_folder() -> Path:
    """The folder that holds all assets: `$XENC_CACHE`, or one in the user's cache folder.

    Raises:
        AssetError: `XENC_CACHE` is a relative path, no home folder is known, or something that is
            no folder lies there.
    """
    import platformdirs

    chosen = os.environ.get("XENC_CACHE")
    try:
        folder = Path(chosen or platformdirs.user_cache_dir("xenc-course")).expanduser()
    except RuntimeError as error:
        raise AssetError(
            "This user has no home folder: set XENC_CACHE to the absolute path of a folder that "
            "can be written."
        ) from error
    if not folder.is_absolute():
        raise AssetError(
            f"XENC_CACHE is {shown(folder)}, which is another folder wherever a program is "
            "started: set it to an absolute path."
        )
    if os.path.lexists(folder) and not folder.is_dir():
        what = "a link that leads nowhere" if folder.is_symlink() else "a file"
        raise AssetError(
            f"The cache {folder} is {what} and no folder: remove it, or set XENC_CACHE to a folder."
        )
    return folder


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Be the only process that writes in a folder of the cache, which is made if need be.

    The lock is the operating system's, so it ends with its process, and what a killed one left
    behind is swept away here. Who waits for more than two seconds is told so on stderr.

    Args:
        folder: the cache, or a folder in it.

    Raises:
        AssetError: the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    with _told_in_a_sentence(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK)
        try:
            lock.acquire(timeout=PATIENCE)
        except Timeout:
            print(f"Waiting for another process, which holds {folder / LOCK}.", file=sys.stderr)
            lock.acquire()
        try:
            for left in folder.glob(f"{PARTIAL}*"):
                # A download that outlived its process may still write there; a later sweep helps.
                shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink()
            yield
        finally:
            lock.release()


def needs_a_sweep(folder: Path) -> bool:
    """Whether a killed process left something in a folder of the cache that may be written."""
    return any(folder.glob(f"{PARTIAL}*")) and os.access(folder, os.W_OK)


@contextmanager
def recorded_folder(path: Path, facts: Mapping[str, object]) -> Iterator[Path]:
    """Make a folder of the cache; it appears whole, with its manifest, or not at all.

    Args:
        path: the folder that is to appear, or to be replaced.
        facts: what the manifest says beside the size and SHA-256 of each file.

    Yields:
        An empty folder to write the files into.
    """
    with appears_whole(path) as folder:
        folder.mkdir()
        yield folder
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        write_manifest(
            folder, facts, {file.relative_to(folder).as_posix(): file_facts(file) for file in files}
        )


def write_manifest(
    folder: Path, facts: Mapping[str, object], files: Mapping[str, dict[str, object]]
) -> None:
    """Record what a folder holds.

    Args:
        folder: lies in the cache.
        facts: of the whole folder, such as its source.
        files: a file's name -> its `file_facts`.
    """
    write_lines(folder / MANIFEST, [json.dumps({**facts, "files": files}, indent=2)])


def file_facts(path: Path) -> dict[str, object]:
    """What is recorded of a file: its size and SHA-256."""
    return {"bytes": path.stat().st_size, "sha256": file_sha256(path)}


def manifest(folder: Path) -> dict:
    """What was recorded of a folder; its files are under "files".

    Raises:
        FileNotFoundError: nothing was recorded.
        ValueError: the manifest is damaged.
    """
    text = (folder / MANIFEST).read_text(encoding="utf-8")
    try:
        found = json.loads(text)
        for facts in found["files"].values():
            int(facts["bytes"]), str(facts["sha256"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{MANIFEST} cannot be read") from error
    return found


def damaged_files(folder: Path, *, quick: bool = False) -> list[str]:
    """What differs from the manifest that was written when a folder of the cache was made.

    Args:
        folder: lies in the cache.
        quick: whether to take the SHA-256 that this process has found before, of a file that has
            kept its size and time since; otherwise every file is read again.

    Returns:
        One phrase per file that differs; an empty list when the folder is whole.
    """
    try:
        files = manifest(folder)["files"]
    except FileNotFoundError:
        return [f"{MANIFEST} is missing"]
    except ValueError as error:
        return [str(error)]
    looked_at = {name: file_damage(folder / name, facts, quick) for name, facts in files.items()}
    return [f"{name} {damage}" for name, damage in looked_at.items() if damage]


def file_damage(path: Path, facts: Mapping[str, object], quick: bool = False) -> str:
    """How a file differs from its `file_facts`: a phrase that follows its name; "" if it does not.

    Args:
        path: the file.
        facts: what was recorded of it.
        quick: see `damaged_files`.
    """
    if not path.is_file():
        return "is missing"
    size = path.stat().st_size
    if size != facts["bytes"]:
        return f"has {size} bytes, not {facts['bytes']}"
    if (_known_sha256 if quick else file_sha256)(path) != facts["sha256"]:
        return "has another SHA-256 than when it was made"
    return ""


def size_on_disk(folder: Path) -> int:
    """The size of all files below a folder, in bytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _known_sha256(path: Path) -> str:
    seen = path.stat()
    return _sha256_once(path, seen.st_size, seen.st_mtime_ns)


@lru_cache(maxsize=256)
def _sha256_once(path: Path, size: int, changed: int) -> str:
    return file_sha256(path)


@contextmanager
def _told_in_a_sentence(folder: Path) -> Iterator[None]:
    """Say what the operating system has against writing in a folder, and what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            mend = "free some disk space, or set XENC_CACHE to a folder on another disk"
        elif error.errno == errno.ENOENT:
            mend = "something else removed files there, so run the same command again"
        elif error.errno in DENIED:
            mend = "make it writable, or set XENC_CACHE to a folder that can be written"
        else:
            raise
        raise AssetError(
            f"The cache {folder} cannot be written ({error.strerror}): {mend}."
        ) from error
