"""Sphinx's own settings for the website and the book: `lay_out` copies them beside the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

import xenc_course
from authoring.kit.cut import DEEPER
from authoring.site.lesson_numbers import link_numbers
from authoring.site.settings import load_settings

settings = load_settings(Path(__file__).with_name("site.toml"))
project = settings.title
author = "the authors of the course"
project_copyright = author
version = release = xenc_course.__version__
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["downloads"]  # notebooks to download, not pages
nb_execution_mode = "off"  # the stored outputs are the tested ones
nb_code_prompt_show = "Show a solution"  # nothing else is folded in a lesson
nb_code_prompt_hide = "Hide the solution"
nb_merge_streams = True
nb_number_source_lines = False
nb_ipywidgets_js: dict[str, dict[str, str]] = {}  # a page must not ask another host for a script
myst_enable_extensions = ["html_image"]
myst_heading_anchors = 4
default_role = "code"  # docstrings write names as in Markdown
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_type_aliases = {"ArrayLike": "ArrayLike"}  # its parts fill lines
toc_object_entries = False  # each name is a heading already
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
napoleon_use_rtype = False
napoleon_use_ivar = True

html_theme = "pydata_sphinx_theme"
html_title = settings.title
html_sidebars = {  # a page without others below it needs no list of them
    page: [] for page in ("index", "FINDINGS", "INSTRUCTORS", "docs/questions", "docs/glossary")
}
html_static_path = ["static"]
html_css_files = ["course.css"]
html_js_files = ["course.js"]
html_search_scorer = str(Path(__file__).with_name("static") / "scorer.js")
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_search_summary = False  # a summary is fetched, which a browser refuses for file://
html_context = {"default_mode": "auto"}  # light or dark, as the system is
html_theme_options = {
    "logo": {"text": settings.title},
    "navbar_end": ["theme-switcher"],
    "footer_start": ["copyright"],
    "footer_center": [],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "header_links_before_dropdown": 7,
    "show_toc_level": 2,
    "icon_links": [
        {"name": "Repository", "url": settings.repository, "icon": "fa-solid fa-code-branch"}
    ]
    if settings.repository
    else [],
}

epub_basename = "cross-encoders-measured"
epub_show_urls = "no"
epub_use_index = False


def fold_deeper(app: Sphinx, tree: nodes.document, name: str) -> None:
    """Fold what stands under "Going deeper", as far as the reader wants it; a book cannot fold."""
    if app.builder.name != "html":
        return
    for section in tree.findall(nodes.section):
        if section[0].astext() == DEEPER:
            opened = "<details class='deeper'><summary>Show this part</summary>"
            section.insert(1, nodes.raw("", opened, format="html"))
            section.append(nodes.raw("", "</details>", format="html"))


def link_lessons(app: Sphinx, tree: nodes.document, name: str) -> None:
    """Let numbers of lessons lead to the other lessons' pages."""
    lessons = [page for page in app.env.found_docs if page.startswith("notebooks/")]
    link_numbers(
        tree,
        {
            page.removeprefix("notebooks/")[:2]: app.builder.get_relative_uri(name, page)
            for page in lessons
            if page != name
        },
    )


def link_slides(app: Sphinx, tree: nodes.document, name: str) -> None:
    """Lead from a lesson to its slides, which stand beside the website's pages; a book has none."""
    if app.builder.name != "html" or not name.startswith("notebooks/"):
        return
    download = next(tree.findall(addnodes.download_reference))
    address = f"../slides/{name.removeprefix('notebooks/')}.html"
    download.parent += [
        nodes.Text(" · "),
        nodes.reference("", "Slides for teaching", refuri=address),
    ]


def no_mail(app: Sphinx, tree: nodes.document) -> None:
    """RR@10 is a measure: what docutils takes for an address of somebody is text."""
    for link in list(tree.findall(nodes.reference)):
        if link.get("refuri", "").startswith("mailto:"):
            link.parent.replace(link, link.children)


def title_once(
    app: Sphinx, name: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """The home page may be called as the website is: a browser's tab need not say it twice."""
    if context.get("title") == context["docstitle"]:
        context["docstitle"] = ""


def setup(app: Sphinx) -> None:
    """Connect what this site adds to Sphinx."""
    app.connect("doctree-read", no_mail)
    app.connect("doctree-resolved", link_lessons)
    app.connect("doctree-resolved", link_slides)
    app.connect("doctree-resolved", fold_deeper)
    app.connect("html-page-context", title_once)
