"""Links between files become links between pages, and none leads nowhere."""

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell as prose, new_notebook as notebook

from authoring.site.links import Page, page_links, with_places
from authoring.site.settings import Settings

PAGES = {
    "README.md": Page("index.md", "A course"),
    "docs/questions.md": Page("docs/questions.md", "Questions"),
    "benchmarks/RESULTS.md": Page("docs/benchmark.md", "Benchmark"),
    "notebooks/01_basics.ipynb": Page("notebooks/01_basics.ipynb", "Basics"),
}
HOSTED = Settings("https://github.com/owner/name", "main", "A course")
NOWHERE = Settings("", "main", "A course")


@pytest.mark.parametrize(
    ("page", "written", "led"),
    [
        ("docs/questions.md", "[01](../notebooks/01_basics.ipynb)", "../notebooks/01_basics.ipynb"),
        ("README.md", "[times](benchmarks/RESULTS.md#speed)", "docs/benchmark.md#speed"),
        ("docs/questions.md", "[home](../README.md)", "../index.md"),
        ("docs/questions.md", "[below](#here)", "#here"),
        ("docs/questions.md", "[`README`](../README.md)", "../index.md"),
        ("README.md", "[call](tel:123)", "tel:123"),
        ("README.md", "[paper](https://example.org/a)", "https://example.org/a"),
        (
            "README.md",
            "[code](xenc_course/files.py)",
            f"{HOSTED.repository}/blob/main/xenc_course/files.py",
        ),
    ],
)
def test_a_link_leads_to_the_page_or_to_the_repository(page, written, led):
    assert page_links(written, page, PAGES, HOSTED).endswith(f"]({led})")


@pytest.mark.parametrize("name", ["benchmarks/RESULTS.md", "`RESULTS.md`"])
def test_a_page_is_called_by_its_title_and_not_by_its_file(name):
    led = page_links(f"[{name}](benchmarks/RESULTS.md#speed)", "README.md", PAGES, HOSTED)
    assert led == "[Benchmark](docs/benchmark.md#speed)"


def test_without_a_repository_a_link_to_a_file_is_its_text():
    text = "See [the list](authoring/kit/lengths.toml), and ![a picture](docs/rescued.png)."
    led = page_links(text, "README.md", PAGES, NOWHERE)
    assert led == "See the list, and ![a picture](docs/rescued.png)."


def test_code_stays_as_it_is():
    text = "`[a](b.py)`\n```\n[a](b.py)\n```\n"
    assert page_links(text, "README.md", PAGES, NOWHERE) == text


def test_a_section_that_is_named_is_where_the_link_leads(tmp_path):
    lesson = notebook(cells=[prose("# A lesson"), prose("## 4. How deep? Deep.")])
    nbformat.write(lesson, tmp_path / "08_a.ipynb")
    page = tmp_path / "questions.md"
    led = with_places('[08](08_a.ipynb), "How deep? Deep."; [08](08_a.ipynb) alone', page)
    assert led == "[08, How deep? Deep.](08_a.ipynb#4-how-deep-deep); [08](08_a.ipynb) alone"
    with pytest.raises(ValueError, match=r"questions\.md names a section .* How wide\?"):
        with_places('[08](08_a.ipynb), "How wide?"', page)
