"""How a cross-encoder reads a pair: how many tokens, and as which tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xenc_course.display.arguments import at_least

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder
    from tokenizers import Tokenizer
    from transformers import PreTrainedModel

UNLIMITED = 2**31 - 1  # of a model that states no limit, such as T5
# Its tokens show whether two tokenizers agree: capitals, accents, signs, several scripts.
SAMPLE = ("Où est Köln? 北京 x1", "It's A Town\n(of 1,000,000) in the NORTH-west; naïve straße!")


def refuse_other_reading(model: CrossEncoder, tokenizer: Tokenizer, called: str) -> None:
    """See that a tokenizer reads a pair as `CrossEncoder.predict` does.

    Raises:
        ValueError: the model has a prompt or a chat template, or a tokenizer that is set up
            otherwise in memory than in its file.
    """
    prompt = model.prompts.get(model.default_prompt_name) if model.default_prompt_name else None
    theirs = model.preprocess([SAMPLE], prompt=prompt)["input_ids"][0].tolist()
    reader = type(tokenizer).from_str(tokenizer.to_str())
    reader.no_truncation()
    reader.no_padding()
    limit = int(model.max_seq_length or len(theirs))
    if len(theirs) < limit and reader.encode(*SAMPLE).ids != theirs:
        raise ValueError(
            f"The model {called} reads a pair in a way of its own (a prompt, a chat template, or a "
            "tokenizer that differs from its file): score it with its own `predict`."
        )


def chosen_limit(max_length: int | None, own: int, most: int) -> int:
    """How many tokens of a pair are read.

    Args:
        max_length: what a caller wants; None means the model's own limit.
        own: how many `predict` reads.
        most: how many the model could read.

    Raises:
        TypeError: that is no whole number.
        ValueError: the caller wants more than that, or fewer than 1.
    """
    if max_length is None:
        return own
    chosen = at_least("max_length", max_length, 1)
    if chosen > most:
        raise ValueError(
            f"max_length is {chosen:,} and the model reads at most {most:,} tokens: choose a "
            "smaller number."
        )
    return chosen


def positions(inner: PreTrainedModel) -> int | None:
    """For how many tokens a transformer has a position; None where it has no table of them.

    BERT has a table. ModernBERT and DeBERTa compute with distances, and their limit is a choice.
    """
    from torch.nn import Embedding

    for module in inner.modules():
        places = getattr(module, "position_embeddings", None)
        if isinstance(places, Embedding):
            first = getattr(module, "padding_idx", None)  # RoBERTa counts from behind it
            return places.num_embeddings - (first + 1 if isinstance(first, int) else 0)
    return None
