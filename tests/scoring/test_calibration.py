"""Calibration: known curves come back, files are whole or refused, and no bad input passes."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, strategies as st
from sklearn.isotonic import IsotonicRegression

from xenc_course import CalibratedReranker, Calibration, cascade, fit_calibration, load_calibration
from xenc_course.scoring.calibration import METHODS, sigmoid
from xenc_course.scoring.scorers import score_pairs


def drawn(slope: float, intercept: float, n: int = 20_000, seed: int = 0):
    """Pairs, one per query, whose chance of being relevant is a known curve of the logit."""
    rng = np.random.default_rng(seed)
    logits = rng.uniform(-8, 8, n)
    relevant = rng.uniform(size=n) < sigmoid(slope * logits + intercept)
    return logits, relevant, [f"q{i}" for i in range(n)]


def few(n: int = 60, seed: int = 1):
    return drawn(0.5, -1.0, n, seed)


FITTED = {method: fit_calibration(*few(), method) for method in METHODS}


def test_platt_finds_the_curve_that_the_data_were_drawn_from():
    found = fit_calibration(*drawn(0.4, -1.5), "platt")
    assert (found.slope, found.intercept) == pytest.approx((0.4, -1.5), abs=0.08)
    assert (found.n_queries, found.n_pairs) == (20_000, 20_000)
    assert found.n_relevant == drawn(0.4, -1.5)[1].sum()


def test_temperature_finds_its_one_number_and_keeps_zero_at_a_half():
    found = fit_calibration(*drawn(0.25, 0.0), "temperature")
    assert 1 / found.slope == pytest.approx(4.0, rel=0.05)
    assert found.intercept == 0
    assert found(0.0) == pytest.approx(0.5)


def test_platts_fit_is_the_best_one_for_his_targets():
    logits, relevant, queries = few()
    found = fit_calibration(logits, relevant, queries)
    hits, misses = relevant.sum(), (~relevant).sum()
    target = np.where(relevant, (hits + 1) / (hits + 2), 1 / (misses + 2))

    def loss(slope, intercept):
        p = sigmoid(slope * logits + intercept)
        return -np.mean(target * np.log(p) + (1 - target) * np.log(1 - p))

    best = loss(found.slope, found.intercept)
    steps = [(1e-3, 0), (-1e-3, 0), (0, 1e-3), (0, -1e-3)]
    assert all(best < loss(found.slope + a, found.intercept + b) for a, b in steps)


def test_two_classes_that_do_not_overlap_give_a_finite_slope():
    logits = np.r_[np.full(20, -5.0), np.full(20, 5.0)]
    queries = [f"q{i}" for i in range(40)]
    for method in ("platt", "temperature"):
        found = fit_calibration(logits, logits > 0, queries, method)
        assert math.isfinite(found.slope)
        assert found(5.0) == pytest.approx(21 / 22, abs=1e-4)  # (n + 1) / (n + 2), and no 1


def test_isotonic_is_scikit_learns_also_outside_of_what_it_saw():
    logits, relevant, queries = few(300)
    found = fit_calibration(logits, relevant, queries, "isotonic")
    theirs = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(logits, relevant)
    asked = np.linspace(-20, 20, 501)
    np.testing.assert_allclose(found(asked), theirs.predict(asked), atol=1e-6)


@given(st.sampled_from(METHODS), st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20))
def test_probabilities_lie_between_0_and_1_and_keep_the_order(method, logits):
    found = FITTED[method](sorted(logits))
    assert found.dtype == np.float32
    assert (found >= 0).all()
    assert (found <= 1).all()
    assert (np.diff(found) >= 0).all()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("scale", [1e-3, 0.7, 1e4])
def test_the_size_of_the_scores_does_not_matter(method, scale):
    logits, relevant, queries = few()
    plain = fit_calibration(logits, relevant, queries, method)(logits)
    scaled = fit_calibration(logits * scale, relevant, queries, method)(logits * scale)
    np.testing.assert_allclose(plain, scaled, atol=1e-3)


def test_the_order_of_the_pairs_does_not_matter():
    logits, relevant, queries = few()
    turned = fit_calibration(logits[::-1], relevant[::-1], queries[::-1])
    np.testing.assert_allclose(turned(logits), fit_calibration(*few())(logits), atol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_a_saved_calibration_comes_back_as_it_was(tmp_path, method):
    found = fit_calibration(*few(), method, note="L12, first results: größer")
    found.save(tmp_path / "mine.json")
    again = load_calibration(tmp_path / "mine.json")
    assert again == found
    assert str(again) == str(found)
    assert "größer" in str(again)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.json"]


@given(st.sampled_from(METHODS), st.data())
def test_a_file_that_lost_its_end_is_refused(tmp_path_factory, method, data):
    path = tmp_path_factory.mktemp("cut") / "mine.json"
    FITTED[method].save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 3))])
    with pytest.raises(ValueError, match=r"^.*mine\.json is no whole file"):
        load_calibration(path)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("part", ["slope", "logits", "probabilities", "n_queries", "method"])
def test_a_number_that_was_changed_is_refused(tmp_path, method, part):
    path = tmp_path / "mine.json"
    fit_calibration(*few(), method).save(path)
    record = json.loads(path.read_text(encoding="utf-8"))
    changed = {"method": "platt2", "n_queries": 61, "slope": 0.123}.get(part, [0.5, 0.25])
    path.write_text(json.dumps(record | {part: changed}), encoding="utf-8")
    with pytest.raises(ValueError, match=r"is not as Calibration.save wrote it"):
        load_calibration(path)


IMPOSSIBLE = {
    "slope": math.nan,
    "intercept": "0",
    "n_queries": 3.5,
    "n_pairs": 0,
    "n_relevant": 60,
    "note": None,
    "logits": [1.0, 1.0],
    "probabilities": [0.5, 1.5],
}


@pytest.mark.parametrize("part", IMPOSSIBLE)
@pytest.mark.parametrize("method", METHODS)
def test_impossible_values_are_refused_also_with_a_fitting_checksum(tmp_path, method, part):
    found = fit_calibration(*few(), method)
    object.__setattr__(found, part, IMPOSSIBLE[part])
    found.save(tmp_path / "mine.json")
    with pytest.raises(ValueError, match=r"is not as Calibration.save wrote it"):
        load_calibration(tmp_path / "mine.json")


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"7", b"null", b'{"kind": 1', b"{}", b"\xff\xfe", b"[" * 100_000]
)
def test_another_file_is_no_calibration(tmp_path, content):
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(ValueError, match="no whole file of a calibration"):
        load_calibration(tmp_path / "x.json")


def test_a_file_of_another_version_and_no_file(tmp_path):
    (tmp_path / "x.json").write_text('{"kind": "xenc_course calibration 2"}', encoding="utf-8")
    with pytest.raises(ValueError, match="this version reads 'xenc_course calibration 1'"):
        load_calibration(tmp_path / "x.json")
    with pytest.raises(FileNotFoundError, match="There is no file"):
        load_calibration(tmp_path / "y.json")
    with pytest.raises(FileNotFoundError, match="There is no file"):
        load_calibration(tmp_path)


def test_a_curve_too_large_to_be_read_again_is_not_saved(tmp_path):
    corners = tuple(float(i) for i in range(500_000))
    large = Calibration("isotonic", 0.0, 0.0, corners, tuple(c / 5e5 for c in corners), 9, 99, 9)
    with pytest.raises(ValueError, match="500,000 corners is too large for a file"):
        large.save(tmp_path / "large.json")
    assert not list(tmp_path.iterdir())


def test_a_save_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "mine.json"
    old = fit_calibration(*few())
    old.save(path)

    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        fit_calibration(*few(seed=2)).save(path)
    monkeypatch.undo()
    assert load_calibration(path) == old
    assert len(list(tmp_path.iterdir())) == 1


def changed(what, value):
    parts = dict(zip(("logits", "relevant", "queries"), map(list, few()), strict=True))
    return parts | {what: value(parts[what]) if callable(value) else value}


@pytest.mark.parametrize(
    ("parts", "error", "reason"),
    [
        (changed("queries", ["q"] * 60), ValueError, "30 queries or more, and .* of 1: judge"),
        (changed("queries", lambda q: q[:29] + q[:29] + q[:2]), ValueError, "are of 29: judge"),
        (changed("relevant", [True] * 60), ValueError, "All of them are relevant"),
        (changed("relevant", [0] * 60), ValueError, "None of them is relevant"),
        (changed("relevant", [0, 3] * 30), ValueError, "not 3: decide from which grade"),
        (changed("relevant", ["yes"] * 60), TypeError, "must be numbers, but 'yes'"),
        (changed("logits", [math.nan] * 60), ValueError, "must be finite, but nan"),
        (changed("logits", [1.0, math.inf] * 30), ValueError, "must be finite, but inf"),
        (changed("logits", ["a"] * 60), TypeError, "must be numbers, but 'a'"),
        (changed("logits", lambda x: x[:59]), ValueError, "three lists of equal length"),
        (changed("logits", lambda x: [[v] for v in x]), ValueError, "three lists of equal length"),
        (changed("queries", list(range(60))), TypeError, "id of a query must be text"),
        (changed("queries", []), ValueError, "three lists of equal length"),
        ({"logits": [], "relevant": [], "queries": []}, ValueError, "There is no pair"),
        (changed("logits", lambda x: [-v for v in x]), ValueError, "score no higher than others"),
        (changed("logits", [0.0] * 60), ValueError, "score no higher than others"),
    ],
)
@pytest.mark.parametrize("method", METHODS)
def test_what_cannot_be_fitted_is_refused_in_one_sentence(parts, error, reason, method):
    with pytest.raises(error, match=reason) as caught:
        fit_calibration(**parts, method=method)
    assert str(caught.value)[0].isupper()
    assert str(caught.value).endswith(".")


def test_an_unknown_method_a_note_that_is_no_text_and_no_scikit_learn(monkeypatch):
    with pytest.raises(ValueError, match="no method 'beta': choose of temperature, platt"):
        fit_calibration(*few(), "beta")
    with pytest.raises(TypeError, match="note must be text"):
        fit_calibration(*few(), note=7)
    with pytest.raises(ValueError, match="The note holds half of a surrogate pair"):
        fit_calibration(*few(), note="\ud800")
    monkeypatch.setitem(__import__("sys").modules, "sklearn.linear_model", None)
    with pytest.raises(ImportError, match="needs scikit-learn, which is not installed"):
        fit_calibration(*few())


def test_a_stored_calibration_is_used_without_scikit_learn(tmp_path, monkeypatch):
    found = fit_calibration(*few(), "isotonic")
    found.save(tmp_path / "mine.json")
    for name in ("sklearn", "sklearn.linear_model", "sklearn.isotonic"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    assert load_calibration(tmp_path / "mine.json")(1.0) == found(1.0)


def longer(pairs):
    return np.array([len(passage) for _, passage in pairs], dtype=np.float32)


PLATT = Calibration("platt", 0.5, -2.0, (), (), 30, 30, 10)
PAIRS = [("q", "aa"), ("q", "aaaa"), ("p", "")]


def test_a_calibrated_reranker_gives_probabilities_wherever_a_scorer_is_wanted():
    scorer = CalibratedReranker(longer, PLATT)
    want = 1 / (1 + np.exp(-(0.5 * longer(PAIRS) - 2)))
    np.testing.assert_allclose(scorer(PAIRS), want, rtol=1e-6)
    np.testing.assert_allclose(score_pairs(scorer, PAIRS), want, rtol=1e-6)
    assert scorer([]).shape == (0,)
    assert scorer.calibration is PLATT


def test_ranking_follows_the_logits_also_where_probabilities_are_equal():
    flat = Calibration("isotonic", 0.0, 0.0, (0.0, 1.0), (0.25, 0.75), 30, 30, 10)
    ranking = CalibratedReranker(longer, flat).rank("q", ["aa", "aaaa", "aaa", ""], top_k=3)
    assert [entry["corpus_id"] for entry in ranking] == [1, 2, 0]
    assert [entry["score"] for entry in ranking] == [0.75] * 3


def test_what_has_no_logits_is_not_calibrated():
    with pytest.raises(ValueError, match="Only the order of a cascade's scores"):
        CalibratedReranker(cascade(longer, longer, keep=1), PLATT)
    with pytest.raises(TypeError, match="A function is no calibration"):
        CalibratedReranker(longer, longer)
    with pytest.raises(TypeError, match="scores no pairs"):
        CalibratedReranker(7, PLATT)
    with pytest.raises(ValueError, match="must be finite"):
        PLATT([math.nan])
    with pytest.raises(ValueError, match="one number per pair"):
        CalibratedReranker(lambda pairs: [1.0], PLATT)(PAIRS)
