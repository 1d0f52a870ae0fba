"""What the tests of training share."""

import pytest

from xenc_course import load_cross_encoder
from xenc_course.training import distillation_data


@pytest.fixture
def student(tiny_model):
    return load_cross_encoder(str(tiny_model), device="cpu")


@pytest.fixture(scope="module")
def few_held_out():
    """As few queries to measure on as a small text gives."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distillation_data, "HELD_OUT", 8)
        yield
