"""The commands `distil` and `finetune`, as they are typed."""

import pytest

from tests.support.towns import write_judged_towns
from xenc_course.__main__ import _parser, main


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--student", "layers:0,7"], "no layer 7"),
        (["--student", "layers:first"], "names no layers"),
        (["--student", "layers:0", "--pairs", "90000"], "different queries"),
        (["--student", "layers:0", "--pairs", "5"], "n_pairs must be 6 or more, not 5"),
        (["--student", "layers:0", "--learning-rate", "nan"], "must be a number above 0, not nan"),
    ],
)
def test_distil_says_what_is_wrong(options, reason, tiny_model, towns, tmp_path, capsys):
    arguments = ["--teacher", str(tiny_model), "--text", str(towns), "--out", str(tmp_path / "s")]
    assert main(["distil", *arguments, *options]) == 1
    assert reason in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


def test_finetune_names_a_collection_that_is_not_there(tiny_model, tmp_path, capsys):
    arguments = ["finetune", "--model", str(tiny_model), "--collection", str(tmp_path / "none")]
    assert main([*arguments, "--out", str(tmp_path / "other")]) == 1
    assert "none" in capsys.readouterr().err


def test_layers_to_copy_are_numbers(capsys):
    with pytest.raises(SystemExit):
        main(["distil", "--student", "layers:0", "--out", "s", "--match", "a,b"])
    assert "argument --match: 'a,b' is no list of layers" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["distil", "finetune"])
def test_help_has_a_description_an_example_and_every_default(command, capsys):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    shown = capsys.readouterr().out
    assert "the same command goes" in shown
    assert f"example:\n  python -m xenc_course {command} --" in shown
    options = " ".join(shown.partition("options:")[2].partition("example:")[0].split())
    for option in options.split(" --")[1:]:
        required = option.split()[0] in ("help", "student", "model", "collection", "out")
        assert required or option.endswith(")"), option


@pytest.mark.parametrize("command", ["distil", "finetune"])
def test_an_example_is_a_command_that_can_be_parsed(command):
    parser = _parser()
    (commands,) = parser._subparsers._group_actions
    words = commands.choices[command].epilog.partition("xenc_course ")[2].split()
    assert parser.parse_args(words).command == command


@pytest.mark.models
def test_finetune_says_split_outcome_and_place(tiny_model, tmp_path, capsys):
    folder, out = write_judged_towns(tmp_path / "judged"), tmp_path / "tuned"
    arguments = ["--model", str(tiny_model), "--collection", str(folder), "--out", str(out)]
    assert main(["finetune", *arguments, "--learning-rate", "1e-12", "--epochs", "1"]) == 0
    shown = capsys.readouterr()
    assert "6 queries to train on, 2 to choose the best epoch by, 2 to measure on." in shown.err
    assert "fewer than the 25" in shown.err
    assert "so the weights are unchanged." in shown.out
    assert f"The model is in {out}." in shown.out


@pytest.mark.models
def test_a_file_of_the_users_is_no_place_for_labels(tiny_model, towns, tmp_path, capsys):
    mine, out = tmp_path / "corpus.jsonl", tmp_path / "s"
    mine.write_text('{"_id": "d1", "text": "my corpus"}\n')
    arguments = ["--teacher", str(tiny_model), "--text", str(towns), "--out", str(out)]
    for labels, reason in ((mine, "line 1: no journal of scores"), (tmp_path, "is a folder")):
        words = [*arguments, "--student", "layers:0", "--labels", str(labels)]
        assert main(["distil", *words]) == 1
        assert reason in capsys.readouterr().err
    assert mine.read_text() == '{"_id": "d1", "text": "my corpus"}\n'
    assert [path.name for path in tmp_path.iterdir()] == ["corpus.jsonl"]
