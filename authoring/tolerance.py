"""Two outputs of a lesson compared: floats within a tolerance, all else exactly."""

from __future__ import annotations

import re
from decimal import Decimal

RELATIVE_TOLERANCE = Decimal("1e-3")
ABSOLUTE_TOLERANCE = Decimal("1e-4")

# A float has a point or a signed exponent and stands alone: not 12, 10,033, 6.2.0 or v1.5.
FLOAT = re.compile(
    r"(?<![\w.])([-+\u2212]?(?:\d{1,3}(?:,\d{3})+\.\d+|\d+\.\d+|\d+(?=[eE][-+]))"
    r"(?:[eE][-+]?\d+)?)(?!\w|\.\d)"
)
EMBEDDED_FILE = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,[A-Za-z0-9+/=]+")
RULE = re.compile(r"([-─═=_])\1{2,}")


def same_output(reference: str, computed: str) -> bool:
    """Whether two outputs agree: floats within a tolerance, all else exactly.

    Two floats agree if they differ by at most 1e-3 of the larger, or by at most 1e-4. Integers,
    versions, dates and words must be the same, in the same order. Column padding, the length of
    ruled lines and the bytes of embedded images do not count: an image is compared by its alt text.

    Args:
        reference: the stored output.
        computed: the new output.
    """
    text, floats = _text_and_floats(reference)
    other_text, other_floats = _text_and_floats(computed)
    return text == other_text and all(map(_near, floats, other_floats))


def _text_and_floats(output: str) -> tuple[tuple[str, ...], tuple[Decimal, ...]]:
    """The pieces of text around the floats of an output, one more than there are floats."""
    output = EMBEDDED_FILE.sub("embedded-file", output)
    output = RULE.sub(r"\1\1\1", output)
    output = re.sub(r"[ \t]+", " ", output)
    output = re.sub(r" ?\n ?", "\n", output)
    pieces = FLOAT.split(output)
    # A float with one digit more has one space of padding less: spaces beside floats do not count.
    text = tuple(piece.strip(" ") for piece in pieces[::2])
    return text, tuple(_parse(piece) for piece in pieces[1::2])


def _parse(number: str) -> Decimal:
    return Decimal(number.replace("\u2212", "-").replace(",", ""))


def _near(a: Decimal, b: Decimal) -> bool:
    # Decimals, because as binary floats 0.0501 - 0.0500 is a little more than 0.0001.
    return abs(a - b) <= max(ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE * max(abs(a), abs(b)))


class TolerantText(str):
    """A string that equals every text for which `same_output` holds; nbval compares with it."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Whether the two are the same output."""
        return same_output(self, other) if isinstance(other, str) else NotImplemented

    def __ne__(self, other: object) -> bool:
        """The opposite of `==`; without this method, `!=` would be that of `str` and exact."""
        return not same_output(self, other) if isinstance(other, str) else NotImplemented

    def __hash__(self) -> int:
        """Hash the text around the floats, which is the same for equal outputs."""
        return hash(_text_and_floats(self)[0])
