"""What is configured in one place: where the project lives, and the links that follow from it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

SITE_TOML = Path(__file__).with_name("site.toml")


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

    def file(self, path: str) -> str | None:
        """The address of a file or folder of the project; None without a repository.

        Args:
            path: from the project's root, such as "xenc_course/text/beir.py".
        """
        return f"{self.repository}/blob/{self.branch}/{path}" if self.repository else None

    def launchers(self, notebook: str) -> dict[str, str]:
        """The services that can run a notebook of the repository: name -> address.

        Both read from GitHub. Without a repository there, there are none.

        Args:
            notebook: its path from the project's root.
        """
        _, host, project = self.repository.partition("github.com/")
        if not host:
            return {}
        return {
            "Binder": f"https://mybinder.org/v2/gh/{project}/{quote(self.branch, safe='')}"
            f"?labpath={quote(notebook, safe='')}",
            "Colab": f"https://colab.research.google.com/github/{project}/blob/{self.branch}/"
            f"{notebook}",
        }


def load_settings(path: Path = SITE_TOML) -> Settings:
    """Read the settings.

    Args:
        path: of the TOML file.

    Raises:
        ValueError: a setting is missing or unknown, or the repository is not a web address.
    """
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    wanted = set(Settings.__dataclass_fields__)
    if set(found) != wanted or not all(isinstance(value, str) for value in found.values()):
        raise ValueError(f"{path} must set {', '.join(sorted(wanted))}, each to a text.")
    repository = found["repository"].rstrip("/")
    if repository and not repository.startswith(("https://", "http://")):
        raise ValueError(f"{path}: repository must be empty or begin with https://.")
    return Settings(repository, found["branch"], found["title"])
