"""Slides in a real browser: they fit the screen, and are read at the back of the room."""

from __future__ import annotations

import pytest

pytest.importorskip("sphinx_revealjs", reason="`make slides` installs reveal.js")

from authoring.kit.slides import write_slides

pytestmark = [pytest.mark.slow, pytest.mark.checkout]

SIZE = {"width": 1280, "height": 720}
SMALLEST = SIZE["height"] / 45  # pixels of a line of text, without the space above it
# Of the slide that is shown: what does not fit, and the smallest text in a table or in prose.
LOOK = """() => {
  const slide = Reveal.getCurrentSlide();
  const parts = [...slide.querySelectorAll(":scope > :not(aside)")];
  const outside = parts.map(e => e.getBoundingClientRect()).filter(
    box => box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.top < -1);
  const zoom = parseFloat((slide.querySelector(":scope > .output") || slide).style.zoom || 1);
  const texts = [...slide.querySelectorAll("td, th, p, li, pre")];
  const sizes = texts.filter(e => !e.closest("aside")).map(
    e => parseFloat(getComputedStyle(e).fontSize) * zoom * Reveal.getScale());
  return [outside.length, Math.min(1000, ...sizes), slide.textContent.trim().slice(0, 60)];
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("build") / "slides"
    write_slides(folder)
    return folder


def test_every_slide_fits_and_can_be_read_at_the_back(browser, folder):
    tab = browser.new_page(viewport=SIZE)
    said, bad = [], []
    tab.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    tab.on("requestfailed", lambda request: said.append(f"failed: {request.url}"))
    here = (folder.as_uri(), "data:")
    tab.on("request", lambda r: None if r.url.startswith(here) else said.append(f"asked: {r.url}"))
    for path in sorted(folder.glob("*.html")):
        tab.goto(path.as_uri())
        tab.wait_for_function("window.Reveal && Reveal.isReady()")
        tab.evaluate("Reveal.configure({transition: 'none'})")
        for _ in range(tab.evaluate("Reveal.getTotalSlides()")):
            outside, size, text = tab.evaluate(LOOK)
            if outside or size < SMALLEST:
                bad.append(f"{path.stem}: {outside} outside, {size:.0f} pixels: {text}")
            tab.evaluate("Reveal.next()")
        assert not said, f"{path.stem}: {said[0]}"
        assert tab.locator(".output").count() >= 5, path.stem
        assert all(tab.locator(".output").evaluate_all("all => all.map(e => e.innerHTML)"))
    tab.close()
    assert not bad, "\n".join(bad)


def test_what_is_said_is_in_the_notes_and_the_code_is_nowhere(browser, folder):
    tab = browser.new_page(viewport=SIZE)
    tab.goto((folder / "01_basics.html").as_uri())
    notes = tab.locator("aside.notes").all_text_contents()
    assert any("called reranking" in note for note in notes)
    assert not tab.locator("aside.notes").first.is_visible()
    assert tab.get_by_text("def search(").count() == 0
    tab.close()
