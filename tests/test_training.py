"""Training lowers the loss, repeats bit for bit, goes on after a kill, and stops in time."""

import numpy as np
import pytest
import torch

from xenc_course import load_cross_encoder
from xenc_course.training import loop as training
from xenc_course.training.loop import Group, Match, train
from xenc_course.training.shrinking import keep_layers, round_weights, to_int8

WORDS = ["river", "lake", "city", "king", "song", "plane", "metal", "bread", "cloud", "stone"]
GROUPS = [
    Group(word, (f"{word} and more", f"nothing {other}"), (3.0, -3.0))
    for word, other in zip(WORDS, reversed(WORDS), strict=True)
]


@pytest.fixture
def student(tiny_model):
    return load_cross_encoder(str(tiny_model), device="cpu")


def weights(model) -> dict[str, bytes]:
    return {name: t.numpy().tobytes() for name, t in model.model.state_dict().items()}


@pytest.mark.parametrize("loss", training.LOSSES)
def test_every_loss_falls(student, loss):
    groups = GROUPS
    if loss == "bce":
        groups = [Group(g.query, g.passages, (1.0, 0.0)) for g in GROUPS]
    losses = train(student, groups, loss=loss, epochs=12, batch=5, learning_rate=3e-3)
    assert len(losses) == 24
    assert np.mean(losses[-4:]) < 0.9 * np.mean(losses[:4])


def test_the_same_seed_gives_the_same_weights_and_embeddings_stay(tiny_model):
    first, second = (load_cross_encoder(str(tiny_model), device="cpu") for _ in range(2))
    before = weights(first)
    assert train(first, GROUPS, batch=3) == train(second, GROUPS, batch=3)
    assert weights(first) == weights(second)
    changed = {name for name, value in weights(first).items() if value != before[name]}
    assert changed and not any("embeddings" in name for name in changed)


def test_another_seed_takes_another_order(tiny_model):
    first, second = (load_cross_encoder(str(tiny_model), device="cpu") for _ in range(2))
    assert train(first, GROUPS, batch=3) != train(second, GROUPS, batch=3, seed=1)


def test_bfloat16_changes_the_loss_a_little_and_keeps_the_weights_in_float32(tiny_model):
    exact, rough = (load_cross_encoder(str(tiny_model), device="cpu") for _ in range(2))
    match = Match(load_cross_encoder(str(tiny_model), device="cpu"), (0, 1, 2))
    losses = train(exact, GROUPS, batch=5, match=match)
    shorter = train(rough, GROUPS, batch=5, match=match, bfloat16=True)
    assert shorter != losses and shorter == pytest.approx(losses, rel=0.05)
    assert {p.dtype for p in rough.model.parameters()} == {torch.float32}


def test_a_killed_training_goes_on_to_the_same_weights(tiny_model, tmp_path, monkeypatch):
    whole = load_cross_encoder(str(tiny_model), device="cpu")
    options = {"epochs": 3, "batch": 3, "learning_rate": 1e-3}
    losses = train(whole, GROUPS, **options)
    file = tmp_path / "checkpoint.safetensors"
    real, calls = training._loss, []

    def killed(*arguments):
        calls.append(1)
        if len(calls) > 7:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(training, "_loss", killed)
    with pytest.raises(KeyboardInterrupt):
        again = load_cross_encoder(str(tiny_model), device="cpu")
        train(again, GROUPS, **options, checkpoint=file, every=3)
    monkeypatch.setattr(training, "_loss", real)
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


def test_matching_draws_the_student_to_its_teacher(student):
    small = keep_layers(student, [0, 2])
    match = Match(student, (1, 2), weight=1.0)
    losses = train(
        small, GROUPS, epochs=10, batch=5, learning_rate=1e-3, match=match, loss="pairwise"
    )
    assert losses[-1] < losses[0]


@pytest.mark.parametrize(
    ("groups", "loss", "reason"),
    [
        ([], "mse", "no groups"),
        (GROUPS, "hinge", "no loss named 'hinge'"),
        ([*GROUPS, Group("q", ("a",), (1.0,))], "mse", "these have 1, 2"),
        ([Group("q", ("a",), (1.0,))], "pairwise", "2 or more for the loss pairwise"),
        ([Group("q", ("a", "b"), (1.0,))], "mse", "another number of labels"),
    ],
)
def test_bad_groups_are_refused(student, groups, loss, reason):
    with pytest.raises(ValueError, match=reason):
        train(student, groups, loss=loss)


def test_a_plan_that_cannot_be_trained_is_refused(student):
    small = keep_layers(student, [0, 2])
    with pytest.raises(ValueError, match="one epoch or more, not 0"):
        train(small, GROUPS, epochs=0)
    with pytest.raises(ValueError, match="names 1 layers of the teacher and the student has 2"):
        train(small, GROUPS, match=Match(student, (1,)))
    with pytest.raises(ValueError, match="layers 0 to 2, and match names 7"):
        train(small, GROUPS, match=Match(student, (1, 7)))
    small.model.config.type_vocab_size = 1
    with pytest.raises(ValueError, match="A bert model has no second segment"):
        train(small, GROUPS)


def test_kept_layers_are_copies_of_the_teachers(student):
    small = keep_layers(student, [2, 0])
    assert len(small.model.base_model.encoder.layer) == 2
    mine = small.model.base_model.encoder.layer[0].output.dense.weight
    theirs = student.model.base_model.encoder.layer[2].output.dense.weight
    assert torch.equal(mine, theirs)
    before = weights(student)
    train(small, GROUPS, batch=10, learning_rate=1e-2)
    assert weights(student) == before


def test_a_student_needs_layers_that_exist_and_a_teacher_with_one_label(student):
    with pytest.raises(ValueError, match="no layer 3: it has 3, numbered 0 to 2"):
        keep_layers(student, [0, 3])
    with pytest.raises(ValueError, match="at least one layer"):
        keep_layers(student, [])
    student.model.config.num_labels = 2
    with pytest.raises(ValueError, match="gives 2 numbers a pair"):
        keep_layers(student, [0])


def test_rounded_weights_are_eight_bit_integers_times_a_scale(student):
    before = student.model.state_dict()["classifier.weight"].clone()
    round_weights(student.model)
    once = weights(student)
    weight = student.model.state_dict()["classifier.weight"]
    integers, scales = to_int8(weight)
    assert integers.dtype == torch.int8
    assert torch.allclose(integers.float() * scales[:, None], weight)
    assert (before - weight).abs().max() <= scales.max() / 2 * 1.001
    round_weights(student.model)
    again = {k: np.frombuffer(v, dtype=np.uint8) for k, v in weights(student).items()}
    assert all(np.array_equal(np.frombuffer(once[k], dtype=np.uint8), v) for k, v in again.items())
