"""One drawing of every kind, and what can be read off a figure."""

import io

import numpy as np
from PIL import Image

from xenc_course.display.plots import bar_plot, heatmap, histogram, line_plot, scatter_plot

TEXTS = {
    "title": "Bigger is slower",
    "xlabel": "batch size (pairs)",
    "ylabel": "pairs per second",
    "alt": "Pairs per second fall from 25 at batch size 1 to 11 at 32.",
}
XY = ([1, 2, 4], [3.0, 2.0, 1.0])
DRAWINGS = {
    "line": lambda **texts: line_plot({"A": XY}, **texts),
    "bar": lambda **texts: bar_plot(["a", "b"], {"A": [1, 2]}, **texts),
    "scatter": lambda **texts: scatter_plot({"A": (1, 2)}, **texts),
    "heat": lambda **texts: heatmap([[1, 2]], ["r"], ["a", "b"], unit="logit", **texts),
    "histogram": lambda **texts: histogram({"A": [1, 2, 2]}, bins=3, **texts),
}


def pixels(figure):
    return np.asarray(Image.open(io.BytesIO(figure.png)).convert("RGBA"))


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()] if axes.get_legend() else []
