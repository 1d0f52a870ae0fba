"""The quiz of lesson 02."""

from __future__ import annotations

import math

from xenc_course.evaluation.difference import Difference
from xenc_course.teaching.findings import Share
from xenc_course.teaching.questions import Question, how_many, says

SECTIONS = (2, 5, 5, 5, 6)  # of the lesson: what the five questions ask about


def questions(
    inputs: int,
    whole: Difference,
    inside: Difference,
    far_from_chance: float,
    turned: Share,
) -> list[Question]:
    """Make the questions.

    Args:
        inputs: how many inputs the cross-encoder makes of a query and a passage.
        whole: of the whole model over the cut one.
        inside: of the control with the heaviest fields closed over the cut.
        far_from_chance: how far RR@10 under the cut is from that of a ranking by chance.
        turned: of passages, those whose tokens differ more between two queries than from each
            other, in the last layer.
    """
    return [
        how_many(
            "A query and a passage: how many inputs does the cross-encoder make of them?",
            inputs,
            [
                ("One", 2, "Every token of it can read every other one."),
                ("Two", 3, "Two inputs are what a bi-encoder makes."),
                ("One for each token", math.inf, "All tokens of the pair stand in one input."),
            ],
            course="One",
        ),
        says(
            "The whole model beside the model whose query and passage cannot read each other?",
            whole.state,
            shown="The whole one ranks better.",
            contradicted="The cut one ranks better.",
            because="But any hole might do that: a control has to show that it is this one.",
        ),
        says(
            "The control, with as much attention closed inside the texts, beside the cut?",
            inside.state,
            shown="The control ranks better.",
            contradicted="The cut ranks better.",
            because="So what costs most is not the size of the holes: it is the missing meeting.",
        ),
        how_many(
            "Under the cut, how far is RR@10 from that of a ranking by chance?",
            far_from_chance,
            [
                ("Less than 0.1", 0.1, "Hardly any relevance is left."),
                ("0.1 to 0.3", 0.3, "Compare both numbers under the table of section 5."),
                ("More than 0.3", math.inf, "That is about what the whole model is above it."),
            ],
            course="Less than 0.1",
        ),
        how_many(
            "Ask something else about the same passage. For how many passages, in the last layer, "
            "are a token's two vectors less alike than those of two different tokens?",
            turned.hits / turned.n,
            [
                ("For hardly any", 0.1, "That is so in the lower layers."),
                ("For about half", 0.9, "The table of section 6 counts them layer by layer."),
                ("For nearly all", math.inf, "So its vectors cannot be kept for other queries."),
            ],
            course="For nearly all",
        ),
    ]
