"""Numbers of lessons in prose become links: "lessons 04 and 05" leads to both, and so does "(04)".

In brackets a number stands alone, as in the glossary.
"""

from __future__ import annotations

import re

from docutils import nodes

# After "lesson" one number follows: "lesson 01, 20 minutes" names one.
_NAMED = re.compile(
    r"\blesson\s\d\d\b|\blessons\s\d\d\b(?:(?:,| and| to)\s\d\d\b)*"
    r"|\(\d\d(?:, \d\d)*\)",
    re.I,
)
_NUMBER = re.compile(r"\d\d")
_NOT_PROSE = (nodes.title, nodes.reference, nodes.literal, nodes.FixedTextElement, nodes.raw)


def link_numbers(tree: nodes.document, places: dict[str, str]) -> None:
    """Let the numbers of lessons lead to them, but not in headings, links and code.

    Args:
        tree: a page, which is changed.
        places: number -> address. A number that is missing stays text.
    """
    for text in list(tree.findall(nodes.Text)):
        if not _in_prose(text):
            continue
        parts = _parts(str(text), places)
        if len(parts) > 1:
            text.parent.replace(text, parts)


def _in_prose(node: nodes.Node) -> bool:
    parent = node.parent
    while parent is not None and not isinstance(parent, _NOT_PROSE):
        parent = parent.parent
    return parent is None


def _parts(text: str, places: dict[str, str]) -> list[nodes.Node]:
    parts: list[nodes.Node] = []
    end = 0
    for named in _NAMED.finditer(text):
        for number in _NUMBER.finditer(text, *named.span()):
            if place := places.get(number[0]):
                parts.append(nodes.Text(text[end : number.start()]))
                parts.append(nodes.reference("", number[0], refuri=place, internal=True))
                end = number.end()
    return [*parts, nodes.Text(text[end:])]
