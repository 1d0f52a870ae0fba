"""Every checker: the solution passes, a stub is not tried, and typical mistakes are told apart."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests.support.beir_folders import make_folder
from xenc_course import Reranker, load_collection
from xenc_course.models.loading import load_cross_encoder
from xenc_course.retrieval.runs import ranked
from xenc_course.teaching.checkers import (
    lesson_01,
    lesson_02,
    lesson_03,
    lesson_04,
    lesson_05,
    lesson_06,
    lesson_07,
    lesson_08,
    lesson_11,
)
from xenc_course.teaching.exercises import check
from xenc_course.teaching.learner_code import NOT_TRIED
from xenc_course.timing import Timing

EXERCISES = {
    **lesson_01.EXERCISES,
    **lesson_02.EXERCISES,
    **lesson_03.EXERCISES,
    **lesson_04.EXERCISES,
    **lesson_05.EXERCISES,
    **lesson_06.EXERCISES,
    **lesson_07.EXERCISES,
    **lesson_08.EXERCISES,
    **lesson_11.EXERCISES,
}


def by(key):
    """A function that orders passages by a key of (score, passage)."""
    return lambda passages, scores: [p for _, p in sorted(zip(scores, passages), key=key)]  # noqa: B905


def best_three(scores):
    return ranked(scores)[:3]


def recall(
    run,
    qrels,
    k,
    *,
    grade=1,
    empty=None,
    missing=True,
    over=len,
    best=ranked,
    share=lambda hits, n: hits / n,
):
    """Recall at k, and each of the ways to get it wrong."""
    shares = []
    for query, grades in qrels.items():
        relevant = {d for d, g in grades.items() if g >= grade}
        if not relevant:
            shares += [] if empty is None else [empty]
        elif query in run or missing:
            hits = len(relevant.intersection(best(run.get(query, {}))[:k]))
            shares.append(share(hits, over(relevant)))
    return sum(shares) / len(shares)


def micro_recall(run, qrels, k):
    relevant = {q: {d for d, g in row.items() if g > 0} for q, row in qrels.items()}
    hits = sum(len(found & set(ranked(run.get(q, {}))[:k])) for q, found in relevant.items())
    return hits / sum(map(len, relevant.values()))


def fuse(rankings, k, start=1, add=True):
    """Reciprocal rank fusion, and ways to get it wrong."""
    scores = {}
    for ranking in rankings:
        for rank, document in enumerate(ranking, start=start):
            scores[document] = 1 / (k + rank) + (scores.get(document, 0) if add else 0)
    return scores


def fill(tokens, budget, *, stop=False, most=99):
    """Places of the passages that fit, and ways to get it wrong."""
    places = []
    for place, n in enumerate(tokens[:most]):
        if n <= budget:
            places.append(place)
            budget -= n
        elif stop:
            break
    return places


def zipped_hurt(before, after):
    return sum(b < a for a, b in zip(before.values(), after.values(), strict=True))


def ids_after(tokens, place):
    return [0] * place + [1] * (len(tokens) - place)


def masked(*, query=True, both=False, reads_cls=False, cls=True):
    """A rule of one-way reading, and each of the ways to get it wrong."""

    def rule(segments):
        allowed = segments[:, None] == segments[None, :]
        if not both:
            allowed = allowed | (segments[:, None] == int(query))
        allowed[:, 0] = reads_cls
        allowed[0] = cls
        return allowed

    return rule


def best(points, *, ties=True, better=lambda new, old: new > old):
    """The points that no other beats, and ways to get them wrong."""
    found = []
    for name in sorted(points, key=lambda n: (points[n][0], -points[n][1] * ties)):
        if not found or better(points[name][1], points[found[-1]][1]):
            found.append(name)
    return found


def only_for(size, rule):
    """A rule that is right for one number of tokens."""
    return lambda segments: rule(segments) if len(segments) == size else segments[:, None] >= 0


def stopwatch(fn, repeats, clock, *, warmup=1, of=np.median):
    """Median seconds, and each of the ways to get them wrong."""
    for _ in range(warmup):
        fn()
    durations = []
    for _ in range(repeats):
        start = clock()
        fn()
        durations.append(clock() - start)
    return float(of(durations))


def machines(rate, seconds, busy, whole=math.ceil):
    return whole(rate * seconds / busy)


def tokens_read(lengths, size):
    batches = [lengths[i : i + size] for i in range(0, len(lengths), size)]
    return sum(len(batch) * max(batch) for batch in batches)


def windows(text, n, step, left=0):
    """Windows of n words, the last of which begins before the last `left` words of the text."""
    words = text.split()
    starts = range(0, max(len(words) - left, 1), step)
    return [" ".join(words[start : start + n]) for start in starts]


def margins(logits):
    return logits[:, :1] - logits[:, 1:]


def shared(train, test, topics):
    return {topics[q] for q in train} & {topics[q] for q in test}


def ranges(logits):
    return logits.max(axis=1) - logits.min(axis=1)


def squash(x):
    return 1 / (1 + math.exp(-x))


def show_from(scores, right, cut, *, shown=lambda scores, cut: scores >= cut):
    above = shown(scores, cut)
    return right[above].mean(), above.mean()


SOLUTIONS = {
    "01.1": lambda passages, scores: [passages[i] for i in np.argsort(-scores)],
    "01.2": lambda d, q, k: q + q * min(k, d),
    "02.1": lambda tokens: ids_after(tokens, tokens.index("[SEP]") + 1),
    "02.2": lambda n, tokens: (n * 384 * 4, n * tokens * 384 * 4),
    "02.3": masked(),
    "03.1": lambda budget, first, pair: max(0, int((budget - first) / pair)),
    "03.2": machines,
    "03.3": stopwatch,
    "04.1": lambda scores, relevant: float(any(d in relevant for d in best_three(scores))),
    "04.2": lambda before, after: sum(after[q] < before[q] - 1e-9 for q in before),
    "04.3": recall,
    "06.1": lambda lengths, n: 1 - sum(lengths) / tokens_read(lengths, n),
    "06.2": lambda scores, order: scores[np.argsort(order)],
    "06.3": lambda text, n, overlap: windows(text, n, n - overlap, overlap),
    "05.1": lambda budget, search, each: max(0, int((budget - search) / each)),
    "05.2": lambda q, p: (q @ p.T).max(axis=1).sum(),
    "05.3": best,
    "07.1": lambda x, a, b: squash(a * x + b),
    "07.2": lambda p, y: np.mean((p - y) ** 2),
    "07.3": show_from,
    "08.1": fuse,
    "08.2": lambda means, m: min(d for d in means if means[d] >= max(means.values()) - m),
    "08.3": fill,
    "11.1": lambda x, y: ((margins(x) - margins(y)) ** 2).mean(),
    "11.2": lambda train, test, topics: sum(topics[q] in shared(train, test, topics) for q in test),
    "11.3": lambda x, least: (ranges(x) < least).mean(),
}

MISTAKES = [
    ("01.1", lambda p, s: [p[i] for i in np.argsort(s)], "worst first"),
    ("01.1", lambda p, s: np.argsort(-s), "You return positions"),
    ("01.1", lambda p, s: sorted(s, reverse=True), "You return scores"),
    ("01.1", lambda p, s: sorted(zip(s, p, strict=True), reverse=True), "without scores"),
    ("01.1", lambda p, s: p[int(np.argmax(s))], "not only the best"),
    ("01.1", lambda p, s: int(np.argmax(s)), "not only the best"),
    ("01.1", lambda p, s: [p[i] for i in np.argsort(-s)[:3]], "every passage exactly once"),
    ("01.1", lambda p, s: list(p), "as they came"),
    ("01.1", lambda p, s: sorted(p), "order of the alphabet"),
    ("01.1", lambda p, s: [p[i] for i in np.argsort(-abs(s))], "with its sign"),
    ("01.1", lambda p, s: [*p[1:], p[0]], "highest first"),
    ("01.1", lambda p, s: p.sort() or p, "changes what it was given"),
    (
        "01.1",
        lambda p, s: [x for _, x in sorted(dict(zip(s, p, strict=True)).items())][::-1],
        "gets lost",
    ),
    ("01.1", lambda p, s: sorted(p, key=lambda x: -s[p.index(x)]), "comes twice gets the score"),
    ("01.2", lambda d, q, k: d + q + q * min(k, d), "stored vectors"),
    ("01.2", lambda d, q, k: q * d, "not every document"),
    ("01.2", lambda d, q, k: q * min(k, d), "each query once, too"),
    ("01.2", lambda d, q, k: q + min(k, d), "candidates of its own"),
    ("01.2", lambda d, q, k: q + 2 * q * min(k, d), "as one pair"),
    ("01.2", lambda d, q, k: q + q * k, "more candidates than there are documents"),
    ("01.2", lambda d, q, k: q * min(k, d) - q, "once alone and once"),
    ("01.2", lambda d, q, k: [q], "is one number, and yours is a list"),
    ("02.1", lambda t: ids_after(t, t.index("[SEP]")), "still belongs to the query"),
    ("02.1", lambda t: ids_after(t, len(t)), "All ids are 0"),
    ("02.1", lambda t: [1 - x for x in ids_after(t, t.index("[SEP]") + 1)], "other way round"),
    ("02.1", lambda t: ids_after(t, len(t) - 1), "not at the last one"),
    ("02.1", lambda t: [*ids_after(t, t.index("[SEP]") + 1)[:-1], 0], "The last [SEP]"),
    ("02.1", lambda t: [1, *ids_after(t, t.index("[SEP]") + 1)[1:]], "[CLS] stands before"),
    ("02.1", lambda t: ids_after(t, 4)[:6] + [1] * 2, "have ids, too"),
    ("02.1", lambda t: ids_after(t, 4), "one pair only"),
    ("02.1", lambda t: t.index("[SEP]"), "one id per token"),
    ("02.1", lambda t: t, "one whole number per token"),
    ("02.1", lambda t: [x + 1 for x in ids_after(t, 4)], "0 or 1, and nothing else"),
    ("02.1", lambda t: [x / 2 for x in ids_after(t, 4)], "0 or 1, and nothing else"),
    ("02.2", lambda n, t: n * 384 * 4, "Return two numbers"),
    ("02.2", lambda n, t: (n * t * 384 * 4, n * 384 * 4), "other way round"),
    ("02.2", lambda n, t: (n * 384, n * t * 384), "You count numbers, not bytes"),
    ("02.2", lambda n, t: (n * 4, n * t * 4), "A vector has 384 numbers"),
    ("02.2", lambda n, t: (384 * 4, t * 384 * 4), "That is one passage"),
    ("02.2", lambda n, t: (n * 384 * 4 / 1e6, n * t * 384 * 4 / 1e6), "Return bytes"),
    ("02.2", lambda n, t: (n * 384 * 8, n * t * 384 * 8), "not 8"),
    ("02.2", lambda n, t: (n * 384 * 4, n * (t + 1) * 384 * 4), "do not add the first"),
    ("02.2", lambda n, t: (n * 384 * 4, t * 384 * 4), "n_tokens of them"),
    ("02.2", lambda n, t: (n + 384 * 4, 0), "passages × 384"),
    ("02.3", lambda s: np.ones((len(s), len(s)), bool), "forbids nothing"),
    ("02.3", masked(query=False), "other direction"),
    ("02.3", masked(both=True), "neither reads the other"),
    ("02.3", masked(reads_cls=True), "must not read [CLS]"),
    ("02.3", masked(cls=False), "[CLS] must read everything"),
    ("02.3", lambda s: masked()(s).astype(float), "and no numbers"),
    ("02.3", lambda s: s == 1, "7 rows and 7 columns"),
    (
        "02.3",
        lambda s: (
            masked()(s)
            & ((s[:, None] == 1) | (np.arange(len(s)) < 2) | (np.arange(len(s)) == 0)[:, None])
        ),
        "read each other: open them",
    ),
    (
        "02.3",
        lambda s: (
            masked()(s) & (s[:, None] != s[None, :])
            | (s[:, None] == 0) & (s[None, :] == 0) & masked()(s)
            | (np.arange(len(s)) == 0)[:, None]
        ),
        "all tokens of both",
    ),
    ("02.3", only_for(7, masked()), "one length only"),
    ("03.1", lambda b, f, p: int(b / p), "take it off the budget"),
    ("03.1", lambda b, f, p: round((b - f) / p), "round down"),
    ("03.1", lambda b, f, p: math.ceil((b - f) / p), "round down"),
    ("03.1", lambda b, f, p: (b - f) / p, "return a whole number"),
    ("03.1", lambda b, f, p: math.floor((f - b) / p), "not the other way round"),
    ("03.1", lambda b, f, p: int((b - f) / p), "never less"),
    ("03.1", lambda b, f, p: int(p / b), "how many pairs fit"),
    ("03.1", lambda b, f, p: max(0, int((1 - f) / p)), "never less"),
    ("03.1", lambda b, f, p: max(0, int((min(b, 1) - f) / p)), "use all three numbers"),
    ("03.1", lambda b, f, p: [1], "is one number, and yours is a list"),
    ("03.2", lambda r, s, b: machines(r, s, b, int), "round up"),
    ("03.2", lambda r, s, b: machines(r, s, 1), "leave room"),
    ("03.2", lambda r, s, b: r * s / b, "return a whole number"),
    ("03.2", lambda r, s, b: r * s * b, "Divide by `busy`"),
    ("03.2", lambda r, s, b: math.ceil(r / s / b), "the rate times the seconds"),
    ("03.2", lambda r, s, b: int(r * s / b) + 1, "exactly enough"),
    ("03.2", lambda r, s, b: max(2, machines(r, s, b)), "needs one machine"),
    ("03.2", lambda r, s, b: 7, "How many seconds of work"),
    ("03.3", lambda f, n, c: stopwatch(f, n, c, warmup=0), "that is repeats + 1 calls"),
    ("03.3", lambda f, n, c: stopwatch(f, n + 1, c, warmup=0, of=max), "must not count"),
    ("03.3", lambda f, n, c: stopwatch(f, n, c, of=np.mean), "That is the mean"),
    ("03.3", lambda f, n, c: stopwatch(f, n, c, of=min), "That is the fastest"),
    ("03.3", lambda f, n, c: stopwatch(f, n, c, of=sum), "That is all calls together"),
    ("03.3", lambda f, n, c: stopwatch(f, n, c, of=lambda d: d[len(d) // 2]), "sort them"),
    (
        "03.3",
        lambda f, n, c: stopwatch(f, n, c, of=lambda d: sorted(d)[len(d) // 2]),
        "the two in the middle",
    ),
    ("03.3", lambda f, n, c: 2.0, "never calls"),
    ("03.3", lambda f, n, c: stopwatch(f, n, lambda: 0.0), "the only clock here"),
    ("04.1", lambda s, r: float(any(d in r for d in ranked(s)[::-1][:3])), "worst first"),
    ("04.1", lambda s, r: float(any(d in r for d in list(s)[:3])), "order of a dict"),
    ("04.1", lambda s, r: float(ranked(s)[0] in r), "third place counts"),
    ("04.1", lambda s, r: float(any(d in r for d in ranked(s)[:4])), "fourth place must not"),
    ("04.1", lambda s, r: float(all(d in r for d in best_three(s))), "among the three is enough"),
    ("04.1", lambda s, r: float(all(d in best_three(s) for d in r)), "among the three is enough"),
    ("04.1", lambda s, r: sum(d in r for d in best_three(s)) / 3, "is 1.0 or 0.0"),
    ("04.1", lambda s, r: float(sum(d in r for d in best_three(s))), "stays 1.0"),
    ("04.1", lambda s, r: float(not r or any(d in r for d in best_three(s))), "no success"),
    ("04.1", lambda s, r: float(any(ranked(s)[i] in r for i in range(3))), "IndexError"),
    ("04.2", lambda a, b: sum(b[q] > a[q] for q in a), "got better"),
    ("04.2", lambda a, b: sum(b[q] < a[q] for q in a), "rounding"),
    ("04.2", lambda a, b: sum(b[q] <= a[q] for q in a), "equal values are not hurt"),
    ("04.2", zipped_hurt, "another order"),
    ("04.2", lambda a, b: [q for q in a if b[q] < a[q] - 1e-9], "not the queries themselves"),
    ("04.2", lambda a, b: sum(b[q] < a[q] - 1e-9 for q in a) / len(a), "not their share"),
    ("04.2", lambda a, b: sum(b[q] - a[q] for q in a), "Count the queries"),
    ("04.3", lambda r, q, k: recall(r, q, k, empty=0), "leave it out"),
    ("04.3", lambda r, q, k: recall(r, q, k, missing=False), "keep it in the mean"),
    ("04.3", lambda r, q, k: recall(r, q, k, grade=0), "grade above 0"),
    ("04.3", lambda r, q, k: recall(r, q, k, over=lambda x: k), "not by k"),
    ("04.3", lambda r, q, k: recall(r, q, k, over=lambda x: min(k, len(x))), "where k is less"),
    ("04.3", lambda r, q, k: recall(r, q, k, share=lambda h, n: h > 0), "whether one was found"),
    ("04.3", micro_recall, "each query first"),
    ("04.3", lambda r, q, k: recall(r, q, 1000), "Look only at the k"),
    ("04.3", lambda r, q, k: recall(r, q, k, best=list), "Sort by the score"),
    ("04.3", lambda r, q, k: recall(r, q, k, best=lambda s: ranked(s)[::-1]), "Sort by the score"),
    ("04.3", lambda r, q, k: recall(r, q, 3), "use k"),
    ("04.3", lambda r, q, k: recall(r, q, k, grade=0, over=lambda x: k), "grade above 0"),
    ("04.3", lambda r, q, k: recall(r, q, k, missing=False, best=list), "Sort by the score"),
    ("04.3", lambda r, q, k: recall({x: r[x] for x in q}, q, k), "KeyError: 'not in the run'"),
    ("04.3", lambda r, q, k: 0.1, "For each query"),
    ("06.1", lambda x, n: 1 - sum(x) / (len(x) * max(x)), "one table of all pairs"),
    ("06.1", lambda x, n: 1 - sum(x) / tokens_read(sorted(x), n), "Do not sort"),
    ("06.1", lambda x, n: sum(x) / tokens_read(x, n), "share of real tokens"),
    ("06.1", lambda x, n: tokens_read(x, n) - sum(x), "number of padding tokens"),
    ("06.1", lambda x, n: tokens_read(x, n) / sum(x) - 1, "padding included"),
    ("06.1", lambda x, n: 100 * (1 - sum(x) / tokens_read(x, n)), "between 0 and 100"),
    ("06.1", tokens_read, "how many tokens are read"),
    (
        "06.1",
        lambda x, n: 1 - sum(x) / sum(n * max(x[i : i + n]) for i in range(0, len(x), n)),
        "as many rows as pairs",
    ),
    (
        "06.1",
        lambda x, n: 1 - sum(x[: len(x) // n * n]) / tokens_read(x[: len(x) // n * n], n),
        "The last batch counts, too",
    ),
    ("06.1", lambda x, n: 0.5, "pairs × longest"),
    ("06.1", lambda x, n: 1 - 100 / 140, "when the last batch is smaller"),
    ("06.1", lambda x, n: [0.2], "is one number, and yours is a list"),
    ("06.2", lambda s, order: s, "as it came"),
    ("06.2", lambda s, order: s[order], "sorts a second time"),
    ("06.2", lambda s, order: np.sort(s), "Do not sort the scores"),
    ("06.2", lambda s, order: np.zeros_like(order), "whole numbers"),
    ("06.2", lambda s, order: s[:2], "one score for each of the 4 pairs"),
    ("06.2", lambda s, order: s[::-1].copy(), "belongs to pair order[i]"),
    ("06.2", lambda s, order: s[[2, 0, 3, 1][: len(s)]] if len(s) > 3 else s, "for one order only"),
    ("06.2", lambda s, order: s.sort() or s, "changes what it was given"),
    ("06.3", lambda t, n, o: windows(t, n, n), "step by"),
    ("06.3", lambda t, n, o: windows(t, n, n - o), "The last window repeats"),
    ("06.3", lambda t, n, o: windows(t, n, n - o, o)[:-1], "The last words are in no window"),
    ("06.3", lambda t, n, o: windows(t, n, n - o, n - 1), "The last words are in no window"),
    ("06.3", lambda t, n, o: [t[i : i + n] for i in range(0, len(t), n - o)], "not letters"),
    ("06.3", lambda t, n, o: [t.split()[:n]], "Each window is a text"),
    ("06.3", lambda t, n, o: t, "Return a list of texts"),
    ("06.3", lambda t, n, o: [t], "holds the first n_words words"),
    ("06.3", lambda t, n, o: windows(t, n, 1, n - 1), "words after the one before"),
    ("06.3", lambda t, n, o: windows(t, n, max(n - 2, 1), 2), "use both"),
    ("08.1", lambda r, k: fuse(r, k, start=0), "The first rank is 1"),
    ("08.1", lambda r, k: fuse(r, k, add=False), "Add up"),
    ("08.1", lambda r, k: fuse(r, 60), "not always 60"),
    ("08.1", lambda r, k: {d: s for d, s in fuse(r, k).items() if d in "ac"}, "Every document"),
    ("08.1", lambda r, k: {d: -s for d, s in fuse(r, k).items()}, "Each ranking adds"),
    ("08.1", lambda r, k: list(fuse(r, k)), "Return a dictionary"),
    ("08.2", lambda means, m: max(means, key=means.get), "50 is the best depth"),
    ("08.2", lambda means, m: max(means), "more candidates can hurt"),
    ("08.2", lambda means, m: 100, "take the smallest"),
    ("08.2", lambda means, m: 10, "at most `margin` below"),
    ("08.2", lambda means, m: 20, "margin of 0"),
    ("08.2", lambda ms, m: next(d for d in ms if ms[d] >= max(ms.values()) - m), "the order"),
    ("08.3", lambda n, budget: fill(n, budget, stop=True), "Do not stop"),
    ("08.3", lambda n, budget: fill(n, budget, most=4), "Go on to the end"),
    ("08.3", lambda n, budget: list(range(len(n))), "more than the budget"),
    ("08.3", lambda n, budget: fill(n, budget)[::-1], "Go down the list"),
    ("08.3", lambda n, budget: fill(n, budget) or [0], "leaves nothing"),
    ("08.3", lambda n, budget: 4, "list of places"),
    ("05.1", lambda b, s, e: int(b / e), "search takes its time"),
    ("05.1", lambda b, s, e: np.ceil((b - s) / e), "round down"),
    ("05.1", lambda b, s, e: (b - s) / e, "whole passages"),
    ("05.1", lambda b, s, e: int((b - s) / e), "room for 0 passages"),
    ("05.1", lambda b, s, e: max(0, int((b - s) / e - 1e-6)), "fits exactly"),
    ("05.1", lambda b, s, e: b - s - e, "Take the search"),
    ("05.2", lambda q, p: (q @ p.T).max(axis=0).sum(), "from the passage"),
    ("05.2", lambda q, p: (q @ p.T).max(), "one best match"),
    ("05.2", lambda q, p: (q @ p.T).max(axis=1).mean(), "no mean"),
    ("05.2", lambda q, p: (q @ p.T).sum(), "only the best match"),
    ("05.2", lambda q, p: 0.5, "For each token"),
    ("05.2", lambda q, p: q @ p.T, "is one number"),
    ("05.3", lambda p: best(p, better=lambda new, old: new >= old), "'f' is no better"),
    ("05.3", lambda p: sorted(p, key=lambda n: p[n][0])[:5], "go from cheap to expensive"),
    ("05.3", lambda p: best(p)[1:], "never beaten"),
    ("05.3", lambda p: best(p)[:2], "that no cheaper one reaches"),
    ("05.3", lambda p: best(p)[::-1], "from cheap to expensive"),
    ("05.3", lambda p: best(p, ties=False), "the same cost"),
    ("05.3", lambda p: [p[n] for n in best(p)], "Return names"),
    ("05.3", lambda p: "a, c, e", "Return a list"),
    ("07.1", lambda x, a, b: a * x + b, "That is the straight line"),
    ("07.1", lambda x, a, b: squash(x), "That is the sigmoid of the logit"),
    ("07.1", lambda x, a, b: squash(a * x), "The intercept is missing"),
    ("07.1", lambda x, a, b: squash(-a * x - b), "That is one minus it"),
    ("07.1", lambda x, a, b: a * squash(x) + b, "The straight line comes first"),
    ("07.1", lambda x, a, b: squash(a * (x + b)), "Multiply the logit alone"),
    ("07.1", lambda x, a, b: 0.3, "sigmoid(x) is 1 / (1"),
    ("07.1", lambda x, a, b: squash(1.0), "not right for other numbers"),
    ("07.2", lambda p, y: np.mean(abs(p - y)), "Square each difference"),
    ("07.2", lambda p, y: np.sum((p - y) ** 2), "That is the sum"),
    ("07.2", lambda p, y: np.mean((p - y) ** 2) ** 0.5, "That is the root"),
    ("07.2", lambda p, y: (p.mean() - y.mean()) ** 2, "Compare pair by pair"),
    ("07.2", lambda p, y: np.mean((p > 0.5) != y), "That counts mistakes"),
    ("07.2", lambda p, y: np.mean(p), "Right is 1 and wrong is 0"),
    ("07.2", lambda p, y: 0.1925, "Whoever knows all gets 0"),
    ("07.2", lambda p, y: (p - y) ** 2, "is one number, and yours"),
    ("07.3", lambda s, r, c: show_from(s, r, c)[::-1], "The two are swapped"),
    ("07.3", lambda s, r, c: ((r & (s >= c)).mean(), (s >= c).mean()), "not by all"),
    ("07.3", lambda s, r, c: show_from(s, r, c, shown=np.greater), "ask for >="),
    ("07.3", lambda s, r, c: (r[s >= c].mean(), (s[r] >= c).mean()), "right or wrong, of all"),
    ("07.3", lambda s, r, c: (0.5, 0.6), "which share is right"),
    ("07.3", lambda s, r, c: (2 / 3, 0.5), "which share gets a result"),
    ("07.3", lambda s, r, c: show_from(s, r, 5.0), "use the cut that is given"),
    ("07.3", lambda s, r, c: r[s >= c].mean(), "Return two numbers: return"),
    ("07.3", lambda s, r, c: (r[s >= c], s >= c), "no lists"),
    ("11.1", lambda x, y: ((x - y) ** 2).mean(), "That compares logits"),
    ("11.1", lambda x, y: ((x[:, :1] - x - y[:, :1] + y) ** 2).mean(), "leave the first column"),
    ("11.1", lambda x, y: ((margins(x) - margins(y)) ** 2).sum(), "not the sum"),
    ("11.1", lambda x, y: abs(margins(x) - margins(y)).mean(), "Square the differences"),
    ("11.1", lambda x, y: ((margins(x) - margins(y))[0] ** 2).mean(), "first query alone"),
    ("11.1", lambda x, y: 52.25, "must not change"),
    ("11.1", lambda x, y: (margins(x) - margins(y)) ** 2, "is one number, and yours"),
    ("11.1", lambda x, y: 0.0, "first column minus each"),
    ("11.2", lambda a, b, t: len(set(a) & set(b)), "share no query"),
    ("11.2", lambda a, b, t: len(shared(a, b, t)), "how many topics are shared"),
    ("11.2", lambda a, b, t: sum(t[q] in shared(a, b, t) for q in b) / len(b), "not their share"),
    ("11.2", lambda a, b, t: 5, "Which topics were trained on"),
    ("11.2", lambda a, b, t: 3, "the answer is 0"),
    ("11.2", lambda a, b, t: 3 if "a" in a else 0, "one split only"),
    ("11.3", lambda x, least: float(x.max() - x.min() < least), "each query by itself"),
    ("11.3", lambda x, least: (ranges(x) < least).sum(), "Return the share"),
    ("11.3", lambda x, least: (ranges(x) == 0).mean(), "Nearly alike counts"),
    ("11.3", lambda x, least: (ranges(x) < 0.1).mean(), "one bound only"),
    ("11.3", lambda x, least: 0.9, "is that below `least`"),
]


@pytest.mark.parametrize("name", SOLUTIONS)
def test_the_solution_passes(name: str):
    assert check(SOLUTIONS[name], name).message.startswith("Right.")
    assert check(SOLUTIONS[name], name, solution=True).message.startswith("The solution passes.")


@pytest.mark.parametrize("name", EXERCISES)
def test_a_stub_is_not_tried(name: str):
    def stub(*args): ...

    for untouched in (None, ..., (..., ...), stub):
        assert check(untouched, name).message == NOT_TRIED


@pytest.mark.parametrize(("name", "wrong", "message"), MISTAKES)
def test_a_typical_mistake_gets_its_own_message(name: str, wrong: object, message: str):
    feedback = check(wrong, name)
    assert not feedback.solved
    assert message in feedback.message


@pytest.mark.models
def test_a_scorer_for_a_search_of_ones_own(tmp_path):
    folder = make_folder(tmp_path)
    right = check((folder, Reranker("xenc-distil-L3-int8")), "05.4")
    assert right.message.startswith("Right. nDCG@10 over ")
    assert "judge more before you decide" in right.message
    assert "Give both" in check((folder, folder, folder), "05.4").message
    assert "my_scorer takes a list of pairs" in check((folder, "L3"), "05.4").message
    assert "Not yet: " in check((folder, lambda pairs: np.zeros(1 + len(pairs))), "05.4").message


def test_a_search_of_ones_own(tmp_path):
    folder = make_folder(tmp_path)
    documents = list(load_collection(folder).documents)
    right = check((folder, lambda query, k: documents[:k]), "08.4")
    assert right.message.startswith("Right. RR@10 over ") and "BM25 " in right.message
    for wrong, message in (
        (lambda query, k: documents * 9, "keep the 5 best"),
        (lambda query, k: documents[:1] * 2, "a passage twice"),
        (lambda query, k: [{"id": documents[0]}], "return row['id']"),
        (lambda query, k: [documents[place] for place in range(k)], "IndexError"),
        (lambda query, k: 7, "list of ids"),
        (documents, "my_search is the function"),
    ):
        assert message in check((folder, wrong), "08.4").message
    assert "Give both" in check((folder, folder, folder), "08.4").message


@pytest.mark.parametrize("name", SOLUTIONS)
def test_at_least_three_mistakes_are_told_apart(name: str):
    assert len({check(wrong, name).message for n, wrong, _ in MISTAKES if n == name}) >= 3


@pytest.mark.parametrize("name", EXERCISES)
def test_hints_are_sentences_and_ids_stand_in_order(name: str):
    exercise = EXERCISES[name]
    assert len(set(exercise.hints)) >= 2
    assert all(text.endswith((".", "?")) for text in (exercise.wants, *exercise.hints))


def test_other_ways_to_write_a_solution_pass_too():
    assert check(lambda p, s: np.array(p)[np.argsort(s)[::-1]], "01.1").solved
    assert check(lambda s, r: bool(r & set(best_three(s))), "04.1").solved
    assert check(lambda a, b: np.sum([b[q] < a[q] - 1e-9 for q in a]), "04.2").solved


PAIR = ("change password", "You can update your login credentials in the security section.")
STUFFED = ("reset password", "reset password: password reset, how to reset password, reset, FAQ")


@pytest.mark.models
def test_the_pairs_against_the_threshold():
    right = check((PAIR, STUFFED), "01.3")
    assert right.message.startswith("Right. low_answer scores -")
    assert right.message.endswith("whether a passage answers its query is for you to judge.")
    assert "did you swap them?" in check((STUFFED, PAIR), "01.3").message
    bread = ("how to bake bread", "How to bake bread: how to bake bread, bake bread, bread.")
    assert "it must be below 0" in check((bread, STUFFED), "01.3").message
    lost = ("lost parcel", "The weather is fine.")
    assert "it must be above 0" in check((PAIR, lost), "01.3").message


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (PAIR[0], "Give both pairs"),
        ((PAIR, STUFFED, PAIR), "Give both pairs"),
        ((PAIR, "reset password"), "high_non_answer is a pair"),
        (((PAIR[0], 3), STUFFED), "low_answer is a pair"),
        (((" ", PAIR[1]), STUFFED), "low_answer has an empty text"),
        ((PAIR, ("Change  password", STUFFED[1])), "two different queries"),
    ],
)
def test_what_is_no_two_pairs_needs_no_model(answer: object, message: str):
    assert message in check(answer, "01.3").message


def folder(path: Path, n_queries: int = 3, n_passages: int = 5, query: str = "word") -> Path:
    """A folder with this many queries, each with a relevant passage, and this many passages."""
    corpus = "".join(f'{{"_id": "p{i}", "text": "word{i} word"}}\n' for i in range(n_passages))
    queries = "".join(f'{{"_id": "q{i}", "text": "{query}"}}\n' for i in range(n_queries))
    qrels = "query-id\tcorpus-id\tscore\n" + "".join(f"q{i}\tp0\t1\n" for i in range(n_queries))
    return make_folder(path, corpus, queries, qrels)


def test_a_folder_of_the_learner(tmp_path, monkeypatch):
    folder(tmp_path / "my_search")
    said = (
        "Right. my_search holds 5 passages and 3 queries, and BM25 finds candidates for every "
        "query."
    )
    assert check(tmp_path / "my_search", "01.4").message == said
    monkeypatch.chdir(tmp_path)
    assert check("my_search", "01.4").message == said


def test_what_a_folder_lacks_is_said(tmp_path):
    few_queries = folder(tmp_path / "a", n_queries=2)
    few_passages = folder(tmp_path / "b", n_passages=4)
    foreign = folder(tmp_path / "c", query="elephants")
    broken = folder(tmp_path / "d")
    (broken / "corpus.jsonl").write_text('{"_id": "p0"\n', encoding="utf-8")
    empty = tmp_path / "e"
    empty.mkdir()
    for answer, message in (
        (few_queries, "The folder has 2 queries: write at least 3"),
        (few_passages, "The folder has 4 passages: write at least 5"),
        (foreign, "BM25 finds nothing for the query 'elephants'"),
        (broken, "corpus.jsonl, line 1"),
        (empty, "corpus.jsonl"),
        (tmp_path / "nowhere", "There is no "),
        (broken / "corpus.jsonl", "is a file: give the folder"),
        (3, "my_folder is a path, a string, and yours is a int"),
    ):
        feedback = check(answer, "01.4")
        assert feedback.message.startswith("Not yet: ")
        assert message in feedback.message


@pytest.mark.models
def test_the_longest_pair_of_a_folder(tmp_path):
    mine = folder(tmp_path / "mine", query="how do I fix a car")  # six words, a token each
    corpus = '{"_id": "p0", "title": "Water", "text": "Fix it with water."}\n'  # six tokens
    for i, text in enumerate(("water", "rain", "sun", "warm rain"), start=1):
        corpus += f'{{"_id": "p{i}", "text": "{text}"}}\n'
    (mine / "corpus.jsonl").write_text(corpus, encoding="utf-8")
    for answer, message in (
        ((mine, "q0", "p0", 15), "Right. The longest pair has 15 tokens and the model reads 512"),
        ((mine, "q0", "p0", 12), "The 3 special tokens count, too"),
        ((mine, "q0", "p0", 14), "The title is read, too"),
        ((mine, "q0", "p0", 512), "512 is where the model cuts"),
        ((mine, "q0", "p0", 99), "This pair does not have 99 tokens"),
        ((mine, "q0", "p4", 11), "It has 11 tokens, and another pair of the folder has more"),
        ((mine, "q0", "p0", 15.0), "my_tokens is a whole number, and yours is a float"),
        ((mine, "q9", "p0", 15), "'q9' is no query of the folder"),
        ((mine, "q0", "p9", 15), "'p9' is no passage of the folder"),
        ((mine, "q0"), "Give all four"),
    ):
        assert message in check(answer, "06.4").message
    words = " ".join(["water"] * 600)
    (mine / "corpus.jsonl").write_text(
        corpus.replace("Fix it with water.", words), encoding="utf-8"
    )
    assert "3 of 15 pairs are cut" in check((mine, "q0", "p0", 610), "06.4").message
    (mine / "qrels" / "test.tsv").unlink()  # nothing has to be judged yet
    assert "3 of 15 pairs are cut" in check((mine, "q0", "p0", 610), "06.4").message


@pytest.mark.models
def test_the_word_that_a_result_rests_on(tmp_path):
    mine = folder(tmp_path / "mine", query="how do I mend a tyre")
    text = '{"_id": "p0", "text": "Mend a flat tyre with glue."}\n{"_id": "p1", "text": "glue"}\n'
    text += '{"_id": "p2", "text": "Rain is warm."}\n'
    (mine / "corpus.jsonl").write_text(text, encoding="utf-8")
    words = ["Mend", "a", "flat", "tyre", "with", "glue."]
    answers = {word: check((mine, "q0", "p0", word), "02.4") for word in words}
    solved = [word for word, said in answers.items() if said.solved]
    assert len(solved) == 1
    assert answers[solved[0]].message.startswith(f"Right. Without {solved[0]!r} the score falls")
    assert "One other word of this passage lowers it more." in " ".join(map(str, answers.values()))
    for answer, message in (
        ((mine, "q9", "p0", "glue."), "'q9' is no query of the folder"),
        ((mine, "q0", "p9", "glue."), "'p9' is no passage of the folder"),
        ((mine, "q0", "p0", "glue"), "copy it as it stands there"),
        ((mine, "q0", "p1", "glue"), "The passage has one word"),
        ((mine, "q0", "p2", "warm."), "Here no single word matters"),
        ((mine, "q0"), "Give all four"),
        ((tmp_path / "nowhere", "q0", "p0", "glue"), "There is no "),
    ):
        feedback = check(answer, "02.4")
        assert feedback.message.startswith("Not yet: ")
        assert message in feedback.message


@pytest.mark.models
def test_a_price_of_the_learners_own_text(tmp_path):
    mine = folder(tmp_path / "mine", n_passages=4)
    timing = Timing((0.4, 0.6, 0.4, 0.4, 0.4, 0.4, 0.2), 2)
    said = check((mine, timing), "03.4")
    assert said.message.startswith("Right. One of your 4 passages takes 100 ms (")
    assert "rounds from 50.0 ms to 150 ms). So 1 such passages fit into 100 ms" in said.message
    for answer, message in (
        (mine, "Give both"),
        ((mine, 0.4), "my_timing is what `measure` returns, and yours is a float"),
        ((mine, Timing((0.4, 0.5), 2)), "2 rounds say too little"),
        ((tmp_path / "nowhere", timing), "There is no "),
    ):
        feedback = check(answer, "03.4")
        assert feedback.message.startswith("Not yet: ")
        assert message in feedback.message


def run_file(path: Path, *rows: tuple[str, str]) -> Path:
    lines = (f"{query} Q0 {document} 1 1.0 mine\n" for query, document in rows)
    path.write_text("".join(lines), encoding="utf-8")
    return path


def test_a_run_of_the_learner(tmp_path):
    mine = folder(tmp_path / "mine")
    run = run_file(tmp_path / "run.trec", ("q0", "p0"), ("q1", "p0"))
    said = check((mine, run), "04.4")
    assert said.solved
    assert said.message.startswith("Right. nDCG@10 0.6667, 95 % interval 0.0000 to 1.0000, over 3 ")
    assert "1 are missing in the run and count 0" in said.message
    assert "That is fewer than 10" in said.message
    many = folder(tmp_path / "many", n_queries=12)
    whole = run_file(tmp_path / "whole.trec", *((f"q{i}", "p0") for i in range(12)))
    said = check((many, str(whole)), "04.4", solution=True)
    assert said.message == (
        "The solution passes. nDCG@10 1.0000, 95 % interval 1.0000 to 1.0000, over 12 judged "
        "queries."
    )


def test_what_a_run_lacks_is_said(tmp_path):
    mine = folder(tmp_path / "mine")
    good = run_file(tmp_path / "good.trec", ("q0", "p0"))
    for answer, message in (
        (mine, "Give both"),
        ((good, mine), "is a file: give the folder"),
        ((mine, mine), "is a folder: give the file"),
        ((mine, tmp_path / "nowhere.trec"), "There is no "),
        ((mine, mine / "queries.jsonl"), "a run has six columns"),
        ((mine, run_file(tmp_path / "a", ("x", "p0"))), "compare the query ids"),
        ((mine, run_file(tmp_path / "b", ("q0", "x"))), "compare the document ids"),
        ((mine, run_file(tmp_path / "c", ("q0", "p1"))), "in any top ten"),
    ):
        feedback = check(answer, "04.4")
        assert feedback.message.startswith("Not yet: ")
        assert message in feedback.message


@pytest.mark.models
def test_a_student_of_the_learner(tmp_path, tiny_model):
    mine, student, collapsed = (tmp_path / name for name in ("mine", "student", "collapsed"))
    folder(mine)
    for path, scale in ((student, 1000), (collapsed, 0)):
        model = load_cross_encoder(str(tiny_model), device="cpu")
        model.model.classifier.weight.data.mul_(scale)
        model.save_pretrained(str(path))
    said = check((mine, student), "11.4")
    assert said.message.startswith("Right. nDCG@10 of your student ")
    assert "of xenc-distil-L3" in said.message and "fewer than 10" in said.message
    for answer, message in (
        (mine, "Give both"),
        ((mine, tmp_path / "nowhere"), "There is no "),
        ((mine, mine), "holds no model: give the folder that --out named"),
        ((tmp_path / "nowhere", student), "There is no "),
        ((mine, str(collapsed)), "its training has collapsed"),
    ):
        feedback = check(answer, "11.4")
        assert feedback.message.startswith("Not yet: ")
        assert message in feedback.message


@pytest.mark.models
def test_a_cut_for_a_search_of_ones_own(tmp_path):
    folder = make_folder(tmp_path)
    right = check((folder, -100.0), "07.4")
    assert right.message.startswith("Right. Your cut shows ")
    assert "precision" in right.message
    assert "fewer than 30 results" in right.message
    for wrong, message in (
        (100.0, "shows no result: the highest first score is"),
        (math.inf, "This cut shows nothing"),
        ("6", "one number, a logit"),
        (True, "one number, a logit"),
    ):
        feedback = check((folder, wrong), "07.4")
        assert not feedback.solved
        assert message in feedback.message
