"""The README.md of a distilled model: data, command, versions, figures and licences."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np

from xenc_course.evaluation.run_comparison import RunComparison
from xenc_course.models.card_facts import UNKNOWN, card_facts
from xenc_course.models.catalogue import MODELS
from xenc_course.retrieval.rerank import DEPTH
from xenc_course.text.collection import Collection

from .distillation_data import BESIDE, NEGATIVES, SENTENCES
from .plan import Plan

LIBRARIES = ("torch", "transformers", "sentence-transformers", "onnxruntime", "tokenizers")


def model_card(
    name: str,
    plan: Plan,
    command: Sequence[str],
    texts: Mapping[str, Collection],
    comparison: RunComparison,
    losses: Sequence[float],
    seconds: float,
) -> list[str]:
    """Write the card of a student. Licences and languages are those that its inputs state.

    Of a folder or file with an absolute path the card gives the name alone: the rest says nothing
    of the model, and much of the machine.

    Args:
        name: the student's.
        plan: what decided the student.
        command: the words of the command line that made it.
        texts: source -> the passages that queries were made from.
        comparison: the student compared with others on held-out queries.
        losses: the loss of every step of the training.
        seconds: how long the whole command took.

    Returns:
        The lines of the README.md.
    """
    teacher, student = _without_folders(plan.teacher), _without_folders(plan.student)
    start = f" of {_without_folders(plan.start)}" if plan.start else ""
    sources = ", ".join(map(_without_folders, plan.text))
    versions = ", ".join(f"{library} {version(library)}" for library in LIBRARIES)
    licences = [f"the teacher: {card_facts(plan.teacher).licence}"]
    licences += [
        f"the text of {_without_folders(source)}: {text.licence or UNKNOWN}"
        for source, text in texts.items()
    ]
    return [
        *_metadata(name, plan, texts, comparison),
        "",
        f"# {name}",
        "",
        f"A cross-encoder distilled from {teacher} ({student}{start}). It gives one "
        f"logit for a query and a passage. Language of the text: {_language(texts)}.",
        "",
        f"- Data: {plan.n_pairs:,} pairs, labelled by the teacher. Queries were made from the "
        f"passages of {sources}: questions and keywords, no query that a person "
        f"wrote, no judgement. Negatives per query: {NEGATIVES['bm25']} of BM25's and "
        f"{NEGATIVES['bi_encoder']} of all-MiniLM-L6-v2's first {DEPTH}, {NEGATIVES['random']} at "
        f"random. {SENTENCES:.0%} of the queries read single sentences; up to {BESIDE} of their "
        "negatives then come from the answer's own passage.",
        f"- Command: `{shlex.join(map(_without_folders, command))}`",
        f"- Seed {plan.seed}, {len(losses):,} steps, {seconds:,.0f} s; loss of the last tenth "
        f"{np.mean(losses[-max(1, len(losses) // 10) :]):.3f}.",
        f"- Versions: {versions}.",
        f"- Licences of what it was made from: {'; '.join(licences)}.",
        "",
        f"{comparison.metric} on held-out queries made in the same way, BM25's {DEPTH} candidates:",
        "",
        "```",
        *str(comparison).splitlines(),
        "```",
    ]


def _without_folders(word: str) -> str:
    """A word of a command or a source; of an absolute path, also behind "=", the last part."""
    option, equals, path = word.rpartition("=")
    if not Path(path).expanduser().is_absolute():
        return word
    return f"{option}{equals}{Path(path).name}"


def _metadata(
    name: str, plan: Plan, texts: Mapping[str, Collection], comparison: RunComparison
) -> list[str]:
    """The lines that the model hub reads; what is not known is left out.

    They name no data set, because there `datasets` are those of the hub, and the queries were made.
    """
    from huggingface_hub import EvalResult, ModelCardData

    teacher, language = MODELS.get(plan.teacher), _language(texts)
    measured = EvalResult(
        task_type="text-ranking",
        dataset_type="made-queries",
        dataset_name=f"queries made from {', '.join(map(_without_folders, plan.text))}, held out",
        metric_type=comparison.metric,
        metric_value=round(comparison.differences[0].baseline_mean, 4),
    )
    data = ModelCardData(
        model_name=name,
        eval_results=[measured],
        license=card_facts(plan.teacher).licence.lower(),
        language=None if language == UNKNOWN else language.split(", "),
        base_model=teacher.hub_id if teacher else None,
        library_name="sentence-transformers",
        pipeline_tag="text-ranking",
    )
    return ["---", *data.to_yaml().splitlines(), "---"]


def _language(texts: Mapping[str, Collection]) -> str:
    """The languages of the texts, or "unknown" as soon as one does not state its own."""
    stated = {text.language for text in texts.values()}
    return UNKNOWN if "" in stated else ", ".join(sorted(stated))
