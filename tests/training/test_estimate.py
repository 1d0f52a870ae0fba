"""How long a distillation will take is told as a person would say it."""

from __future__ import annotations

import pytest

from xenc_course.text.passages import load_passages
from xenc_course.training.estimate import Estimate, estimate
from xenc_course.training.plan import Plan


def test_an_estimate_is_one_sentence():
    assert str(Estimate(0.2, 480.0, 7200.0, 59.6)) == (
        "This takes about 2.1 h on this machine from start to end (1 s mining, 8.0 min labelling, "
        "2.0 h training, 60 s comparing)."
    )


@pytest.mark.models
def test_twice_as_many_pairs_and_epochs_take_longer_and_nothing_is_changed(
    student, tiny_model, towns
):
    before = {name: tensor.clone() for name, tensor in student.model.state_dict().items()}
    texts = {str(towns): load_passages(towns)}
    few, many = (
        estimate(
            Plan(str(tiny_model), "layers:0", tuple(texts), n_pairs, epochs=epochs),
            student,
            None,
            texts,
        )
        for n_pairs, epochs in ((60, 1), (60_000, 2))
    )
    assert many.labelling > few.labelling > 0 and many.training > few.training > 0
    assert many.comparing > few.comparing > 0 and few.mining > 0
    assert all(tensor.equal(before[name]) for name, tensor in student.model.state_dict().items())
    assert all(parameter.requires_grad for parameter in student.model.parameters())
