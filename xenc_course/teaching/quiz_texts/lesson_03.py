"""The quiz of lesson 03."""

from __future__ import annotations

import math

from xenc_course.teaching.questions import Question, how_many

SECTIONS = (1, 1, 6, 8, 2)  # of the lesson: what the five questions ask about


def questions(
    kept: float, int8: float, million: float, late_at_90: float, p95_over_p50: float
) -> list[Question]:
    """Make the questions.

    Args:
        kept: how many times as fast stored vectors are as the cross-encoder in fp32.
        int8: how many times as fast 8-bit integers are as fp32.
        million: seconds for which the cross-encoder reads a million passages, by stored prices.
        late_at_90: how many times as long the p95 is at 90 % load as at no load.
        p95_over_p50: of single queries.
    """
    return [
        how_many(
            "How many times as fast as the cross-encoder in fp32 is a search of stored vectors?",
            kept,
            [
                ("Fewer than ten times", 10, "A smaller model alone would bring that."),
                ("Ten to forty times", 40, "Look at the table of section 1."),
                ("More than forty times", math.inf, "No passage is read when the query comes."),
            ],
            course="More than forty times",
        ),
        how_many(
            "And the same cross-encoder in 8-bit integers, in onnxruntime?",
            int8,
            [
                ("No faster", 1.1, "That happens on processors that cannot multiply bytes."),
                ("Up to four times", 4.0, "Section 1 has your ratio: it depends on the processor."),
                (
                    "More than four times",
                    math.inf,
                    "Two things help: another runtime, cheaper arithmetic.",
                ),
            ],
            course="More than four times",
        ),
        how_many(
            "How long would it read a million whole passages, for one query, on the machine of "
            "the table?",
            million,
            [
                (
                    "Less than a minute",
                    60,
                    "Divide a minute by the price of a passage: some thousands fit.",
                ),
                ("One minute to one hour", 3_600, "Multiply the price of a passage by a million."),
                ("More than an hour", math.inf, "For every query: so a first stage comes first."),
            ],
            course="More than an hour",
        ),
        how_many(
            "A machine is busy nine tenths of the time. How many times as long does the slowest "
            "twentieth of the queries take as on an idle one?",
            late_at_90,
            [
                ("About as long", 2.0, "That is so up to a third of the load."),
                ("Two to five times", 5.0, "That is at half to two thirds of the load."),
                (
                    "More than five times",
                    math.inf,
                    "They queue: load it only as far as p95 allows.",
                ),
            ],
            course="More than five times",
        ),
        how_many(
            "Single queries: how many times as long as the p50 is the p95?",
            p95_over_p50,
            [
                ("As long", 1.02, "Then all queries and candidates would be equally long."),
                ("Longer, up to three times", 3.0, "So first divide the budget by p95 / p50."),
                (
                    "More than three times as long",
                    math.inf,
                    "Then something else ran on the machine.",
                ),
            ],
            course="Longer, up to three times",
        ),
    ]
