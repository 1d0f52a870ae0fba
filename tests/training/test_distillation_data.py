"""What a student learns from: queries with crops of their own and of other passages."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.cities import CITIES, TEXTS
from xenc_course.text.passages import load_passages
from xenc_course.training import distillation_data
from xenc_course.training.distillation_data import crop, make_groups, n_held_out


@pytest.mark.models
def test_groups_hold_runs_of_words_or_sentences_some_beside_the_answer(tmp_path, monkeypatch):
    monkeypatch.setattr(distillation_data, "HELD_OUT", 5)
    made, held_out = make_groups({"cities": CITIES}, 180, seed=0, path=tmp_path / "groups.jsonl")
    assert len(made) == 30 and len(held_out["cities"]) == 5
    assert not {query for query, _ in made} & {query.text for query in held_out["cities"]}
    whole = {text for group in TEXTS.values() for text in group.split(". ")}
    whole = {text.rstrip(".") for text in whole}
    by_sentence = [passages for _, passages in made if passages[0].rstrip(".") in whole]
    assert 5 < len(by_sentence) < 25
    own = [next(t for t in TEXTS.values() if passages[0] in t) for passages in by_sentence]
    for passages, text in zip(by_sentence, own, strict=True):
        assert all(beside in text and beside != passages[0] for beside in passages[-2:])


@pytest.mark.parametrize("focus", [0, 5, 49, 99])
def test_a_crop_holds_its_focus(focus):
    words = [f"w{n}" for n in range(100)]
    for seed in range(20):
        kept = crop(words, focus, np.random.default_rng(seed)).split()
        assert f"w{focus}" in kept and 20 <= len(kept) <= 60
    assert crop(words[:7], 3, np.random.default_rng(0)) == " ".join(words[:7])


@pytest.mark.models
def test_a_passage_without_a_word_teaches_nothing(towns, few_held_out, tmp_path):
    whole = load_passages(towns)
    blank = replace(whole, documents={**whole.documents, "blank": " "})
    made, with_blank = (
        make_groups({"towns": texts}, 120, 0, tmp_path / f"{number}.jsonl")[0]
        for number, texts in enumerate((whole, blank))
    )
    assert made == with_blank and all(passage.strip() for _, group in made for passage in group)


def test_held_out_queries_are_in_proportion_to_those_trained_on(monkeypatch):
    monkeypatch.setattr(distillation_data, "HELD_OUT", 200)  # some tests here have fewer
    assert [n_held_out(n) for n in (1, 20, 500, 2_000, 100_000)] == [10, 10, 50, 200, 200]


@pytest.mark.parametrize("line", ['["a query", ["a pass', "7", '["q"]', "{}", '["q", 5]'])
def test_a_damaged_line_of_stored_groups_is_named(line, towns, tmp_path, few_held_out):
    path = tmp_path / "groups.jsonl"
    path.write_text(f'["q", ["a", "b"]]\n{line}\n')
    with pytest.raises(ValueError, match=r"groups.jsonl, line 2: .* is no query with its passages"):
        make_groups({"towns": load_passages(towns)}, 120, seed=0, path=path)
