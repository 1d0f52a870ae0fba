"""The stored search is whole, recorded, and what first stages and model give today."""

import json
import random
import shutil

import numpy as np
import pytest

from xenc_course import Reranker, load_bi_encoder, load_collection, load_search, load_vectors
from xenc_course.evaluation import stored_search
from xenc_course.evaluation.stored_search import search_index
from xenc_course.retrieval.first_stage import best_of, bm25_run
from xenc_course.retrieval.lance import lance_table
from xenc_course.retrieval.lance_runs import full_text_run

ENTRY = search_index()["wikipedia"]
SHARE = 0.02  # of the queries, which are searched and scored again


@pytest.fixture(scope="module")
def search():
    return load_search()


@pytest.fixture(scope="module")
def drawn(search):
    """The collection with a random share of the queries that were searched."""
    queries = ENTRY["queries"]
    asked = random.Random(ENTRY["sha256"]).sample(queries, round(SHARE * len(queries)))
    return load_collection().select(asked)


def test_the_stored_search_is_the_recorded_one(search):
    assert list(search.found) == ENTRY["first_stages"]
    assert sum(map(len, search.logits.values())) == ENTRY["pairs"]
    for run in (*search.found.values(), search.logits):
        assert list(run) == ENTRY["queries"]
    for stage, run in search.found.items():
        most = {len(row) for row in run.values()}
        assert max(most) == search.depth == 200, stage
        assert all(list(row.values()) == sorted(row.values(), reverse=True) for row in run.values())
        assert all(row.keys() <= search.logits[q].keys() for q, row in run.items())


def same_run(again, stored, tolerance):
    """Whether two runs agree where neither cuts within a tie."""
    for query, scores in again.items():
        kept = stored[query]
        assert len(scores) == len(kept)
        both = scores.keys() & kept.keys()
        assert len(both) >= 0.98 * len(kept)
        assert [scores[d] for d in both] == pytest.approx([kept[d] for d in both], rel=tolerance)


@pytest.mark.models
def test_first_stages_find_the_same_today(search, drawn, tmp_path):
    passages, queries = drawn.passages(), drawn.queries
    same_run(bm25_run(passages, queries, 200), search.found["BM25"], 1e-3)
    ids, vectors = load_vectors("wikipedia")
    cosines = load_bi_encoder().encode_query(list(queries.values())) @ vectors.T
    rows = [dict(zip(ids, row.tolist(), strict=True)) for row in cosines]
    same_run(best_of(dict(zip(queries, rows, strict=True)), 200), search.found["all-MiniLM"], 2e-3)
    pytest.importorskip("lancedb")
    table = lance_table(tmp_path / "table", drawn, (ids, vectors))
    same_run(full_text_run(table, queries, 200), search.found["full text"], 1e-3)


@pytest.mark.models
@pytest.mark.slow
def test_the_model_scores_a_share_of_the_queries_the_same_today(search, drawn):
    keys = [(q, d) for q in drawn.queries for d in search.logits[q]]
    scores = Reranker(ENTRY["model"], ENTRY["backend"]).score(
        [(drawn.queries[q], drawn.passage(d)) for q, d in keys]
    )
    stored = np.array([search.logits[q][d] for q, d in keys])
    # Processors multiply 8-bit integers in different ways.
    assert scores == pytest.approx(stored, abs=1.0)
    assert np.median(np.abs(scores - stored)) < 0.1


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A copy of the stored search that may be damaged."""
    shutil.copytree(stored_search.SEARCHES, tmp_path / "searches")
    monkeypatch.setattr(stored_search, "SEARCHES", tmp_path / "searches")
    return tmp_path / "searches"


@pytest.mark.parametrize("collection", ["helpdesk", "", None])
def test_another_collection_is_refused(collection):
    with pytest.raises(ValueError, match=f"no stored search of {collection!r}: choose one of wiki"):
        load_search(collection)


@pytest.mark.parametrize("damage", ["longer", "cut", "removed"])
def test_a_damaged_file_is_refused(copied, damage):
    path = copied / ENTRY["file"]
    content = path.read_bytes()
    if damage == "removed":
        path.unlink()
    else:
        path.write_bytes(content + b"\n" if damage == "longer" else content[:1000])
    with pytest.raises(
        ValueError, match=r"search's wikipedia\.npz is not the one that was recorded"
    ):
        load_search()


@pytest.mark.parametrize(
    "entry",
    [
        {"queries": ENTRY["queries"][:-1]},
        {"first_stages": [*ENTRY["first_stages"], "another"]},
        {"depth": 100},
        {"pairs": ENTRY["pairs"] - 1},
        {"document_ids": None},
        None,
    ],
)
def test_an_index_of_another_search_is_refused(copied, entry):
    written = {"wikipedia": entry and ENTRY | entry}
    (copied / "index.json").write_text(json.dumps(written), encoding="utf-8")
    with pytest.raises(ValueError, match=r"search's index\.json is not the one that was recorded"):
        load_search()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", None])
def test_a_damaged_index_is_refused(copied, content):
    (copied / "index.json").unlink()
    if content is not None:
        (copied / "index.json").write_bytes(content)
    with pytest.raises(ValueError, match=r"search's index\.json is not the one that was recorded"):
        load_search()
