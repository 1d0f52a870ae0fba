"""The quiz of lesson 01."""

from __future__ import annotations

import math

from xenc_course.evaluation.difference import Difference
from xenc_course.teaching.findings import Share
from xenc_course.teaching.questions import Question, how_many, says, which

SECTIONS = (2, 2, 5, 4, 2)  # of the lesson: what the five questions ask about


def questions(gain: Difference, sure: Share, n_documents: int, k: int) -> list[Question]:
    """Make the questions.

    Args:
        gain: of reranking over the search.
        sure: of first results with a sigmoid from 0.9 to 0.99, those that are right.
        n_documents: in the collection.
        k: candidates per query.

    Raises:
        ValueError: reranking changed no query.
    """
    n_queries = len(gain.per_query)
    changed = gain.wins + gain.losses
    if not changed:
        raise ValueError("Reranking changed no query, so the quiz cannot ask what it changed.")
    return [
        how_many(
            f"Of the {changed} queries that reranking changed, how many got a better place?",
            gain.wins / changed,
            [
                ("Fewer than half", 0.5, "Then reranking would do more harm than good here."),
                (
                    "Half to three quarters",
                    0.75,
                    "Wins and losses in section 2 say how many it is: divide the wins by both.",
                ),
                (
                    "More than three quarters, but not all",
                    1.0,
                    "Most results get better and some get worse, so measure before you switch it "
                    "on.",
                ),
                ("All of them", math.inf, "A reranker can also push the right article down."),
            ],
            course="More than three quarters, but not all",
        ),
        says(
            "What does the interval of section 2 say about the mean over all such queries?",
            gain.state,
            shown="Reranking raises it.",
            contradicted="Reranking lowers it.",
            because="That is the state in the last column of the table.",
        ),
        how_many(
            "A first result has a sigmoid between 0.9 and 0.99. How often is such a result right?",
            sure.hits / sure.n,
            [
                ("Fewer than half the time", 0.5, "The table of section 5 counts them."),
                (
                    "From half to nine in ten",
                    0.9,
                    "The sigmoid promises more than 90 % and does not keep it: sort by the score, "
                    "and do not show it as a probability.",
                ),
                (
                    "At least nine times in ten, as the value says",
                    math.inf,
                    "That would be a probability. Nobody fitted this score to be one.",
                ),
            ],
            course="From half to nine in ten",
        ),
        which(
            f"{n_queries:,} new queries arrive, and the vectors of {n_documents:,} documents are "
            f"stored. The search keeps {k} candidates. How many pairs does the cross-encoder read?",
            "candidates" if k < n_documents else "all",
            {
                "once": (
                    f"{n_queries + n_documents:,}: each text once",
                    "That is what a bi-encoder reads: each document and each query.",
                ),
                "candidates": (
                    f"{n_queries * k:,}: each query with its candidates",
                    "The first stage keeps the number small.",
                ),
                "all": (
                    f"{n_queries * n_documents:,}: each query with each document",
                    "That is what a search without a first stage would read.",
                ),
            },
        ),
        how_many(
            "How many queries neither gain nor lose?",
            gain.ties / n_queries,
            [
                ("Fewer than one in five", 0.2, "Look at the ties of section 2."),
                (
                    "One in five to four in five",
                    0.8,
                    "For many queries the right article is first before and after, or in neither "
                    "top ten.",
                ),
                ("More than four in five", math.inf, "Then reranking would change almost nothing."),
            ],
            course="One in five to four in five",
        ),
    ]
