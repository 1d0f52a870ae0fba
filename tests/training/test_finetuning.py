"""A model is trained further on judgements, and measured on queries it never saw."""

import pytest

from xenc_course import load_cross_encoder
from xenc_course.training import checkpoint, loop
from xenc_course.training.finetuning import finetune, judged_groups
from xenc_course.training.query_split import split_queries

OPTIONS = {"epochs": 3, "learning_rate": 1e-2, "progress": False}


@pytest.mark.models
def test_judged_groups_never_hold_a_relevant_passage_as_a_negative(judged):
    groups = judged_groups(judged, negatives=3)
    assert len(groups) == 28
    for group in groups:
        trade = group.query.split()[-1].rstrip("?")
        assert trade in group.passages[0] and group.labels == (1.0, 0.0, 0.0, 0.0)
        assert not any(trade in passage for passage in group.passages[1:])


@pytest.mark.models
def test_finetune_measures_on_queries_it_never_saw(judged, tiny_model, tmp_path):
    out, told = tmp_path / "tuned", []
    found = finetune(
        tiny_model, judged, out, epochs=1, learning_rate=1e-3, progress=False, tell=told.append
    )
    (difference,) = found.comparison.differences
    assert set(difference.per_query) == set(split_queries(judged).test.queries)
    assert load_cross_encoder(str(out), device="cpu").model.config.num_hidden_layers == 3
    assert told == [str(found.split)]
    assert str(out) in str(found) and "6 to measure on" in str(found)
    assert [path.name for path in tmp_path.iterdir()] == ["tuned"]
    with pytest.raises(ValueError, match="exists"):
        finetune(str(tiny_model), judged, out)


@pytest.mark.models
def test_weights_that_no_epoch_made_better_are_written_unchanged(judged, tiny_model, tmp_path):
    found = finetune(tiny_model, judged, tmp_path / "tuned", learning_rate=1e-12, progress=False)
    assert found.epoch == 0
    reason = "No epoch raised nDCG@10 on the 6 queries to choose by, so the weights are unchanged."
    assert reason in str(found)
    before, after = (
        load_cross_encoder(str(folder), device="cpu").model.state_dict()
        for folder in (tiny_model, tmp_path / "tuned")
    )
    assert all((before[name] == after[name]).all() for name in before)


@pytest.fixture(scope="module")
def whole(judged, tiny_model, tmp_path_factory):
    """A training that nothing happened to."""
    return finetune(tiny_model, judged, tmp_path_factory.mktemp("whole") / "whole", **OPTIONS)


@pytest.mark.models
@pytest.mark.parametrize("fault", ["killed", "full disk", "out appears"])
def test_what_is_done_is_kept_and_the_same_call_goes_on(
    fault, whole, judged, tiny_model, tmp_path, monkeypatch
):
    out, steps = tmp_path / "tuned", []
    real = {
        "killed": loop.loss_of,
        "full disk": checkpoint.write_whole,
        "out appears": loop.loss_of,
    }

    def broken(*arguments):
        steps.append(1)
        if len(steps) > (3 if fault == "killed" else 1):
            if fault == "killed":
                raise KeyboardInterrupt
            if fault == "full disk":
                raise OSError(28, "No space left on device")
            out.mkdir(exist_ok=True)
        return real[fault](*arguments)

    place = (checkpoint, "write_whole") if fault == "full disk" else (loop, "loss_of")
    monkeypatch.setattr(*place, broken)
    with pytest.raises((KeyboardInterrupt, OSError, ValueError)):
        finetune(tiny_model, judged, out, **OPTIONS)
    monkeypatch.setattr(*place, real[fault])
    kept = {path.name for path in (tmp_path / "tuned.job").iterdir()}
    assert "epoch-1.safetensors" in kept and "job.json" in kept
    if fault == "out appears":
        out.rmdir()
    with pytest.raises(ValueError, match="begun with another seed"):
        finetune(tiny_model, judged, out, seed=1, **OPTIONS)
    again = finetune(tiny_model, judged, out, **OPTIONS)
    assert (again.epoch, str(again.comparison)) == (whole.epoch, str(whole.comparison))
    for path in whole.folder.iterdir():
        assert (out / path.name).read_bytes() == path.read_bytes(), path.name


@pytest.mark.parametrize("options", [{"loss": "hinge"}, {"epochs": 0}, {"learning_rate": 0}])
def test_odd_options_are_refused_before_anything_is_written(options, judged, tiny_model, tmp_path):
    with pytest.raises(ValueError):
        finetune(tiny_model, judged, tmp_path / "tuned", **options)
    assert not any(tmp_path.iterdir())


@pytest.mark.models
def test_a_training_that_diverges_says_so_and_a_lower_rate_can_follow(judged, tiny_model, tmp_path):
    out, options = tmp_path / "tuned", {"epochs": 1, "progress": False}
    with pytest.raises(FloatingPointError, match=r"diverged in epoch 1, .* 1e\+30: choose a lower"):
        finetune(tiny_model, judged, out, learning_rate=1e30, **options)
    assert not any(tmp_path.iterdir())
    finetune(tiny_model, judged, out, learning_rate=1e-3, **options)
    assert [path.name for path in tmp_path.iterdir()] == ["tuned"]
