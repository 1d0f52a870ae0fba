"""What may be trained on together, and in which batches."""

from __future__ import annotations

import pytest

from xenc_course import load_cross_encoder
from xenc_course.training.group_batches import Group, padded, shuffled_batches, tokenised


def test_a_query_that_leaves_no_room_for_a_passage_is_refused_in_one_sentence(tiny_model):
    model = load_cross_encoder(str(tiny_model), device="cpu", max_length=16)
    long = Group("a b c d e f g h i j k l m n o p", ("a",), (1.0,))
    with pytest.raises(ValueError, match=r"^The query 'a b c .* leaves no room for a passage in"):
        tokenised(model, [Group("a", ("b",), (1.0,)), long])


def test_segments_begin_behind_the_first_separator(tiny_model):
    model = load_cross_encoder(str(tiny_model), device="cpu")
    tokens = tokenised(model, [Group("a b", ("c", "c d e"), (1.0, 0.0))])
    features = padded(model, tokens)
    first = int((features["input_ids"][0] == model.tokenizer.sep_token_id).nonzero()[0])
    assert features["token_type_ids"][0, : first + 1].sum() == 0
    assert features["attention_mask"].sum(dim=1).tolist() == [len(ids) for ids in tokens[0]]


def test_every_group_stands_in_one_batch_of_an_epoch_and_seeds_repeat():
    tokens = [[[1] * length] for length in range(1, 20)]
    batches = shuffled_batches(tokens, 4, seed=1, epoch=0)
    assert sorted(place for batch in batches for place in batch) == list(range(19))
    again = shuffled_batches(tokens, 4, seed=1, epoch=0)
    assert [list(batch) for batch in batches] == [list(batch) for batch in again]
    other = shuffled_batches(tokens, 4, seed=1, epoch=1)
    assert [list(batch) for batch in batches] != [list(batch) for batch in other]
