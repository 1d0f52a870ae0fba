"""The home page: the README, with what a reader of a website needs besides."""

from __future__ import annotations

import re

from .settings import Settings

COMMANDS = "## Two commands\n"
READ = (
    "**Read here**, without installing anything: begin with "
    "[lesson 01](notebooks/01_basics.ipynb), or choose a [route](#where-to-begin)."
)
_PICTURE = re.compile(r"^!\[([^\]]*)\]\(([^)]+)\)$", re.MULTILINE)


def home(readme: str, settings: Settings) -> str:
    """Turn the README into the home page.

    A picture becomes as wide as the page and leads to itself in full size. Before the commands
    stands where to read, and beside them how to get the project in which they are typed.

    Args:
        readme: its text.
        settings: of the website.
    """
    wide = r"```{image} \2\n:alt: \1\n:width: 100%\n:class: card-picture\n```"
    page = _PICTURE.sub(wide, readme)
    return page.replace(COMMANDS, f"{READ}\n\n{COMMANDS}\n{settings.get_project()}\n")
