"""The quiz of lesson 08."""

from __future__ import annotations

import math

from xenc_course.evaluation.difference import Difference
from xenc_course.teaching.questions import Question, how_many, says, which

SECTIONS = (2, 3, 4, 5, 6)  # of the lesson: what the five questions ask about


def questions(
    misses_most: str, tuned: Difference, deeper: Difference, mixed: Difference, context: Difference
) -> list[Question]:
    """Make the questions.

    Args:
        misses_most: the first stage with the lowest ceiling at 200 passages.
        tuned: of a tuned sum over reciprocal rank fusion.
        deeper: of reading 200 candidates over reading fewer.
        mixed: of an equal mix with BM25 over the reranker alone.
        context: of reranking, on the answers in 1,000 tokens.
    """
    return [
        which(
            "Two hundred passages of each first stage: which list misses the article most often?",
            misses_most,
            {
                "BM25": ("BM25", "It needs words in common, and a description may share none."),
                "full text": ("The table's full text", "Stems find more than BM25's whole words."),
                "all-MiniLM": ("all-MiniLM", "With 200 passages it misses none: see R@200."),
                "bge": ("bge", "With 200 passages it misses none: see R@200."),
                "hybrid": ("The hybrid", "It holds what two searches have found."),
            },
        ),
        says(
            "A tuned sum of two searches beside reciprocal rank fusion, on queries that tuned "
            "nothing?",
            tuned.state,
            shown="The sum ranks better.",
            contradicted="Reciprocal rank fusion ranks better.",
            because="Its price is judged queries to tune the weight on.",
        ),
        says(
            "Reading 200 of the hybrid's candidates in place of the depth chosen before?",
            deeper.state,
            shown="200 are better.",
            contradicted="200 are worse.",
            because="Many times the work for that: choose the depth on your own judged queries.",
        ),
        says(
            "An equal mix of the reranker with BM25, beside the reranker alone, on Wikipedia?",
            mixed.state,
            shown="The mix ranks better.",
            contradicted="The reranker alone ranks better.",
            because="On the help centre mixes win. There is no rule: tune on half, test on half.",
        ),
        how_many(
            "A language model gets 1,000 tokens. In how many more of a hundred queries is the "
            "article among them after reranking?",
            100 * context.difference,
            [
                ("In fewer than before", 0.0, "Look at wins and losses in section 6."),
                ("In up to twenty more", 20.0, "Nothing new is found: answers move to what fits."),
                ("In more than twenty more", math.inf, "Most articles fitted before, too."),
            ],
            course="In up to twenty more",
        ),
    ]
