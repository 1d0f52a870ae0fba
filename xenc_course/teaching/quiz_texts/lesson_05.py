"""The quiz of lesson 05."""

from __future__ import annotations

import math

from xenc_course.evaluation.difference import Difference
from xenc_course.teaching.questions import Question, how_many, says

SECTIONS = (2, 2, 4, 5, 4)  # of the lesson: what the five questions ask about


def questions(
    stage: Difference, elsewhere: Difference, int8: Difference, late: Difference, smaller: float
) -> list[Question]:
    """Make the questions.

    Args:
        stage: of the better bi-encoder over the other, no reranker, on the first collection.
        elsewhere: the same on the second collection.
        int8: of 8-bit integers over fp32, one student.
        late: of late interaction over the cross-encoder, on the first collection.
        smaller: how many times as large as the 8-bit file the fp32 file is.
    """
    return [
        says(
            "bge in place of all-MiniLM, no reranker, on Wikipedia?",
            stage.state,
            shown="bge ranks better.",
            contradicted="all-MiniLM ranks better.",
            because="And it reads no pairs: compare first stages before you choose a reranker.",
        ),
        says(
            "The same on the help centre?",
            elsewhere.state,
            shown="bge ranks better.",
            contradicted="all-MiniLM ranks better.",
            because="What holds on one collection is a guess on the next: measure on yours.",
        ),
        says(
            "8-bit integers in place of fp32, in distil-L6, on Wikipedia?",
            int8.state,
            shown="They raise nDCG@10.",
            contradicted="They lower nDCG@10.",
            because="Rounding what weights multiply changes single scores, and here hardly a "
            "ranking.",
        ),
        says(
            "Late interaction in place of the cross-encoder, over the same candidates of "
            "Wikipedia?",
            late.state,
            shown="Late interaction ranks better.",
            contradicted="The cross-encoder ranks better.",
            because="On the help centre it is the other way round: it depends on the collection.",
        ),
        how_many(
            "How large is the 8-bit file of the large model, beside fp32?",
            smaller,
            [
                ("Half the size", 2.5, "Two of four bytes: that would be 16-bit numbers."),
                (
                    "About a quarter of the size",
                    5.0,
                    "One byte in place of four for nearly every weight.",
                ),
                (
                    "A tenth of the size or less",
                    math.inf,
                    "One byte in place of four cannot save that much.",
                ),
            ],
            course="About a quarter of the size",
        ),
    ]
