"""FINDINGS.md and the README say what the lessons say."""

import pytest

from authoring.findings_page import PAGE, all_findings, check_findings
from authoring.notebooks import NOTEBOOKS
from authoring.readme_findings import README, check_readme, readme_box, with_box
from xenc_course import format_seconds, load_prices


def test_findings_md_is_what_the_lessons_say():
    check_findings(NOTEBOOKS, PAGE)


def test_the_readmes_box_is_what_the_lessons_say(tmp_path):
    found = all_findings(NOTEBOOKS)
    check_readme(found)
    stale = tmp_path / "README.md"
    stale.write_text(README.read_text(encoding="utf-8").replace(found[0].estimate, "+0.9999"))
    with pytest.raises(ValueError, match="run `make findings`"):
        check_readme(found, stale)
    with pytest.raises(ValueError, match="lacks the lines"):
        with_box("# A README without the box", readme_box(found))
    with pytest.raises(ValueError, match="wants a finding that begins with"):
        readme_box(found[1:])


def test_the_readme_quotes_the_stored_prices():
    readme = README.read_text(encoding="utf-8")
    for name in ("L12, predict, fp32", "L12, Reranker onnx-int8"):
        assert format_seconds(load_prices()[name].seconds) in readme


def test_every_lesson_of_the_new_frame_brings_its_findings():
    counts = {}
    for one in all_findings(NOTEBOOKS):
        counts[one.lesson] = counts.get(one.lesson, 0) + 1
    assert {
        "01_basics",
        "02_architecture",
        "03_speed",
        "04_accuracy",
        "06_batching",
        "07_scores",
        "08_pipeline",
        "11_training",
    } <= set(counts)
