"""The model hub, which is optional: whether it answers, what its cache holds, one download."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .cache import AssetError
from .hub_snapshot import garbled_files, missing_files

# Read from the hub: weights as safetensors, configuration, vocabulary. No pickle, no code.
HUB_FILES = ["*.json", "*.txt", "*.model", "*.safetensors"]
HUB_SKIPS = ["onnx/*", "openvino/*"]
CONNECT = 5  # seconds for a connection: without a network nobody waits long
ANSWER = 60  # seconds for an answer: a slow hub is still a hub


def hub_reachable() -> bool:
    """Whether the model hub answers: a connection within 5 seconds, an answer within 60.

    With `HF_HUB_OFFLINE=1` in the environment the hub is not asked, and the answer is no.

    Raises:
        AssetError: `HF_ENDPOINT` is no address.
    """
    return not _why_unreachable()


def hub_cache(hub_id: str, revision: str | None) -> Path | None:
    """The folder of a model in the hub's cache.

    Args:
        hub_id: owner/name.
        revision: a commit of the model's repository; None means the newest that the cache knows, or
            the only one.

    Returns:
        The folder, or None when the cache holds no whole snapshot of it with safetensors weights.
    """
    folder = _snapshot(hub_id, revision)
    whole = folder is not None and not garbled_files(folder) and not missing_files(folder)
    return folder if whole else None


def hub_download(name: str, hub_id: str, revision: str | None, at_hand: str) -> Path:
    """Fetch a model from the hub into the hub's cache; only what is missing there is fetched.

    Args:
        name: what the caller asked for.
        hub_id: owner/name.
        revision: a commit of the model's repository; None means the newest.
        at_hand: the models that need no network, for the message.

    Returns:
        The model's folder.

    Raises:
        FileNotFoundError: the hub cannot be reached, or has no such model.
        AssetError: the download broke off, the hub gave something else than a model's files, the
            model is gated, or `HF_ENDPOINT` is no address.
    """
    from huggingface_hub import constants, errors, snapshot_download

    missing = f"The model {name} is no local folder, is not packaged and is not in the hub's cache"
    if "/" not in hub_id:
        raise FileNotFoundError(
            f"{missing}, and {name!r} is no hub id (owner/name); models at hand: {at_hand}."
        )
    if begun := _snapshot(hub_id, revision, whole=False):
        lacks = [*(path.name for path in garbled_files(begun)), *missing_files(begun)]
        missing += f", which lacks {lacks[0]} of it" if lacks else ""
    if why := _why_unreachable():
        raise FileNotFoundError(
            f"{missing}, and the model hub cannot be reached from here ({why}); models at hand: "
            f"{at_hand}."
        )
    hub = _shown(constants.ENDPOINT)
    try:
        if begun:
            _remove_garbled(begun)
        with _patience():
            folder = Path(
                snapshot_download(
                    hub_id, revision=revision, allow_patterns=HUB_FILES, ignore_patterns=HUB_SKIPS
                )
            )
    except errors.GatedRepoError as error:
        raise AssetError(
            f"The model {name} is gated on the hub at {hub}: ask its owners for access at "
            f"{hub}/{hub_id}, and log in with `hf auth login`."
        ) from error
    except (
        errors.RepositoryNotFoundError,
        errors.RevisionNotFoundError,
        errors.HFValidationError,
    ) as error:
        raise FileNotFoundError(
            f"{missing}, and the hub has no such model at {hub}; models at hand: {at_hand}."
        ) from error
    except Exception as error:  # the hub's client lets through what its own libraries raise
        raise AssetError(
            f"The model {name} could not be fetched from the hub at {hub} ({_cause(error)}): check "
            "the connection and the free disk space, then try again."
        ) from error
    if garbled := _remove_garbled(folder):
        raise AssetError(
            f"The model {name} could not be fetched from the hub at {hub}: what it gives as "
            f"{garbled}, so look whether a log-in page or a proxy answers in its place."
        )
    return folder


def _snapshot(hub_id: str, revision: str | None, *, whole: bool = True) -> Path | None:
    """The folder of a snapshot; a whole one has each file that the hub once listed for it."""
    from huggingface_hub import constants, errors, snapshot_download
    from huggingface_hub.file_download import repo_folder_name

    if "/" not in hub_id:
        return None
    try:
        return Path(
            snapshot_download(
                hub_id,
                revision=revision,
                allow_patterns=HUB_FILES,
                ignore_patterns=HUB_SKIPS,
                local_files_only=True,
            )
        )
    except errors.IncompleteSnapshotError as error:
        return None if whole else Path(error.snapshot_path)
    except errors.LocalEntryNotFoundError:
        pass
    except errors.HFValidationError:  # a path that leads nowhere, such as ./student
        return None
    except RuntimeError:  # the user has no home folder, and so the hub has no cache
        return None
    # A model that was fetched by its commit has no branch here that names the newest.
    repository = repo_folder_name(repo_id=hub_id, repo_type="model")
    snapshots = list(Path(constants.HF_HUB_CACHE, repository, "snapshots").glob("*"))
    alone = revision is None and len(snapshots) == 1
    return _snapshot(hub_id, snapshots[0].name, whole=whole) if alone else None


def _why_unreachable() -> str:
    """Why the hub cannot be asked: its address and a cause; "" when it answers."""
    from huggingface_hub import constants, errors, get_session

    if constants.HF_HUB_OFFLINE:
        return "HF_HUB_OFFLINE is set"
    hub = constants.ENDPOINT
    _check_address(hub)
    try:
        # No redirect is followed: one is an answer.
        get_session().head(hub, timeout=(CONNECT, ANSWER, ANSWER, ANSWER), follow_redirects=False)
    except (errors.HTTPError, OSError) as error:
        return f"{_shown(hub)}: {_cause(error)}"
    return ""


def _check_address(hub: str) -> None:
    """Raise AssetError for an address of the hub that cannot be one."""
    host = r"(\[[0-9a-fA-F:.]+\]|[\w.-]+)"
    if not re.fullmatch(rf"https?://([^\s@/]+@)?{host}(:\d+)?(/\S*)?", hub):
        raise AssetError(
            f"The address of the model hub is {_shown(hub)!r}: set HF_ENDPOINT to one with its "
            "scheme, such as https://huggingface.co, or unset it."
        )


def _shown(address: str) -> str:
    """An address for a message: without a password, at most 60 characters."""
    return re.sub(r"//[^/]*@", "//", address)[:60]


def _remove_garbled(folder: Path) -> str:
    """Remove files that hold something else than they should; say of the first what is wrong."""
    garbled = garbled_files(folder)
    for path in garbled:
        for place in (path.resolve(), path):  # the hub's cache keeps a link and a file elsewhere
            place.unlink(missing_ok=True)
    return next((f"{path.name} {wrong}" for path, wrong in garbled.items()), "")


@contextmanager
def _patience() -> Iterator[None]:
    """Wait longer for an answer than the hub's client does, unless the user has set a time."""
    from huggingface_hub import constants

    names = [n for n in ("HF_HUB_ETAG_TIMEOUT", "HF_HUB_DOWNLOAD_TIMEOUT") if n not in os.environ]
    before = {name: getattr(constants, name) for name in names}
    for name in names:
        setattr(constants, name, ANSWER)
    try:
        yield
    finally:
        for name, seconds in before.items():
            setattr(constants, name, seconds)


def _cause(error: BaseException) -> str:
    """The first line of what lies at the root of an error, at most 60 characters."""
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return "what answers there is no model hub"
    while error.__cause__ is not None:
        error = error.__cause__
    said = str(error).strip().splitlines() or [""]
    return said[0][:60] or type(error).__name__
