"""A model is trained further on judgements, and measured on queries it never saw."""

import pytest

from tests.support.towns import PLACES, TRADES
from xenc_course import Collection, load_cross_encoder
from xenc_course.training.finetuning import finetune, judged_groups, split_queries


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


def test_a_split_shares_no_query_and_keeps_every_tag(judged):
    split = split_queries(judged, seed=3)
    parts = [set(part.queries) for part in (split.train, split.dev, split.test)]
    assert sum(map(len, parts)) == 28 == len(set().union(*parts))
    assert all({judged.tags[q] for q in part} == {"odd", "even"} for part in parts)
    assert split_queries(judged, seed=3).test.queries == split.test.queries
    with pytest.raises(ValueError, match="too few queries"):
        split_queries(judged.select(["q0", "q1"]))


@pytest.mark.models
def test_judged_groups_never_hold_a_relevant_passage_as_a_negative(judged):
    groups = judged_groups(judged, negatives=3)
    assert len(groups) == 28
    for group in groups:
        trade = group.query.split()[-1].rstrip("?")
        assert trade in group.passages[0] and group.labels == (1.0, 0.0, 0.0, 0.0)
        assert not any(trade in passage for passage in group.passages[1:])


@pytest.mark.models
def test_finetune_measures_on_queries_it_never_saw(judged, tiny_model, tmp_path):
    out = tmp_path / "tuned"
    found = finetune(str(tiny_model), judged, out, epochs=1, learning_rate=1e-3, progress=False)
    (difference,) = found.differences
    assert set(difference.per_query) == set(split_queries(judged).test.queries)
    assert load_cross_encoder(str(out), device="cpu").model.config.num_hidden_layers == 3
    with pytest.raises(ValueError, match="exists"):
        finetune(str(tiny_model), judged, out)
