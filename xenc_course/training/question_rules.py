"""Questions that one sentence answers, made by turning the sentence round with a few rules.

- predicate: its subject becomes "who" or "what":
  "She won two Nobel prizes." -> "who won two Nobel prizes"
- event: when, where, by whom or for what something happened to its subject:
  "The bridge was opened in 1932." -> "when was the bridge opened"
- count: how many there are of what it counts:
  "It has 35 stations." -> "how many stations does the Red Line have"

The rules do not parse, so some questions are bad English. That costs little, because a teacher's
label says how well each passage answers. Heilman and Smith (2010), "Good Question! Statistical
Ranking for Question Generation", also generate too many questions and let a model judge them.
"""

from __future__ import annotations

import re

import numpy as np

LONGEST = 10  # words of a predicate
COUNTS = ("how many {1} does {0} have", "number of {1} in {0}", "how many {1} are there in {0}")
ASKED = {  # by the preposition behind the verb; {2} is the verb "to be"
    "by": ("who {1} {0}", "{0} {1} by whom"),
    "as": ("what {2} {0} {1} as",),
    "for": ("what {2} {0} {1} for", "why {2} {0} {1}"),
    "from": ("what {2} {0} {1} from",),
    "time": ("when {2} {0} {1}", "what year {2} {0} {1}", "{0} {1} date"),
    "place": ("where {2} {0} {1}", "in which place {2} {0} {1}"),
}

_VERB = (
    r"(?:is|was|are|were|has|had|can|may|must|became|began|won|wrote|led|made|held|left|took|gave"
    r"|grew|fought|fell|rose|ran|set|built|sold|taught|found|said|died|[a-z]{3,}ed|[a-z]{3,}[^s\W]s)"
)
_PERSON = re.compile(r"\b(?:he|she|his|her|born)\b", re.IGNORECASE)
_VAGUE = re.compile(r"(?:He|She|It|They|This|These|His|Her|Its|Their|The)\b")
CLAUSE = re.compile(r"[,;:(]| (?:and|but|which|who|that|where) ")
_PASSIVE = re.compile(
    r"^([^,;:(]{2,60}?) (is|was|are|were) (?:[a-z]+ly )?"
    r"([a-z]{2,}ed|born|built|made|held|found|sold|won|fought|taught|led)"
    r" (in|on|at|near|by|as|for|from) (?:the |an? )?(\S+)"
)
_MONTH = re.compile(
    r"January|February|March|April|May|June|July|August|September|October|November|December"
)
_COUNTED = re.compile(
    r"\b(?:\d[\d,.]*|two|three|four|five|six|seven|eight|nine|ten)(?: [mb]illion| thousand)? "
    r"((?:[a-z]+ )?[a-z]{3,}s)\b"
)


def predicate(sentence: str, title: str, draw: np.random.Generator) -> str | None:
    """Ask who or what does what the sentence says.

    Args:
        sentence: one sentence of a passage.
        title: the passage's; may be "".
        draw: not used here; the three rules have the same arguments.

    Returns:
        The question; None if the sentence has no form that the rule knows.
    """
    subject = rf"(?:He|She|It|They|The [a-z]+(?: [a-z]+)?|{re.escape(title) or 'It'}(?: \(.*?\))?)"
    found = re.match(rf"({subject}) (?:(?:also|later|then) )?({_VERB} .+)$", sentence)
    if found is None:
        return None
    said = CLAUSE.split(found[2])[0].rstrip(".!?\"' ").split()[:LONGEST]
    if len(said) < 3:
        return None
    who = found[1] != "It" and (found[1] in ("He", "She") or _PERSON.search(sentence))
    return f"{'who' if who else 'what'} {' '.join(said)}"


def event(sentence: str, title: str, draw: np.random.Generator) -> str | None:
    """Ask when, where, by whom or for what something was done to the sentence's subject.

    Args:
        sentence: one sentence of a passage.
        title: the passage's, which may replace the subject; may be "".
        draw: chooses the words of the question.

    Returns:
        The question; None if the sentence has no passive that the rule knows.
    """
    found = _PASSIVE.match(sentence)
    if found is None:
        return None
    subject, be, participle, preposition, following = found.groups()
    if title and (_VAGUE.match(subject) or draw.random() < 0.5):
        subject = title
    subject = re.sub(r"^(?:The|An?|Most)\b", lambda word: word[0].lower(), subject)
    kind = preposition
    if preposition in ("in", "on", "at", "near"):
        timely = following[0].isdigit() or _MONTH.match(following)
        kind = "time" if timely else "place"
    forms = ASKED[kind]
    return forms[draw.integers(len(forms))].format(subject, participle, be)


def count(sentence: str, title: str, draw: np.random.Generator) -> str | None:
    """Ask how many there are of the first thing that the sentence counts.

    Args:
        sentence: one sentence of a passage.
        title: the passage's.
        draw: chooses the words of the question.

    Returns:
        The question; None without a title or a number.
    """
    found = _COUNTED.search(sentence)
    if found is None or not title:
        return None
    return COUNTS[draw.integers(len(COUNTS))].format(title, found[1])
