"""OpenVINO as a backend: its tables, its precision, and what is refused.

A stand-in over onnxruntime takes the library's place, because the course's environment does not
carry it: it is optional, large, and no lesson needs it. `test_openvino_itself.py` asks the library.
"""

import copy
import os
import pickle
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests.support.stand_in_openvino import StandInCore, StandInOpenVino
from xenc_course import Reranker, load_cross_encoder
from xenc_course.__main__ import main
from xenc_course.scoring.openvino_backend import openvino


@pytest.fixture
def library(monkeypatch) -> StandInOpenVino:
    library = StandInOpenVino()
    monkeypatch.setitem(sys.modules, "openvino", library)
    return library


def test_the_logits_are_those_of_predict_in_rows_of_sixteens(library, tiny_model, pairs):
    wanted = load_cross_encoder(str(tiny_model), device="cpu").predict(pairs)
    reranker = Reranker(str(tiny_model), "openvino", workers=3)
    assert {"NUM_STREAMS": 3, "INFERENCE_NUM_THREADS": 3}.items() <= library.compiled[0].items()
    library.tables.clear()  # of the trial
    assert reranker.score(pairs) == pytest.approx(wanted, abs=1e-4)
    assert all(length % 16 == 0 for _, length in library.tables)
    assert len({length for _, length in library.tables}) > 2
    assert sum(rows * length for rows, length in library.tables) == reranker.report.computed


def test_a_table_holds_the_tokens_that_its_rows_have(library, tiny_model):
    reranker = Reranker(str(tiny_model), "openvino")
    library.tables.clear()
    reranker.score([("a king", f"{'the city ' * 30} {number}") for number in range(40)])
    assert max(rows * length for rows, length in library.tables) in range(900, 1025)
    library.tables.clear()
    Reranker(str(tiny_model), "openvino", batch_tokens=100).score([("a", "b"), ("a", "the")])
    assert library.tables[-1] == (2, 16)


def test_no_row_is_longer_than_the_model_reads(library, tiny_model):
    reranker = Reranker(str(tiny_model), "openvino", max_length=20)
    with pytest.warns(UserWarning, match="longer than the model reads"):
        reranker.score([("a king", "the city " * 30)])
    assert library.tables[-1] == (1, 20)


@pytest.mark.parametrize(
    ("computes", "precision", "reason"),
    [
        ("bf16", "bf16", "bfloat16, which this processor has"),
        ("f32", "f32", "no instructions for bfloat16"),
        ("f16", "f32", "no instructions for bfloat16"),
    ],
)
def test_choice_and_report_name_the_precision(computes, precision, reason, library, tiny_model):
    library.precision = computes
    reranker = Reranker(str(tiny_model), "openvino")
    reranker.score([("a king", "the city")])
    assert library.compiled[0]["INFERENCE_PRECISION_HINT"] == precision
    assert reranker.choice.backend == "openvino" and reason in reranker.choice.why
    assert reranker.report.backend == f"openvino, {precision}"
    assert f"(openvino, {precision})" in str(reranker.report)


def test_auto_takes_exact_backends_alone(library, tiny_model):
    reranker = Reranker(str(tiny_model))
    reranker.expect(5000)
    reranker.score([("a king", "the city"), ("a king", "the lake")])
    assert reranker.choice.backend in ("torch", "onnx") and not library.compiled


@pytest.mark.parametrize(("computes", "off"), [("f32", 0.01), ("bf16", 2.0), ("bf16", np.nan)])
def test_other_logits_than_those_of_onnxruntime_are_refused(computes, off, library, tiny_model):
    library.precision, library.off = computes, off
    with pytest.raises(ValueError, match="OpenVINO gives other logits than onnxruntime, by up to"):
        Reranker(str(tiny_model), "openvino")


def test_what_openvino_raises_is_told_in_a_sentence(library, tiny_model, monkeypatch):
    reranker = Reranker(str(tiny_model), "openvino")

    def broken(feed):
        raise RuntimeError("Exception from a file:224:\nNode '/Add' has other shapes")

    monkeypatch.setattr(reranker._choose._backend._compiled, "_infer", broken)
    with pytest.raises(ValueError, match=r"\(Node '/Add' has other shapes\): use backend='onnx'\."):
        reranker.score([("a king", "the city")])


def test_a_model_that_openvino_cannot_compile_is_told(library, tiny_model, monkeypatch):
    def broken(*_):
        raise RuntimeError("Exception from a file:84:\nOperation New is not supported")

    monkeypatch.setattr(StandInCore, "compile_model", broken)
    with pytest.raises(ValueError, match=r"cannot compile the model \(Operation New is not"):
        Reranker(str(tiny_model), "openvino")


@pytest.fixture
def onnx_folder(tiny_model, tmp_path, exports):
    """A folder with nothing but an ONNX file and a tokenizer."""

    Reranker(str(tiny_model), "onnx")
    path = next(path for path in exports.glob("*.onnx") if "-int8-" not in path.name)
    shutil.copy(tiny_model / "tokenizer.json", tmp_path)
    shutil.copy(path, tmp_path / "model.onnx")
    return tmp_path


