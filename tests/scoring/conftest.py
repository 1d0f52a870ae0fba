"""What the tests of scoring share: pairs, models, and a cache for exports."""

import pytest

from xenc_course import Reranker, load_collection, load_cross_encoder
from xenc_course.models.loading import DEFAULT_CROSS_ENCODER


@pytest.fixture(scope="module")
def cross_encoder():
    return load_cross_encoder(device="cpu")


@pytest.fixture(scope="module")
def int8():
    return Reranker(f"{DEFAULT_CROSS_ENCODER}-int8")


@pytest.fixture(autouse=True, scope="module")
def own_exports(exports):
    """No test of scoring exports into the user's cache."""


@pytest.fixture(scope="session")
def pairs():
    """Pairs of mixed length over two queries, one of them said twice."""
    sample = load_collection("helpdesk").sample(2, seed=0)
    texts = list(sample.documents.values())[:9]
    mixed = [(q, " ".join(t.split()[: 8 * n + 1])) for q in sample.queries.values()
             for n, t in enumerate(texts)]  # fmt: skip
    return [*mixed, mixed[3]]
