"""Links between files of the project that become links between pages."""

from __future__ import annotations

import posixpath
import re

from .settings import Settings

# What may hold something like a link and is none comes first: fenced code; after the link, code.
_LINK = re.compile(
    r"^```.*?^```|(?<!!)\[(?P<text>(?:[^\[\]`]|`[^`]*`)+)\]\((?P<target>[^)\s]+)\)|`[^`]+`",
    re.MULTILINE | re.DOTALL,
)
_ELSEWHERE = re.compile(r"[a-z][a-z+.-]*:|#", re.IGNORECASE)


def page_links(markdown: str, page: str, pages: dict[str, str], settings: Settings) -> str:
    """Rewrite the links of a page that lead to files of the project.

    A link to a file that is a page leads to that page. A link to another file leads to the
    repository; without one only its text stays, and no link leads nowhere. Pictures stay.

    Args:
        markdown: the text.
        page: the path of the file in the project, such as "docs/questions.md".
        pages: the files that are pages: path in the project -> path on the website.
        settings: of the website.

    Returns:
        The text with its links rewritten; code stays as it is.
    """
    here = posixpath.dirname(pages[page])

    def led(match: re.Match[str]) -> str:
        text, target = match["text"], match["target"]
        if target is None or _ELSEWHERE.match(target):
            return match.group()
        path, mark, place = target.partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
        if path in pages:
            return f"[{text}]({posixpath.relpath(pages[path], here)}{mark}{place})"
        address = settings.file(path)
        return f"[{text}]({address}{mark}{place})" if address else text

    return _LINK.sub(led, markdown)
