"""What is configured in one place: where the project lives, and the links that follow from it."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

SITE_TOML = Path(__file__).with_name("site.toml")
_REPOSITORY = re.compile(r"https://[\w.-]+(/[\w.-]+){2,}")


@dataclass(frozen=True)
class Settings:
    """What `site.toml` holds.

    Attributes:
        repository: where the project lives on the web, or "" if nowhere yet.
        branch: of the repository.
        title: of the website and the book.
    """

    repository: str
    branch: str
    title: str

    def toml(self) -> str:
        """The settings as a TOML file holds them."""
        return "".join(f"{key} = {json.dumps(value)}\n" for key, value in asdict(self).items())

    def get_project(self) -> str:
        """Tell a reader how to get the project: a link to it, or whom to ask."""
        if self.repository:
            return f"First [get the project]({self.repository})."
        return (
            "These pages were made without a link to the project: "
            "ask whoever gave them to you for the project's folder."
        )

    def advice(self) -> str:
        """Tell the authors what readers will miss; nothing when all is set."""
        if self.repository:
            return ""
        return (
            "Warning: no page says where to get the project. "
            "Set `repository` in authoring/site/site.toml."
        )

    def file(self, path: str) -> str | None:
        """The address of a file or folder of the project; None without a repository.

        Args:
            path: from the project's root, such as "xenc_course/text/beir.py".
        """
        return f"{self.repository}/blob/{quote(self.branch)}/{path}" if self.repository else None

    def launchers(self, notebook: str) -> dict[str, str]:
        """The services that can run a notebook of the repository: name -> address.

        Both read from GitHub. Without a repository there, there are none.

        Args:
            notebook: its path from the project's root.
        """
        if urlsplit(self.repository).netloc != "github.com":
            return {}
        project = urlsplit(self.repository).path.strip("/")
        branch = quote(self.branch, safe="")
        return {
            "Binder": f"https://mybinder.org/v2/gh/{project}/{branch}"
            f"?labpath={quote(notebook, safe='')}",
            "Colab": f"https://colab.research.google.com/github/{project}/blob/{branch}/{notebook}",
        }


def load_settings(path: Path = SITE_TOML) -> Settings:
    """Read the settings.

    Args:
        path: of the TOML file.

    Raises:
        ValueError: the file is no TOML, a setting is missing or unknown or empty, or the repository
            is not the address of one.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path} is no TOML: {error}.") from error
    wanted = set(Settings.__dataclass_fields__)
    if set(found) != wanted or not all(isinstance(value, str) for value in found.values()):
        raise ValueError(f"{path} must set {', '.join(sorted(wanted))}, each to a text.")
    if not (found["branch"] and found["title"]):
        raise ValueError(f"{path}: branch and title must not be empty.")
    repository = found["repository"].rstrip("/").removesuffix(".git")
    if repository and not _REPOSITORY.fullmatch(repository):
        raise ValueError(
            f"{path}: repository must be empty, or an address such as https://HOST/OWNER/NAME."
        )
    return Settings(repository, found["branch"], found["title"])
