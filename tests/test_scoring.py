"""The reranker scores what `CrossEncoder` scores, wastes nothing, and cuts nothing in silence."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from xenc_course import Reranker, load_collection, load_cross_encoder, model_folder
from xenc_course.models import onnx_export
from xenc_course.models.loading import DEFAULT_CROSS_ENCODER
from xenc_course.scoring.batches import as_given, by_budget, by_length, padding_share
from xenc_course.scoring.reranker import WINDOW

INT8 = f"{DEFAULT_CROSS_ENCODER}-int8"


@pytest.fixture(scope="module")
def cross_encoder():
    return load_cross_encoder(device="cpu")


@pytest.fixture(scope="module")
def int8():
    return Reranker(INT8)


@pytest.fixture(scope="module")
def tiny(tiny_model):
    """A folder with a small cross-encoder of random weights: quick to export."""
    return tiny_model


@pytest.fixture(autouse=True, scope="module")
def exports(tmp_path_factory):
    """Exports of these tests do not end up in the user's cache."""
    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(onnx_export, "cache_folder", lambda: cache)
        yield cache / "onnx"


@pytest.fixture(scope="module")
def pairs():
    """Pairs of mixed length over two queries, one of them said twice."""
    sample = load_collection("wikipedia").sample(2, seed=0)
    texts = list(sample.documents.values())[:9]
    mixed = [(q, " ".join(t.split()[: 8 * n + 1])) for q in sample.queries.values()
             for n, t in enumerate(texts)]  # fmt: skip
    return [*mixed, mixed[3]]


@pytest.mark.parametrize("backend", ["torch", "onnx"])
def test_exact_backends_give_the_logits_of_predict(backend, pairs, cross_encoder, tiny):
    model = load_cross_encoder(str(tiny), device="cpu")
    wanted = model.predict(pairs, batch_size=1, show_progress_bar=False)
    reranker = Reranker(str(tiny), backend)
    assert reranker.score(pairs) == pytest.approx(wanted, abs=1e-4)
    assert Reranker(model, backend, batch_tokens=64).score(pairs) == pytest.approx(wanted, abs=1e-4)
    assert reranker.choice.backend == backend


def test_the_course_model_scores_through_torch_as_predict_does(pairs, cross_encoder):
    wanted = cross_encoder.predict(pairs[:6], show_progress_bar=False)
    assert Reranker(cross_encoder, "torch").score(pairs[:6]) == pytest.approx(wanted, abs=1e-4)


def test_int8_scores_do_not_depend_on_company(int8, pairs):
    together = int8.score(pairs)
    assert together.dtype == np.float32 and together.shape == (len(pairs),)
    assert together.tolist() == [int8.score([pair])[0] for pair in pairs]
    assert int8.report.scored == 1
    assert int8.choice.backend == "onnx-int8"


def test_int8_of_another_model_is_quantised_and_close(tiny, pairs, exports):
    exact = Reranker(str(tiny), "onnx").score(pairs)
    rough = Reranker(str(tiny), "onnx-int8")
    assert rough.score(pairs) == pytest.approx(exact, abs=0.1)
    sizes = {path.name.endswith("-int8.onnx"): path.stat().st_size for path in exports.iterdir()}
    assert sizes[True] < sizes[False] / 2


def test_int8_of_the_course_model_is_the_packaged_file(int8, pairs, exports):
    before = set(exports.glob("*"))
    named = Reranker(DEFAULT_CROSS_ENCODER, "onnx-int8")
    assert named.score(pairs[:3]).tolist() == int8.score(pairs[:3]).tolist()
    assert set(exports.glob("*")) == before


def test_a_folder_with_a_packaged_name_is_not_taken_for_it(tiny_model, tmp_path, monkeypatch):
    shutil.copytree(tiny_model, tmp_path / DEFAULT_CROSS_ENCODER)
    monkeypatch.chdir(tmp_path)
    own = Reranker(DEFAULT_CROSS_ENCODER, "onnx-int8").score(("q", "p"))
    monkeypatch.chdir(tmp_path.parent)
    assert abs(own - Reranker(DEFAULT_CROSS_ENCODER, "onnx-int8").score(("q", "p"))) > 1


