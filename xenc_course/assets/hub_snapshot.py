"""Whether a snapshot in the hub's cache is whole: nothing missing, nothing cut, no log-in page.

An interrupted download leaves a folder from which a model loads without an error: with an empty
vocabulary, or with some of its weights.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

OBJECTS = (  # the JSON files of a model: each holds an object
    "config.json",
    "*/config.json",
    "*.index.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "sentence_bert_config.json",
    "config_sentence_transformers.json",
)
WEIGHTS = ("*.safetensors", "*/*.safetensors")
TEXTS = ("vocab.txt", "merges.txt")
VOCABULARIES = ("vocab.txt", "vocab.json", "*.model")
WITH_FILES = ("Pooling", "Dense")  # modules of a bi-encoder that have a folder of their own
PAGE = (b"<!doctype", b"<html", b"<?xml")


def garbled_files(folder: Path) -> dict[Path, str]:
    """Files of a snapshot that hold something else than they should.

    Args:
        folder: of a snapshot.

    Returns:
        A file -> what is wrong with it, a phrase that follows its name.
    """
    looks = [(_no_json(path, dict), path) for name in OBJECTS for path in folder.glob(name)]
    looks += [(_no_json(path, list), path) for path in folder.glob("modules.json")]
    looks += [(_no_text(path), path) for name in TEXTS for path in folder.glob(name)]
    looks += [(_no_weights(path), path) for name in WEIGHTS for path in folder.glob(name)]
    return {path: wrong for wrong, path in looks if wrong}


def missing_files(folder: Path) -> list[str]:
    """Names of files that a snapshot lacks although a model cannot do without them.

    Args:
        folder: of a snapshot, none of whose files is garbled.
    """
    return [name for name in _needed(folder) if not any(folder.glob(name))]


def _needed(folder: Path) -> Iterator[str]:
    yield "config.json"
    if not any(folder.glob("*.safetensors.index.json")):
        yield "*.safetensors"
    for index in folder.glob("*.safetensors.index.json"):
        yield from sorted(set(json.loads(index.read_bytes()).get("weight_map", {}).values()))
    if not (folder / "tokenizer.json").is_file():
        # A vocabulary alone does not say whether words are lowercased.
        yield "tokenizer_config.json"
        if not any(any(folder.glob(name)) for name in VOCABULARIES):
            yield "tokenizer.json"
    if (folder / "modules.json").is_file():
        for module in json.loads((folder / "modules.json").read_bytes()):
            if module["path"] and module["type"].endswith(WITH_FILES):
                yield f"{module['path']}/config.json"
    elif any(folder.glob("*_Pooling")):
        yield "modules.json"


def _no_json(path: Path, kind: type) -> str:
    try:
        found = json.loads(path.read_bytes())
    except (ValueError, RecursionError, FileNotFoundError):  # a link may lead nowhere
        return "is no JSON"
    return "" if isinstance(found, kind) else "is no JSON of a model"


def _no_text(path: Path) -> str:
    start = path.read_bytes()[:200].lstrip().lower() if path.is_file() else b""
    if not start:
        return "is empty"
    return "is a web page" if start.startswith(PAGE) else ""


def _no_weights(path: Path) -> str:
    """Compare the size of a safetensors file with what its header says."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np"):
            return ""
    except (SafetensorError, OSError):
        return "is no whole safetensors file"
