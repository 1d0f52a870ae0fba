"""What SECURITY.md promises of the code: nothing that is read can run code, and tests hold it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PICKLES = {"pickle", "_pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
LOADERS = {"torch.load", "pd.read_pickle", "yaml.load", "yaml.unsafe_load"}
ON = {"trust_remote_code", "allow_pickle", "weights_only", "shell"}


def faults(code: str) -> Iterator[str]:
    """What in a piece of code could run code out of a file, or hand a line to a shell."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names]
            names.append(getattr(node, "module", None) or "")
            yield from (name for name in names if name.split(".")[0] in PICKLES)
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in LOADERS or called in {"eval", "exec"}:
                yield called
            for keyword in node.keywords:
                off = isinstance(keyword.value, ast.Constant) and keyword.value.value is False
                if keyword.arg in ON and not off:
                    yield keyword.arg


def code_of(path: Path) -> str:
    """The code of a module, or of the cells of a lesson without what is no Python."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    cells = (cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code")
    lines = "\n".join("".join(cell["source"]) for cell in cells).split("\n")
    return "\n".join("" if line.startswith(("%", "!")) else line for line in lines)


@pytest.mark.parametrize("folder", ["xenc_course", "authoring", "benchmarks", "notebooks"])
def test_no_code_reads_a_pickle_trusts_a_model_or_calls_a_shell(folder):
    paths = [path for end in ("py", "ipynb") for path in (ROOT / folder).rglob(f"*.{end}")]
    paths = [path for path in paths if ".peers" not in path.parts]
    assert paths
    assert {str(path): found for path in paths if (found := [*faults(code_of(path))])} == {}


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from joblib import load",
        "torch.load(path, weights_only=True)",
        "np.load(path, allow_pickle=True)",
        "CrossEncoder(name, trust_remote_code=trust)",
        "subprocess.run(line, shell=True)",
        "eval(text)",
    ],
)
def test_the_rule_sees_what_it_forbids(code):
    assert [*faults(code)]
    assert not [*faults("np.load(path); model.eval(); CrossEncoder(n, trust_remote_code=False)")]


def test_every_test_that_security_names_is_there():
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)`", page)
    assert len(named) >= 5
    assert [path for path in named if not (ROOT / path).is_file()] == []
