"""The quiz of lesson 06."""

from __future__ import annotations

import math

from xenc_course.evaluation.difference import Difference
from xenc_course.teaching.questions import Question, how_many, says

SECTIONS = (1, 3, 3, 5, 6)  # of the lesson: what the five questions ask about


def questions(
    moved: float, unread: float, split: Difference, padded: float, apart: float
) -> list[Question]:
    """Make the questions.

    Args:
        moved: by how much a score moves when the page that answers is taken out of a long part.
        unread: the share of answers that the model never reads.
        split: of scoring pages and keeping the best over scoring parts whole.
        padded: the share of padding in sorted batches of 32.
        apart: the largest difference of a score between predict and onnxruntime, both in fp32.
    """
    return [
        how_many(
            "The page that answers is taken out of a part that is longer than the limit. By how "
            "much does the part's score move?",
            moved,
            [
                ("Not at all", 1e-3, "The model had never read that page, and nobody was told."),
                ("By less than 1", 1.0, "Then the model would have read a little of it."),
                ("By 1 or more", math.inf, "That is what moving the page to the front does."),
            ],
            course="Not at all",
        ),
        how_many(
            "How many of the answers begin beyond what the model reads of their part?",
            unread,
            [
                ("Fewer than one in ten", 0.1, "A part has sixteen pages; a few are read."),
                ("One in ten to nine in ten", 0.9, "Count yours before you trust a reranker."),
                ("Nearly all", math.inf, "The first pages of each part are read."),
            ],
            course="One in ten to nine in ten",
        ),
        says(
            "Pages scored one by one, the best kept, beside parts scored whole, where the answer "
            "lies beyond the limit?",
            split.state,
            shown="The best page ranks better.",
            contradicted="The whole part ranks better.",
            because="Where the answer is read anyway, splitting is not shown to help.",
        ),
        how_many(
            "The lesson's pairs of mixed lengths, sorted, in batches of 32: how much is padding?",
            padded,
            [
                ("Nothing", 1e-9, "Of these pairs, only batches of one have none."),
                ("Up to a fifth", 0.2, "That is about what batches of 8 have."),
                ("More than a fifth", math.inf, "The longest pair sets the length of its batch."),
            ],
            course="More than a fifth",
        ),
        how_many(
            "The same weights in fp32, in PyTorch and in onnxruntime: how far apart are the "
            "scores?",
            apart,
            [
                ("Less than 0.001", 1e-3, "The runtime changes the time, not the ranking."),
                ("0.001 to 0.1", 0.1, "Fewer bits can move scores that far."),
                ("More than 0.1", math.inf, "Fewer bits can move scores that far."),
            ],
            course="Less than 0.001",
        ),
    ]
