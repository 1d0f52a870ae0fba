"""Scripts without spaces between words, which BM25's tokeniser does not split into words."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Four or more letters in a row of Thai and Lao, Burmese, Khmer, Japanese kana, and Han.
_RUN = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff]{4,}"
)
WHY = (
    "BM25 splits text at spaces and punctuation, and Chinese, Japanese, Thai, Lao, Khmer and "
    "Burmese put none between words"
)
ADVICE = "put spaces between the words, or take a multilingual bi-encoder as the first stage"


def is_unsplit(text: str) -> bool:
    """Whether most of a text is runs of letters of a script that puts no spaces between words."""
    if text.isascii():
        return False
    in_runs = sum(len(run) for run in _RUN.findall(text))
    return 2 * in_runs > sum(len(word) for word in text.split())


def unsplit_note(queries: Iterable[str], passages: Iterable[str]) -> str:
    """A sentence on how many texts BM25 does not split into words; "" where it splits all.

    Args:
        queries: their texts.
        passages: their texts.
    """
    counts = {
        unit: sum(map(is_unsplit, texts))
        for unit, texts in (("queries", queries), ("passages", passages))
    }
    if not any(counts.values()):
        return ""
    texts = " and ".join(f"{n:,} {unit}" for unit, n in counts.items() if n)
    return f"{WHY}: of {texts} it matches whole phrases alone ({ADVICE})."
