"""Text becomes passages, passages become queries, and queries get hard negatives."""

import numpy as np
import pytest

from xenc_course import Collection
from xenc_course.text.passages import load_passages, sentence_starts
from xenc_course.training import distillation_data as groups, question_rules as questions
from xenc_course.training.distillation_data import crop, make_groups
from xenc_course.training.negatives import mine_negatives
from xenc_course.training.query_maker import QueryMaker

PLACES = ["Lima", "Oslo", "Quito", "Accra", "Hanoi", "Cairo", "Perth", "Turin", "Kyoto", "Davao"]
TEXTS = {
    f"p{n}": f"{place} is a city of {n + 3} million people near the sea. Its harbour ships grain. "
    f"Visitors of {place} admire the old tower{n} and its bells."
    for n, place in enumerate(PLACES)
}
CITIES = Collection("cities", TEXTS, {}, {}, titles={f"p{n}": p for n, p in enumerate(PLACES)})


def test_every_passage_makes_queries_that_repeat_with_the_seed():
    made = QueryMaker(CITIES).make(list(TEXTS), 30, seed=1)
    assert made == QueryMaker(CITIES).make(list(TEXTS), 30, seed=1)
    assert made != QueryMaker(CITIES).make(list(TEXTS), 30, seed=2)
    assert len({query.text.lower() for query in made}) == 30 == len({query.id for query in made})
    assert {query.passage for query in made[:10]} == set(TEXTS)
    assert {"question", "crop"} <= {query.kind for query in made}


def test_a_crop_comes_from_its_passage_and_what_it_removes_is_there():
    for query in QueryMaker(CITIES).make(list(TEXTS), 40, seed=0):
        text = TEXTS[query.passage]
        if query.kind == "crop":
            assert query.text in text
            assert text.split()[query.focus] == query.text.split()[0].rstrip(".") or query.focus
        assert query.removed in text


def test_too_little_text_for_so_many_queries_is_refused():
    with pytest.raises(ValueError, match=r"10 passages give only \d+ different queries, not 9,000"):
        QueryMaker(CITIES).make(list(TEXTS), 9_000, seed=0)


def test_negatives_are_hard_different_and_never_the_answer():
    asked = {"q1": "the old tower2 of Quito", "q2": "harbour ships grain"}
    answers = {"q1": "p2", "q2": "p5"}
    found = mine_negatives(asked, TEXTS, answers, bm25=2, bi_encoder=2, random=1, seed=0)
    assert found == mine_negatives(asked, TEXTS, answers, bm25=2, bi_encoder=2, random=1, seed=0)
    for query, names in found.items():
        assert len(set(names)) == 5 and answers[query] not in names and set(names) <= set(TEXTS)
    with pytest.raises(ValueError, match="10 passages are too few to draw 10 negatives"):
        mine_negatives(asked, TEXTS, answers, bm25=10, bi_encoder=0, random=0)


def test_no_passage_that_answers_as_well_is_a_negative():
    also = {"q": [f"p{n}" for n in range(6)]}
    asked, answers = {"q": "the old tower2 of Quito"}, {"q": "p2"}
    found = mine_negatives(asked, TEXTS, answers, bm25=2, bi_encoder=2, random=0, relevant=also)
    assert set(found["q"]) == {"p6", "p7", "p8", "p9"}
    with pytest.raises(ValueError, match="too few to draw 5 negatives beside 6 answers"):
        mine_negatives(asked, TEXTS, answers, bm25=2, bi_encoder=2, random=1, relevant=also)


def test_where_nothing_is_found_random_passages_fill_up():
    found = mine_negatives({"q": "zzz"}, TEXTS, {"q": "p0"}, bm25=3, bi_encoder=0, random=0, seed=4)
    assert len(set(found["q"])) == 3


def test_text_files_become_passages_of_whole_sentences(tmp_path):
    sentence = "The quick brown fox jumps over the lazy dog near the river bank today."
    (tmp_path / "a.txt").write_text(f"{' '.join([sentence] * 12)}\n\nToo short.\n", "utf-8")
    (tmp_path / "b.txt").write_text("\n\n".join([sentence] * 4), "utf-8")
    made = load_passages(tmp_path)
    assert not made.queries and not made.qrels
    lengths = [len(text.split()) for text in made.documents.values()]
    assert all(20 <= length <= 120 for length in lengths) and len(lengths) >= 3
    assert all(text.endswith(("today.", "short.")) for text in made.documents.values())


def test_folders_without_text_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"holds no .txt file"):
        load_passages(tmp_path)
    (tmp_path / "a.txt").write_text("Only a few words.", "utf-8")
    with pytest.raises(ValueError, match="hold no passage of 20 words"):
        load_passages(tmp_path)
    (tmp_path / "a.txt").write_bytes(b"caf\xe9 " * 30)
    with pytest.raises(ValueError, match="not UTF-8"):
        load_passages(tmp_path)


def test_named_collections_lend_their_passages():
    assert len(load_passages("helpdesk").documents) == 264


def test_sentences_end_before_capitals_and_not_in_initials():
    words = ["J.", "Smith", "wrote", "it.", "Then", "3.5", "years", "passed!", "e.g.", "more"]
    assert sentence_starts(words) == [0, 4]


@pytest.mark.parametrize(
    ("ask", "said", "title", "asked"),
    [
        ("predicate", "She won two Nobel prizes, and more.", "Curie", "who won two Nobel prizes"),
        ("predicate", "Lima is a harbour town.", "Lima", "what is a harbour town"),
        ("predicate", "In 1932 it rained.", "Lima", None),
        ("event", "The bridge was opened in 1932.", "", "when was the bridge opened"),
        ("event", "It was built by Ada Byron.", "Tower", "who built Tower"),
        ("event", "It was held in Paris.", "The fair", "where was the fair held"),
        ("event", "It rained in May.", "Tower", None),
        ("count", "It has 35 stations.", "Red Line", "how many stations does Red Line have"),
        ("count", "It has 35 stations.", "", None),
        ("count", "It has a station.", "Red Line", None),
    ],
)
def test_a_sentence_is_turned_into_a_question_or_into_none(ask, said, title, asked):
    forms = {getattr(questions, ask)(said, title, np.random.default_rng(n)) for n in range(30)}
    assert asked in forms
    assert (None in forms) == (asked is None)


def test_groups_hold_runs_of_words_or_sentences_some_beside_the_answer(tmp_path, monkeypatch):
    monkeypatch.setattr(groups, "HELD_OUT", 5)
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
