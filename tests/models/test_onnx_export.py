"""An export that would score otherwise than its model never gets its name."""

import pytest

from xenc_course import load_cross_encoder
from xenc_course.models import onnx_export


def test_an_export_that_fits_only_the_pair_it_was_traced_on_is_refused(
    tiny_model, tmp_path, monkeypatch
):
    monkeypatch.setattr(onnx_export, "cache_folder", lambda: tmp_path)
    model = load_cross_encoder(tiny_model, device="cpu")
    whole = onnx_export.exported("whole", lambda: model)
    assert whole.is_file()
    kind = type(model.model)
    forward = kind.forward

    def counting(self, **inputs):
        found = forward(self, **inputs)
        found.logits = found.logits + int(inputs["input_ids"].shape[1])  # a constant in the file
        return found

    monkeypatch.setattr(kind, "forward", counting)
    with pytest.raises(ValueError, match=r"gives other logits, by up to .*backend='torch'"):
        onnx_export.exported("broken", lambda: model)
    assert [path for path in whole.parent.iterdir() if path.suffix == ".onnx"] == [whole]
