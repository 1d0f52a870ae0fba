from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable
from dataclasses import FrozenInstanceError
from pathlib import Path
from types import SimpleNamespace

import pytest

from xenc_course.text.collection import Collection, load_collection

CORPUS = [
    {"_id": "p1", "title": "Refunds", "text": "You get your money back within a week."},
    {"_id": "p2", "title": "", "text": "Reset the password from the sign-in page."},
    {"_id": "p3", "text": "שלום 🙂 \u2028 a line separator is no line end"},
]
QUERIES = [
    {"_id": "q1", "text": "how do I get a refund", "metadata": {"tag": "plain"}},
    {"_id": "q2", "text": "forgot password"},
]
QRELS = ["query-id\tcorpus-id\tscore", "q1\tp1\t2", "q1\tp2\t0", "q2\tp2\t1"]


def jsonl(records: Iterable[dict]) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def make_folder(
    folder: Path,
    corpus: str | bytes | None = None,
    queries: str | None = None,
    qrels: str | None = None,
) -> Path:
    (folder / "qrels").mkdir(parents=True)
    corpus = jsonl(CORPUS) if corpus is None else corpus
    (folder / "corpus.jsonl").write_bytes(corpus if isinstance(corpus, bytes) else corpus.encode())
    (folder / "queries.jsonl").write_bytes((queries or jsonl(QUERIES)).encode())
    qrels = "\n".join(QRELS) + "\n" if qrels is None else qrels
    (folder / "qrels" / "test.tsv").write_bytes(qrels.encode())
    return folder


def facts(collection: Collection, **options: bool) -> dict[str, str]:
    return {row["what"]: row["how many"] for row in collection.stats(**options).rows}


def test_a_beir_folder_gives_all_that_it_holds(tmp_path: Path):
    loaded = load_collection(make_folder(tmp_path / "mine"))
    assert loaded.name == "mine"
    assert loaded.documents == {record["_id"]: record["text"] for record in CORPUS}
    assert loaded.titles == {"p1": "Refunds"}
    assert loaded.queries == {"q1": "how do I get a refund", "q2": "forgot password"}
    assert loaded.tags == {"q1": "plain"}
    assert loaded.qrels == {"q1": {"p1": 2, "p2": 0}, "q2": {"p2": 1}}


def test_a_model_reads_the_title_and_the_text_when_there_is_a_title(tmp_path: Path):
    loaded = load_collection(make_folder(tmp_path / "mine"))
    assert loaded.passage("p1") == "Refunds You get your money back within a week."
    assert loaded.passage("p2") == "Reset the password from the sign-in page."


def test_gzip_windows_line_ends_byte_order_marks_and_blank_lines_change_nothing(tmp_path: Path):
    plain = make_folder(tmp_path / "mine")
    other = tmp_path / "other" / "mine"
    for path in plain.rglob("*.*"):
        text = "\ufeff" + path.read_text("utf-8").replace("\n", "\r\n") + "\r\n"
        target = other / path.relative_to(plain)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.with_name(target.name + ".gz").write_bytes(gzip.compress(text.encode()))
    assert load_collection(str(other)) == load_collection(plain)


