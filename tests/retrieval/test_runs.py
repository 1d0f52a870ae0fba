"""Runs: their order, and their files in the TREC format."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from tests.support.judged import generated
from tests.support.made_up import SCORES, rows
from xenc_course.retrieval.runs import ranked, read_run, reread, write_run


def test_ties_rank_by_document_id_descending_and_scores_compare_as_32_bit_floats():
    assert ranked({"a": 1.0, "c": 1.0, "b": 1.0, "z": 0.5}) == ["c", "b", "a", "z"]
    assert ranked({"a": 1.0 + 1e-12, "b": 1.0}) == ["b", "a"]


@pytest.mark.parametrize("name", ["run.trec", "run.trec.gz"])
def test_a_run_comes_back_from_its_file_with_the_same_numbers(tmp_path: Path, name: str):
    _, run = generated(seed=5)
    run["q0"]["d1"] = 0.1 + 0.2
    path = tmp_path / name
    write_run(run, path)
    assert read_run(path) == run
    assert [entry.name for entry in tmp_path.iterdir()] == [name]
    first = path.read_bytes()
    write_run(run, path)
    assert path.read_bytes() == first


def test_a_run_file_is_in_the_trec_format_best_first(tmp_path: Path):
    write_run({"q": {"a": 1.5, "b": np.float32(2.5), "c": 1.5}}, tmp_path / "run", tag="mine")
    lines = (tmp_path / "run").read_text().splitlines()
    assert lines == ["q Q0 b 1 2.5 mine", "q Q0 c 2 1.5 mine", "q Q0 a 3 1.5 mine"]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["q Q0 d 1 0.5 tag", "q Q0 e 2 0.4"], "line 2: a run has six columns"),
        (["q Q0 d 1 high tag"], "line 1: the score 'high' is no number"),
        (["q Q0 d 1 nan tag"], "line 1: the score is nan"),
        (["q Q0 d 1 1 t", "", "q Q0 d 2 0 t"], "line 3: document 'd' is given twice"),
        (["q Q0 d 1 1_000 tag"], "line 1: the score '1_000' is no number"),
        (["q Q0 d 1 1e400 tag"], "line 1: the score is 1e400"),
        (["q Q0 d 1 1e39 tag"], "line 1: the score is 1e39"),
        (["\ufeff\ufeffq Q0 d 1 1 tag"], "line 1: the id of a query is '\\ufeffq': an id begins"),
        (["q Q0 d\x00 1 1 tag"], "line 1: the id of a document is 'd\\x00'"),
        (
            ["q" * 900],
            f"`query Q0 document rank score tag`, and this line has 1: '{'q' * 60}'…",
        ),
        (["q Q0 d 1 " + "x" * 900 + " t"], f"line 1: the score '{'x' * 60}'… is no number"),
        ([], "is an empty run"),
    ],
)
def test_a_malformed_run_file_is_named_with_line_and_reason(
    tmp_path: Path, lines: list[str], reason: str
):
    path = tmp_path / "run.trec.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    with pytest.raises(ValueError) as caught:
        read_run(path)
    assert str(path) in str(caught.value)
    assert reason in str(caught.value)
    assert len(str(caught.value)) < len(str(path)) + 250


@pytest.mark.parametrize(
    ("run", "tag"),
    [
        ({"q 1": {"a": 1.0}}, "t"),
        ({"q": {"a\n": 1.0}}, "t"),
        ({"q": {"": 1.0}}, "t"),
        ({}, "my tag"),
    ],
)
def test_what_the_format_cannot_carry_is_not_written(tmp_path: Path, run: dict, tag: str):
    with pytest.raises(ValueError, match="an id is text without white space"):
        write_run(run, tmp_path / "run.trec", tag=tag)
    assert list(tmp_path.iterdir()) == []


def test_a_gzip_bomb_is_refused_as_a_run(tmp_path: Path):
    path = tmp_path / "run.gz"
    path.write_bytes(gzip.compress(bytes(3_000_000)))
    with pytest.raises(ValueError, match="line 1: this line has more than 1,000,000 bytes"):
        read_run(path)


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        ({7: {"a": 1.0}}, "The id of a query is 7 of type int: an id is text"),
        ({"q": {7: 1.0}}, "The id of a document of query 'q' is 7 of type int"),
        ({"q": {None: 1.0}}, "is None of type NoneType"),
        ({"\ufeffq": {"a": 1.0}}, "an id begins with no byte order mark"),
        ({"q": {"a\ud800": 1.0}}, "no half of a surrogate pair"),
        ({"q": {"a": 10**400}}, "query 'q' and document 'a' is 1000"),
        ({"q": {"a": 10**5000}}, "query 'q' and document 'a' is an object of type int"),
        ({"q": {"a": 1e39}}, r"is 1e\+39: a score must be a finite number"),
        ({"q": {"a": "1.5"}}, "is '1.5': a score must"),
        ({"q": {"a": [1.5]}}, "is .1.5.: a score must"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_run_is_not_written(tmp_path: Path, run: dict, reason: str):
    with pytest.raises(ValueError, match=reason) as caught:
        write_run(run, tmp_path / "run.trec")
    assert len(str(caught.value)) < 250
    assert list(tmp_path.iterdir()) == []


@pytest.mark.filterwarnings("ignore:Converting a tensor")
def test_scores_that_are_tensors_rank_and_come_back_as_numbers(tmp_path: Path):
    import torch

    scores = {
        "a": torch.tensor(0.5, requires_grad=True),
        "b": torch.tensor(1.5, dtype=torch.bfloat16),
        "c": np.float16(1.0),
    }
    assert ranked(scores) == ["b", "c", "a"]
    write_run({"q": scores}, tmp_path / "run.trec")
    assert read_run(tmp_path / "run.trec") == {"q": {"b": 1.5, "c": 1.0, "a": 0.5}}


@given(rows(SCORES), st.sampled_from(["run.trec", "run.trec.gz"]))
def test_any_run_comes_back_from_its_file(tmp_path: Path, run: dict, name: str):
    write_run(run, tmp_path / name)
    back = read_run(tmp_path / name)
    assert back == run
    assert list(back) == list(run)
    for query, scores in back.items():
        assert list(scores) == ranked(run[query])


def test_nan_has_no_rank():
    with pytest.raises(ValueError, match="to rank by is NaN"):
        ranked({"a": float("nan"), "b": 1.0})


def test_rereading_moves_the_best_k_and_nothing_else():
    before = {"q": {"a": 4.0, "b": 3.0, "c": 2.0, "d": 1.0}}
    strong = {"q": {"a": 0.0, "b": 1.0, "c": 2.0, "d": 9.0}}
    orders = [ranked(reread(before, strong, k)["q"]) for k in (0, 1, 3, 4, 9)]
    assert ["".join(order) for order in orders] == ["abcd", "abcd", "cbad", "dcba", "dcba"]


def test_rereading_refuses_what_the_stronger_run_has_not_read():
    before = {"q": {"a": 2.0, "b": 1.0}}
    assert ranked(reread(before, {"q": {"a": 0.0}}, 1)["q"]) == ["a", "b"]
    for strong in ({"q": {"a": 0.0}}, {}):
        with pytest.raises(ValueError, match="has no score of document"):
            reread(before, strong, 2)
    with pytest.raises(ValueError, match="0 documents or more"):
        reread(before, before, -1)
