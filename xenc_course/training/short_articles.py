"""A small text to practise training on: short first sentences of Wikipedia, split by article."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xenc_course.text.collection import load_collection

from .query_split import Split

FEWEST_WORDS, MOST_WORDS = 5, 18
N_DEV, N_TEST = 60, 200


def short_articles(seed: int = 0) -> Split:
    """Load the practice text: passages of one short sentence, and their articles' descriptions.

    A passage is the start of an article up to its first full stop, if that is 5 to 18 words long,
    without the title. A query is the short description of an article, which nobody
    here wrote, and the article is its only relevant passage.

    Args:
        seed: of the draw of the articles to choose by and to measure on.

    Returns:
        60 queries to choose by, 200 to measure on and the others to train on, over the same
        passages. Each article has one query, so no article of one part is an answer in another.
    """
    wikipedia = load_collection("wikipedia")
    described = {next(iter(wikipedia.qrels[query])): query for query in wikipedia.queries}
    passages = {}
    for article in described:
        opening = wikipedia.documents[article].split(". ")[0]
        words = opening.split()
        # A last word of two letters is an abbreviation, such as St, and no end of a sentence.
        if FEWEST_WORDS <= len(words) <= MOST_WORDS and len(words[-1]) > 2:
            passages[article] = opening
    names = list(passages)
    order = [names[place] for place in np.random.default_rng(seed).permutation(len(names))]
    short = replace(wikipedia, name="short articles", documents=passages, titles={})
    test, dev, train = np.split(np.array(order), [N_TEST, N_TEST + N_DEV])
    parts = (short.select(described[article] for article in part) for part in (train, dev, test))
    return Split(*parts)
