"""A student's card states what its inputs state, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from xenc_course import Collection, compare_runs, load_collection
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
