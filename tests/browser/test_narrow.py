"""A ranking as a web page on a telephone: its table fits, and is not scrolled sideways."""

from __future__ import annotations

from xenc_course import show_ranking

WIDTH = 390  # pixels of a telephone
WIDTHS = "() => { const d = document.querySelector('div'); return [d.scrollWidth, d.clientWidth]; }"


def test_a_ranking_fits_into_a_telephone(page):
    passages = ["word " * 60, "https://example.com/" + "a" * 200, "short"]
    ranking = show_ranking("How long is a passage?", passages, [3, 2, 1])
    page.set_viewport_size({"width": WIDTH, "height": 800})
    page.set_content(ranking._repr_html_())
    needed, there = page.evaluate(WIDTHS)
    assert needed <= there
