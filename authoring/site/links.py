"""Links between files of the project that become links between pages."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import NamedTuple

import nbformat

from ..cells import is_markdown
from .settings import Settings

# What may hold something like a link and is none comes first: fenced code; after the link, code.
_LINK = re.compile(
    r"^```.*?^```|(?<!!)\[(?P<text>(?:[^\[\]`]|`[^`]*`)+)\]\((?P<target>[^)\s]+)\)|`[^`]+`",
    re.MULTILINE | re.DOTALL,
)
_SECTION = re.compile(r'\[(\d\d)\]\(([^)#]+\.ipynb)\), "([^"]+)"')
_HEADING = re.compile(r"^##+ ((?:\d+\. )?)(.+)$", re.MULTILINE)
_ELSEWHERE = re.compile(r"[a-z][a-z+.-]*:|#", re.IGNORECASE)


class Page(NamedTuple):
    """A file of the project that is a page of the website.

    Attributes:
        place: its path on the website.
        title: of the page.
    """

    place: str
    title: str


def page_links(markdown: str, page: str, pages: dict[str, Page], settings: Settings) -> str:
    """Rewrite the links of a page that lead to files of the project.

    A link to a file that is a page leads to that page, and says its title where it said the file's
    name. A link to another file leads to the repository; without one only its text stays, and no
    link leads nowhere. Pictures stay.

    Args:
        markdown: the text.
        page: the path of the file in the project, such as "docs/questions.md".
        pages: the files that are pages, by their paths in the project.
        settings: of the website.

    Returns:
        The text with its links rewritten; code stays as it is.
    """
    here = posixpath.dirname(pages[page].place)

    def led(match: re.Match[str]) -> str:
        text, target = match["text"], match["target"]
        if target is None or _ELSEWHERE.match(target):
            return match.group()
        path, mark, place = target.partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
        if path in pages:
            if text.strip("`") in (target, path, posixpath.basename(path)):
                text = pages[path].title
            return f"[{text}]({posixpath.relpath(pages[path].place, here)}{mark}{place})"
        address = settings.file(path)
        return f"[{text}]({address}{mark}{place})" if address else text

    return _LINK.sub(led, markdown)


def with_places(markdown: str, path: Path) -> str:
    """Let a link to a lesson lead to the section that is named after it, as in `[04](…), "How?"`.

    Args:
        markdown: the text.
        path: of the file that holds it: its links lead from there.

    Returns:
        The text, in which such a link holds the section's name and its place.

    Raises:
        ValueError: the lesson has no such section.
    """

    def led(match: re.Match[str]) -> str:
        number, target, title = match.groups()
        lesson = nbformat.read(path.parent / target, as_version=4)
        prose = "\n".join(cell.source for cell in lesson.cells if is_markdown(cell))
        for found in _HEADING.finditer(prose):
            if found[2].strip() == title:
                place = re.sub(r"[^\w\- ]", "", found[1] + title).lower().replace(" ", "-")
                return f"[{number}, {title}]({target}#{place})"
        raise ValueError(f"{path.name} names a section that {target} does not have: {title}.")

    return _SECTION.sub(led, markdown)
