"""The checkers of lesson 02: segment ids, bytes to store, a mask of one-way reading, a word."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from typing import Any

import numpy as np

from xenc_course.files import shown
from xenc_course.models.loading import load_cross_encoder

from .exercise import Exercise, call, expect
from .folders import expect_in, open_folder, parts

TOKENS = ["[CLS]", "lost", "card", "[SEP]", "call", "the", "bank", "at", "once", "[SEP]"]
SEGMENTS = [0, 0, 0, 0, 1, 1, 1, 1, 1, 1]

NUMBERS, BYTES_EACH = 384, 4  # of a vector of the course's models; a float32

LEAST_FALL = 0.5  # of the score: below it, no word of the passage matters
ROUNDING = 1e-3  # of the score: two runtimes differ by less

N_QUERY, N_PASSAGE = 4, 3  # [CLS] and the query's [SEP] included, and the passage's [SEP]


def _segment_ids(function: Any) -> str:
    got = _listed(call(function, TOKENS))
    expect(
        len(got) == len(TOKENS),
        f"There are {len(TOKENS)} tokens and {len(got)} ids: [CLS] and [SEP] have ids, too.",
    )
    expect({*got} <= {0, 1}, "Each id is 0 or 1, and nothing else.")
    expect(any(got), "All ids are 0: the passage's tokens have 1.")
    expect(
        got != [1 - one for one in SEGMENTS],
        "That is the other way round: the first text has 0, and the second has 1.",
    )
    expect(
        got != [0, 0, 0, 1, *SEGMENTS[4:]],
        "The first [SEP] closes the query, so it still belongs to the query.",
    )
    expect(got != [0] * 9 + [1], "The passage begins after the first [SEP], not at the last one.")
    expect(got[-1] == 1, "The last [SEP] closes the passage, so it belongs to the passage.")
    expect(got[0] == 0, "[CLS] stands before the query and counts as a part of it.")
    expect(got == SEGMENTS, "0 up to and including the first [SEP], 1 for all that follows.")
    other = ["[CLS]", "rain", "[SEP]", "sun", "[SEP]"]
    expect(
        _listed(call(function, other)) == [0, 0, 0, 1, 1],
        "It is right for one pair only: look for the first [SEP], wherever it stands.",
    )
    return ""


def _stored_bytes(function: Any) -> str:
    n_passages, n_tokens = 1_000, 120
    got = call(function, n_passages, n_tokens)
    expect(
        isinstance(got, (tuple, list, np.ndarray)) and len(got) == 2,
        "Return two numbers: with a vector per passage, and with a vector per token.",
    )
    one, every = (float(number) for number in got)
    passage = n_passages * NUMBERS * BYTES_EACH
    token = passage * n_tokens
    expect(
        (one, every) != (token, passage),
        "That is the other way round: first a vector per passage, then one per token.",
    )
    expect(
        one != passage / BYTES_EACH,
        f"You count numbers, not bytes: each number takes {BYTES_EACH} bytes.",
    )
    expect(one != n_passages * BYTES_EACH, f"A vector has {NUMBERS} numbers, not one.")
    expect(one != passage / n_passages, "That is one passage: there are n_passages of them.")
    expect(
        one not in (passage / 1e3, passage / 1e6, passage / 1024, passage / 1024**2),
        "Return bytes: divide by a million only when you print it.",
    )
    expect(one != passage * 2, "A float32 takes 4 bytes, not 8.")
    expect(
        one == passage,
        f"A vector per passage: passages × {NUMBERS} numbers × {BYTES_EACH} bytes.",
    )
    expect(
        every != passage + token,
        "The second number is for the tokens' vectors alone: do not add the first one.",
    )
    expect(every == token, "A vector per token: each passage has n_tokens of them.")
    gigabytes = 1e6 * NUMBERS * BYTES_EACH / 1e9
    return (
        f"A million passages of {n_tokens} tokens: {gigabytes:.1f} GB with a vector per passage, "
        f"and {gigabytes * n_tokens:,.0f} GB with one per token."
    )


def _one_way(function: Any) -> str:
    segments = np.array([0] * N_QUERY + [1] * N_PASSAGE)
    got = np.asarray(call(function, segments))
    size = len(segments)
    expect(
        got.shape == (size, size),
        f"For {size} tokens the table has {size} rows and {size} columns, and yours has the shape "
        f"{got.shape}: compare segments[:, None] with segments[None, :].",
    )
    expect(
        got.dtype == bool,
        "The table holds True where reading is allowed and False elsewhere, and no numbers.",
    )
    is_query, is_passage = segments == 0, segments == 1
    query_to_passage = got[np.ix_(is_query, is_passage)][1:]  # without the row of [CLS]
    passage_to_query = got[np.ix_(is_passage, is_query)]
    expect(not got.all(), "This forbids nothing: the query's tokens must not read the passage.")
    expect(
        got[0].all(),
        "[CLS] must read everything, or the score cannot depend on the passage: open row 0.",
    )
    expect(
        not (query_to_passage.all() and not passage_to_query.any()),
        "That is the other direction: a row is the token that reads, a column the token read.",
    )
    expect(not query_to_passage.any(), "A token of the query still reads the passage: close it.")
    expect(
        passage_to_query[:, 1:].any(),
        "Now neither reads the other, as in the cut: the passage's tokens may read the query.",
    )
    expect(
        not got[1:, 0].any(),
        "[CLS] has read the passage, so the query's tokens must not read [CLS]: close column 0 "
        "below row 0.",
    )
    expect(
        got[1:][:, 1:][is_query[1:]][:, is_query[1:]].all(),
        "The query's tokens read each other: open them.",
    )
    expect(
        got[np.ix_(is_passage, is_passage)].all() and passage_to_query[:, 1:].all(),
        "The passage's tokens read all tokens of both texts: open them.",
    )
    again = np.asarray(call(function, np.array([0, 0, 0, 1])))
    expect(
        again.shape == (4, 4) and not again[1:3, 3].any(),
        "It is right for one length only: build the table from `segments`.",
    )
    return "With this rule the query's vectors no longer depend on the passage."


def _own_word(answer: Any) -> str:
    answer = parts(answer, "my_folder, my_query, my_passage, my_word", "02.4")
    collection = open_folder(answer[0], judged=False)
    query, passage, word = answer[1:]
    expect_in(collection, query, passage)
    text, words = collection.queries[query], collection.passage(passage).split()
    expect(
        isinstance(word, str) and word in words,
        f"{shown(word)} is no word of this passage: copy it as it stands there, with the "
        "full stop or comma that it carries.",
    )
    expect(len(words) > 1, "The passage has one word: choose a longer one.")
    without = [" ".join(words[:i] + words[i + 1 :]) for i in range(len(words))]
    model = load_cross_encoder()
    pairs = [(text, one) for one in (" ".join(words), *without)]
    whole, *rest = (float(s) for s in model.predict(pairs, show_progress_bar=False))
    falls = [whole - score for score in rest]
    place, fall = _place_of(word, words, falls)
    expect(
        max(falls) >= LEAST_FALL,
        f"Here no single word matters: the score is {whole:+.2f}, and without any word it falls by "
        f"{max(falls):.2f} at most. So low a score says 'unrelated': choose a query and a passage "
        "that score higher.",
    )
    rise = " Taking it out raises the score." if fall < 0 else ""
    better = f"{place - 1} other words of this passage lower it more."
    expect(
        place == 1,
        f"Without {word!r} the score goes from {whole:+.2f} to {whole - fall:+.2f}.{rise} "
        + ("One other word of this passage lowers it more." if place == 2 else better),
    )
    return (
        f"Without {word!r} the score falls from {whole:+.2f} to {whole - fall:+.2f}, more than "
        f"without any other of the {len(words)} words."
    )


def _place_of(word: str, words: Sequence[str], falls: Sequence[float]) -> tuple[int, float]:
    """The place of a word by how far the score falls without it, and that fall."""
    fall = max(one for one, at in zip(falls, words, strict=True) if at == word)
    return 1 + sum(other > fall + ROUNDING for other in falls), fall


def _listed(value: Any) -> list[float]:
    expect(
        isinstance(value, Sized) and not isinstance(value, (str, dict)),
        "Return a list with one id per token.",
    )
    numbers = np.asarray(value)
    expect(
        numbers.ndim == 1 and np.issubdtype(numbers.dtype, np.number),
        "The list holds one whole number per token, 0 or 1.",
    )
    return [float(number) for number in numbers]


EXERCISES = {
    "02.1": Exercise(
        wants="segment_ids(tokens) returns a list of 0 and 1, one per token.",
        hints=(
            "Where does the first text end? tokens.index(...) finds the first place of a token.",
            'end = tokens.index("[SEP]") is the place of the first [SEP], which still belongs to '
            "the query. How many tokens come before and at it, and how many after?",
        ),
        judge=_segment_ids,
    ),
    "02.2": Exercise(
        wants="stored_bytes(n_passages, n_tokens) returns two numbers.",
        hints=(
            "Begin with one vector: how many numbers does it hold, and how many bytes does a "
            "number take? Then count the vectors.",
            "One vector takes 384 * 4 bytes. There are n_passages vectors in the first case, and "
            "n_passages * n_tokens in the second.",
        ),
        judge=_stored_bytes,
    ),
    "02.3": Exercise(
        wants="one_way(segments) returns a table of True and False, one row and column per token.",
        hints=(
            "Start from `cut` in section 4. Which of its four blocks has to be opened again? A row "
            "is the token that reads.",
            "allowed[(segments[:, None] == 1) & (segments[None, :] == 0)] = True opens the block "
            "in which the passage reads the query. Close column 0 after that, and open row 0 last.",
        ),
        judge=_one_way,
    ),
    "02.4": Exercise(
        wants="my_folder, my_query, my_passage and my_word are four strings.",
        hints=(
            "Use `without_each_word` of 'On Monday' on one query and the passage that you want to "
            "explain: which word stands first?",
            "Read the folder with load_collection(my_folder); the texts are mine.queries[my_query] "
            "and mine.passage(my_passage), title included. Give the word exactly as split() cuts "
            "it.",
        ),
        judge=_own_word,
    ),
}
