"""Training lowers the loss, repeats bit for bit, and stops in time."""

import copy

import numpy as np
import pytest
import torch

from tests.support.little_groups import GROUPS, weights
from xenc_course import load_cross_encoder
from xenc_course.training.loop import Group, Match, train
from xenc_course.training.losses import LOSSES
from xenc_course.training.shrinking import keep_layers


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_falls(student, loss):
    groups = GROUPS
    if loss == "bce":
        groups = [Group(g.query, g.passages, (1.0, 0.0)) for g in GROUPS]
    losses = train(student, groups, loss=loss, epochs=12, batch=5, learning_rate=3e-3)
    assert len(losses) == 24
    assert np.mean(losses[-4:]) < 0.9 * np.mean(losses[:4])


def test_the_listwise_loss_is_kl_to_the_teachers_shares_and_does_not_see_a_shift(student):
    passages = ("river and more", "nothing stone", "lake")
    logits = student.predict([("river", text) for text in passages])
    shares, wanted = (np.exp(x) / np.exp(x).sum() for x in (logits, np.array([2.0, -1.0, 0.5])))
    by_hand = float((wanted * np.log(wanted / shares)).sum())

    def first_step(*labels):
        return train(copy.deepcopy(student), [Group("river", passages, labels)], loss="listwise")[0]

    assert first_step(2.0, -1.0, 0.5) == pytest.approx(by_hand, rel=1e-4)
    assert first_step(9.0, 6.0, 7.5) == pytest.approx(by_hand, rel=1e-4)
    assert first_step(*map(float, logits)) == pytest.approx(0, abs=1e-5)


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
        ([Group("q", ("a",), (1.0,))], "pairwise", "2 or more for this loss"),
        ([Group("q", ("a",), (1.0,))], "listwise", "2 or more for this loss"),
        ([Group("q", ("a", "b"), (1.0,))], "mse", "another number of labels"),
    ],
)
def test_bad_groups_are_refused(student, groups, loss, reason):
    with pytest.raises(ValueError, match=reason):
        train(student, groups, loss=loss)


def test_a_plan_that_cannot_be_trained_is_refused(student):
    small = keep_layers(student, [0, 2])
    with pytest.raises(ValueError, match="epochs must be 1 or more, not 0"):
        train(small, GROUPS, epochs=0)
    for rate in (float("nan"), float("inf"), 0, -1e-4):
        with pytest.raises(ValueError, match="learning rate must be a number above 0, not"):
            train(small, GROUPS, learning_rate=rate)
    with pytest.raises(ValueError, match="names 1 layers of the teacher and the student has 2"):
        train(small, GROUPS, match=Match(student, (1,)))
    with pytest.raises(ValueError, match="layers 0 to 2, and match names 7"):
        train(small, GROUPS, match=Match(student, (1, 7)))
    small.model.config.type_vocab_size = 1
    with pytest.raises(ValueError, match="A bert model has no second segment"):
        train(small, GROUPS)
