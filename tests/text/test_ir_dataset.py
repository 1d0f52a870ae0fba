"""Collections through ir_datasets, and a clear word when it is not installed."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from xenc_course.text.collection import load_collection


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

    query_text = "a query"

    def queries_iter(self):
        yield SimpleNamespace(query_id="q1", default_text=lambda: self.query_text)

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
        ([("q1", "d1", 1)], ["d\ud800"], "docs: an id is"),
        (
            [("q1", "d1", 1), ("q1", 7, 1)],
            ["d1"],
            "judgement 2: the id of a document is 7 of type int",
        ),
        ([("q1", "d1", 1700000000)], ["d1"], "judgement 1: the grade is 1700000000, and it must"),
        ([("q1", "d1", 0.5)], ["d1"], "judgement 1: the grade is 0.5, and it must be an integer"),
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


def test_half_a_surrogate_pair_is_found_at_reading(stub_datasets: dict[str, StubDataset]):
    stub_datasets["half"] = StubDataset([("q1", "d1", 1)], ["d1"])
    stub_datasets["half"].query_text = "a \ud83d"
    with pytest.raises(ValueError, match=r"irds:half, queries: the text of 'q1' holds half"):
        load_collection("irds:half")


def test_ir_datasets_can_keep_unknown_ids(stub_datasets: dict[str, StubDataset]):
    stub_datasets["deep"] = StubDataset([("q1", "d1", 1), ("q1", "d9", 3)], ["d1"])
    assert load_collection("irds:deep", unknown_ids="keep").qrels == {"q1": {"d1": 1, "d9": 3}}
    with pytest.raises(ValueError, match="ir_datasets has no dataset 'deeep'"):
        load_collection("irds:deeep")


def test_without_ir_datasets_the_pip_line_is_given(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "ir_datasets", None)
    with pytest.raises(ImportError, match="pip install ir_datasets"):
        load_collection("irds:beir/scifact/test")
