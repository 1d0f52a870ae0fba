"""Make the trainings that lesson 11 reads: recipes that differ in one thing, from three seeds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import numpy as np

from xenc_course import (
    Group,
    QueryMaker,
    evaluate,
    keep_layers,
    load_bi_encoder,
    load_cross_encoder,
    load_scorer,
    mine_negatives,
    ranked,
    reranked,
    score_pairs,
    short_articles,
    train,
)
from xenc_course.files import write_lines
from xenc_course.training import stored_trainings

TEACHER, START, KEPT = "ms-marco-MiniLM-L12-v2-int8", "ms-marco-MiniLM-L12-v2", (0, 1, 2)
SEEDS, RATES = (0, 1, 2), (3e-4, 1e-3, 3e-3)
DEPTH, BATCH = 10, 4
READ_BY_TEACHER = 3  # 36 layers run per query, where a student runs its 3 on 10 passages: 30
UNTRAINED = "the cut, not trained"
BI_ENCODER = ("all-MiniLM-L6-v2", f"all-MiniLM-L6-v2, then the teacher on {READ_BY_TEACHER}")
FROM_TEACHER = ("mse", "margin-mse", "listwise")


@dataclass(frozen=True)
class Recipe:
    """What is trained on.

    Attributes:
        name: what the lesson calls it.
        loss: see `train`. Those that read a teacher's logits get them, the others 1 and 0.
        n_queries: descriptions of articles, drawn from those to train on.
        hard: negatives per query from BM25's first twenty.
        random: negatives per query from all passages to train on.
        made: whether queries are made from the passages in place of the descriptions.
        denoised: whether negatives that the teacher scores like an answer are replaced.
        epochs: how often each query is trained on.
        rate: of the recipe whose learning rate is taken; "" when it is chosen.
    """

    name: str
    loss: str
    n_queries: int = 64
    hard: int = 7
    random: int = 0
    made: bool = False
    denoised: bool = False
    epochs: int = 1
    rate: str = ""


LOSSES = [Recipe(loss, loss) for loss in (*FROM_TEACHER, "bce", "pairwise")]
RECIPES = [
    *LOSSES,
    Recipe("made queries", "listwise", made=True, rate="listwise"),
    Recipe("random negatives", "listwise", hard=0, random=7, rate="listwise"),
    Recipe("random negatives, 0/1 labels", "pairwise", hard=0, random=7, rate="pairwise"),
    Recipe("one hard negative", "listwise", hard=1, rate="listwise"),
    Recipe("no false negatives, 0/1 labels", "pairwise", denoised=True, rate="pairwise"),
    Recipe("16 queries", "listwise", n_queries=16, rate="listwise"),
    # As many steps as 64 queries once: it parts the number of queries from that of the steps.
    Recipe("16 queries, four times", "listwise", n_queries=16, epochs=4, rate="listwise"),
    Recipe("256 queries", "listwise", n_queries=256, rate="listwise"),
    Recipe("16 queries, 0/1 labels", "pairwise", n_queries=16, rate="pairwise"),
]
FALSE_NEGATIVE = 0.0  # a teacher's logit: above it a negative counts as an answer


def make_trainings() -> None:
    """Make the stored trainings that are missing, and write the file after each.

    Learning rates are chosen first: those of the five losses on the queries to choose by, with the
    first seed.
    """
    bench: _Bench | None = None
    made = _stored()
    for recipe, rate, seed in _plan(made):
        if (recipe.name, rate, seed) in {_key(entry) for entry in made}:
            continue
        bench = bench or _Bench()
        made.append(bench.train(recipe, rate, seed))
        _write(made, list(bench.split.test.queries))
        print(recipe.name, rate, seed, f"{made[-1]['dev']:.4f}", flush=True)
    if not any(entry["recipe"] == TEACHER for entry in made):
        bench = bench or _Bench()
        made += bench.rivals()
        _write(made, list(bench.split.test.queries))


def _plan(made: list[dict[str, Any]]) -> Iterator[tuple[Recipe, float, int]]:
    """Recipe, learning rate and seed of every training; `made` grows while it is walked through."""
    for recipe in LOSSES:
        yield from ((recipe, rate, SEEDS[0]) for rate in RATES)
    for recipe in RECIPES:
        tried = [entry for entry in made if entry["recipe"] == (recipe.rate or recipe.name)]
        first = [entry for entry in tried if entry["seed"] == SEEDS[0]]
        best = max(first, key=lambda entry: entry["dev"])["learning_rate"]
        yield from ((recipe, best, seed) for seed in SEEDS)


def _key(entry: Mapping[str, Any]) -> tuple[str, float, int]:
    return entry["recipe"], entry["learning_rate"], entry["seed"]


def _stored() -> list[dict[str, Any]]:
    path = stored_trainings.TRAININGS
    if not path.is_file():
        return []
    return json.loads(path.read_text(encoding="utf-8"))["trainings"]


def _write(made: list[dict[str, Any]], queries: list[str]) -> None:
    libraries = ("torch", "transformers", "sentence-transformers", "onnxruntime")
    head = {"teacher": TEACHER, "start": START, "kept": KEPT, "batch": BATCH, "depth": DEPTH}
    head |= {"versions": {library: version(library) for library in libraries}}
    lines = ["{", *(f'"{name}": {json.dumps(value)},' for name, value in head.items())]
    lines += [f'"queries": {json.dumps(queries, separators=(",", ":"))},', '"trainings": [']
    entries = [json.dumps(entry, separators=(",", ":")) for entry in made]
    lines += [f"{entry}," for entry in entries[:-1]] + [entries[-1], "]", "}"]
    write_lines(stored_trainings.TRAININGS, lines)


class _Bench:
    """The practice text and the models, loaded once for all trainings."""

    def __init__(self) -> None:
        self.split = short_articles()
        # No passage of an article that is held out is trained on, as an answer or as a negative.
        passages = self.split.train.documents
        self.study = {d: passages[d] for d in _answers(self.split.train).values()}
        self.teacher, self.start = load_scorer(TEACHER), load_cross_encoder(START, device="cpu")
        self.logits: dict[tuple[str, str], float] = {}

    def train(self, recipe: Recipe, rate: float, seed: int) -> dict[str, Any]:
        """Train a student by a recipe and measure it: what the file stores of it."""
        student = keep_layers(self.start, KEPT)
        groups = self._groups(recipe, seed)
        train(
            student,
            groups,
            loss=recipe.loss,
            epochs=recipe.epochs,
            batch=BATCH,
            learning_rate=rate,
            seed=seed,
        )
        parts = (self.split.dev, self.split.test)
        dev, test = (_ranks(reranked(student, part, depth=DEPTH), part) for part in parts)
        return {
            "recipe": recipe.name,
            "loss": recipe.loss,
            "learning_rate": rate,
            "n_queries": recipe.n_queries,
            "n_passages": 1 + recipe.hard + recipe.random,
            "epochs": recipe.epochs,
            "seed": seed,
            "dev": _mean(dev),
            "rr": test,
        }

    def rivals(self) -> list[dict[str, Any]]:
        """What needs no training here: entries as `train` gives them, of 0 queries."""
        parts = (self.split.dev, self.split.test)
        runs: dict[str, list[dict]] = {name: [] for name in (UNTRAINED, TEACHER, *BI_ENCODER)}
        cut, encoder = keep_layers(self.start, KEPT), load_bi_encoder(device="cpu")
        for part in parts:
            runs[UNTRAINED].append(reranked(cut, part, depth=DEPTH))
            read = reranked(self.teacher, part, depth=DEPTH)
            alone, then = {}, {}
            for q, found in read.items():
                vectors = encoder.encode([part.passage(d) for d in found])
                cosines = vectors @ encoder.encode(part.queries[q])
                alone[q] = dict(zip(found, cosines.tolist(), strict=True))
                order = ranked(alone[q])
                order[:READ_BY_TEACHER] = sorted(
                    order[:READ_BY_TEACHER], key=found.__getitem__, reverse=True
                )
                then[q] = {d: -float(place) for place, d in enumerate(order)}
            for name, run in zip((TEACHER, *BI_ENCODER), (read, alone, then), strict=True):
                runs[name].append(run)
        entries = []
        for name, both in runs.items():
            dev, test = (_ranks(run, part) for run, part in zip(both, parts, strict=True))
            entry = {"recipe": name, "loss": "", "learning_rate": 0.0, "n_queries": 0}
            entry |= {"n_passages": 0, "seed": 0, "dev": _mean(dev), "rr": test}
            entries.append(entry)
        return entries

    def _groups(self, recipe: Recipe, seed: int) -> list[Group]:
        asked, answers = self._queries(recipe, seed)
        spare = 13 if recipe.denoised else 0
        negatives = mine_negatives(
            asked,
            self.study,
            answers,
            bm25=recipe.hard + spare,
            bi_encoder=0,
            random=recipe.random,
            seed=seed,
        )
        texts = {q: [self.study[d] for d in (answers[q], *negatives[q])] for q in asked}
        size = 1 + recipe.hard + recipe.random
        pairs = [(asked[q], text) for q, row in texts.items() for text in row]
        new = [pair for pair in dict.fromkeys(pairs) if pair not in self.logits]
        if new:
            self.logits |= zip(new, score_pairs(self.teacher, new).tolist(), strict=True)
        logits = iter(self.logits[pair] for pair in pairs)
        groups = []
        for q, row in texts.items():
            answer, *others = [(text, next(logits)) for text in row]
            if recipe.denoised:  # those above the line go to the end, and fall off it
                others.sort(key=lambda pair: pair[1] > FALSE_NEGATIVE)
            kept = [answer, *others[: size - 1]]
            judged = (1.0, *[0.0] * (size - 1))
            labels = tuple(y for _, y in kept) if recipe.loss in FROM_TEACHER else judged
            groups.append(Group(asked[q], tuple(text for text, _ in kept), labels))
        return groups

    def _queries(self, recipe: Recipe, seed: int) -> tuple[dict[str, str], dict[str, str]]:
        if recipe.made:
            maker = QueryMaker(replace(self.split.train, documents=self.study))
            made = maker.make(sorted(self.study), recipe.n_queries, seed)
            return {q.id: q.text for q in made}, {q.id: q.passage for q in made}
        sample = self.split.train.sample(recipe.n_queries, seed)
        return dict(sample.queries), _answers(sample)


def _ranks(run: Any, part: Any) -> list[int]:
    """The rank of each query's article in a run; 0 where it is not among the first ten."""
    values = evaluate(run, part, "RR@10")["RR@10"].per_query
    return [round(1 / values[q]) if values[q] else 0 for q in part.queries]


def _mean(ranks: list[int]) -> float:
    return round(float(np.mean([1 / rank if rank else 0 for rank in ranks])), 4)


def _answers(part: Any) -> dict[str, str]:
    return {q: next(iter(part.qrels[q])) for q in part.queries}
