"""Every colour of a picture reads on a white page and on the dark page of JupyterLab."""

import itertools

import numpy as np
import pytest

from xenc_course.display.tones import (
    AGAINST,
    COLOURS,
    FOR,
    MID_GREY,
    OPEN,
    PAGES,
    contrast,
    ink_on,
)

# Severe colour blindness on linear RGB: Machado, Oliveira and Fernandes (2009), table 1.
SIGHTS = {
    "full": np.eye(3),
    "protanopia": np.array(
        [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]
    ),
    "deuteranopia": np.array(
        [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]
    ),
    "tritanopia": np.array(
        [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]]
    ),
}
LMS = np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]])
OKLAB = np.array([[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]])


def test_contrast_is_the_ratio_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    with pytest.raises(ValueError, match="not 'blue'"):
        contrast("blue", "#ffffff")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("colour", [*COLOURS, FOR, AGAINST, OPEN])
def test_every_line_reads_on_both_pages(colour, page):
    assert contrast(colour, page) >= 3


@pytest.mark.parametrize("page", PAGES)
def test_text_reads_on_both_pages(page):
    assert contrast(MID_GREY, page) >= 4


def test_ink_is_black_or_white():
    assert (ink_on("#ffffff"), ink_on("#0b3a6b")) == ("#000000", "#ffffff")


@pytest.mark.parametrize("sight", SIGHTS)
def test_no_two_series_look_alike_to_any_eye(sight):
    """In Oklab, where 0.02 is a difference that is just seen side by side."""

    def seen(colour):
        shares = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
        return OKLAB @ np.cbrt(LMS @ np.clip(SIGHTS[sight] @ linear, 0, 1))

    for one, other in itertools.combinations(COLOURS, 2):
        assert np.linalg.norm(seen(one) - seen(other)) > 0.1
