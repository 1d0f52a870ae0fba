"""Collections: by name, by folder, sampled, selected and counted."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from tests.support.beir_folders import make_folder
from xenc_course.text.collection import Collection, load_collection


def facts(collection: Collection, **options: bool) -> dict[str, str]:
    return {row["what"]: row["how many"] for row in collection.stats(**options).rows}


def test_a_model_reads_the_title_and_the_text_when_there_is_a_title(tmp_path: Path):
    loaded = load_collection(make_folder(tmp_path / "mine"))
    assert loaded.passage("p1") == "Refunds You get your money back within a week."
    assert loaded.passage("p2") == "Reset the password from the sign-in page."


def test_a_name_that_is_no_collection_lists_the_choices(tmp_path: Path):
    with pytest.raises(ValueError, match="There is no collection named 'wikipaedia'"):
        load_collection("wikipaedia")
    with pytest.raises(ValueError, match="helpdesk comes with its judgements"):
        load_collection("helpdesk", qrels="qrels/second.tsv")


def test_a_collection_cannot_be_changed(tmp_path: Path):
    documents = {"p1": "one"}
    collection = Collection("tiny", documents, {"q1": "one?"}, {"q1": {"p1": 1}})
    documents["p2"] = "two"
    assert collection.documents == {"p1": "one"}
    with pytest.raises(TypeError):
        collection.documents["p2"] = "two"
    with pytest.raises(TypeError):
        collection.qrels["q1"]["p1"] = 0
    with pytest.raises(FrozenInstanceError):
        collection.name = "other"


def test_a_sample_is_seeded_and_keeps_all_documents():
    ids = [f"q{number}" for number in range(50)]
    collection = Collection(
        name="many",
        documents={"p1": "text"},
        queries=dict.fromkeys(ids, "why"),
        qrels={query: {"p1": 1} for query in ids[:40]},
        tags=dict.fromkeys(ids, "plain"),
    )
    sample = collection.sample(10, seed=3)
    assert sample == collection.sample(10, seed=3)
    assert set(sample.queries) != set(collection.sample(10, seed=4).queries)
    assert len(sample.queries) == len(sample.tags) == 10
    assert list(sample.queries) == [query for query in ids if query in sample.queries]
    assert set(sample.qrels) == set(sample.queries) & set(ids[:40])
    assert sample.documents == collection.documents
    for n in (0, 51):
        with pytest.raises(ValueError, match="many has 50 queries"):
            collection.sample(n)


def test_queries_can_be_selected_by_tag(tmp_path: Path):
    loaded = load_collection(make_folder(tmp_path / "mine"))
    plain = loaded.select(query for query, tag in loaded.tags.items() if tag == "plain")
    assert list(plain.queries) == ["q1"]
    assert plain.qrels == {"q1": {"p1": 2, "p2": 0}}
    with pytest.raises(ValueError, match="mine has no query 'q9'"):
        loaded.select(["q1", "q9"])


def test_stats_count_words_and_grades(tmp_path: Path):
    loaded = load_collection(make_folder(tmp_path / "mine"))
    counted = facts(loaded)
    assert counted["passages"] == "3"
    assert counted["words a passage, median (longest)"] == "8 (9)"
    assert counted["words a query, median (longest)"] == "4 (6)"
    assert counted["judgements"] == "3"
    assert (counted["of grade 0"], counted["of grade 1"], counted["of grade 2"]) == ("1", "1", "1")
    assert not any("token" in name for name in counted)
    assert "queries without a judgement" not in counted


@pytest.mark.models
def test_stats_count_tokens_when_they_are_asked_for(tmp_path: Path):
    loaded = load_collection(make_folder(tmp_path / "mine"))
    # "how do i get a ref ##und" and "forgot password"
    assert facts(loaded, tokens=True)["tokens a query, median (longest)"] == "4 (7)"


def test_the_bundled_collection_loads_with_a_tag_on_every_query():
    helpdesk = load_collection("helpdesk")
    assert len(helpdesk.documents) >= 240
    assert set(helpdesk.tags) == set(helpdesk.queries)
    assert {grade for row in helpdesk.qrels.values() for grade in row.values()} == {0, 1, 2, 3}
    assert helpdesk.licence == "CC BY 4.0"


@pytest.mark.models
def test_wikipedia_has_one_relevant_article_a_query():
    wikipedia = load_collection("wikipedia")
    assert len(wikipedia.documents) == 10_033
    assert len(wikipedia.queries) == 8_799
    assert all(list(grades.values()) == [1] for grades in wikipedia.qrels.values())
    assert {doc for grades in wikipedia.qrels.values() for doc in grades} <= set(
        wikipedia.documents
    )


def test_a_folder_that_is_still_to_be_judged_can_be_loaded(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "corpus.jsonl").write_text('{"_id": "p1", "text": "a passage"}\n')
    (folder / "queries.jsonl").write_text('{"_id": "q1", "text": "a query"}\n')
    with pytest.raises(FileNotFoundError, match=r"test\.tsv"):
        load_collection(folder)
    assert load_collection(folder, judged=False).qrels == {}
    (folder / "qrels").mkdir()
    judgements = folder / "qrels" / "test.tsv"
    judgements.write_text("query-id\tcorpus-id\tscore\n")
    assert load_collection(folder, judged=False).qrels == {}
    judgements.write_text("query-id\tcorpus-id\tscore\nq1\tp1\t2\n")
    assert load_collection(folder, judged=False).qrels == {"q1": {"p1": 2}}
