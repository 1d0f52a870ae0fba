"""Trainings are made once, and the learning rate is the one that is best on the dev queries."""

from __future__ import annotations

import json

import pytest

from authoring import make_trainings as module
from xenc_course import Collection
from xenc_course.training import stored_trainings
from xenc_course.training.query_split import Split


@pytest.fixture
def made(monkeypatch, tmp_path):
    """A bench that trains nothing: dev is best at the middle rate."""
    calls = []

    class Bench:
        def __init__(self):
            self.split = Split(*[Collection("one", {}, {"q": "query"}, {})] * 3)

        def train(self, recipe, rate, seed):
            calls.append((recipe.name, rate, seed))
            dev = 0.9 if rate == module.RATES[1] else 0.5
            entry = {"recipe": recipe.name, "loss": recipe.loss, "learning_rate": rate}
            sizes = {"n_queries": 1, "n_passages": 2, "seed": seed}
            return {**entry, **sizes, "dev": dev, "rr": [1]}

        def rivals(self):
            calls.append(("rivals", 0, 0))
            entry = {"recipe": module.TEACHER, "loss": "", "learning_rate": 0, "n_queries": 0}
            return [{**entry, "n_passages": 0, "seed": 0, "dev": 0.5, "rr": [0]}]

    monkeypatch.setattr(module, "_Bench", Bench)
    monkeypatch.setattr(stored_trainings, "TRAININGS", tmp_path / "trainings.json")
    return calls


def test_the_rate_is_chosen_first_and_nothing_is_trained_twice(made, tmp_path):
    module.make_trainings()
    assert len(made) == len(set(made))
    assert {rate for name, rate, _ in made if name == "made queries"} == {module.RATES[1]}
    assert {seed for name, _, seed in made if name == "bce"} == set(module.SEEDS)
    loaded = stored_trainings.load_trainings(tmp_path / "trainings.json")
    assert len(loaded) == len(made) and loaded[0].rr == {"q": 1.0}
    n_made = len(made)
    module.make_trainings()
    assert len(made) == n_made
    stored = json.loads((tmp_path / "trainings.json").read_text())
    del stored["trainings"][-2]
    (tmp_path / "trainings.json").write_text(json.dumps(stored))
    module.make_trainings()
    assert len(made) == n_made + 1
