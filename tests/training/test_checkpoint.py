"""A training goes on after a kill, and a checkpoint holds no weights that are no numbers."""

import pytest

from tests.support.little_groups import GROUPS, weights
from xenc_course import load_cross_encoder
from xenc_course.training import loop
from xenc_course.training.loop import Group, train
from xenc_course.training.shrinking import keep_layers


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


@pytest.mark.parametrize("damage", ["cut", "empty", "of another model", "another file"])
def test_a_damaged_checkpoint_is_named(damage, student, tiny_model, tmp_path):
    file = tmp_path / "checkpoint.safetensors"
    if damage == "of another model":
        train(keep_layers(student, [0]), GROUPS, checkpoint=file)
    elif damage == "another file":
        file.write_bytes((tiny_model / "model.safetensors").read_bytes())
    else:
        train(student, GROUPS, checkpoint=file)
        file.write_bytes(file.read_bytes()[:-500] if damage == "cut" else b"")
    with pytest.raises(ValueError, match="is no whole checkpoint of this model") as caught:
        train(load_cross_encoder(str(tiny_model), device="cpu"), GROUPS, checkpoint=file)
    assert str(file) in str(caught.value) and str(caught.value).endswith("begins anew.")
