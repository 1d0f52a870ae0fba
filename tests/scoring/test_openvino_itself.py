"""OpenVINO itself gives the logits that it promises, in every process, and tells nobody.

The course's environment does not carry the library (see `test_openvino_backend.py`), so these tests
run where somebody has installed it: CONTRIBUTING.md says how.
"""

import subprocess
import sys

import numpy as np
import pytest

from tests.faults.test_nothing_is_sent import watched
from xenc_course import Reranker

pytest.importorskip("openvino", reason="it is an optional package: see CONTRIBUTING.md")

ELSEWHERE = """
import multiprocessing, os, signal, sys
from concurrent.futures import ThreadPoolExecutor
from xenc_course import Reranker
PAIRS = [(f"who sells grain {n}", "the market of the town " * (n % 30 + 1)) for n in range(48)]
def score(reranker):
    return reranker.score(PAIRS, progress=False).tolist()
if __name__ == "__main__":
    folder, way = sys.argv[1:]
    reranker = Reranker(folder, "openvino")
    known = score(reranker)
    if way == "spawn":
        with multiprocessing.get_context("spawn").Pool(2) as pool:
            assert pool.map(score, [reranker] * 2) == [known] * 2
    elif way == "threads":
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(score, [reranker] * 16)) == [known] * 16
    elif os.fork() == 0:  # the child ends as a program does, which frees what it holds
        if hasattr(signal, "alarm"):
            signal.alarm(100)
        assert way == "idle" or score(reranker) == known
    else:
        assert os.wait()[1] == 0
        assert score(reranker) == known
"""
WAYS = ["spawn", "threads", *(["fork", "idle"] if hasattr(__import__("os"), "fork") else [])]
SCORING = """
from xenc_course import Reranker
assert Reranker("ms-marco-MiniLM-L12-v2", "openvino").rank("a king", ["the city", "a lake"])
"""


def test_logits_are_those_of_fp32_as_far_as_the_precision_goes(tiny_model, pairs):
    reranker = Reranker(str(tiny_model), "openvino")
    near = 1e-4 if reranker.choice.precision == "f32" else 0.02
    exact = Reranker(str(tiny_model), "onnx").score(pairs)
    assert reranker.score(pairs) == pytest.approx(exact, abs=near)


def test_scores_do_not_depend_on_company(tiny_model, pairs):
    reranker = Reranker(str(tiny_model), "openvino")
    together = reranker.score(pairs)
    alone = np.array([reranker.score([pair])[0] for pair in pairs])
    assert alone == pytest.approx(together, abs=1e-4)


@pytest.mark.models
def test_the_course_model_is_close_to_fp32_and_its_scores_have_no_company(pairs):
    reranker = Reranker(backend="openvino")
    scores = reranker.score(pairs)
    assert scores == pytest.approx(Reranker(backend="onnx").score(pairs), abs=0.1)
    alone = np.array([reranker.score([pair])[0] for pair in pairs])
    assert alone == pytest.approx(scores, abs=1e-4)


def test_a_damaged_file_is_refused(tiny_model, tmp_path, exports):
    from xenc_course.scoring.openvino_backend import OpenVinoBackend

    Reranker(str(tiny_model), "onnx")
    whole = next(path for path in exports.glob("*.onnx") if "int8" not in path.name)
    (tmp_path / "cut.onnx").write_bytes(whole.read_bytes()[:-2000])
    with pytest.raises(ValueError, match=r"cut\.onnx is no whole ONNX model"):
        OpenVinoBackend(tmp_path / "cut.onnx", limit=512)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_scores_are_the_same_elsewhere(way, tiny_model, tmp_path):
    program = tmp_path / "elsewhere.py"
    program.write_text(ELSEWHERE)
    command = [sys.executable, program, str(tiny_model), way]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.models
@pytest.mark.slow
def test_nobody_is_told(tmp_path):
    assert watched(SCORING, tmp_path) == ([], 0, [])
