"""A sentence becomes a question."""

import numpy as np
import pytest

from xenc_course.training import question_rules


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
    forms = {getattr(question_rules, ask)(said, title, np.random.default_rng(n)) for n in range(30)}
    assert asked in forms
    assert (None in forms) == (asked is None)