@pytest.mark.parametrize(
    ("corpus", "reason"),
    [
        (jsonl(CORPUS) + '{"_id": "p4", "text": ', "line 4: broken JSON"),
        (jsonl([*CORPUS, CORPUS[0]]), "line 4: the id 'p1' is given a second time"),
        (jsonl([{"_id": "p 1", "text": "x"}]), "line 1: '_id' is 'p 1'"),
        (jsonl([{"_id": 7, "text": "x"}]), "line 1: '_id' is 7"),
        (jsonl([{"text": "x"}]), "line 1: '_id' is None"),
        (jsonl([{"_id": "p1", "text": None}]), "line 1: 'text' must be text, not None"),
        (jsonl([{"_id": "p1", "text": "x", "title": 3}]), "line 1: 'title' must be text, not 3"),
        ("[1, 2]\n", "line 1: this is '[1, 2]', not a JSON object"),
        ("", "has no passage"),
        (jsonl(CORPUS[:1]).encode() + "{'é'}\n".encode("latin-1"), "line 2: this is not UTF-8"),
    ],
)
def test_a_bad_corpus_is_named_with_file_line_and_reason(
    tmp_path: Path, corpus: str | bytes, reason: str
):
    folder = make_folder(tmp_path / "mine", corpus=corpus)
    with pytest.raises(ValueError) as caught:
        load_collection(folder)
    assert str(folder / "corpus.jsonl") in str(caught.value)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("queries", "reason"),
    [
        (jsonl([*QUERIES, QUERIES[1]]), "line 3: the id 'q2' is given a second time"),
        (jsonl([{"_id": "q1", "text": "x", "metadata": "plain"}]), "'metadata' is 'plain'"),
        (jsonl([{"_id": "q1", "text": "x", "metadata": {"tag": 1}}]), "'tag' must be text, not 1"),
        ("\n", "has no query"),
    ],
)
def test_bad_queries_are_named_with_line_and_reason(tmp_path: Path, queries: str, reason: str):
    with pytest.raises(ValueError) as caught:
        load_collection(make_folder(tmp_path / "mine", queries=queries))
    assert "queries.jsonl" in str(caught.value)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([*QRELS, "q1\tp9\t1"], "line 5: a judgement for passage 'p9'"),
        ([*QRELS, "q9\tp1\t1"], "line 5: a judgement for query 'q9'"),
        ([*QRELS, "q1\tp1\t2"], "line 5: query 'q1' and passage 'p1' are judged twice"),
        ([*QRELS, "q2\tp1\t1.0"], "line 5: the grade is '1.0', and it must be an integer"),
        ([*QRELS, "q2\tp1\tyes"], "line 5: the grade is 'yes'"),
        ([*QRELS, "q2\tp1"], "line 5: 2 columns"),
        ([*QRELS, "q2\tp 1\t1"], "line 5: the id of a passage is 'p 1'"),
        (QRELS[1:], "line 1: the header is 'q1\\tp1\\t2'"),
        ([QRELS[0].replace("score", "grade"), *QRELS[1:]], "line 1: the header is"),
        ([], "line 1: the header is ''"),
        (QRELS[:1], "has no judgement"),
    ],
)
def test_bad_judgements_are_named_with_line_and_reason(
    tmp_path: Path, lines: list[str], reason: str
):
    with pytest.raises(ValueError) as caught:
        load_collection(make_folder(tmp_path / "mine", qrels="\n".join(lines)))
    assert "test.tsv" in str(caught.value)
    assert reason in str(caught.value)


def test_other_judgements_can_be_taken_and_unknown_ids_kept_when_asked(tmp_path: Path):
    folder = make_folder(tmp_path / "mine")
    lines = [QRELS[0], "q1\tp1\t2", "q1\telsewhere\t3", "q7\tp1\t-2"]
    (folder / "qrels" / "full.tsv").write_text("\n".join(lines))
    with pytest.raises(ValueError, match=r"line 3: a judgement for passage 'elsewhere'.*keep"):
        load_collection(folder, qrels="qrels/full.tsv")
    kept = load_collection(folder, qrels=folder / "qrels" / "full.tsv", unknown_ids="keep")
    assert kept.qrels == {"q1": {"p1": 2, "elsewhere": 3}, "q7": {"p1": -2}}
    assert facts(kept)["judgements of passages without text"] == "1"
    assert facts(kept)["queries without a judgement"] == "1"
    with pytest.raises(ValueError, match="unknown_ids is 'refuse' or 'keep', not 'drop'"):
        load_collection(folder, unknown_ids="drop")


def test_missing_and_damaged_files_are_named(tmp_path: Path):
    folder = make_folder(tmp_path / "mine")
    with pytest.raises(FileNotFoundError, match=r"There is no file .*dev\.tsv"):
        load_collection(folder, qrels="qrels/dev.tsv")
    packed = gzip.compress((folder / "corpus.jsonl").read_bytes())
    (folder / "corpus.jsonl").unlink()
    for broken in (packed[:-9], b"no gzip at all"):
        (folder / "corpus.jsonl.gz").write_bytes(broken)
        with pytest.raises(ValueError, match=r"corpus\.jsonl\.gz is no whole gzip file"):
            load_collection(folder)


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


def test_stats_count_words_grades_and_tokens(tmp_path: Path):
    loaded = load_collection(make_folder(tmp_path / "mine"))
    counted = facts(loaded)
    assert counted["passages"] == "3"
    assert counted["words a passage, median (longest)"] == "8 (9)"
    assert counted["words a query, median (longest)"] == "4 (6)"
    assert counted["judgements"] == "3"
    assert (counted["of grade 0"], counted["of grade 1"], counted["of grade 2"]) == ("1", "1", "1")
    assert not any("token" in name for name in counted)
    assert "queries without a judgement" not in counted
    # "how do i get a ref ##und" and "forgot password"
    assert facts(loaded, tokens=True)["tokens a query, median (longest)"] == "4 (7)"


