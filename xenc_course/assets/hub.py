"""The model hub, which is optional: whether it answers, what its cache holds, one download."""

from __future__ import annotations

from pathlib import Path

from .wheels import AssetError

# Read from the hub: weights as safetensors, configuration, vocabulary. No pickle, no code.
HUB_FILES = ["*.json", "*.txt", "*.model", "*.safetensors"]
HUB_SKIPS = ["onnx/*", "openvino/*"]


def hub_reachable() -> bool:
    """Whether the model hub answers within three seconds.

    With `HF_HUB_OFFLINE=1` in the environment the hub is not asked, and the answer is no.
    """
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


def hub_cache(hub_id: str, revision: str | None) -> Path | None:
    """The folder of a model in the hub's cache.

    Args:
        hub_id: owner/name.
        revision: a commit of the model's repository; None means the newest that the cache knows.

    Returns:
        The folder, or None when the cache holds no configuration or no safetensors file of it.
    """
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    if "/" not in hub_id:
        return None
    try:
        found = try_to_load_from_cache(hub_id, "config.json", revision=revision)
    except HFValidationError:  # a path that leads nowhere, such as ./student
        return None
    if not isinstance(found, str):
        return None
    folder = Path(found).parent
    return folder if any(folder.glob("*.safetensors")) else None


def hub_download(name: str, hub_id: str, revision: str | None, at_hand: str) -> Path:
    """Fetch a model from the hub into the hub's cache.

    Args:
        name: what the caller asked for.
        hub_id: owner/name.
        revision: a commit of the model's repository; None means the newest.
        at_hand: the models that need no network, for the message.

    Returns:
        The model's folder.

    Raises:
        FileNotFoundError: the hub cannot be reached, or has no such model.
        AssetError: the download broke off.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, RepositoryNotFoundError

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
        raise AssetError(
            f"The model {name} could not be fetched from the hub ({error}): check the connection "
            "and the free disk space, then try again."
        ) from error
    return Path(folder)
