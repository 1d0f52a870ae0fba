"""The two figures of calibration say in words what they show."""

import numpy as np
import pytest

from xenc_course import reliability_plot, risk_coverage, risk_coverage_plot


def test_the_reliability_plot_says_what_its_highest_bin_shows():
    p = np.repeat([0.2, 0.9], 50)
    right = np.r_[np.arange(50) < 10, np.arange(50) < 30]
    figure = reliability_plot({"mine": p}, right, n_bins=2)
    assert "mine promises 0.9000 and 0.6000 happen" in str(figure)
    with pytest.raises(ValueError, match="between 0 and 1"):
        reliability_plot({"mine": p * 2}, right)


def test_the_risk_plot_says_the_risk_at_two_coverages():
    scores = np.arange(100.0)
    curve = risk_coverage(scores, scores >= 60, [f"q{i}" for i in range(100)])
    assert "all 0.0000 and 0.6000" in str(risk_coverage_plot({"all": curve}))
