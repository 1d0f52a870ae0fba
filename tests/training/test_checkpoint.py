"""A training goes on after a kill, and a checkpoint holds no weights that are no numbers."""

import pytest

from tests.support.little_groups import GROUPS, weights
from xenc_course import load_cross_encoder
from xenc_course.training import loop
from xenc_course.training.loop import Group, train


def test_a_killed_training_goes_on_to_the_same_weights(tiny_model, tmp_path, monkeypatch):
    whole = load_cross_encoder(str(tiny_model), device="cpu")
    options = {"epochs": 3, "batch": 3, "learning_rate": 1e-3}
    losses = train(whole, GROUPS, **options)
    file = tmp_path / "checkpoint.safetensors"
    real, calls = loop.loss_of, []

    def killed(*arguments):
        calls.append(1)
        if len(calls) > 7:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(loop, "loss_of", killed)
    with pytest.raises(KeyboardInterrupt):
        again = load_cross_encoder(str(tiny_model), device="cpu")
        train(again, GROUPS, **options, checkpoint=file, every=3)
    monkeypatch.setattr(loop, "loss_of", real)
    resumed = load_cross_encoder(str(tiny_model), device="cpu")
    assert train(resumed, GROUPS, **options, checkpoint=file, every=3) == losses
    assert weights(resumed) == weights(whole)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.safetensors"]


def test_a_loss_that_is_no_number_stops_and_keeps_the_checkpoint(student, tmp_path):
    file = tmp_path / "checkpoint.safetensors"
    train(student, GROUPS, batch=10, checkpoint=file, every=1)
    kept = file.read_bytes()
    broken = [Group("river", ("a", "b"), (float("nan"), 0.0))]
    with pytest.raises(FloatingPointError, match="The loss is nan in step 2"):
        train(student, [*GROUPS, *broken], batch=11, epochs=2, checkpoint=file, every=1)
    assert file.read_bytes() == kept
