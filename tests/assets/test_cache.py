"""Where the cache lies: a folder that every program finds, or one sentence."""

import os
from pathlib import Path

import pytest

from xenc_course import model_folder
from xenc_course.__main__ import main
from xenc_course.assets.cache import AssetError, cache_folder
from xenc_course.commands import doctor


def test_the_users_home_is_written_as_in_a_shell(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XENC_CACHE", "~/x")
    assert cache_folder() == tmp_path / "x"


@pytest.mark.parametrize("chosen", ["x", "./x", "a/b", "..", "nobody~"])
def test_a_relative_folder_is_refused_because_it_is_another_one_elsewhere(chosen, monkeypatch):
    monkeypatch.setenv("XENC_CACHE", chosen)
    with pytest.raises(AssetError, match="set it to an absolute path"):
        cache_folder()


def a_file(path: Path) -> None:
    path.write_text("x")


def a_link_that_leads_nowhere(path: Path) -> None:
    path.symlink_to(path.with_name("nothing"))


def a_folder_below_a_file(path: Path) -> None:
    path.parent.rmdir()
    path.parent.write_text("x")


@pytest.mark.parametrize("make", [a_file, a_link_that_leads_nowhere, a_folder_below_a_file])
@pytest.mark.parametrize("command", ["fetch", "doctor"])
def test_something_else_in_its_place_is_one_sentence(make, command, monkeypatch, tmp_path, capsys):
    place = tmp_path / "folder" / "cache"
    place.parent.mkdir()
    make(place)
    monkeypatch.setenv("XENC_CACHE", str(place))
    if command == "fetch":
        assert main(["fetch", "wikipedia"]) == 1
        (said,) = capsys.readouterr().err.splitlines()
        assert said.startswith("fetch: The cache ") and said.endswith(".")
    else:
        (said,) = map(str, doctor._cache())
        assert said.lower().startswith("fail  the cache ")
    assert str(place) in said


def nobody_known(uid: int) -> None:
    raise KeyError(uid)


def test_a_user_without_a_home_is_told_what_to_set(monkeypatch):
    for name in ("HOME", "XENC_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", nobody_known)
    with pytest.raises(AssetError, match="has no home folder: set XENC_CACHE"):
        cache_folder()
    assert "set XENC_CACHE" in str(*doctor._cache())
    assert main(["models"]) == 0  # the list needs no cache
    with pytest.raises(AssetError, match="set XENC_CACHE"):
        model_folder("ms-marco-MiniLM-L12-v2")


def test_a_home_of_an_unknown_name_is_told(monkeypatch):
    monkeypatch.setenv("XENC_CACHE", "~nobody-here/x")
    with pytest.raises(AssetError, match="set XENC_CACHE"):
        cache_folder()
    assert not os.path.lexists("~nobody-here")
