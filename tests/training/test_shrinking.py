"""A smaller model: kept layers, and weights rounded to 8 bits."""

import numpy as np
import pytest
import torch

from tests.support.little_groups import GROUPS, weights
from xenc_course.training.loop import train
from xenc_course.training.shrinking import keep_layers, round_weights, to_int8


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
    with pytest.raises(ValueError, match="gives 2 numbers per pair"):
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
