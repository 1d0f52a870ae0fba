"""A lesson finds its runs: stored ones, or ones made now for the learner's own collection."""

import pytest

from tests.support.judged import collection_of
from xenc_course import find_run, load_collection, load_run
from xenc_course.text.collection import Collection

MINILM = "all-MiniLM-L6-v2"


def shop(n_queries: int, name: str = "shop") -> Collection:
    """n passages about one thing each, and a query for each."""
    things = [f"thing{number}" for number in range(n_queries)]
    return Collection(
        name,
        {f"d-{thing}": f"All about {thing} and its price." for thing in things},
        {f"q-{thing}": thing for thing in things},
        {f"q-{thing}": {f"d-{thing}": 1} for thing in things},
    )


def test_the_stored_run_is_taken_where_there_is_one(capsys):
    helpdesk = load_collection("helpdesk")
    assert find_run(helpdesk, MINILM) == load_run("helpdesk", MINILM)
    over_bm25 = find_run(helpdesk, "ms-marco-MiniLM-L12-v2-int8", "bm25")
    assert over_bm25 == load_run("helpdesk", "ms-marco-MiniLM-L12-v2-int8", "bm25")
    assert capsys.readouterr().out == ""


def test_a_run_that_is_not_stored_is_made_and_said(capsys):
    run = find_run(shop(5), "bm25")
    assert {query: next(iter(row)) for query, row in run.items()}["q-thing3"] == "d-thing3"
    assert "bm25 on shop: no run is stored, so one was made now for 5 queries" in (
        capsys.readouterr().out
    )


def test_a_learners_folder_with_the_name_of_the_course_gets_a_run_of_its_own():
    assert set(find_run(shop(4, name="helpdesk"), "bm25")) == set(shop(4).queries)


def test_an_edited_copy_of_a_collection_of_the_course_gets_a_run_of_its_own():
    whole = load_collection("helpdesk")
    some = dict(list(whole.documents.items())[:60])
    cut = Collection("helpdesk", some, whole.queries, whole.qrels, titles=whole.titles)
    assert {document for row in find_run(cut, "bm25").values() for document in row} <= set(some)


def test_many_queries_are_sampled():
    assert len(find_run(shop(30), "bm25", n_queries=7)) == 7


@pytest.mark.models
def test_a_reranker_reads_what_its_first_stage_found():
    mine = shop(6)
    found = find_run(mine, "bm25", depth=3)
    reread = find_run(mine, "xenc-distil-L3", "bm25", candidates=found, n_queries=4)
    assert list(reread) == list(found)[:4]
    assert all(reread[query].keys() == found[query].keys() for query in reread)
    again = find_run(mine, "xenc-distil-L3", "bm25", depth=3)
    assert again.keys() == found.keys()


def test_a_collection_without_judgements_is_refused():
    bare = collection_of({"q": {"d": 1}}).select([])
    with pytest.raises(ValueError, match="has a judgement"):
        find_run(bare, "bm25")
