"""What is known of a model's licence and language: read off the catalogue or its own card."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .loading import catalogue_model, model_folder

UNKNOWN = "unknown"


@dataclass(frozen=True)
class CardFacts:
    """Facts of a model that nobody may guess; each is "unknown" where nothing states it.

    Attributes:
        licence: as the card or the catalogue writes it, such as "Apache-2.0".
        language: an ISO 639-1 code such as "en", or several with commas.
    """

    licence: str = UNKNOWN
    language: str = UNKNOWN


def card_facts(name: str) -> CardFacts:
    """The facts of a model.

    Args:
        name: a name of the catalogue, a hub id or a folder, as `model_folder` takes it.

    Raises:
        FileNotFoundError: the model is nowhere to be had.
    """
    stated = _stated(model_folder(name) / "README.md")
    known = catalogue_model(name)
    if known is None:
        return stated
    return CardFacts(known.licence, known.language)


def _stated(card: Path) -> CardFacts:
    """What the metadata at the head of a card states."""
    from huggingface_hub import metadata_load

    data = (metadata_load(card) if card.is_file() else None) or {}
    language = data.get("language") or UNKNOWN
    return CardFacts(
        data.get("license") or UNKNOWN,
        language if isinstance(language, str) else ", ".join(language),
    )
