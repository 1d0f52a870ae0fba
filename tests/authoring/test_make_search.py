"""A stored search is made, recorded and read back; after a kill it goes on."""

import numpy as np
import pytest

from authoring import make_search
from xenc_course.evaluation import stored_search
from xenc_course.evaluation.stored_search import load_search
from xenc_course.text.collection import Collection

TEXTS = {f"wiki-{n:05d}": f"passage {n}" for n in range(6)}
QUERIES = {"q-1": "one", "q-2": "two"}
FOUND = {
    "BM25": {"q-1": {"wiki-00003": 4.5, "wiki-00001": 2.0}, "q-2": {}},
    "bge": {
        "q-1": {"wiki-00001": 0.75, "wiki-00005": 0.5},
        "q-2": {"wiki-00000": 0.5, "wiki-00002": 0.25},
    },
}


@pytest.fixture
def made(tmp_path, monkeypatch):
    """The tool with two first stages, a model that counts, and places of its own."""
    collection = Collection("wikipedia", TEXTS, QUERIES, {})
    monkeypatch.setattr(make_search, "load_collection", lambda name: collection)
    monkeypatch.setattr(make_search, "load_run", lambda *names: QUERIES)
    monkeypatch.setattr(make_search, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(make_search, "version", lambda library: "1.0")
    monkeypatch.setattr(make_search, "STAGES", tuple(FOUND))
    monkeypatch.setattr(make_search, "DEPTH", 2)
    monkeypatch.setattr(make_search, "N_QUERIES", 2)
    monkeypatch.setattr(make_search, "_search", lambda stage, *rest: FOUND[stage])
    monkeypatch.setattr(stored_search, "SEARCHES", tmp_path / "searches")
    scored = []

    def score(pairs):
        if len(scored) == 1:
            scored.append(pairs)
            raise KeyboardInterrupt
        scored.append(pairs)
        return np.array([float(passage.split()[-1]) - 2.5 for _, passage in pairs])

    monkeypatch.setattr(make_search, "Reranker", lambda model, backend: score)
    return scored


def test_what_is_made_is_read_back(made, tmp_path):
    made += ["the kill was before this test"] * 2
    make_search.make_search()
    search = load_search()
    assert search.found == FOUND and search.depth == 2
    assert search.logits == {
        "q-1": {"wiki-00003": 0.5, "wiki-00001": -1.5, "wiki-00005": 2.5},
        "q-2": {"wiki-00000": -2.5, "wiki-00002": -0.5},
    }
    assert not (tmp_path / "cache" / "unfinished-search").exists()


def test_after_a_kill_what_was_scored_is_not_scored_again(made, monkeypatch):
    monkeypatch.setattr("xenc_course.scoring.scorers.BLOCK", 2)
    with pytest.raises(KeyboardInterrupt):
        make_search.make_search()
    make_search.make_search()
    assert [len(pairs) for pairs in made] == [2, 2, 2, 1]
    assert sum(map(len, load_search().logits.values())) == 5
