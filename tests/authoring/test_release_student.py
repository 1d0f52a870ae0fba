"""A student is released small, and comes back with the scores that training wrote."""

import json

import pytest

from authoring.release_student import release
from xenc_course import load_cross_encoder
from xenc_course.assets import bundled_students
from xenc_course.assets.cache import AssetError
from xenc_course.assets.wheels import asset_folder
from xenc_course.training.shrinking import keep_layers, round_weights

pytestmark = pytest.mark.models


def test_a_released_student_gives_the_scores_that_training_wrote(tmp_path, monkeypatch):
    teacher = load_cross_encoder(device="cpu")
    small = keep_layers(teacher, [0])
    round_weights(small.model)
    trained = tmp_path / "trained"
    small.save_pretrained(str(trained), create_model_card=False)
    (trained / "README.md").write_text("card")
    monkeypatch.setattr(bundled_students, "STUDENTS", tmp_path / "students")
    entry = release(trained, "tiny-student")
    assert entry.layers == 1 and bundled_students.released()["tiny-student"] == entry
    assert entry.path.stat().st_size < 2.2e6
    base = asset_folder(bundled_students.BASE)
    monkeypatch.setattr(bundled_students, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(bundled_students, "asset_folder", lambda name: base)
    folder = bundled_students.student_folder("tiny-student")
    pairs = [("capital of Peru", "Lima is the capital of Peru."), ("a", "b")]
    again = load_cross_encoder(str(folder), device="cpu")
    scores = again.predict(pairs, show_progress_bar=False)
    assert scores == pytest.approx(small.predict(pairs, show_progress_bar=False), abs=1e-3)
    assert bundled_students.student_folder("tiny-student") == folder
    entry.path.write_bytes(entry.path.read_bytes()[:-1] + b"x")
    (folder / bundled_students.MANIFEST).write_text(json.dumps({"sha256": "older"}))
    with pytest.raises(AssetError, match="not the one that was recorded"):
        bundled_students.student_folder("tiny-student")


def test_only_rounded_students_with_the_bases_tables_are_released(tmp_path, monkeypatch):
    monkeypatch.setattr(bundled_students, "STUDENTS", tmp_path / "students")
    small = keep_layers(load_cross_encoder(device="cpu"), [0])
    small.save_pretrained(str(tmp_path / "a"), create_model_card=False)
    weights = small.model.base_model.encoder.layer[0].output.dense.weight
    weights.data += 1e-3 * weights.data.abs().sqrt()
    small.save_pretrained(str(tmp_path / "b"), create_model_card=False)
    with pytest.raises(ValueError, match="not rounded to 8 bits"):
        release(tmp_path / "b", "b")
    small.model.base_model.embeddings.word_embeddings.weight.data += 1
    small.save_pretrained(str(tmp_path / "c"), create_model_card=False)
    with pytest.raises(ValueError, match="does not share"):
        release(tmp_path / "c", "c")
    assert not (tmp_path / "students").exists()