def test_numpys_strings_are_strings(tiny):
    reranker = Reranker(str(tiny), "torch")
    assert reranker.score([tuple(np.array(["q", "p"]))]) == reranker.score([("q", "p")])


def test_auto_takes_torch_for_few_pairs_and_times_both_for_many(tiny, pairs, tmp_path, monkeypatch):
    monkeypatch.setattr(onnx_export, "cache_folder", lambda: tmp_path)
    few = Reranker(str(tiny))
    assert few.choice is None
    few.score(pairs)
    assert few.choice.backend == "torch" and "do not pay for an export" in few.choice.why
    many = Reranker(str(tiny))
    scores = many.score([(query, f"{n} {text}") for n in range(16) for query, text in pairs])
    assert len(scores) == 16 * len(pairs)
    assert many.choice.backend in ("torch", "onnx") and "of the pairs it took" in many.choice.why
    assert len(list((tmp_path / "onnx").iterdir())) == 1


def test_rank_is_that_of_the_library(cross_encoder):
    passages = ["Peru has coasts.", "Lima is the capital of Peru.", "Peru has coasts."]
    query = "capital of Peru"
    theirs = cross_encoder.rank(query, passages, top_k=2, show_progress_bar=False)
    ours = Reranker(cross_encoder, "torch").rank(query, passages, top_k=2, return_documents=True)
    assert [entry["corpus_id"] for entry in ours] == [1, 0]  # the first of two equal ones
    assert theirs[0]["corpus_id"] == 1
    assert ours[0]["score"] == pytest.approx(theirs[0]["score"], abs=1e-4)
    assert ours[0]["text"] == passages[1]


def test_a_pair_seen_before_is_not_scored_again(tiny, pairs):
    reranker = Reranker(str(tiny), "torch", cache=10)
    first = reranker.score(pairs)
    assert (reranker.report.pairs, reranker.report.scored) == (19, 18)
    assert reranker.score(pairs[-5:]).tolist() == first[-5:].tolist()
    assert reranker.report.scored == 0
    reranker.score(pairs[:3])  # longer ago than the ten that are kept
    assert reranker.report.scored == 3


def test_an_endless_stream_is_scored_window_by_window(tiny, pairs):
    drawn = []

    def endless():
        while True:
            drawn.append(1)
            yield pairs[len(drawn) % len(pairs)]

    scores = Reranker(str(tiny), "torch").stream(endless())
    got = [next(scores) for _ in range(10)]
    assert np.isfinite(got).all()
    assert len(drawn) == WINDOW


def test_what_the_pairs_raise_goes_on(tiny, pairs):
    def breaking():
        yield pairs[0]
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        Reranker(str(tiny), "torch").score(breaking())


def test_progress_counts_every_pair_once(tiny, pairs):
    told: list[int] = []
    Reranker(str(tiny), "torch").score(iter(pairs), told.append)
    assert sum(told) == len(pairs)


@pytest.mark.parametrize("backend", ["torch", "onnx"])
def test_empty_and_strange_texts_are_scored(backend, tiny):
    reranker = Reranker(str(tiny), backend)
    assert reranker.score([]).shape == (0,)
    strange = [("", ""), ("q", ""), ("", "p"), ("a\x00\x07b", "\u200f\u05d0 🙂"), ("q", "\t\n")]
    assert np.isfinite(reranker.score(strange)).all()
    assert reranker.score(("q", "p")).shape == ()


@pytest.mark.parametrize(
    ("pair", "error", "reason"),
    [
        ("qp", TypeError, "two strings, not 'qp'"),
        (("q", None), TypeError, "two strings"),
        (("q", 3), TypeError, "two strings"),
        ((b"q", b"p"), TypeError, "two strings"),
        (("q", "p", "r"), TypeError, "two strings"),
        (("q", "half \ud800"), ValueError, "half of a surrogate pair"),
        (("word " * 600, "p"), ValueError, "leaves no room for a passage"),
    ],
)
def test_bad_pairs_are_refused(pair, error, reason, tiny):
    with pytest.raises(error, match=reason):
        Reranker(str(tiny), "torch").score([("good", "pair"), pair])


