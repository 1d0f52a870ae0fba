"""Candidates -> pairs -> scores -> run: the one way in which the course reranks."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xenc_course.files import check_id
from xenc_course.jobs import Journal, Key, ScoresInMemory
from xenc_course.progress import Progress, progress_bar
from xenc_course.scoring.pairs import Pair, check_pairs
from xenc_course.scoring.reranker import Reranker
from xenc_course.scoring.scorers import (
    Scorer,
    as_scorer,
    expect_pairs,
    score_blocks,
    scored_block,
)
from xenc_course.text.collection import Collection

from .first_stage import bm25_run
from .runs import Run

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

DEPTH = 20  # candidates per query, where nothing else is said


@dataclass(frozen=True)
class Work:
    """What scoring took.

    Attributes:
        pairs: how many the reranked run has.
        scored: how many of them this call has scored; the others were known before.
        seconds: how long that took.
        cut: how many of the scored pairs were longer than the model reads and lost their end;
            counted for the course's own `Reranker` only.
        backend: which one the course's `Reranker` has scored with; "" where it did not score.
        why: the reason for that backend, in a sentence.
    """

    pairs: int
    scored: int
    seconds: float
    cut: int = 0
    backend: str = ""
    why: str = ""

    def __str__(self) -> str:
        """Pairs, seconds, pairs per second, and the share of pairs that lost their end."""
        kept = self.pairs - self.scored
        resumed = f" ({kept:,} more were in the journal)" if kept else ""
        rate = f": {self.scored / self.seconds:.1f} pairs/s" if self.scored else ""
        sentence = f"Scored {self.scored:,} pairs in {self.seconds:.1f} s{resumed}{rate}."
        if not self.cut:
            return sentence
        share = self.cut / self.scored
        return f"{sentence} Of them {share:.1%} were too long for the model and lost their end."


def rerank(
    candidates: Run,
    queries: Mapping[str, str],
    passages: Mapping[str, str],
    model: str | CrossEncoder | Scorer,
    *,
    progress: Progress = False,
) -> dict[str, dict[str, float]]:
    """Score the candidates of each query with a model.

    Args:
        candidates: query id -> {document id: score}; the scores are not used.
        queries: query id -> text.
        passages: document id -> the text that the model reads.
        model: what `score_pairs` takes.
        progress: of the pairs, see `Progress`.

    Returns:
        The same candidates with the model's scores: a run.

    Raises:
        ValueError: see `pair_texts`.
    """
    known = ScoresInMemory()
    score_texts(pair_texts(candidates, queries, passages), model, known, progress=progress)
    return run_of(candidates, known.scores)


def reranked(
    model: CrossEncoder, collection: Collection, depth: int = DEPTH
) -> dict[str, dict[str, float]]:
    """Find the best passages of each query with BM25 and score them with a model.

    Args:
        model: what `score_pairs` takes.
        collection: its documents are searched, title and text.
        depth: how many passages BM25 finds per query.

    Returns:
        A run: query id -> {document id: score}.
    """
    passages = collection.passages()
    found = bm25_run(passages, collection.queries, depth)
    return rerank(found, collection.queries, passages, model)


def pair_texts(
    candidates: Run, queries: Mapping[str, str], passages: Mapping[str, str]
) -> dict[Key, Pair]:
    """Look up the texts of all candidates.

    Args:
        candidates: query id -> {document id: score}; the scores are not used.
        queries: query id -> text.
        passages: document id -> the text that the model reads.

    Returns:
        (query id, document id) -> (query, passage), in the order of the candidates.

    Raises:
        ValueError: an id holds white space, a candidate has no text, or there is no candidate.
    """
    texts = {}
    for query, documents in candidates.items():
        check_id(query, "The id of a query")
        for document in documents:
            check_id(document, "The id of a document")
            if document not in passages:
                raise ValueError(
                    f"Document {document!r}, a candidate of query {query!r}, has no text in the "
                    "collection: rank only documents that the collection holds."
                )
            texts[query, document] = (queries[query], passages[document])
    if not texts:
        raise ValueError(
            "The first stage found no passage for any query, so there is nothing to score: check "
            "the queries and the passages."
        )
    return texts


def score_texts(
    texts: Mapping[Key, Pair],
    model: str | CrossEncoder | Scorer,
    known: Journal | ScoresInMemory,
    *,
    progress: Progress = False,
) -> Work:
    """Score the pairs whose scores are not known yet, block by block, and add them there.

    Args:
        texts: (query id, document id) -> (query, passage).
        model: what `score_pairs` takes; a name is loaded only when there is a pair to score.
        known: where scores are kept after each block (see `score_blocks`), and with which backend
            they were computed.
        progress: of the pairs, see `Progress`.

    Returns:
        What that took.

    Raises:
        TypeError: a pair is not two strings.
        ValueError: the model does not give one finite number per pair; and what `load_scorer`
            raises.
    """
    keys = list(texts)
    waiting = [place for place, key in enumerate(keys) if key not in known.scores]
    if not waiting:
        return Work(len(texts), 0, 0.0, 0, *_noted(known))
    pairs = list(texts.values())
    check_pairs(pairs)
    scorer = as_scorer(model)
    expect_pairs(scorer, len(waiting))
    cut = 0
    started = time.perf_counter()
    done = len(texts) - len(waiting)
    with progress_bar(progress, len(texts), "pair", n_before=done) as advance:
        for block in score_blocks(scorer, waiting, [query for query, _ in keys]):
            scores = scored_block(scorer, [pairs[place] for place in block], advance)
            if isinstance(scorer, Reranker):
                cut += scorer.report.cut
                _note_backend(scorer, known)
            found = zip((keys[place] for place in block), scores, strict=True)
            known.add((*key, float(score)) for key, score in found if key not in known.scores)
    seconds = time.perf_counter() - started
    return Work(len(texts), len(waiting), seconds, cut, *_noted(known))


def _note_backend(scorer: Reranker, known: Journal | ScoresInMemory) -> None:
    """Keep which backend scores, so that a job that goes on takes the same one."""
    if "backend" not in known.facts and scorer.choice is not None:
        known.note(backend=scorer.choice.backend, why=scorer.choice.why)


def _noted(known: Journal | ScoresInMemory) -> tuple[str, str]:
    """The backend that has scored, and why."""
    return str(known.facts.get("backend", "")), str(known.facts.get("why", ""))


def run_of(candidates: Run, scores: Mapping[Key, float]) -> dict[str, dict[str, float]]:
    """Make a run of the candidates with other scores.

    Args:
        candidates: query id -> {document id: score}; the scores are not used.
        scores: (query id, document id) -> score, for every candidate.

    Returns:
        query id -> {document id: score}, in the order of the candidates.
    """
    return {
        query: {document: scores[query, document] for document in documents}
        for query, documents in candidates.items()
    }
