"""What the tests of figures share."""

import pytest

from xenc_course.display import plots


@pytest.fixture
def axes(monkeypatch):
    """The matplotlib axes of every figure drawn in the test, in order."""
    drawn = []
    plain_canvas = plots.canvas_and_axes

    def canvas(*args, **kwargs):
        pair = plain_canvas(*args, **kwargs)
        drawn.append(pair[1])
        return pair

    monkeypatch.setattr(plots, "canvas_and_axes", canvas)
    return drawn
