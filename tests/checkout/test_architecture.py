"""The contracts of docs/architecture.md: an arrow upward, a circle or an author's tool fails."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = "from importlinter.cli import lint_imports_command as run; run(['--no-cache', '--no-logo'])"


@pytest.fixture
def house(tmp_path) -> Path:
    """The code without its data."""
    for folder in ("xenc_course", "authoring"):
        ignore = shutil.ignore_patterns("data", "__pycache__")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def contracts(house: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT], cwd=house, capture_output=True, text=True, check=False
    )


def test_the_house_keeps_its_contracts(house):
    done = contracts(house)
    assert done.returncode == 0, done.stdout
    assert "3 kept, 0 broken" in done.stdout


@pytest.mark.parametrize(
    ("file", "line", "broken"),
    [
        ("display/table.py", "import xenc_course.commands.doctor", "Wings import downwards only"),
        ("text/beir.py", "import xenc_course.models.catalogue", "Wings import downwards only"),
        ("scoring/pairs.py", "from . import reranker", "No circles"),
        ("files.py", "import nbformat", "The package needs no author's tool"),
        ("files.py", "import authoring.cells", "The package needs no author's tool"),
    ],
)
def test_a_wrong_import_breaks_the_contract(house, file, line, broken):
    path = house / "xenc_course" / file
    code = path.read_text(encoding="utf-8")
    path.write_text(code.replace("\nimport ", f"\n{line}\nimport ", 1), encoding="utf-8")
    assert line in path.read_text(encoding="utf-8")
    done = contracts(house)
    assert done.returncode == 1
    assert f"{broken} BROKEN" in done.stdout


def test_the_page_names_every_wing_and_module():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    words = set(re.findall(r"\w+", page))
    modules = [p.stem for p in (ROOT / "xenc_course").rglob("*.py") if not p.stem.startswith("__")]
    assert [name for name in modules if name not in words] == []


def test_every_wing_says_what_it_is_for_in_one_sentence():
    for path in (ROOT / "xenc_course").glob("*/__init__.py"):
        assert re.fullmatch(r'"""[A-Z][^.]+\."""\n', path.read_text(encoding="utf-8")), path
