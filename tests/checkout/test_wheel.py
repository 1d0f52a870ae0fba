"""The package by itself: a wheel in an environment that holds only what the wheel asks for."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SITE = Path(sysconfig.get_path("purelib"))
PACKED = ("xenc_course", "pyproject.toml", "README.md", "LICENSE")
PROGRAM = """
import importlib.util, json, sys
from pathlib import Path
import xenc_course

absent = ["nbformat", "nbclient", "nbval", "jupyterlab", "authoring"]
score = xenc_course.Reranker(sys.argv[1], "torch").score([("capital of Peru", "Lima"), ("a", "b")])
print(json.dumps({
    "home": str(Path(xenc_course.__file__).parent),
    "found": [name for name in absent if importlib.util.find_spec(name)],
    "scores": len(score),
    "typed": Path(xenc_course.__file__).with_name("py.typed").is_file(),
    "helpdesk": len(xenc_course.load_collection("helpdesk").queries),
}))
"""
# What any line of the package imports, also within functions, and what of it is not there.
IMPORTS = """
import ast, importlib, importlib.util, json, pkgutil
from pathlib import Path
import xenc_course

for module in pkgutil.walk_packages(xenc_course.__path__, "xenc_course."):
    importlib.import_module(module.name)
asked = set()
for path in Path(xenc_course.__file__).parent.rglob("*.py"):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            asked |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            asked.add(node.module.split(".")[0])
print(json.dumps(sorted(name for name in asked if importlib.util.find_spec(name) is None)))
"""


def needed(names: list[str]) -> dict[str, Distribution]:
    """These distributions and all that they require, out of the course's own environment."""
    found: dict[str, Distribution] = {}
    waiting = [Requirement(name) for name in names]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        wanted = {"", *requirement.extras}
        if name in found and wanted == {""}:
            continue
        found[name] = distribution(name)
        for text in found[name].requires or []:
            more = Requirement(text)
            if more.marker is None or any(more.marker.evaluate({"extra": e}) for e in wanted):
                waiting.append(more)
    return found


def link(found: dict[str, Distribution], site: Path) -> None:
    """Put these distributions into another environment, as links: nothing is downloaded."""
    for one in found.values():
        tops = {
            file.parts[0] for file in one.files or [] if file.parts[0] not in ("..", "__pycache__")
        }
        for top in tops:
            if (SITE / top).exists() and not (site / top).exists():
                (site / top).symlink_to(SITE / top)


@pytest.fixture(scope="module")
def alone(tmp_path_factory) -> Path:
    """The Python of an environment with the wheel, what it requires, pip, pytest and hypothesis."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in PACKED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", str(folder), str(source)], check=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "env", symlinks=os.name != "nt")
    scripts = "Scripts" if os.name == "nt" else "bin"
    python = folder / "env" / scripts / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    subprocess.run([*install, "--no-deps", "--no-index", str(wheel)], check=True)
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    done = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True)
    site = Path(done.stdout.strip())
    metadata = next(site.glob("xenc_course-*.dist-info"))
    requires = [r for r in Distribution.at(metadata).requires or [] if "extra ==" not in r]
    link(needed([*requires, "pip", "pytest", "hypothesis"]), site)  # pip fetches the models
    return python


def run_in(python: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python in that environment, out of reach of the checkout."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [str(python), *words], cwd=folder, env=kept, capture_output=True, text=True, check=False
    )


def test_the_wheel_alone_scores_pairs_and_needs_no_notebook_tools(alone, tiny_model, tmp_path):
    done = run_in(alone, tmp_path, "-c", PROGRAM, str(tiny_model))
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert not Path(said.pop("home")).is_relative_to(ROOT)
    assert said == {"found": [], "scores": 2, "typed": True, "helpdesk": 189}


def test_the_wheel_alone_evaluates_a_beir_folder(alone, tiny_model, tmp_path):
    folder = tmp_path / "own"
    (folder / "qrels").mkdir(parents=True)
    passages = {"lima": "Lima is the capital of Peru.", "oslo": "Oslo is the capital of Norway."}
    lines = [json.dumps({"_id": name, "text": text}) for name, text in passages.items()]
    (folder / "corpus.jsonl").write_text("\n".join(lines) + "\n")
    (folder / "queries.jsonl").write_text(
        json.dumps({"_id": "q", "text": "capital of Peru"}) + "\n"
    )
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\tlima\t1\n")
    command = ["-m", "xenc_course", "evaluate", "--collection", str(folder)]
    command += ["--model", str(tiny_model), "--backend", "torch", "--out", "run.trec"]
    done = run_in(alone, tmp_path, *command)
    assert done.returncode == 0, done.stderr
    assert "own: means over 1 queries" in done.stdout
    assert len((tmp_path / "run.trec").read_text().splitlines()) == 2


def test_the_wheel_holds_every_file_of_the_package(alone, tmp_path):
    home = run_in(alone, tmp_path, "-c", "import xenc_course; print(xenc_course.__path__[0])")
    packed = {p.relative_to(home.stdout.strip()): p for p in files_of(Path(home.stdout.strip()))}
    source = {p.relative_to(ROOT / "xenc_course"): p for p in files_of(ROOT / "xenc_course")}
    assert packed.keys() == source.keys()
    assert [name for name in source if packed[name].read_bytes() != source[name].read_bytes()] == []


def files_of(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file() and p.parent.name != "__pycache__"]


def test_all_that_the_package_imports_comes_with_the_wheel_or_is_asked_for(alone, tmp_path):
    done = run_in(alone, tmp_path, "-c", IMPORTS)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [
        *("IPython", "ipywidgets", "ir_datasets", "lancedb", "openvino", "pyarrow")
    ]


@pytest.mark.soak
def test_the_wheel_alone_passes_the_packages_tests(alone, tmp_path):
    shutil.copytree(ROOT / "tests", tmp_path / "tests")
    wanted = "not models and not slow and not checkout"
    words = ["-m", "pytest", "-q", "-x", "--import-mode=importlib", "--disable-warnings"]
    done = run_in(alone, tmp_path, *words, "-m", wanted, "tests")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
