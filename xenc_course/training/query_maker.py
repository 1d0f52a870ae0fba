"""Queries made from passages, so that a model can be trained on text that nobody searched yet.

Each kind of query asks in another way for the passage that it was made from:

- question: its title in a question or alone ("what is Honshu");
- topic: its title with one of its rarer words ("what is the population of Honshu");
- definition: what its first sentence says of its subject ("what is the largest island of Japan");
- crop: 5 to 12 words in a row of one sentence. Half of the crops are removed from the passage, so
  that looking for the same words is not enough;
- keywords: 2 to 4 of its rarest words;
- predicate, event, count: a question that one of its sentences answers, see `question_rules`.

The queries of a collection, such as Wikipedia's descriptions, are not used, so a model that was
trained on the queries made here can be measured on those of the collection. A crop as a query is
the inverse cloze task of Lee, Chang and Toutanova (2019), "Latent Retrieval for Weakly Supervised
Open Domain Question Answering", which removes the sentence in 90 % of cases.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from xenc_course.text.collection import Collection
from xenc_course.text.passages import sentence_spans
from xenc_course.training import question_rules as questions

QUESTIONS = (
    "what is {}",
    "{}",
    "who or what is {}",
    "define {}",
    "{} meaning",
    "tell me about {}",
    "facts about {}",
    "what is {} known for",
    "where is {}",
    "when did {} begin",
    "how does {} work",
    "what causes {}",
    "why is {} important",
    "types of {}",
    "history of {}",
    "how big is {}",
)
TOPICS = (
    "{} {}",
    "{1} of {0}",
    "what is the {1} of {0}",
    "what has {} to do with {}",
    "how does {} relate to {}",
    "is there {1} in {0}",
    "when did {} {}",
    "why {} {}",
    "how long {} {}",
)
RARE = 8  # keywords are drawn from that many of a passage's rarest words

_WORD = re.compile(r"[a-z0-9]{3,}")
_SAYS = re.compile(r"^.{2,80}? (is|was|are|were) ((?:an?|the|one of the) .+)$")


@dataclass(frozen=True)
class Query:
    """A query made from a passage.

    Attributes:
        id: unique among the queries of one call of `make`.
        kind: how it was made, one of those of this module.
        text: of the query.
        passage: the id of the passage that it was made from.
        focus: the word of the passage's text, counted from 0, that a part of the passage must hold
            to answer the query.
        removed: words, as they stand in the text, to be removed from the passage; mostly "".
    """

    id: str
    kind: str
    text: str
    passage: str
    focus: int = 0
    removed: str = ""


class QueryMaker:
    """Makes queries from the passages of a collection."""

    def __init__(self, collection: Collection) -> None:
        """Count in how many passages each word stands."""
        self._collection = collection
        self._passages_with = Counter(
            word for text in collection.documents.values() for word in set(_words(text))
        )

    def make(
        self,
        passages: Sequence[str],
        count: int,
        seed: int,
        prefix: str = "q",
    ) -> list[Query]:
        """Make different queries; the same arguments give the same ones.

        Every passage makes one query before any passage makes a second one. The kind of the query
        is drawn among those that the passage allows.

        Args:
            passages: ids of the passages.
            count: how many queries.
            seed: of the draws.
            prefix: how the queries' ids begin.

        Raises:
            ValueError: the passages do not give that many different queries.
        """
        draw = np.random.default_rng(seed)
        made: dict[str, Query] = {}
        rounds_without_news = 0
        while rounds_without_news < 3:
            before = len(made)
            for place in draw.permutation(len(passages)):
                if len(made) == count:
                    return list(made.values())
                query = self._one(f"{prefix}{len(made)}", passages[place], draw)
                if query is not None:
                    made.setdefault(query.text.lower(), query)
            rounds_without_news = rounds_without_news + 1 if len(made) == before else 0
        raise ValueError(
            f"{len(passages):,} passages give only {len(made):,} different queries, not {count:,}: "
            "ask for fewer pairs, or give more text."
        )

    def _one(self, name: str, passage: str, draw: np.random.Generator) -> Query | None:
        kinds: dict[str, Callable[..., tuple | None]] = {
            "question": self._question,
            "topic": self._topic,
            "definition": self._definition,
            "crop": self._crop,
            "keywords": self._keywords,
            "predicate": partial(self._asked, questions.predicate),
            "event": partial(self._asked, questions.event),
            "count": partial(self._asked, questions.count),
        }
        names = list(kinds)
        for place in draw.permutation(len(names)):
            made = kinds[names[place]](passage, draw)
            if made is not None:
                text, *rest = made
                return Query(name, names[place], text, passage, *rest)
        return None

    def _question(self, passage: str, draw: np.random.Generator) -> tuple[str] | None:
        title = self._title(passage)
        return (QUESTIONS[draw.integers(len(QUESTIONS))].format(title),) if title else None

    def _topic(self, passage: str, draw: np.random.Generator) -> tuple[str] | None:
        title = self._title(passage)
        rare = self._rare(passage, without=title)
        if not title or not rare:
            return None
        return (TOPICS[draw.integers(len(TOPICS))].format(title, rare[draw.integers(len(rare))]),)

    def _definition(self, passage: str, draw: np.random.Generator) -> tuple[str] | None:
        words = self._collection.documents[passage].split()
        first = words[: sentence_spans(words)[0][1]]
        found = _SAYS.match(" ".join(first))
        if found is None:
            return None
        verb, said = found.groups()
        said = " ".join(questions.CLAUSE.split(said)[0].rstrip(".!?\"' ").split()[:12])
        return (f"what {verb} {said}",) if len(said.split()) >= 3 else None

    def _crop(self, passage: str, draw: np.random.Generator) -> tuple[str, int, str] | None:
        words = self._collection.documents[passage].split()
        spans = [(start, end) for start, end in sentence_spans(words) if end - start >= 5]
        if not spans:
            return None
        start, end = spans[draw.integers(len(spans))]
        length = int(draw.integers(5, min(12, end - start) + 1))
        first = int(draw.integers(start, end - length + 1))
        span = words[first : first + length]
        removed = " ".join(span) if draw.random() < 0.5 and length < len(words) / 2 else ""
        return " ".join(span).rstrip(".,;:"), first, removed

    def _keywords(self, passage: str, draw: np.random.Generator) -> tuple[str] | None:
        rare = self._rare(passage)
        if len(rare) < 2:
            return None
        count = int(draw.integers(2, min(4, len(rare)) + 1))
        kept = sorted(draw.choice(len(rare), size=count, replace=False))
        return (" ".join(rare[place] for place in kept),)

    def _asked(
        self, ask: Callable, passage: str, draw: np.random.Generator
    ) -> tuple[str, int] | None:
        """What `ask` makes of one of the sentences, the first that has the form for it."""
        words = self._collection.documents[passage].split()
        spans = sentence_spans(words)
        title = self._title(passage)
        for place in draw.permutation(len(spans)):
            start, end = spans[place]
            text = ask(" ".join(words[start:end]), title, draw)
            if text is not None:
                return text, start
        return None

    def _title(self, passage: str) -> str:
        """The title without what stands in brackets: "Mercury (planet)" is asked for as Mercury."""
        return re.sub(r"\s*\(.*?\)", "", self._collection.titles.get(passage, "")).strip()

    def _rare(self, passage: str, without: str = "") -> list[str]:
        """The passage's rarest words, in the order of the text; words of no other passage last.

        A word that stands in one passage only is often a name in a foreign script or a typing
        error: a searcher would rarely type it.
        """
        known = set(_words(without))
        words = list(dict.fromkeys(_words(self._collection.documents[passage])))
        words = [word for word in words if word not in known]

        def rarity(word: str) -> tuple[bool, int]:
            return self._passages_with[word] == 1, self._passages_with[word]

        rarest = set(sorted(words, key=rarity)[:RARE])
        return [word for word in words if word in rarest]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())
