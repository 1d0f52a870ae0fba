"""Pairs become tokens: what cannot be read is refused, and nothing is cut in silence."""

import json

import pytest

from tests.support.odd_models import scaled
from xenc_course import Reranker, load_cross_encoder


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
def test_bad_pairs_are_refused(pair, error, reason, tiny_model):
    with pytest.raises(error, match=reason):
        Reranker(str(tiny_model), "torch").score([("good", "pair"), pair])


def test_truncation_is_reported_and_follows_the_policy(tiny_model):
    model = load_cross_encoder(str(tiny_model), device="cpu")
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


def test_a_tokenizer_that_cuts_on_the_left_does_so_here(tiny_model, tmp_path):
    folder = scaled(tiny_model, tmp_path / "scaled")
    model = load_cross_encoder(folder, device="cpu")
    long = [("short query", "word " * 600 + "text " * 300)]
    right = model.predict(long, show_progress_bar=False)
    model.tokenizer.truncation_side = "left"
    left = model.predict(long, show_progress_bar=False)
    assert abs(left - right) > 1e-3

    def scored(source) -> float:
        with pytest.warns(UserWarning, match="1 of 1 pairs"):
            return Reranker(source, "torch", truncation="longest_first").score(long)

    assert scored(model) == pytest.approx(left, abs=1e-5)
    model.tokenizer.save_pretrained(folder)  # tokenizer.json says it
    assert scored(str(folder)) == pytest.approx(left, abs=1e-5)
    path = folder / "tokenizer_config.json"
    settings = json.loads(path.read_text())
    path.write_text(json.dumps(settings | {"truncation_side": "right"}))
    assert scored(str(folder)) == pytest.approx(right, abs=1e-5)
    path.write_text(json.dumps(settings | {"truncation_side": "middle"}))
    with pytest.raises(ValueError, match="has 'middle' for truncation_side"):
        Reranker(str(folder))
