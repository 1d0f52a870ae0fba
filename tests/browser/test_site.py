"""The website in a real browser, from files: no error, no request, readable for everybody."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

pytest.importorskip("sphinx", reason="`make site` installs Sphinx")

from authoring.site.build import build_site
from authoring.site.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.checkout]

HOSTED = Settings("https://github.com/owner/name", "main", "A title of its own")
PAGE_BYTES = 1_500_000
STILL = "* { animation: none !important; transition: none !important; }"  # axe sees final colours
HEADINGS = ("heading-order", "page-has-heading-one")
LESSON = "notebooks/01_basics.html"
WIDE = "[document.documentElement.scrollWidth, window.innerWidth]"
BELOW = """(rows, cell) => rows.map(row => {
  const first = row.cells[0].getBoundingClientRect();
  const box = row.querySelector(cell).getBoundingClientRect();
  return box.top >= first.bottom && box.width > 300 && box.right <= window.innerWidth;
})"""
SEEN = """() => [...document.querySelectorAll('main img, main table')]
  .filter(e => !e.closest('details:not([open])') && !e.getBoundingClientRect().width).length"""


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    build = tmp_path_factory.mktemp("site")
    build_site(build, HOSTED)
    return build


@pytest.fixture(scope="module")
def html(built) -> Path:
    return built / "html"


def test_the_pages_have_the_settings_that_were_given(html):
    first = (html / "index.html").read_text(encoding="utf-8")
    assert HOSTED.title in first and f'href="{HOSTED.repository}">get the project' in first


def pages(html: Path) -> list[Path]:
    """The pages, without slides and the pieces that the theme keeps among its own files."""
    others = {"_static", "slides"}
    return [path for path in sorted(html.rglob("*.html")) if not others & set(path.parts)]


def test_no_page_reports_an_error_or_asks_for_anything_elsewhere(browser, html):
    tab = browser.new_page()
    said, here = [], html.as_uri()
    tab.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("requestfailed", lambda request: said.append(f"failed: {request.url}"))
    tab.on(
        "request",
        lambda r: None if r.url.startswith((here, "data:")) else said.append(f"asked: {r.url}"),
    )
    for path in pages(html):
        tab.goto(path.as_uri())
        assert not said, f"{path.relative_to(html)}: {said[0]}"
    tab.close()


def test_every_link_to_a_page_leads_to_a_page_and_to_its_place(browser, html):
    tab = browser.new_page()
    places: dict[str, set[str]] = {}
    links: set[tuple[str, str]] = set()
    for path in [*pages(html), *(html / "slides").glob("*.html")]:
        tab.goto(path.as_uri())
        places[path.as_uri()] = set(
            tab.eval_on_selector_all("[id]", "found => found.map(e => e.id)")
        )
        found = tab.eval_on_selector_all("main a[href]", "a => a.map(e => e.getAttribute('href'))")
        links |= {(path.as_uri(), urljoin(path.as_uri(), href)) for href in found}
    tab.close()
    for page, link in links:
        target, _, place = link.partition("#")
        if not target.startswith(html.as_uri()):
            assert target.startswith(("https://", "http://", "mailto:")), f"{page} -> {link}"
        elif target.endswith(".html"):
            assert target in places, f"{page} -> {link}"
            assert not place or place in places[target], f"{page} -> {link}"


@pytest.mark.parametrize("width", [390, 1440])
def test_tables_and_figures_are_seen_and_the_page_does_not_scroll_sideways(
    browser, html, picture, width
):
    tab = browser.new_page(viewport={"width": width, "height": 900})
    for path in pages(html):
        tab.goto(path.as_uri())
        needed, there = tab.evaluate(WIDE)
        assert needed <= there, f"{path.relative_to(html)} takes {needed} of {there} pixels"
        assert tab.evaluate(SEEN) == 0, path
    picture(tab, f"site-{width}")
    tab.close()


def test_on_a_telephone_a_passage_and_an_answer_stand_below_what_they_belong_to(browser, html):
    tab = browser.new_page(viewport={"width": 390, "height": 900})
    for page, cell in ((LESSON, "td[style*='min-width']"), ("docs/questions.html", "td + td")):
        tab.goto((html / page).as_uri())
        shown = tab.locator(f"main tr:has({cell})").evaluate_all(BELOW, cell)
        assert shown and all(shown), page
    tab.close()


def test_the_picture_of_the_home_page_leads_to_the_whole_picture(browser, html):
    tab = browser.new_page(viewport={"width": 390, "height": 900})
    tab.goto((html / "index.html").as_uri())
    tab.locator("main a:has(img)").click()
    assert tab.url.endswith("rescued.png") and tab.locator("img").count() == 1
    tab.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 1440), ("light", 390)])
def test_axe_finds_nothing_serious_folded_parts_among_it(browser, html, scheme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    size = {"width": width, "height": 900}
    context = browser.new_context(color_scheme=scheme, viewport=size)
    tab = context.new_page()
    found = []
    for path in pages(html):
        tab.goto(path.as_uri())
        tab.add_style_tag(content=STILL)
        tab.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true; })")
        for problem in axe.run(tab).response["violations"]:
            if problem["impact"] in ("serious", "critical") or problem["id"] in HEADINGS:
                node = problem["nodes"][0]["html"][:120]
                found.append(f"{path.relative_to(html)}: {problem['id']}: {node}")
    context.close()
    assert not found, "\n".join(found)


def test_the_search_finds_ndcg_in_a_lesson(browser, html):
    tab = browser.new_page()
    tab.goto((html / "index.html").as_uri())
    tab.keyboard.press("Control+k")
    tab.keyboard.type("nDCG")
    tab.keyboard.press("Enter")
    tab.get_by_role("link", name="Know whether it helps").first.click()
    assert "/04_accuracy.html" in tab.url
    tab.close()


@pytest.mark.parametrize("word", ["calibration", "padding", "bootstrap"])
def test_the_search_shows_lessons_then_documents_then_the_reference(browser, html, word):
    tab = browser.new_page()
    tab.goto(f"{(html / 'search.html').as_uri()}?q={word}")
    tab.locator(".search-summary", has_text="found").wait_for()
    found = tab.locator("ul.search a").evaluate_all("all => all.map(e => e.getAttribute('href'))")
    shelves = [1 if "api/" in link else -1 if "notebooks/" in link else 0 for link in found]
    assert set(shelves) == {-1, 0, 1} and shelves == sorted(shelves)
    tab.close()


def test_the_keyboard_skips_to_the_content_and_opens_what_is_folded(browser, html):
    tab = browser.new_page()
    tab.goto((html / LESSON).as_uri())
    tab.keyboard.press("Tab")
    assert "Skip" in tab.evaluate("document.activeElement.textContent")
    tab.keyboard.press("Enter")
    assert tab.url.endswith("#main-content")
    folded = tab.locator("details.deeper")
    assert folded.get_attribute("open") is None
    folded.locator("> summary").press("Enter")
    assert folded.get_attribute("open") is not None
    option = tab.locator("details summary").filter(has_text="(a)").first
    option.press("Enter")
    assert tab.get_by_text("Right.").or_(tab.get_by_text("No.")).first.is_visible()
    tab.close()


def test_a_link_into_a_folded_part_opens_it(browser, html):
    tab = browser.new_page()
    tab.goto((html / LESSON).as_uri() + "#one-threshold-for-all-queries")
    assert tab.locator("details.deeper").get_attribute("open") is not None
    tab.close()


def test_a_lesson_can_be_downloaded_and_opened_elsewhere_and_is_no_large_page(browser, html):
    tab = browser.new_page()
    for path in sorted((html / "notebooks").glob("*.html")):
        assert path.stat().st_size <= PAGE_BYTES, path
        tab.goto(path.as_uri())
        assert tab.get_by_role("link", name="Open in Binder").count() == 1
        assert tab.get_by_role("link", name="Open in Colab").count() == 1
        link = tab.get_by_role("link", name="Download this lesson").get_attribute("href")
        assert (path.parent / link).resolve().is_file()
    tab.close()


def test_a_lesson_leads_to_its_slides(browser, html):
    tab = browser.new_page()
    said = []
    tab.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    tab.on("requestfailed", lambda request: said.append(f"failed: {request.url}"))
    for path in sorted((html / "notebooks").glob("*.html")):
        tab.goto(path.as_uri())
        title = tab.locator("h1").inner_text().partition(" · ")[2].removesuffix("#").strip()
        tab.get_by_role("link", name="Slides for teaching", exact=True).click()
        tab.wait_for_function("window.Reveal && Reveal.isReady()")
        assert tab.get_by_role("heading", name=title).is_visible()
        assert not said, f"{path.stem}: {said[0]}"
    tab.close()


def test_every_page_of_the_book_is_xhtml(built):
    with ZipFile(next((built / "epub").glob("*.epub"))) as book:
        names = [name for name in book.namelist() if name.endswith(".xhtml")]
        assert sum("notebooks/" in name for name in names) >= 9
        for name in names:
            ElementTree.fromstring(book.read(name))
            assert b"../slides/" not in book.read(name)
