"""What the tests of training share."""

import pytest

from tests.support.towns import PLACES, TRADES
from xenc_course import Collection, load_cross_encoder
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


@pytest.fixture(scope="module")
def judged():
    """Thirty queries with tags, each with one passage that answers it."""
    documents = {
        f"d{n}": f"{place} sells {trade}"
        for n, (place, trade) in enumerate(zip(PLACES, TRADES, strict=True))
    }
    names = list(documents)
    queries = {f"q{n}": f"who sells {TRADES[n % 14]}{'?' * (n // 14)}" for n in range(28)}
    qrels = {q: {names[n % 14]: 2, names[(n + 1) % 14]: 0} for n, q in enumerate(queries)}
    tags = {q: "odd" if n % 2 else "even" for n, q in enumerate(queries)}
    return Collection("towns", documents, queries | {"none": "x"}, qrels, tags=tags)
