"""The quiz of lesson 11."""

from __future__ import annotations

import math

from xenc_course.evaluation.difference import Difference
from xenc_course.teaching.questions import Question, how_many, says

SECTIONS = (1, 3, 4, 2, 6)  # of the lesson: what the five questions ask about


def questions(
    trained: Difference,
    steps: Difference,
    pointwise: Difference,
    beaten: float,
    collapsed: float,
) -> list[Question]:
    """Make the questions.

    Args:
        trained: of the student after sixteen steps over BM25's order.
        steps: of the same few queries read four times over read once.
        pointwise: of a loss that looks at one pair at a time over the listwise one.
        beaten: share of the training queries whose teacher puts a negative above the answer.
        collapsed: the middle range of a query's logits in the collapsed model.
    """
    return [
        says(
            "One training of sixteen steps, beside BM25's order of the same candidates?",
            trained.state,
            shown="The student orders better.",
            contradicted="BM25 orders better.",
            because="And one training is an anecdote: section 3 has three.",
        ),
        says(
            "Sixteen queries read four times, beside the same sixteen read once?",
            steps.state,
            shown="Four times are better.",
            contradicted="Once is better.",
            because="Part of what more queries seem to bring is more steps.",
        ),
        says(
            "The loss bce, which looks at one pair at a time, beside the listwise loss?",
            pointwise.state,
            shown="bce ranks better.",
            contradicted="The listwise loss ranks better.",
            because="Each had the rate that was best on dev: tune every rival before you compare.",
        ),
        how_many(
            "For how many of the training queries does the teacher put a negative above the "
            "passage that the query was written for?",
            beaten,
            [
                ("For none", 1e-9, "The table of section 2 shows one."),
                (
                    "For some, fewer than half",
                    0.5,
                    "A label of 0 would teach the wrong thing there.",
                ),
                ("For most", math.inf, "Then the teacher would be a poor judge of these texts."),
            ],
            course="For some, fewer than half",
        ),
        how_many(
            "How far apart are a query's highest and lowest logit in a collapsed model?",
            collapsed,
            [
                (
                    "Less than 0.01",
                    0.01,
                    "It gives every passage the same score, at a loss that looks harmless.",
                ),
                ("0.01 to 1", 1.0, "That is the cut model, before any training."),
                ("More than 1", math.inf, "That is a model that was trained well."),
            ],
            course="Less than 0.01",
        ),
    ]
