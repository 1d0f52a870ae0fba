"""Train a cross-encoder further on judgements, and measure it on queries that it never saw."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xenc_course.evaluation.run_comparison import RunComparison, compare_runs
from xenc_course.models.fingerprint import folder_fingerprint
from xenc_course.models.loading import load_cross_encoder, model_folder, transformer
from xenc_course.progress import Progress
from xenc_course.retrieval.rerank import reranked
from xenc_course.text.collection import Collection

from .group_batches import Group
from .job import training_job, write_model
from .loop import train
from .losses import check_model, check_options
from .negatives import mine_negatives
from .query_split import Split, split_queries

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


@dataclass(frozen=True, repr=False)
class Finetuned:
    """A model that has been trained further.

    Attributes:
        folder: where it lies.
        comparison: nDCG@10 of what was written and of the model before, on the queries to measure
            on.
        split: of the queries.
        epoch: whose weights were written, from 1; 0 for those from before the training.
        epochs: how many there were.
    """

    folder: Path
    comparison: RunComparison
    split: Split
    epoch: int
    epochs: int

    def __str__(self) -> str:
        """The table, which weights were written, the split and the folder."""
        dev = f"the {len(self.split.dev.queries):,} queries to choose by"
        if self.epoch:
            which = (
                f"These are the weights after epoch {self.epoch} of {self.epochs}: best on {dev}."
            )
        else:
            which = f"No epoch raised nDCG@10 on {dev}, so the weights are unchanged."
        return f"{self.comparison}\n\n{which}\n{self.split}\nThe model is in {self.folder}."

    __repr__ = __str__


def judged_groups(collection: Collection, negatives: int = 4, seed: int = 0) -> list[Group]:
    """Make a group for each query with a relevant passage: one such passage and hard negatives.

    The relevant passage is one of the highest grade, labelled 1.0; negatives are labelled 0.0. Half
    of them come from BM25 and half from the bi-encoder; of an odd number BM25 gives one more. A
    passage with a grade above 0 is never a negative.

    Args:
        collection: its judgements decide.
        negatives: how many per query.
        seed: of the draws.

    Raises:
        ValueError: there are too few passages.
    """
    relevant = {
        query: [name for name, grade in collection.qrels.get(query, {}).items() if grade > 0]
        for query in collection.queries
    }
    answers = {
        query: max(names, key=lambda name: collection.qrels[query][name])
        for query, names in relevant.items()
        if names
    }
    asked = {query: collection.queries[query] for query in answers}
    passages = collection.passages()
    half = negatives // 2
    found = mine_negatives(
        asked,
        passages,
        answers,
        bm25=negatives - half,
        bi_encoder=half,
        random=0,
        relevant=relevant,
        seed=seed,
    )
    labels = (1.0, *[0.0] * negatives)
    return [
        Group(asked[query], tuple(passages[name] for name in (answer, *found[query])), labels)
        for query, answer in answers.items()
    ]


def finetune(
    model: str | Path,
    collection: Collection,
    out: str | Path,
    *,
    loss: str = "pairwise",
    epochs: int = 2,
    learning_rate: float = 1e-5,
    seed: int = 0,
    progress: Progress = True,
    tell: Callable[[str], object] | None = None,
) -> Finetuned:
    """Train on 60 % of a collection's queries, write the model, compare it on 20 % it never saw.

    After every epoch the model is measured on the other 20 %. The weights of the best epoch are
    written, or those from before the training if no epoch is better.

    Until it ends, what is done lies in `<out>.job`, and the same call goes on from there. On the
    same machine it then gives the same bytes.

    Args:
        model: a cross-encoder by name, hub id or folder.
        collection: its judgements are trained on.
        out: the new folder.
        loss: see `train`.
        epochs: how often each group is trained on.
        learning_rate: see `train`.
        seed: of all draws.
        progress: whether to show a bar on stderr.
        tell: called with a sentence on the split, before the training starts.

    Returns:
        nDCG@10 of what was written, compared with the model before the training.

    Raises:
        ValueError: the folder exists, another run is at work on it, or the job is of another call;
            and what `split_queries`, `judged_groups` and `train` raise.
        FloatingPointError: the training diverged; nothing of it is kept.
        OSError: nothing can be written beside `out`, or the disk is full; the job can go on
            afterwards.
    """
    out, model = Path(out), str(model)
    check_options(loss, learning_rate, epochs=epochs)
    split = split_queries(collection, seed)
    plan = {
        "model": folder_fingerprint(model_folder(model)),
        "collection": _content(collection),
        "loss": loss,
        "epochs": epochs,
        "learning rate": learning_rate,
        "seed": seed,
    }
    with training_job(out, plan) as job:
        if tell is not None:
            tell(str(split))
        student = load_cross_encoder(model)
        check_model(student, None)
        groups = judged_groups(split.train, seed=seed)
        before = reranked(student, split.test)
        best = (_quality(student, split.dev), 0, _weights(student))
        for epoch in range(1, epochs + 1):
            try:
                train(
                    student,
                    groups,
                    loss=loss,
                    learning_rate=learning_rate,
                    freeze_embeddings=True,
                    seed=seed + epoch,
                    checkpoint=job / f"epoch-{epoch}.safetensors",
                    progress=progress,
                )
                quality = _quality_after(student, split.dev)
            except FloatingPointError as error:
                for path in job.glob(
                    "epoch-*"
                ):  # another rate is another job: nothing goes on here
                    path.unlink()
                raise FloatingPointError(
                    f"The training diverged in epoch {epoch}, with the learning rate "
                    f"{learning_rate:g}: choose a lower one."
                ) from error
            best = max(best, (quality, epoch, _weights(student)), key=lambda entry: entry[0])
        _, epoch, weights = best
        transformer(student).load_state_dict(weights)
        after = reranked(student, split.test)
        name = f"after epoch {epoch}" if epoch else "not trained"
        comparison = compare_runs({name: after}, {"before": before}, split.test)
        write_model(
            out, lambda folder: student.save_pretrained(str(folder), create_model_card=False)
        )
    return Finetuned(out, comparison, split, epoch, epochs)


def _content(collection: Collection) -> str:
    """SHA-256 over all of a collection that training and measuring use."""
    parts = (collection.documents, collection.titles, collection.queries)
    digest = hashlib.sha256()
    for part in (*parts, collection.qrels, collection.tags):
        digest.update(repr(list(part.items())).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _quality(model: CrossEncoder, collection: Collection) -> float:
    from xenc_course.evaluation.metrics import evaluate

    return evaluate(reranked(model, collection), collection, "nDCG@10")["nDCG@10"].mean


def _quality_after(model: CrossEncoder, collection: Collection) -> float:
    try:
        return _quality(model, collection)
    except ValueError as error:  # the same could be scored before: the new weights are refused
        raise FloatingPointError(str(error)) from error


def _weights(model: CrossEncoder) -> Mapping[str, object]:
    return {name: tensor.clone() for name, tensor in transformer(model).state_dict().items()}