def test_the_bundled_collection_loads_with_a_tag_on_every_query():
    helpdesk = load_collection("helpdesk")
    assert len(helpdesk.documents) >= 240
    assert set(helpdesk.tags) == set(helpdesk.queries)
    assert {grade for row in helpdesk.qrels.values() for grade in row.values()} == {0, 1, 2, 3}
    assert helpdesk.licence == "CC BY 4.0"


def test_wikipedia_has_one_relevant_article_a_query():
    wikipedia = load_collection("wikipedia")
    assert len(wikipedia.documents) == 10_033
    assert len(wikipedia.queries) == 8_799
    assert all(list(grades.values()) == [1] for grades in wikipedia.qrels.values())
    assert {doc for grades in wikipedia.qrels.values() for doc in grades} <= set(
        wikipedia.documents
    )


class StubDataset:
    """A dataset in the manner of ir_datasets."""

    def __init__(self, judgements: list[tuple[str, str, int]], document_ids: list[str]) -> None:
        self._judgements = judgements
        self._document_ids = document_ids

    def has(self, part: str) -> bool:
        return part != "qrels" or bool(self._judgements)

    def docs_iter(self):
        for name in self._document_ids:
            yield SimpleNamespace(doc_id=name, default_text=lambda name=name: f"text of {name}")

    def queries_iter(self):
        yield SimpleNamespace(query_id="q1", default_text=lambda: "a query")

    def qrels_iter(self):
        for query, document, grade in self._judgements:
            yield SimpleNamespace(query_id=query, doc_id=document, relevance=grade)


@pytest.fixture
def stub_datasets(monkeypatch: pytest.MonkeyPatch) -> dict[str, StubDataset]:
    datasets: dict[str, StubDataset] = {}
    stub = SimpleNamespace(load=datasets.__getitem__)
    monkeypatch.setitem(sys.modules, "ir_datasets", stub)
    return datasets


def test_ir_datasets_give_a_collection(stub_datasets: dict[str, StubDataset]):
    stub_datasets["tiny/test"] = StubDataset([("q1", "d1", 2), ("q1", "d2", 0)], ["d1", "d2"])
    loaded = load_collection("irds:tiny/test")
    assert loaded.name == "irds:tiny/test"
    assert loaded.documents == {"d1": "text of d1", "d2": "text of d2"}
    assert loaded.queries == {"q1": "a query"}
    assert loaded.qrels == {"q1": {"d1": 2, "d2": 0}}


@pytest.mark.parametrize(
    ("judgements", "documents", "reason"),
    [
        ([("q1", "d1", 1), ("q1", "d9", 1)], ["d1"], "judgement 2: .*'d9' is not in the dataset"),
        ([("q1", "d1", 1), ("q1", "d1", 0)], ["d1"], "judgement 2: .* are judged twice"),
        ([("q1", "d1", 1)], ["d1", "d1"], "docs: the id 'd1' is given a second time"),
        ([("q1", "d1", 1)], ["d 1"], "docs: an id is 'd 1'"),
        ([], ["d1"], "has no qrels"),
    ],
)
def test_bad_ir_datasets_are_refused(
    stub_datasets: dict[str, StubDataset],
    judgements: list[tuple[str, str, int]],
    documents: list[str],
    reason: str,
):
    stub_datasets["bad"] = StubDataset(judgements, documents)
    with pytest.raises(ValueError, match=reason):
        load_collection("irds:bad")


def test_ir_datasets_can_keep_unknown_ids(stub_datasets: dict[str, StubDataset]):
    stub_datasets["deep"] = StubDataset([("q1", "d1", 1), ("q1", "d9", 3)], ["d1"])
    assert load_collection("irds:deep", unknown_ids="keep").qrels == {"q1": {"d1": 1, "d9": 3}}
    with pytest.raises(ValueError, match="ir_datasets has no dataset 'deeep'"):
        load_collection("irds:deeep")


def test_without_ir_datasets_the_pip_line_is_given(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "ir_datasets", None)
    with pytest.raises(ImportError, match="pip install ir_datasets"):
        load_collection("irds:beir/scifact/test")
