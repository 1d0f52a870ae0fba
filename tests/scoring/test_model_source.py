"""Where a model comes from: a package, or a folder that only bears the same name."""

import json
import shutil

import pytest

from xenc_course import Reranker
from xenc_course.models.loading import DEFAULT_CROSS_ENCODER


@pytest.mark.models
def test_int8_of_the_course_model_is_the_packaged_file(int8, pairs, exports):
    before = set(exports.glob("*"))
    named = Reranker(DEFAULT_CROSS_ENCODER, "onnx-int8")
    assert named.score(pairs[:3]).tolist() == int8.score(pairs[:3]).tolist()
    assert set(exports.glob("*")) == before


@pytest.mark.models
def test_a_folder_with_a_packaged_name_is_not_taken_for_it(tiny_model, tmp_path, monkeypatch):
    shutil.copytree(tiny_model, tmp_path / DEFAULT_CROSS_ENCODER)
    monkeypatch.chdir(tmp_path)
    own = Reranker(DEFAULT_CROSS_ENCODER, "onnx-int8").score(("q", "p"))
    monkeypatch.chdir(tmp_path.parent)
    assert abs(own - Reranker(DEFAULT_CROSS_ENCODER, "onnx-int8").score(("q", "p"))) > 1


def test_a_model_with_two_labels_is_refused(tmp_path, tiny_model):
    shutil.copytree(tiny_model, tmp_path / "two")
    config = json.loads((tiny_model / "config.json").read_text())
    config["id2label"], config["label2id"] = {"0": "no", "1": "yes"}, {"no": 0, "yes": 1}
    (tmp_path / "two" / "config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match="gives 2 numbers per pair"):
        Reranker(str(tmp_path / "two"), "torch")
