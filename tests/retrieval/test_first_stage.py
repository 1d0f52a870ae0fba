"""First stages: BM25, a bi-encoder, and the best of a run."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from xenc_course.evaluation.metrics import evaluate
from xenc_course.models.loading import model_folder
from xenc_course.retrieval.first_stage import best_of, bi_encoder_run, bm25_run, find_candidates
from xenc_course.retrieval.runs import write_run
from xenc_course.text.collection import Collection


def test_bm25_leaves_out_passages_that_share_no_word():
    passages = {"a": "cats purr", "b": "dogs bark", "c": "cats and dogs"}
    run = bm25_run(passages, {"q1": "why do cats purr", "q2": "the", "q3": "birds"}, depth=10)
    assert list(run["q1"]) == ["a", "c"]
    assert run["q1"]["a"] > run["q1"]["c"] > 0
    assert run["q2"] == run["q3"] == {}
    with pytest.raises(ValueError, match="BM25 found no word"):
        bm25_run({"a": "the"}, {"q": "cats"}, depth=1)


def test_bm25_takes_equal_passages_in_the_order_of_a_run():
    passages = {f"d{number}": "cats purr" for number in range(40)} | {"best": "cats purr purr"}
    run = bm25_run(passages, {"q": "purr"}, depth=4)
    assert list(run["q"]) == ["best", "d9", "d8", "d7"]


def test_the_bi_encoder_ranks_by_cosine():
    class Letters:
        def encode(self, texts: list[str], **options: bool) -> np.ndarray:
            assert options["normalize_embeddings"]
            counts = np.array([[text.count(letter) for letter in "abc"] for text in texts])
            return (counts / np.linalg.norm(counts, axis=1, keepdims=True)).astype(np.float32)

        encode_query = encode_document = encode

    queries = {f"q{n}": "a" for n in range(70)} | {"last": "bc"}
    run = bi_encoder_run({"1": "ab", "2": "aa", "3": "c"}, queries, 2, Letters())
    assert list(run) == list(queries)
    assert list(run["q69"]) == ["2", "1"]
    assert run["q0"] == pytest.approx({"2": 1.0, "1": 0.5**0.5})
    assert set(run["last"]) == {"1", "3"}


@pytest.mark.parametrize("broken", ["passage", "query"])
def test_a_bi_encoder_that_gives_no_numbers_ranks_nothing(broken: str):
    class Broken:
        def encode_document(self, texts: list[str], **_: bool) -> np.ndarray:
            return np.full((len(texts), 2), np.nan if broken == "passage" else 1.0)

        def encode_query(self, texts: list[str], **_: bool) -> np.ndarray:
            return np.full((len(texts), 2), np.inf if broken == "query" else 1.0)

    with pytest.raises(ValueError, match=f"The bi-encoder's vector of a {broken} holds NaN"):
        bi_encoder_run({"a": "x"}, {"q": "x"}, 1, Broken())


def test_the_best_of_a_run():
    assert best_of({"q": {"a": 1.0, "b": 2.0, "c": 1.0}}, 2) == {"q": {"b": 2.0, "c": 1.0}}


def written(path: Path, run: dict) -> str:
    write_run(run, path)
    return str(path)


PASSAGES = {"d1": "a small red boat", "d2": "a red boat and a sail", "d3": "boat trips", "d4": "x"}


@pytest.mark.parametrize("stage", ["bm25", "run"])
def test_a_querys_own_document_is_left_out_as_beir_does(tmp_path: Path, stage: str):
    collection = Collection(
        "mine", PASSAGES, {"d1": "small red boat", "q2": "boat"}, {"d1": {"d3": 1}}
    )
    if stage == "run":
        found = bm25_run(PASSAGES, collection.queries, 10)
        stage = written(tmp_path / "run.trec", found)
    kept, notes = find_candidates(stage, collection, PASSAGES, 2, own_document="keep")
    assert list(kept["d1"]) == ["d1", "d2"]
    assert notes == []
    dropped, notes = find_candidates(stage, collection, PASSAGES, 2)
    assert list(dropped["d1"]) == ["d2", "d3"]  # as many as were asked for
    assert dropped["q2"] == kept["q2"]
    assert notes == ["Queries that ranked the document of their own id: 1, left out as BEIR does."]
    assert evaluate(kept, collection, "RR@10")["RR@10"].mean == 0.0
    assert evaluate(dropped, collection, "RR@10")["RR@10"].mean == 0.5
    with pytest.raises(ValueError, match="own_document is 'drop' or 'keep', not 'both'"):
        find_candidates(stage, collection, PASSAGES, 2, own_document="both")


@pytest.mark.parametrize("stage", ["bm25", "judged"])
def test_an_own_document_that_is_judged_stays(stage: str):
    # Queries and passages that are both numbered from 1 have ids in common by accident.
    passages = {"1": "red boats", "2": "green boats"}
    collection = Collection("mine", passages, {"1": "red"}, {"1": {"1": 1}})
    found, notes = find_candidates(stage, collection, passages, 5)
    kept = "Queries that ranked the document of their own id: 1, kept, for it is judged."
    assert list(found["1"]) == ["1"]
    assert notes == ([] if stage == "judged" else [kept])


LINES = {
    "Chinese": ("东京是日本的首都和最大城市。", "东京是哪个国家的首都"),
    "Japanese": ("パリはフランスの首都であり、人口が多い。", "フランスの首都はどこですか"),
    "Thai": ("กรุงเทพมหานครเป็นเมืองหลวงของประเทศไทย", "เมืองหลวงของไทยคือเมืองใด"),
    "Lao": ("ວຽງຈັນເປັນນະຄອນຫຼວງຂອງລາວ", "ນະຄອນຫຼວງຂອງລາວແມ່ນຫຍັງ"),
    "Khmer": ("ភ្នំពេញគឺជារដ្ឋធានីនៃប្រទេសកម្ពុជា", "រដ្ឋធានីនៃកម្ពុជា"),
    "Burmese": ("နေပြည်တော်သည်မြန်မာနိုင်ငံ၏မြို့တော်ဖြစ်သည်", "မြန်မာနိုင်ငံမြို့တော်"),
}


@pytest.mark.parametrize("language", LINES)
def test_a_language_that_bm25_does_not_split_is_said(language: str):
    passage, query = LINES[language]
    passages = {"a": passage, "b": "cats purr"}
    mixed = Collection("mine", passages, {"q1": query, "q2": "cats"}, {})
    _, (note,) = find_candidates("bm25", mixed, passages, 5)
    assert note.startswith("BM25 splits text at spaces and punctuation, and Chinese, Japanese,")
    assert "of 1 queries and 1 passages it matches whole phrases alone" in note


@pytest.mark.parametrize("language", ["Chinese", "Japanese"])
def test_bm25_that_finds_nothing_for_want_of_spaces_is_refused(language: str):
    passage, query = LINES[language]
    with pytest.raises(ValueError, match=r"put none between words, so it found no passage for any"):
        bm25_run({"a": passage, "b": "cats purr"}, {"q": query}, 5)


@pytest.mark.parametrize(
    ("passage", "query"),
    [
        ("서울은 대한민국의 수도이다", "대한민국의 수도는 어디인가"),
        ("Москва — столица России", "столица России"),
        ("القاهرة عاصمة مصر", "عاصمة مصر"),
        ("दिल्ली भारत की राजधानी है", "भारत की राजधानी"),
        ("东京 是 日本 的 首都", "日本 首都"),
        ("The Chinese name is 中华人民共和国, in full", "name of China 中国"),
    ],
)
def test_text_with_spaces_between_words_gets_no_note(passage: str, query: str):
    collection = Collection("mine", {"a": passage}, {"q": query}, {})
    found, notes = find_candidates("bm25", collection, collection.documents, 5)
    assert (list(found["q"]), notes) == (["a"], [])


def test_the_judged_passages_of_a_query_without_judgement_are_none():
    collection = Collection("mine", PASSAGES, {"q1": "a", "q2": "b"}, {"q1": {"d1": 0, "d9": 1}})
    found, notes = find_candidates("judged", collection, PASSAGES, 1)
    assert found == {"q1": {"d1": 0.0}, "q2": {}}
    assert notes == ["Judged but without text, not ranked: 1 passages."]


@pytest.mark.models
def test_a_bi_encoder_outside_the_catalogue_is_a_first_stage(tmp_path: Path):
    copied = tmp_path / "owner" / "bi-encoder"
    shutil.copytree(model_folder("all-MiniLM-L6-v2"), copied)
    passages = {"a": "A cat sleeps.", "b": "The train is late.", "c": "Delays on the railway."}
    collection = Collection("mine", passages, {"q": "is my train on time"}, {"q": {"b": 1}})
    run, _ = find_candidates(str(copied), collection, passages, 2)
    assert run == find_candidates("all-MiniLM-L6-v2", collection, passages, 2)[0]
    assert list(run["q"]) == ["b", "c"]


@pytest.mark.parametrize("name", ["nothing", "runs/none.trec", "nobody/no-model"])
def test_a_first_stage_that_is_nothing_at_all_is_refused(monkeypatch, name: str):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    collection = Collection("mine", {"a": "text"}, {"q": "query"}, {"q": {"a": 1}})
    with pytest.raises(FileNotFoundError, match=f"There is no first stage and no file {name}"):
        find_candidates(name, collection, collection.documents, 2)