def test_an_onnx_file_in_fp32_is_run_and_a_damaged_one_refused(
    library, onnx_folder, tiny_model, pairs
):
    wanted = Reranker(str(tiny_model), "onnx").score(pairs)
    assert Reranker(onnx_folder, "openvino").score(pairs) == pytest.approx(wanted, abs=1e-4)
    (onnx_folder / "model.onnx").write_bytes((onnx_folder / "model.onnx").read_bytes()[:-2000])
    with pytest.raises(ValueError, match=r"model\.onnx is no whole ONNX model"):
        Reranker(onnx_folder, "openvino")


def test_tokens_that_the_model_does_not_have_are_refused(library, onnx_folder):
    """OpenVINO itself would compute on with numbers that mean nothing."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(onnx_folder / "tokenizer.json"))
    tokenizer.add_tokens([f"cathedral {number}" for number in range(31_000)])
    tokenizer.save(str(onnx_folder / "tokenizer.json"))
    with pytest.raises(ValueError, match="use the tokenizer that belongs to the model"):
        Reranker(onnx_folder, "openvino")


def test_dynamic_8_bit_integers_are_refused(library, onnx_folder, monkeypatch):
    from xenc_course.scoring import backend_choice

    monkeypatch.setattr(backend_choice, "is_dynamic_int8", lambda path: True)
    with pytest.raises(ValueError, match="8-bit integers, which OpenVINO compiles for minutes"):
        Reranker(onnx_folder, "openvino")
    assert not library.compiled


def test_without_the_package_a_sentence_says_what_to_install(tiny_model, exports, monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino", None)
    before = set(exports.glob("*")) if exports.is_dir() else set()
    with pytest.raises(ImportError, match=r'run `pip install "xenc-course\[openvino\]"`\.$'):
        Reranker(str(tiny_model), "openvino")
    assert before == (set(exports.glob("*")) if exports.is_dir() else set())


def test_the_command_names_the_missing_package(tiny_model, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "openvino", None)
    words = f"evaluate --model {tiny_model} --backend openvino --out {tmp_path / 'a.trec'}"
    assert main([*words.split(), "--collection", "helpdesk"]) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("evaluate: The backend 'openvino' needs the package openvino")
    assert not (tmp_path / "a.trec").exists()


@pytest.mark.parametrize("loaded", [False, True])
def test_the_library_is_imported_without_its_telemetry(loaded, tmp_path, monkeypatch):
    lines = ["try:", "    import openvino_telemetry", "    TOLD = True", "except ImportError:"]
    (tmp_path / "openvino.py").write_text("\n".join([*lines, "    TOLD = False"]))
    (tmp_path / "openvino_telemetry.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "openvino", raising=False)
    if loaded:
        monkeypatch.setitem(sys.modules, "openvino_telemetry", "what a caller has imported")
    assert openvino().TOLD is False
    kept = sys.modules.get("openvino_telemetry")
    assert kept == ("what a caller has imported" if loaded else None)
    assert ("openvino_telemetry" in sys.modules) == loaded
    monkeypatch.delitem(sys.modules, "openvino")


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda r: pickle.loads(pickle.dumps(r))]
)
def test_a_copy_scores_with_openvino_too(copied, library, tiny_model, pairs):
    reranker = Reranker(str(tiny_model), "openvino", batch_tokens=64)
    twin = copied(reranker)
    assert twin.choice == reranker.choice and len(library.compiled) == 2
    assert twin.score(pairs).tolist() == reranker.score(pairs).tolist()


def test_threads_share_one_compiled_model(library, tiny_model, pairs):
    reranker = Reranker(str(tiny_model), "openvino")
    with ThreadPoolExecutor(4) as pool:
        scores = list(pool.map(reranker.score, [pairs] * 8, [False] * 8))
    assert all(found.tolist() == scores[0].tolist() for found in scores)
    assert len(library.compiled) == 1


def in_a_child(work) -> bytes:
    """What `work` gives in a forked process."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(write, work())
        finally:
            os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with os.fdopen(read, "rb") as answer:
        return answer.read()


if hasattr(os, "fork"):

    def test_a_forked_process_compiles_its_own_and_keeps_its_parents(library, tiny_model):
        """The library's threads are not copied: its parent's model would wait for them forever."""
        reranker = Reranker(str(tiny_model), "openvino", workers=1)
        pair = ("a king", "the city")
        known, parents = reranker.score(pair), reranker._choose._backend._compiled
        held = sys.getrefcount(parents)

        def child() -> bytes:
            kept = sys.getrefcount(parents)  # one by the backend is gone, one for good is new
            same = reranker.score(pair) == known
            return bytes([int(same), int(kept == held), len(library.compiled)])

        assert list(in_a_child(child)) == [1, 1, 2]
        assert reranker.score(pair) == known and len(library.compiled) == 1
