"""The commands `distil` and `finetune`, as they are typed."""

import pytest

from xenc_course.__main__ import main


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--student", "layers:0,7"], "no layer 7"),
        (["--student", "layers:first"], "names no layers"),
        (["--student", "layers:0", "--pairs", "90000"], "different queries"),
    ],
)
def test_distil_says_what_is_wrong(options, reason, tiny_model, towns, tmp_path, capsys):
    arguments = ["--teacher", str(tiny_model), "--text", str(towns), "--out", str(tmp_path / "s")]
    assert main(["distil", *arguments, *options]) == 1
    assert reason in capsys.readouterr().err


def test_finetune_names_a_collection_that_is_not_there(tiny_model, tmp_path, capsys):
    arguments = ["finetune", "--model", str(tiny_model), "--collection", str(tmp_path / "none")]
    assert main([*arguments, "--out", str(tmp_path / "other")]) == 1
    assert "none" in capsys.readouterr().err
