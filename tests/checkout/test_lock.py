"""The lock, the project and the conda environment agree."""

from pathlib import Path

from xenc_course.commands import doctor

ROOT = Path(__file__).parents[2]


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
    kit = (ROOT / "requirements-kit.lock").read_text()
    pinned = dict(line.split("==") for line in kit.splitlines() if "==" in line)
    locked |= {canonicalize_name(name): version for name, version in pinned.items()}
    for requirement in map(Requirement, project["optional-dependencies"]["kit"]):
        version = locked[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement} but locked {version}"
    conda = (ROOT / "environment.yml").read_text()
    assert f"python{project['requires-python']}" in conda
    assert "--requirement requirements.lock" in conda and "--editable ." in conda
