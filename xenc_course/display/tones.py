"""Colours that read on a white page and on the dark page of JupyterLab (#111111).

A picture is drawn once and shown on both, so that its colours must have a middle luminance: at
least 3 to 1 on either page, by the definition of the Web Content Accessibility Guidelines (WCAG
2.2, contrast ratio). No colour has 4.5 to 1 on both: the grey of the text has 4.3 to 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.colors import Colormap

PAGES = ("#ffffff", "#111111")  # the grounds of a cell's output in the light and the dark theme
MID_GREY = "#797979"  # text, axes and outlines
# The six of middle luminance that lie furthest apart (in Oklab), for full colour vision and for the
# three kinds of colour blindness as Machado et al. (2009) simulate them.
COLOURS = ("#0077aa", "#dd7722", "#8811ff", "#cc0000", "#aa77ee", "#885566")
ACCENT = COLOURS[0]
# The lines beside findings: the blue and the vermilion of Okabe and Ito (2008), and a
# grey. Each state has a stroke of its own as well.
FOR, AGAINST, OPEN = "#0072b2", "#d55e00", "#888888"
HEAT_START = 0.25  # of the colour map: its lighter part glares on a dark page


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two colours such as "#0077aa": from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_on(ground: str) -> str:
    """Black or white, whichever reads better on a ground."""
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, ground))


def heat_colours() -> Colormap:
    """Blues from light to dark, without the lightest."""
    import matplotlib
    import numpy as np
    from matplotlib.colors import ListedColormap

    return ListedColormap(matplotlib.colormaps["Blues"](np.linspace(HEAT_START, 1, 256)))


def _luminance(colour: str) -> float:
    if len(colour) != 7 or colour[0] != "#":
        raise ValueError(f"A colour is written like '#0077aa', not {colour!r}.")
    shares = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
