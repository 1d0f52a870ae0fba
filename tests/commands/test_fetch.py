"""The commands `fetch` and `models`, as they are typed."""

import pytest

from xenc_course.__main__ import main


@pytest.mark.models
def test_fetch_says_where_the_assets_are(capsys):
    assert main(["fetch", "wikipedia"]) == 0
    assert "1 models and texts at hand" in capsys.readouterr().out


def test_a_wrong_name_gives_one_line_and_exit_code_1(capsys):
    assert main(["fetch", "nonsense"]) == 1
    assert capsys.readouterr().err.startswith("fetch: ")


def test_models_prints_the_catalogue(capsys):
    assert main(["models"]) == 0
    assert "ms-marco-electra-base" in capsys.readouterr().out
