"""The helper package of the course on cross-encoders: fetch, time, evaluate and display.

It never hides sentence-transformers: `load_cross_encoder` returns the stock `CrossEncoder`.
Names are loaded when first used, so that importing the package costs milliseconds.
"""

from __future__ import annotations

import importlib

__version__ = "0.1.0"

_HOMES = {
    "assets.wheels": ("ASSETS", "AssetError", "asset_folder", "cache_folder", "fetch"),
    "retrieval.first_stage": ("bm25_run",),
    "scoring.cascade": ("cascade",),
    "text.collection": ("HELPDESK", "Collection", "load_collection"),
    "display.rankings": ("show_matrix", "show_ranking", "show_rankings"),
    "evaluation.run_comparison": ("compare_runs",),
    "evaluation.metrics": ("Evaluation", "evaluate"),
    "evaluation.stored_runs": ("list_runs", "load_run"),
    "evaluation.experiment": ("Experiment", "rerank_and_evaluate"),
    "scoring.scorers": ("load_scorer", "score_pairs"),
    "scoring.reranker": ("Reranker",),
    "evaluation.resampling": ("bootstrap_interval", "holm"),
    "retrieval.runs": ("ranked", "read_run", "write_run"),
    "teaching.exercises": ("Feedback", "check"),
    "training.query_maker": ("QueryMaker",),
    "training.negatives": ("mine_negatives",),
    "training.shrinking": ("keep_layers",),
    "training.loop": ("Group", "Match", "train"),
    "training.finetuning": ("judged_groups", "split_queries"),
    "retrieval.rerank": ("reranked",),
    "scoring.backends": ("OnnxBackend",),
    "scoring.batches": ("as_given", "by_budget", "by_length", "padding_share"),
    "models.catalogue": ("MODELS", "list_models"),
    "assets.hub": ("hub_reachable",),
    "scoring.onnx_encoders": ("LateInteraction", "OnnxEncoder"),
    "models.loading": ("load_bi_encoder", "load_cross_encoder", "model_folder"),
    "display.plots": ("bar_plot", "heatmap", "histogram", "line_plot", "scatter_plot"),
    "display.table": ("Table",),
    "teaching.verdicts": ("Verdict", "show_verdicts", "verdict"),
    "timing": ("Comparison", "Timing", "compare", "format_seconds", "measure"),
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [*_MODULE_OF, "__version__"]


def __getattr__(name: str) -> object:
    """Import the module of a public name when the name is first used (PEP 562)."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'xenc_course' has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_MODULE_OF[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