def test_truncation_is_reported_and_follows_the_policy(tiny, cross_encoder):
    model = load_cross_encoder(str(tiny), device="cpu")
    long = [("short query", "word " * 40_000), ("word " * 400, "text " * 400), ("q", "p")]
    by_passage = Reranker(model, "torch")
    with pytest.warns(UserWarning, match="2 of 3 pairs were longer"):
        by_passage.score(long)
    assert (by_passage.report.cut, by_passage.report.pairs) == (2, 3)
    assert "2 pairs cut" in str(by_passage.report)
    with pytest.warns(UserWarning, match="2 of 3"):
        longest = Reranker(model, "torch", truncation="longest_first").score(long)
    wanted = model.predict(long, show_progress_bar=False)
    assert longest == pytest.approx(wanted, abs=1e-4)
    with pytest.raises(ValueError, match=r"has 40,005 tokens and the model reads 512"):
        Reranker(model, "torch", truncation="error").score(long)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"backend": "gpu"}, "backend is 'gpu'"),
        ({"truncation": "none"}, "truncation is 'none'"),
        ({"workers": 0}, "1 or more"),
        ({"batch_tokens": 0}, "1 or more"),
        ({"cache": -1}, "0 or more"),
    ],
)
def test_bad_options_are_refused(options, reason, tiny):
    with pytest.raises(ValueError, match=reason):
        Reranker(str(tiny), **({"backend": "torch"} | options))


def test_a_model_with_two_labels_is_refused(tmp_path, tiny):
    shutil.copytree(tiny, tmp_path / "two")
    config = json.loads((tiny / "config.json").read_text())
    config["id2label"], config["label2id"] = {"0": "no", "1": "yes"}, {"no": 0, "yes": 1}
    (tmp_path / "two" / "config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match="gives 2 numbers a pair"):
        Reranker(str(tmp_path / "two"), "torch")


def test_a_damaged_onnx_file_and_one_of_another_model_are_refused(tmp_path, tiny, exports):
    Reranker(str(tiny), "onnx")
    whole = next(path for path in exports.iterdir() if "int8" not in path.name)
    folder = tmp_path / "model"
    folder.mkdir()
    shutil.copy(tiny / "tokenizer.json", folder)
    shutil.copy(whole, folder / "model.onnx")
    assert np.isfinite(Reranker(str(folder)).score([("q", "p")])).all()
    (folder / "model.onnx").write_bytes(whole.read_bytes()[:-2000])
    with pytest.raises(ValueError, match=r"model.onnx is no whole ONNX model"):
        Reranker(str(folder))
    vectors = model_folder("bge-small-en-v1.5-int8")
    with pytest.raises(ValueError, match="numbers a pair"):
        Reranker(str(vectors))


def test_the_int8_path_needs_no_torch():
    program = (
        "import sys; from xenc_course import Reranker; "
        f"print(Reranker({INT8!r}).score([('q', 'p')], progress=False).shape, "
        "[m for m in ('torch', 'transformers') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "(1,) []\n"


def test_batch_policies_place_every_pair_once_and_budget_bounds_the_table():
    lengths = [5, 90, 12, 7, 300, 8, 9]
    for batches in (as_given(lengths, 3), by_length(lengths, 3), by_budget(lengths, 100)):
        assert sorted(np.concatenate(batches).tolist()) == list(range(7))
    tables = [len(b) * max(lengths[i] for i in b) for b in by_budget(lengths, 100)]
    assert tables[0] == 300 and max(tables[1:]) <= 100
    assert padding_share(lengths, as_given(lengths, 1)) == 0
    assert padding_share([10, 20, 30, 40], as_given([10, 20, 30, 40], 2)) == pytest.approx(1 / 6)
    assert padding_share(lengths, by_length(lengths, 3)) < padding_share(
        lengths, as_given(lengths, 3)
    )
    assert by_budget([], 10) == [] and padding_share([], []) == 0
    with pytest.raises(ValueError, match="at least one pair"):
        as_given(lengths, 0)
