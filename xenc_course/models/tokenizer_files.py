"""The files of a model that are no weights: its tokenizer and its settings, whole and fitting."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xenc_course.files import shown

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# Any of these holds a vocabulary; the endings are those of SentencePiece's files.
VOCABULARIES = ("tokenizer.json", "vocab.txt", "*.model", "*.spm")
SETTINGS = ("tokenizer_config.json", "special_tokens_map.json", "sentence_bert_config.json")
# Numbers that are 1 or more where a file states them.
NUMBERS = (
    "model_max_length",
    "vocab_size",
    "hidden_size",
    "num_attention_heads",
    "max_position_embeddings",
)
LFS_POINTER = b"version https://git-lfs"


def check_tokenizer_files(folder: Path, called: str) -> None:
    """See that a folder holds a tokenizer, and that the model has a vector for every token.

    Raises:
        ValueError: there is no tokenizer, it is damaged, or it does not fit the model.
    """
    held = [path for pattern in VOCABULARIES for path in folder.glob(pattern)]
    merges = (folder / "vocab.json").is_file() and (folder / "merges.txt").is_file()
    if not held and not merges:
        raise ValueError(
            f"The folder of {called} holds no tokenizer (tokenizer.json or vocab.txt), and without "
            "it every word would be unknown: copy the tokenizer's files beside the weights."
        )
    for path in held:
        refuse_pointer(path)
        if path.stat().st_size == 0:
            raise ValueError(f"The file {path} is empty: fetch or copy it again.")
    for name in SETTINGS:
        if (folder / name).is_file():
            read_object(folder / name)
    path = folder / "tokenizer.json"
    if path.is_file():
        tokenizer = read_tokenizer(path)
        special = {token.content for token in tokenizer.get_added_tokens_decoder().values()}
        config = folder / "config.json"
        rows = read_object(config).get("vocab_size") if config.is_file() else None
        check_vocabulary(special, tokenizer.get_vocab(), rows, called)


def read_tokenizer(path: Path) -> Tokenizer:
    """Read a tokenizer.json.

    Raises:
        ValueError: it is damaged.
    """
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises Exception itself
        raise ValueError(
            f"The file {path} is no whole tokenizer ({str(error)[:60]}): fetch or copy it again."
        ) from error


def check_vocabulary(
    special: set[str], vocabulary: dict[str, int], rows: int | None, called: str
) -> None:
    """See that a vocabulary has words, and the model a vector for each of its tokens.

    Args:
        special: the tokens that are no words, such as "[CLS]".
        vocabulary: token -> its number.
        rows: for how many tokens the model has vectors; None where that is not known.
        called: the model's name in messages.

    Raises:
        ValueError: it is not so.
    """
    if not set(vocabulary) - special:
        raise ValueError(
            f"The tokenizer of {called} has no words in its vocabulary, so every word would be "
            "unknown: fetch or copy its files again."
        )
    highest = max(vocabulary.values())
    if rows is not None and highest >= rows:
        raise ValueError(
            f"The tokenizer of {called} has tokens up to number {highest:,} and the model has "
            f"vectors for {rows:,}: use the tokenizer that belongs to the model."
        )


def check_settings(path: Path) -> None:
    """See that the settings of a model or tokenizer that are read here are of their kind.

    Args:
        path: config.json or tokenizer_config.json; a setting may be missing or null.

    Raises:
        ValueError: one is of another kind, or the file is damaged.
    """
    found = {key: value for key, value in read_object(path).items() if value is not None}
    wanted = {
        "architectures": ("a list of names", _is_list_of_names),
        "model_type": ("a name", lambda value: isinstance(value, str)),
        "id2label": ("an object", lambda value: isinstance(value, dict)),
        **dict.fromkeys(NUMBERS, ("a number of 1 or more", _is_positive)),
    }
    for key, (kind, fits) in wanted.items():
        if key in found and not fits(found[key]):
            raise ValueError(
                f"The file {path} has {shown(found[key])} for {key}, which must be {kind}: "
                "fetch or copy it again."
            )


def _is_list_of_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_positive(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 1 <= value < float("inf")


def read_object(path: Path) -> dict[str, Any]:
    """Read a JSON file that holds an object.

    Raises:
        ValueError: it is missing or damaged.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"There is no file {path}: fetch or copy the model again.") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"The file {path} is no whole JSON file ({str(error)[:60]}): fetch or copy it again."
        ) from error
    if not isinstance(found, dict):
        raise ValueError(f"The file {path} holds no JSON object: fetch or copy it again.")
    return found


def refuse_pointer(path: Path) -> None:
    """Refuse the few lines that git-lfs leaves in place of a file it has not fetched.

    Raises:
        ValueError: the file holds such lines.
    """
    with path.open("rb") as file:
        if file.read(len(LFS_POINTER)) == LFS_POINTER:
            raise ValueError(
                f"The file {path} is a pointer of git-lfs and not the file itself: run "
                "`git lfs pull` there."
            )
