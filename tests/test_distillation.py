"""A student is distilled, measured, written, and a run that was killed ends in the same bytes."""

import json
from dataclasses import replace

import numpy as np
import pytest

from authoring.release_student import release
from xenc_course import Collection, Reranker, load_cross_encoder
from xenc_course.__main__ import main
from xenc_course.assets import bundled_students as released, wheels as assets
from xenc_course.text.passages import load_passages
from xenc_course.training import distillation
from xenc_course.training.distillation import distil
from xenc_course.training.distillation_data import make_groups
from xenc_course.training.finetuning import finetune, judged_groups, split_queries
from xenc_course.training.plan import Plan
from xenc_course.training.shrinking import keep_layers, round_weights

TRADE_OF = {
    "Lima": "grain",
    "Oslo": "copper",
    "Quito": "silk",
    "Accra": "salt",
    "Hanoi": "paper",
    "Cairo": "glass",
    "Perth": "rope",
    "Turin": "timber",
    "Kyoto": "wool",
    "Davao": "cheese",
    "Cork": "ink",
    "Bern": "brass",
    "Graz": "clay",
    "Pune": "lamps",
}
PLACES, TRADES = list(TRADE_OF), list(TRADE_OF.values())


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    """A folder with a text file: a passage on each of some places, told apart by small things."""
    folder = tmp_path_factory.mktemp("text") / "my texts"
    folder.mkdir()
    passages = [
        f"{place} is a harbour town that trades in {trade} with its neighbours. The old market of "
        f"{place} opens at {n + 5} in the morning, and visitors who buy {trade} there can rest in "
        f"the garden beside the tower{n}."
        for n, (place, trade) in enumerate(zip(PLACES, TRADES, strict=True))
    ]
    (folder / "towns.txt").write_text("\n\n".join(passages), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def plan(tiny_model, text):
    return Plan(str(tiny_model), "layers:0,2", (str(text),), pairs=120, learning_rate=1e-3)


@pytest.fixture(autouse=True, scope="module")
def few_held_out():
    from xenc_course.training import distillation_data as groups

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(groups, "HELD_OUT", 8)
        yield


@pytest.fixture(scope="module")
def student(plan, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "student"
    return distil(plan, folder, command="the command", progress=False)


def contents(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "README.md"}


def test_a_student_is_a_model_folder_with_a_card(student, plan):
    assert {"model.safetensors", "config.json", "tokenizer.json", "README.md"} <= set(
        contents(student.folder)
    ) | {"README.md"}
    model = load_cross_encoder(str(student.folder), device="cpu")
    assert model.model.config.num_hidden_layers == 2
    assert np.isfinite(Reranker(model, "torch").score([("q", "p")])).all()
    card = (student.folder / "README.md").read_text(encoding="utf-8")
    assert "`the command`" in card and "RR@10 on held-out queries" in card and "120 pairs" in card
    assert "the teacher: unknown; the text of" in card and "Language of the text: unknown" in card
    assert "\nlicense: unknown\n" in card and "\nlanguage:" not in card
    assert "RR@10" in str(student) and str(student.folder) in str(student)
    assert {d.name for d in student.comparison.differences} == {
        "BM25",
        "all-MiniLM-L6-v2",
        "teacher",
    }
    assert student.comparison["BM25"].mean > 0  # a source with a space is found again
    assert not student.folder.with_name("student.job").exists()


@pytest.mark.parametrize("stage", ["make_groups", "score_texts", "train", "model_card"])
def test_a_run_killed_in_any_stage_goes_on_to_the_same_bytes(
    stage, plan, student, tmp_path, monkeypatch
):
    out = tmp_path / "student"
    real = getattr(distillation, stage)

    def killed(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(distillation, stage, killed)
    with pytest.raises(KeyboardInterrupt):
        distil(plan, out, progress=False)
    assert not out.exists()
    assert out.with_name("student.job").is_dir()
    monkeypatch.setattr(distillation, stage, real)
    distil(plan, out, progress=False)
    assert contents(out) == contents(student.folder)


def test_labels_that_are_kept_serve_the_next_student_of_the_same_teacher(
    plan, student, tmp_path, monkeypatch
):
    labels = tmp_path / "labels.journal"
    distil(plan, tmp_path / "first", labels=labels, progress=False)
    done = []
    score = distillation.score_texts
    monkeypatch.setattr(
        distillation, "score_texts", lambda *given, **named: done.append(score(*given, **named))
    )
    again = distil(plan, tmp_path / "second", labels=labels, progress=False)
    assert [(work.pairs > 0, work.scored) for work in done] == [(True, 0)]
    assert contents(again.folder) == contents(student.folder)
    with pytest.raises(ValueError, match="was begun with another"):
        distil(
            replace(plan, teacher="ms-marco-MiniLM-L12-v2-int8", start=plan.teacher),
            tmp_path / "third",
            labels=labels,
            progress=False,
        )


def test_a_job_of_another_plan_and_a_folder_that_exists_are_refused(plan, tmp_path, monkeypatch):
    out = tmp_path / "student"
    monkeypatch.setattr(distillation, "_labels", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        distil(plan, out, progress=False)
    with pytest.raises(ValueError, match="begun with another pairs"):
        distil(replace(plan, pairs=60), out, progress=False)
    out.mkdir()
    with pytest.raises(ValueError, match="exists: choose another folder"):
        distil(plan, out, progress=False)


def test_a_full_disk_leaves_a_job_that_goes_on(plan, student, tmp_path, monkeypatch):
    from xenc_course.training import checkpoint

    out = tmp_path / "student"
    real = checkpoint.write_whole

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "write_whole", full)
    with pytest.raises(OSError, match="No space left"):
        distil(plan, out, progress=False)
    monkeypatch.setattr(checkpoint, "write_whole", real)
    distil(plan, out, progress=False)
    assert contents(out) == contents(student.folder)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--student", "layers:0,7"], "no layer 7"),
        (["--student", "layers:first"], "names no layers"),
        (["--student", "layers:0", "--pairs", "90000"], "different queries"),
    ],
)
def test_the_command_says_what_is_wrong(options, reason, tiny_model, text, tmp_path, capsys):
    arguments = ["--teacher", str(tiny_model), "--text", str(text), "--out", str(tmp_path / "s")]
    assert main(["distil", *arguments, *options]) == 1
    assert reason in capsys.readouterr().err


@pytest.fixture(scope="module")
def judged():
    """Thirty queries with tags, each with one passage that answers it."""
    documents = {
        f"d{n}": f"{place} sells {trade}"
        for n, (place, trade) in enumerate(zip(PLACES, TRADES, strict=True))
    }
    names = list(documents)
    queries = {f"q{n}": f"who sells {TRADES[n % 14]}{'?' * (n // 14)}" for n in range(28)}
    qrels = {q: {names[n % 14]: 2, names[(n + 1) % 14]: 0} for n, q in enumerate(queries)}
    tags = {q: "odd" if n % 2 else "even" for n, q in enumerate(queries)}
    return Collection("towns", documents, queries | {"none": "x"}, qrels, tags=tags)


def test_a_split_shares_no_query_and_keeps_every_tag(judged):
    split = split_queries(judged, seed=3)
    parts = [set(part.queries) for part in (split.train, split.dev, split.test)]
    assert sum(map(len, parts)) == 28 == len(set().union(*parts))
    assert all({judged.tags[q] for q in part} == {"odd", "even"} for part in parts)
    assert split_queries(judged, seed=3).test.queries == split.test.queries
    with pytest.raises(ValueError, match="too few queries"):
        split_queries(judged.select(["q0", "q1"]))


def test_judged_groups_never_hold_a_relevant_passage_as_a_negative(judged):
    groups = judged_groups(judged, negatives=3)
    assert len(groups) == 28
    for group in groups:
        trade = group.query.split()[-1].rstrip("?")
        assert trade in group.passages[0] and group.labels == (1.0, 0.0, 0.0, 0.0)
        assert not any(trade in passage for passage in group.passages[1:])


def test_finetune_measures_on_queries_it_never_saw(judged, tiny_model, tmp_path, capsys):
    out = tmp_path / "tuned"
    found = finetune(str(tiny_model), judged, out, epochs=1, learning_rate=1e-3, progress=False)
    (difference,) = found.differences
    assert set(difference.per_query) == set(split_queries(judged).test.queries)
    assert load_cross_encoder(str(out), device="cpu").model.config.num_hidden_layers == 3
    with pytest.raises(ValueError, match="exists"):
        finetune(str(tiny_model), judged, out)
    arguments = ["finetune", "--model", str(tiny_model), "--collection", str(tmp_path / "none")]
    assert main([*arguments, "--out", str(tmp_path / "other")]) == 1
    assert "none" in capsys.readouterr().err


def test_a_released_student_gives_the_scores_that_training_wrote(tmp_path, monkeypatch):
    teacher = load_cross_encoder(device="cpu")
    small = keep_layers(teacher, [0])
    round_weights(small.model)
    trained = tmp_path / "trained"
    small.save_pretrained(str(trained), create_model_card=False)
    (trained / "README.md").write_text("card")
    monkeypatch.setattr(released, "STUDENTS", tmp_path / "students")
    entry = release(trained, "tiny-student")
    assert entry.layers == 1 and released.released()["tiny-student"] == entry
    assert entry.path.stat().st_size < 2.2e6
    base = assets.asset_folder(released.BASE)
    monkeypatch.setattr(released, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(released, "asset_folder", lambda name: base)
    folder = released.student_folder("tiny-student")
    pairs = [("capital of Peru", "Lima is the capital of Peru."), ("a", "b")]
    again = load_cross_encoder(str(folder), device="cpu")
    scores = again.predict(pairs, show_progress_bar=False)
    assert scores == pytest.approx(small.predict(pairs, show_progress_bar=False), abs=1e-3)
    assert released.student_folder("tiny-student") == folder
    entry.path.write_bytes(entry.path.read_bytes()[:-1] + b"x")
    (folder / released.MARK).write_text(json.dumps({"sha256": "older"}))
    with pytest.raises(assets.AssetError, match="not the one that was recorded"):
        released.student_folder("tiny-student")


def test_only_rounded_students_with_the_bases_tables_are_released(tmp_path, monkeypatch):
    monkeypatch.setattr(released, "STUDENTS", tmp_path / "students")
    small = keep_layers(load_cross_encoder(device="cpu"), [0])
    small.save_pretrained(str(tmp_path / "a"), create_model_card=False)
    weights = small.model.base_model.encoder.layer[0].output.dense.weight
    weights.data += 1e-3 * weights.data.abs().sqrt()
    small.save_pretrained(str(tmp_path / "b"), create_model_card=False)
    with pytest.raises(ValueError, match="not rounded to 8 bits"):
        release(tmp_path / "b", "b")
    small.model.base_model.embeddings.word_embeddings.weight.data += 1
    small.save_pretrained(str(tmp_path / "c"), create_model_card=False)
    with pytest.raises(ValueError, match="does not share"):
        release(tmp_path / "c", "c")
    assert not (tmp_path / "students").exists()


def test_a_passage_without_a_word_teaches_nothing(text, tmp_path):
    towns = load_passages(text)
    blank = replace(towns, documents={**towns.documents, "blank": " "})
    made, with_blank = (
        make_groups({"towns": texts}, 120, 0, tmp_path / f"{number}.jsonl")[0]
        for number, texts in enumerate((towns, blank))
    )
    assert made == with_blank and all(passage.strip() for _, group in made for passage in group)
