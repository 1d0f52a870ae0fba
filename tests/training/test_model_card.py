"""A student's card states what its inputs state, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from huggingface_hub import ModelCard

from xenc_course import Collection, compare_runs, load_collection
from xenc_course.assets.bundled_students import STUDENTS
from xenc_course.training.model_card import model_card
from xenc_course.training.plan import Plan


def card_of(teacher: str, *texts: Collection) -> str:
    judged = Collection("held out", {"p": "text"}, {"q": "query"}, {"q": {"p": 1}})
    run = {"q": {"p": 1.0}}
    comparison = compare_runs({"teacher": run}, {"student": run}, judged, "RR@10")
    plan = Plan(teacher, "layers:0", tuple(text.name for text in texts), 120)
    by_name = {text.name: text for text in texts}
    return "\n".join(model_card("small", plan, ("distil",), by_name, comparison, [0.5], 1.0))


@pytest.mark.models
def test_licences_and_language_of_known_inputs_are_theirs():
    card = card_of("ms-marco-MiniLM-L12-v2-int8", load_collection("helpdesk"))
    assert "the teacher: Apache-2.0; the text of helpdesk: CC BY 4.0." in card
    assert "license: apache-2.0" in card and "language:\n- en" in card
    assert "base_model: cross-encoder/ms-marco-MiniLM-L12-v2" in card


def test_the_hub_reads_what_was_measured_and_on_what(tiny_model, tmp_path):
    own = Collection("own", {"p": "a text"}, {}, {})
    (tmp_path / "README.md").write_text(card_of(str(tiny_model), own), encoding="utf-8")
    data = ModelCard.load(tmp_path / "README.md").data
    assert (data.pipeline_tag, data.model_name) == ("text-ranking", "small")
    (measured,) = data.eval_results
    assert (measured.metric_type, measured.metric_value) == ("RR@10", 1.0)
    assert measured.dataset_name == "queries made from own, held out"


def test_the_students_cards_state_language_base_and_what_was_measured():
    for name, ndcg in (("xenc-distil-L3", 0.6482), ("xenc-distil-L6", 0.6859)):
        data = ModelCard.load(STUDENTS / name / "README.md").data
        assert (data.language, data.pipeline_tag) == (["en"], "text-ranking")
        assert data.base_model == "cross-encoder/ms-marco-MiniLM-L12-v2"
        values = {one.dataset_name: one.metric_value for one in data.eval_results}
        assert values["TREC Deep Learning 2019, BM25's 100 candidates"] == ndcg


def test_another_teacher_and_text_are_not_called_apache_and_english(tiny_model, tmp_path):
    own = Collection("own", {"p": "ein Text"}, {}, {})
    card = card_of(str(tiny_model), own)
    assert "the teacher: unknown; the text of own: unknown." in card
    assert "Language of the text: unknown." in card
    assert "apache" not in card.lower() and "english" not in card.lower()
    assert "base_model" not in card
    german = replace(own, licence="MIT", language="de")
    mixed = card_of(str(tiny_model), german, load_collection("helpdesk"))
    assert "the text of own: MIT; the text of helpdesk: CC BY 4.0." in mixed
    assert "Language of the text: de, en." in mixed
