"""The quiz of lesson 04."""

from __future__ import annotations

import math

from xenc_course.evaluation.difference import Difference
from xenc_course.teaching.questions import Question, how_many, says

SECTIONS = (4, 4, 4, 6, 6)  # of the lesson: what the five questions ask about

RERANKING = {
    "shown": "Reranking raises nDCG@10.",
    "contradicted": "Reranking lowers nDCG@10.",
}


def questions(
    counted: Difference, left_out: Difference, unjudged: float, enough: int, pooled: float
) -> list[Question]:
    """Make the questions.

    Args:
        counted: of reranking the bi-encoder's list on the second collection, unjudged passages
            counted as wrong.
        left_out: the same with unjudged passages left out.
        unjudged: the share of unjudged passages in the first ten, before reranking.
        enough: queries that show a difference of 0.05 four times in five.
        pooled: passages to judge per query.
    """
    return [
        says(
            "The second collection, unjudged passages as wrong: what do the data say of reranking "
            "the bi-encoder's list?",
            counted.state,
            **RERANKING,
            because="Read it off the interval and p. And look at the next question before you act.",
        ),
        says(
            "The same comparison, with unjudged passages left out?",
            left_out.state,
            **RERANKING,
            because="What nobody judged can decide a comparison, so look at it both ways.",
        ),
        how_many(
            "How much of the first ten results has nobody judged, before reranking?",
            unjudged,
            [
                ("Less than a tenth", 0.1, "Section 4 has a table of it."),
                ("A tenth to two thirds", 2 / 3, "Enough to decide a comparison by itself."),
                ("More than two thirds", math.inf, "Then hardly any result would be judged."),
            ],
            course="A tenth to two thirds",
        ),
        how_many(
            "You expect a gain of 0.05 on such queries. How many judged queries find it, four "
            "times in five?",
            enough,
            [
                ("About ten", 25, "Ten queries show only very large differences."),
                ("About fifty", 90, "Fifty find a difference of about 0.1: see section 6."),
                (
                    "Between ninety and a thousand",
                    1_000,
                    "Half the difference, four times as many.",
                ),
                ("A thousand or more", math.inf, "A thousand find a smaller difference, too."),
            ],
            course="Between ninety and a thousand",
        ),
        how_many(
            "Two rankers, the first ten of each. How many passages have to be judged per query?",
            pooled,
            [
                ("Ten", 10.5, "Then both would show the same ten."),
                ("More than ten, fewer than twenty", 19.5, "What both show is judged once."),
                ("Twenty", math.inf, "Then no passage would be in both lists."),
            ],
            course="More than ten, fewer than twenty",
        ),
    ]
