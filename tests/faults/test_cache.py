"""The cache comes to harm: cut, flipped, removed, read-only, full. Scores are right or refused."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from tests.support.root import without_root_rights
from xenc_course import Reranker, load_cross_encoder
from xenc_course.assets import bundled_students
from xenc_course.assets.bundled_students import BASE, SCALE, student_damage, student_folder
from xenc_course.assets.cache import AssetError, recorded_folder
from xenc_course.files import file_sha256
from xenc_course.models import onnx_export
from xenc_course.models.onnx_export import damaged_exports, exports_folder, sweep_exports

PAIRS = [("a harbour town", "The town has a harbour."), ("query", "grain")]


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    """A cache of the test's own."""
    monkeypatch.setenv("XENC_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 64
    path.write_bytes(content)


def overwrite(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3 : len(content) // 3 + 9000] = bytes(9000)
    path.write_bytes(content)


HARMS = [cut, flip_a_bit, overwrite, Path.unlink]


@pytest.fixture
def exported(cache, tiny_model) -> tuple[Path, np.ndarray]:
    """An export in the cache, and what it scores."""
    scores = Reranker(str(tiny_model), "onnx").score(PAIRS)
    (path,) = exports_folder().glob("*.onnx")
    return path, scores


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_a_damaged_export_is_made_again(harm, exported, tiny_model):
    path, right = exported
    before = path.read_bytes()
    harm(path)
    assert len(damaged_exports()) == (harm is not Path.unlink)
    assert Reranker(str(tiny_model), "onnx").score(PAIRS).tolist() == right.tolist()
    assert path.read_bytes() == before and damaged_exports() == []


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"files": {"a": 1}}', None])
def test_an_export_whose_record_is_damaged_is_made_again(content, exported, tiny_model):
    path, right = exported
    record = path.with_name("manifest.json")
    record.unlink() if content is None else record.write_text(content)
    assert damaged_exports() == [f"{path.name} was recorded nowhere"]
    assert Reranker(str(tiny_model), "onnx").score(PAIRS).tolist() == right.tolist()
    assert damaged_exports() == []


def test_an_int8_export_is_not_made_from_a_damaged_one(exported, tiny_model):
    path, _ = exported
    right = Reranker(str(tiny_model), "onnx-int8").score(PAIRS)
    (int8,) = exports_folder().glob("*-int8-*.onnx")
    int8.unlink()
    overwrite(path)
    assert Reranker(str(tiny_model), "onnx-int8").score(PAIRS).tolist() == right.tolist()
    assert damaged_exports() == []


def test_what_a_killed_export_left_is_swept_and_whole_exports_are_kept(exported, tiny_model):
    path, _ = exported
    left = path.with_name(f".partial-{path.name}-1")
    left.write_bytes(b"half")
    unrecorded = path.with_name(f"{'0' * 64}.onnx")
    unrecorded.write_bytes(b"of an earlier version")
    sweep_exports()
    assert sorted(exports_folder().glob("*.onnx")) == [path] and not left.exists()
    sweep_exports(all_of_them=True)
    assert not path.exists()


KILLED = """
import os, signal, sys
from xenc_course.models import onnx_export
def half(model, path):
    path.write_bytes(b"half")
    if "kill" in sys.argv:
        os.kill(os.getpid(), signal.SIGKILL)
    path.write_bytes(b"whole")
onnx_export._export = half
print(onnx_export.exported("a" * 64, lambda: None).read_bytes())
"""


@pytest.mark.slow
def test_an_export_that_is_killed_leaves_nothing_that_is_used(cache):
    command = [sys.executable, "-c", KILLED]
    root = Path(__file__).parents[2]
    assert subprocess.run([*command, "kill"], cwd=root).returncode == -signal.SIGKILL
    assert [path.name[:9] for path in (cache / "onnx").iterdir() if path.name != ".lock"] == [
        ".partial-"
    ]
    both = [subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) for _ in range(2)]
    assert [process.communicate()[0].strip() for process in both] == [b"b'whole'"] * 2
    names = {path.name for path in (cache / "onnx").iterdir()}
    assert names == {".lock", "manifest.json", f"{'a' * 64}.onnx"}


def test_threads_export_a_model_once(cache, monkeypatch):
    made = []

    def export(model: object, path: Path) -> None:
        made.append(1)
        path.write_bytes(b"whole")

    monkeypatch.setattr(onnx_export, "_export", export)
    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(lambda n: onnx_export.exported("a" * 64, lambda: None), range(8)))
    assert len(set(paths)) == 1 and made == [1] and damaged_exports() == []


