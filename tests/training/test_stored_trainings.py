"""Stored trainings are read with their values, and a damaged file is named."""

from __future__ import annotations

import json

import pytest

from xenc_course import load_trainings, short_articles


def test_ranks_become_reciprocal_ranks(tmp_path):
    path = tmp_path / "trainings.json"
    entry = {"recipe": "mse", "loss": "mse", "learning_rate": 1e-3, "n_queries": 8}
    entry |= {"n_passages": 4, "seed": 0, "dev": 0.5, "rr": [1, 4, 0]}
    path.write_text(json.dumps({"queries": ["a", "b", "c"], "trainings": [entry]}))
    (training,) = load_trainings(path)
    assert training.rr == {"a": 1.0, "b": 0.25, "c": 0.0}
    assert (training.recipe, training.seed, training.epochs) == ("mse", 0, 1)
    for damaged in ("{", "[]", "{}", json.dumps({"queries": ["a"], "trainings": [entry]})):
        path.write_text(damaged)
        with pytest.raises(
            ValueError, match=r"trainings\.json is damaged or missing: restore it with"
        ):
            load_trainings(path)


@pytest.mark.models
def test_what_is_stored_is_of_the_queries_to_measure_on():
    trainings = load_trainings()
    assert {training.seed for training in trainings} == {0, 1, 2}
    queries = set(short_articles().test.queries)
    assert all(set(training.rr) == queries for training in trainings)
