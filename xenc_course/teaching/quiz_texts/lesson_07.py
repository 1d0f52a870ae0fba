"""The quiz of lesson 07."""

from __future__ import annotations

import math

from xenc_course.evaluation.difference import Difference
from xenc_course.teaching.questions import Question, how_many, says

SECTIONS = (2, 3, 4, 4, 6)  # of the lesson: what the five questions ask about


def questions(
    firsts: float, platt: Difference, other_stage: str, second: str, no_answer: float
) -> list[Question]:
    """Make the questions.

    Args:
        firsts: AUROC of the scores of first results, right against wrong.
        platt: of Platt scaling over the sigmoid, in the Brier score (lower is better).
        other_stage: the state of "over BM25's candidates the calibration promises too much".
        second: the state of "for second results it promises too much".
        no_answer: AUROC of the first score, queries with an answer against those without.
    """
    promises = {
        "shown": "It promises too much.",
        "contradicted": "It promises too little.",
    }
    return [
        how_many(
            "First results only: how well does the score tell a right one from a wrong one "
            "(AUROC)?",
            firsts,
            [
                ("No better than chance", 0.55, "Chance is 0.5."),
                ("Better than chance, below 0.9", 0.9, "The easy candidates are gone already."),
                ("0.9 or more", math.inf, "That is what it reaches inside a query."),
            ],
            course="Better than chance, below 0.9",
        ),
        says(
            "Platt scaling, fitted on other queries: what does it do to the Brier score of first "
            "results (lower is better)?",
            platt.state,
            shown="It raises it.",
            contradicted="It lowers it, which is better.",
            because="It was tested on queries that it was not fitted on.",
        ),
        says(
            "The calibration meets the candidates of another first stage. Its mean "
            "promise, beside the share that is right?",
            other_stage,
            **promises,
            because="Compare both columns of the table in section 4, and their interval.",
        ),
        says(
            "It was fitted on first results and is asked about second ones. Its mean "
            "promise, beside the share that is right?",
            second,
            **promises,
            because="A calibration belongs to the place in the list that it was fitted on.",
        ),
        how_many(
            "How well does the first score tell a query with an answer from one without (AUROC)?",
            no_answer,
            [
                ("No better than chance", 0.55, "Chance is 0.5."),
                (
                    "Better than chance, below 0.8",
                    0.8,
                    "What is left often scores as high as an answer elsewhere.",
                ),
                ("0.8 or more", math.inf, "Only for queries whose first result was right."),
            ],
            course="Better than chance, below 0.8",
        ),
    ]
