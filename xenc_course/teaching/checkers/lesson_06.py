"""The checkers of lesson 06: padding, back into order, windows, the longest pair of your own."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from xenc_course.models.loading import load_cross_encoder

from .exercise import Exercise, call, call_for_number, expect
from .folders import expect_in, open_folder, parts

# In batches of two, 10 + 40 and 20 + 30: the model reads 2 · 40 + 2 · 30 tokens for 100.
LENGTHS, SIZE = [10, 40, 20, 30], 2
READ, REAL = 140, 100

ORDER, SORTED_SCORES = np.array([1, 3, 0, 2]), np.array([0.3, 0.1, 0.9, 0.5])
GIVEN = [0.9, 0.3, 0.5, 0.1]

SEVEN = "one two three four five six seven"


def _padding(function: Any) -> str:
    got = call_for_number(function, LENGTHS, SIZE)
    for wrong, message in (
        (READ - REAL, "That is the number of padding tokens: divide it by all tokens read."),
        (REAL / READ, "That is the share of real tokens: padding is the rest."),
        ((READ - REAL) / REAL, "Divide by the tokens that are read, padding included."),
        (100 * (1 - REAL / READ), "A share lies between 0 and 1, not between 0 and 100."),
        (1 - REAL / 160, "That is one table of all pairs: make batches of batch_size pairs."),
        (1 - REAL / 120, "Do not sort: the pairs are batched in the order given."),
        (READ, "That is how many tokens are read: which share of them is padding?"),
    ):
        expect(not _near(got, wrong), message)
    expect(
        _near(got, 1 - REAL / READ),
        "Each row of a batch is as long as its longest pair: add up pairs × longest over the "
        "batches, and compare with the sum of the lengths.",
    )
    short = call_for_number(function, [10, 20, 30], 2)
    expect(not _near(short, 0.4), "The last batch may be smaller: it has as many rows as pairs.")
    expect(not _near(short, 0.25), "The last batch counts, too, when it is smaller.")
    expect(_near(short, 1 - 60 / 70), "It is not right when the last batch is smaller.")
    expect(_near(call_for_number(function, [7, 9], 1), 0), "A batch of one pair has no padding.")
    return ""


def _put_back(function: Any) -> str:
    got = _numbers(call(function, SORTED_SCORES, ORDER), len(ORDER))
    expect(got != SORTED_SCORES.tolist(), "That is the order of the batches, as it came.")
    expect(
        got != SORTED_SCORES[ORDER].tolist(),
        "scores[order] sorts a second time: score number i belongs to pair order[i], so write it "
        "to that place.",
    )
    expect(
        got not in (sorted(GIVEN), sorted(GIVEN)[::-1]),
        "Do not sort the scores: each belongs to one pair.",
    )
    expect(
        any(got),
        "Your array holds whole numbers: make it with np.empty_like(sorted_scores).",
    )
    expect(got == GIVEN, "Score number i belongs to pair order[i].")
    other, order = np.array([0.2, 0.1, 0.4]), np.array([1, 2, 0])
    expect(
        _numbers(call(function, other, order), 3) == [0.4, 0.2, 0.1],
        "It is right for one order only: use `order`.",
    )
    return ""


def _windows(function: Any) -> str:
    got = _texts(call(function, SEVEN, 4, 2))
    expect(got[0] != SEVEN[:4], "Cut words, not letters: text.split() gives the words.")
    expect(
        got[0] == "one two three four",
        "The first window holds the first n_words words, with a space between two words.",
    )
    expect(
        got[1:] != ["five six seven"],
        "Each window begins with the last `overlap` words of the one before: step by "
        "n_words - overlap.",
    )
    expect(
        got[-1] not in ("six seven", "seven"),
        "The last window repeats only words of the one before: stop when a window has reached "
        "the end.",
    )
    expect(got[-1].endswith("seven"), "The last words are in no window: a shorter one is allowed.")
    expect(
        got == ["one two three four", "three four five six", "five six seven"],
        "Each window begins n_words - overlap words after the one before.",
    )
    expect(
        _texts(call(function, "one two three four five six", 4, 2))
        == ["one two three four", "three four five six"],
        "Six words fit into two windows of four that share two: a third repeats what is there.",
    )
    expect(
        _texts(call(function, "one two", 4, 2)) == ["one two"],
        "A text that is shorter than a window is one window.",
    )
    expect(
        _texts(call(function, "one two three four five", 2, 0))
        == ["one two", "three four", "five"],
        "It is not right for every n_words and overlap: use both.",
    )
    return ""


def _own_longest(answer: Any) -> str:
    answer = parts(answer, "my_folder, my_query, my_passage, my_tokens", "06.4")
    collection = open_folder(answer[0], judged=False)
    query, passage, tokens = answer[1:]
    expect_in(collection, query, passage)
    whole = isinstance(tokens, (int, np.integer)) and not isinstance(tokens, bool)
    expect(whole, f"my_tokens is a whole number, and yours is a {type(tokens).__name__}.")
    model = load_cross_encoder()
    special = model.tokenizer.num_special_tokens_to_add(pair=True)

    def count(text: str) -> int:
        ids = model.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
        return len(ids)

    of_query = {q: count(text) for q, text in collection.queries.items()}
    of_passage = {d: count(collection.passage(d)) for d in collection.documents}
    right, limit = of_query[query] + of_passage[passage] + special, model.max_seq_length
    longest = max(of_query.values()) + max(of_passage.values()) + special
    expect(
        tokens != right - special,
        f"The {special} special tokens count, too: give the tokenizer both texts at once.",
    )
    expect(
        tokens == right
        or tokens != of_query[query] + count(collection.documents[passage]) + special,
        "The title is read, too: take collection.passage(my_passage).",
    )
    expect(
        tokens == right or tokens != limit,
        f"{limit} is where the model cuts: count with a tokenizer that does not truncate.",
    )
    expect(tokens == right, f"This pair does not have {tokens:,} tokens.")
    expect(right == longest, f"It has {right:,} tokens, and another pair of the folder has more.")
    cut = sum(q + d + special > limit for q in of_query.values() for d in of_passage.values())
    n_pairs = len(of_query) * len(of_passage)
    verdict = "no pair is cut" if not cut else f"{cut:,} of {n_pairs:,} pairs are cut: split them"
    return f"The longest pair has {right:,} tokens and the model reads {limit:,}: {verdict}."


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, abs_tol=1e-3)


def _numbers(value: Any, n: int) -> list[float]:
    found = np.asarray(value)
    expect(
        found.shape == (n,) and found.dtype.kind in "fi",
        f"Return one score for each of the {n} pairs.",
    )
    return [float(x) for x in found]


def _texts(value: Any) -> list[str]:
    expect(
        isinstance(value, Iterable) and not isinstance(value, (str, dict)),
        "Return a list of texts.",
    )
    found = list(value)
    expect(
        found and all(isinstance(one, str) for one in found),
        'Each window is a text: join its words with " ".join(...).',
    )
    return found


EXERCISES = {
    "06.1": Exercise(
        wants="padding(lengths, batch_size) returns a share from 0 to 1.",
        hints=(
            "How many tokens does the model read for one batch? Its table has a row per pair, and "
            "all rows are as long as the longest.",
            "len(batch) * max(batch) tokens are read for a batch, and "
            "lengths[i : i + batch_size] is the batch that begins at pair i. Which share of all "
            "that is read are the real tokens, sum(lengths)?",
        ),
        judge=_padding,
    ),
    "06.2": Exercise(
        wants="put_back(sorted_scores, order) returns an array with one score per pair.",
        hints=(
            "Write down a small case: order = [2, 0, 1]. To which pair does the first of the "
            "sorted scores belong?",
            "Make an empty array of the same kind, np.empty_like(sorted_scores), and write into it "
            "with `order` on the left side of the equals sign.",
        ),
        judge=_put_back,
    ),
    "06.3": Exercise(
        wants="windows(text, n_words, overlap) returns a list of texts.",
        hints=(
            "At which words do the windows begin? How far apart are two beginnings?",
            "The windows begin at range(0, ..., n_words - overlap). The last beginning that is "
            "needed leaves more than `overlap` words to the end of the text.",
        ),
        judge=_windows,
    ),
    "06.4": Exercise(
        wants="my_folder, my_query and my_passage are strings, and my_tokens is a whole number.",
        hints=(
            "`n_tokens` of section 1 counts one pair. Read the folder with "
            "load_collection(my_folder, judged=False), and go through all queries and passages.",
            "Make a dict {(q, d): n_tokens(mine.queries[q], mine.passage(d))}, and take its "
            "largest value: max(sizes, key=sizes.get).",
        ),
        judge=_own_longest,
    ),
}