@pytest.fixture
def student(cache, tiny_model, tmp_path, monkeypatch):
    """A released student of a small base: the base's tables, and matrices of its own in 8 bits."""
    with recorded_folder_of(cache) as folder:
        shutil.copytree(tiny_model, folder, dirs_exist_ok=True)
    stored = tmp_path / "students" / "small" / bundled_students.STORED
    stored.parent.mkdir(parents=True)
    weights = load_file(tiny_model / "model.safetensors")
    tensors = {}
    for name, weight in weights.items():
        if "embeddings" in name:
            continue
        if weight.ndim == 2 and "encoder" in name:
            scale = np.abs(weight).max(1) / 127
            tensors |= {name: np.round(weight / scale[:, None]).astype("int8"), name + SCALE: scale}
        else:
            tensors[name] = weight
    save_file(tensors, stored)
    shutil.copy(tiny_model / "config.json", stored.parent)
    monkeypatch.setattr(bundled_students, "STUDENTS", tmp_path / "students")
    facts = {"sha256": file_sha256(stored), "layers": 3, "parameters": 1}
    stored.parent.with_name("index.json").write_text(json.dumps({"small": facts}))
    return bundled_students.released()["small"]


def recorded_folder_of(cache: Path):
    cache.mkdir(exist_ok=True)
    return recorded_folder(cache / BASE, {})


def predicted(folder: Path) -> list[float]:
    return load_cross_encoder(str(folder), device="cpu").predict(PAIRS).tolist()


@pytest.mark.soak
@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "manifest.json"])
def test_a_damaged_student_is_made_again(harm, name, student):
    folder = student_folder("small")
    right, before = predicted(folder), (folder / name).read_bytes()
    if name == "manifest.json" and harm in (flip_a_bit, overwrite):
        harm = cut
    harm(folder / name)
    assert student_damage(student)
    assert predicted(student_folder("small")) == right
    assert (folder / name).read_bytes() == before


def test_no_student_is_made_on_a_damaged_base_and_a_new_base_makes_a_new_student(
    student, cache, tiny_model
):
    right = predicted(student_folder("small"))
    shutil.rmtree(student.folder)
    overwrite(cache / BASE / "model.safetensors")
    with pytest.raises(AssetError, match=f"{BASE} is damaged .*another SHA-256"):
        student_folder("small")
    assert not student.folder.exists()
    other = load_file(tiny_model / "model.safetensors")
    other["bert.embeddings.word_embeddings.weight"] += 1
    with recorded_folder_of(cache) as folder:
        shutil.copytree(tiny_model, folder, dirs_exist_ok=True)
        save_file(other, folder / "model.safetensors", metadata={"format": "pt"})
    changed = predicted(student_folder("small"))
    assert changed != right
    with recorded_folder_of(cache) as folder:
        shutil.copytree(tiny_model, folder, dirs_exist_ok=True)
    assert student_damage(student) == [f"it was made from another {BASE}"]
    assert predicted(student_folder("small")) == right


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_where_no_export_can_be_written_pytorch_scores_and_nothing_is_left(
    number, cache, tiny_model, monkeypatch
):
    def half(model: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(onnx_export, "_export", half)
    reranker = Reranker(str(tiny_model))
    many = [(f"query {n}", "passage") for n in range(300)]
    right = Reranker(str(tiny_model), "torch").score(many, progress=False)
    assert reranker.score(many, progress=False) == pytest.approx(right, abs=1e-5)
    assert reranker.choice.backend == "torch" and "ONNX" in reranker.choice.why
    assert [path.name for path in exports_folder().iterdir() if path.name != ".lock"] == []
    with pytest.raises(AssetError, match=rf"cannot be written \({os.strerror(number)}\)"):
        Reranker(str(tiny_model), "onnx")


def run_with_a_cache(cache: Path, tiny_model: Path) -> dict:
    script = Path(__file__).with_name("with_a_cache.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tiny_model)],
        cwd=script.parents[2],
        env={**os.environ, "PYTHONPATH": str(script.parents[2])},
        preexec_fn=without_root_rights,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_a_cache_that_cannot_be_written_serves_what_it_holds(cache, tiny_model):
    cache.mkdir()
    cache.chmod(0o555)
    said = run_with_a_cache(cache, tiny_model)
    assert said["same"] and said["backend"] == "torch" and said["fetch"] == 0
    refusal = f"The cache {cache}/onnx cannot be written (Permission denied): make it writable"
    assert "ONNX" in said["why"] and refusal[:50] in said["why"]
    assert said["onnx"].startswith(f"AssetError: {refusal}")
    assert said["doctor"][0].startswith(f"FAIL  the cache {cache} cannot be written: ")


@pytest.mark.slow
def test_a_read_only_cache_with_an_export_scores_with_it(exported, cache, tiny_model):
    path, _ = exported
    for folder in (path.parent, cache):
        folder.chmod(0o555)
    said = run_with_a_cache(cache, tiny_model)
    assert said["same"] and said["onnx"] == "" and said["why"].startswith("On 12 of the pairs")
    assert "ok    1 exports to ONNX, checksums match" in said["doctor"]
