"""Groups of passages to train on, and how they become batches of tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xenc_course.files import shown

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

SORTED_TOGETHER = 32  # batches whose groups are sorted by length, so that little is padding


@dataclass(frozen=True)
class Group:
    """A query with passages and their labels.

    Attributes:
        query: its text.
        passages: their texts. The first one answers the query: losses that compare passages need
            that.
        labels: one per passage: a teacher's logits, or 1 and 0.
    """

    query: str
    passages: tuple[str, ...]
    labels: tuple[float, ...]


def check_groups(groups: Sequence[Group], least: int) -> None:
    """Refuse groups that cannot be trained on together.

    Args:
        groups: see `train`.
        least: how many passages a group must have at least.

    Raises:
        ValueError: there are none, they are of unequal size or too small, or a label is missing.
    """
    if not groups:
        raise ValueError("There are no groups to train on: give at least one.")
    for number, group in enumerate(groups):
        if len(group.passages) != len(group.labels):
            raise ValueError(
                f"Group {number} has {len(group.passages)} passages and another "
                f"number of labels ({len(group.labels)}): give one label per passage."
            )
    sizes = {len(group.passages) for group in groups}
    if len(sizes) > 1 or min(sizes) < least:
        raise ValueError(
            f"All groups need the same number of passages, {least} or more for this loss: these "
            f"have {', '.join(map(str, sorted(sizes)))}."
        )


def tokenised(student: CrossEncoder, groups: Sequence[Group]) -> list[list[list[int]]]:
    """The token ids of every pair, by group; the end of a passage that is too long is cut off.

    Raises:
        ValueError: a query leaves no room for a passage.
    """
    limit = int(student.max_seq_length or student.tokenizer.model_max_length)
    asked = list(dict.fromkeys(group.query for group in groups))
    lengths = map(len, student.tokenizer(asked)["input_ids"])  # with [CLS] and [SEP]
    for query, length in zip(asked, lengths, strict=True):
        if length + 1 >= limit:  # the passage brings another [SEP]
            raise ValueError(
                f"The query {shown(query)} has {length} tokens and leaves no room for a passage in "
                f"the {limit} that the model reads: shorten it."
            )
    queries = [group.query for group in groups for _ in group.passages]
    passages = [passage for group in groups for passage in group.passages]
    ids = student.tokenizer(queries, passages, truncation="only_second", max_length=limit)[
        "input_ids"
    ]
    pairs = iter(ids)
    return [[next(pairs) for _ in group.passages] for group in groups]


def shuffled_batches(
    tokens: Sequence[Sequence[Sequence[int]]], size: int, seed: int, epoch: int
) -> list[np.ndarray]:
    """The groups of every batch of an epoch: shuffled, and sorted by length within a window."""
    draw = np.random.default_rng([seed, epoch])
    order = draw.permutation(len(tokens))
    longest = np.array([max(map(len, group)) for group in tokens])
    batches: list[np.ndarray] = []
    for start in range(0, len(order), window := size * SORTED_TOGETHER):
        part = order[start : start + window]
        part = part[np.argsort(longest[part], kind="stable")]
        batches += [part[i : i + size] for i in range(0, len(part), size)]
    return [batches[place] for place in draw.permutation(len(batches))]


def padded(student: CrossEncoder, groups: Sequence[Sequence[Sequence[int]]]) -> dict:
    """Tensors of the pairs of some groups; segment 1 begins behind the first separator."""
    import torch

    pairs = [ids for group in groups for ids in group]
    tokenizer = student.tokenizer
    longest = max(map(len, pairs))
    shape = (len(pairs), longest)
    features = {
        name: torch.zeros(shape, dtype=torch.long)
        for name in ("input_ids", "token_type_ids", "attention_mask")
    }
    features["input_ids"] += tokenizer.pad_token_id
    for row, ids in enumerate(pairs):
        features["input_ids"][row, : len(ids)] = torch.tensor(ids)
        features["attention_mask"][row, : len(ids)] = 1
        features["token_type_ids"][row, ids.index(tokenizer.sep_token_id) + 1 : len(ids)] = 1
    return {name: tensor.to(student.device) for name, tensor in features.items()}
