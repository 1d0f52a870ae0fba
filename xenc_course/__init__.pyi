"""The public names of the course and the module of each: what type checkers and editors read.

`__init__.py` loads each name from here when it is first used. A new public name is one line here.
"""

from .assets.cache import (
    AssetError as AssetError,
    cache_folder as cache_folder,
)
from .assets.hub import (
    hub_reachable as hub_reachable,
)
from .assets.wheels import (
    ASSETS as ASSETS,
    asset_folder as asset_folder,
    fetch as fetch,
)
from .display.lesson_diagrams import (
    diagram_batch as diagram_batch,
    diagram_calibrate as diagram_calibrate,
    diagram_choose as diagram_choose,
    diagram_cost as diagram_cost,
    diagram_distil as diagram_distil,
    diagram_inputs as diagram_inputs,
    diagram_judged_test as diagram_judged_test,
    diagram_limit as diagram_limit,
    diagram_no_answer as diagram_no_answer,
    diagram_retrieve_and_rerank as diagram_retrieve_and_rerank,
    diagram_two_encoders as diagram_two_encoders,
)
from .display.model_diagrams import (
    diagram_attention as diagram_attention,
    diagram_cut as diagram_cut,
    diagram_layers as diagram_layers,
)
from .display.plots import (
    bar_plot as bar_plot,
    heatmap as heatmap,
    histogram as histogram,
    line_plot as line_plot,
    scatter_plot as scatter_plot,
)
from .display.rankings import (
    show_matrix as show_matrix,
    show_ranking as show_ranking,
    show_rankings as show_rankings,
)
from .display.search_diagrams import (
    diagram_pipeline as diagram_pipeline,
)
from .display.table import (
    Table as Table,
)
from .evaluation.experiment import (
    Experiment as Experiment,
    rerank_and_evaluate as rerank_and_evaluate,
)
from .evaluation.found_runs import (
    find_run as find_run,
)
from .evaluation.frontier import (
    Frontier as Frontier,
    load_frontier as load_frontier,
)
from .evaluation.frontier_views import (
    frontier_plot as frontier_plot,
    frontier_table as frontier_table,
)
from .evaluation.judged_run import (
    judged_pairs as judged_pairs,
)
from .evaluation.metrics import (
    Evaluation as Evaluation,
    evaluate as evaluate,
)
from .evaluation.paired_comparison import (
    compare_each as compare_each,
)
from .evaluation.promises import (
    compare_curves as compare_curves,
    compare_promises as compare_promises,
)
from .evaluation.resampling import (
    bootstrap_by_query as bootstrap_by_query,
    bootstrap_interval as bootstrap_interval,
    holm as holm,
)
from .evaluation.run_comparison import (
    compare_runs as compare_runs,
)
from .evaluation.seed_comparison import (
    compare_seeds as compare_seeds,
)
from .evaluation.separation import (
    auroc as auroc,
    auroc_inside as auroc_inside,
    tell_apart as tell_apart,
)
from .evaluation.stored_runs import (
    list_runs as list_runs,
    load_run as load_run,
)
from .evaluation.stored_search import (
    load_search as load_search,
)
from .models.catalogue import (
    MODELS as MODELS,
    list_models as list_models,
)
from .models.loading import (
    load_bi_encoder as load_bi_encoder,
    load_cross_encoder as load_cross_encoder,
    model_folder as model_folder,
)
from .processes import (
    cores as cores,
    processor as processor,
    processor_features as processor_features,
    quota as quota,
)
from .retrieval.first_stage import (
    bm25_run as bm25_run,
)
from .retrieval.fusion import (
    convex_fusion as convex_fusion,
    reciprocal_rank_fusion as reciprocal_rank_fusion,
)
from .retrieval.lance import (
    lance_table as lance_table,
)
from .retrieval.lance_reranker import (
    LanceReranker as LanceReranker,
)
from .retrieval.rerank import (
    reranked as reranked,
)
from .retrieval.runs import (
    ranked as ranked,
    read_run as read_run,
    reread as reread,
    write_run as write_run,
)
from .retrieval.stored_vectors import (
    load_vectors as load_vectors,
)
from .scoring.backends import (
    OnnxBackend as OnnxBackend,
)
from .scoring.batches import (
    as_given as as_given,
    by_budget as by_budget,
    by_length as by_length,
    padding_share as padding_share,
)
from .scoring.calibrated_reranker import (
    CalibratedReranker as CalibratedReranker,
)
from .scoring.calibration import (
    Calibration as Calibration,
    load_calibration as load_calibration,
)
from .scoring.calibration_fit import (
    fit_calibration as fit_calibration,
)
from .scoring.calibration_plots import (
    reliability_plot as reliability_plot,
    risk_coverage_plot as risk_coverage_plot,
)
from .scoring.cascade import (
    cascade as cascade,
)
from .scoring.conformal import (
    conformal_cut as conformal_cut,
)
from .scoring.cuts import (
    choose_cut as choose_cut,
    lowest_share as lowest_share,
    risk_coverage as risk_coverage,
)
from .scoring.judged_pairs import (
    JudgedPairs as JudgedPairs,
)
from .scoring.late_interaction import (
    LateInteraction as LateInteraction,
)
from .scoring.onnx_encoders import (
    OnnxEncoder as OnnxEncoder,
)
from .scoring.reliability import (
    brier as brier,
    calibration_error as calibration_error,
    reliability as reliability,
)
from .scoring.reranker import (
    Reranker as Reranker,
)
from .scoring.scorers import (
    load_scorer as load_scorer,
    score_pairs as score_pairs,
)
from .teaching.exercises import (
    Feedback as Feedback,
    Hint as Hint,
    check as check,
    hint as hint,
)
from .teaching.findings import (
    Cases as Cases,
    Finding as Finding,
    Share as Share,
    Speedup as Speedup,
    finding as finding,
    show_findings as show_findings,
)
from .teaching.judgements import (
    pool as pool,
)
from .teaching.judging import (
    judge as judge,
)
from .teaching.prices import (
    load_prices as load_prices,
)
from .teaching.queueing import (
    response_times as response_times,
)
from .teaching.quiz import (
    quiz as quiz,
)
from .teaching.search_box import (
    search_box as search_box,
)
from .text.collection import (
    HELPDESK as HELPDESK,
    Collection as Collection,
    load_collection as load_collection,
)
from .timing import (
    Comparison as Comparison,
    Timing as Timing,
    compare as compare,
    format_seconds as format_seconds,
    measure as measure,
)
from .training.finetuning import (
    judged_groups as judged_groups,
)
from .training.group_batches import (
    Group as Group,
)
from .training.loop import (
    train as train,
)
from .training.losses import (
    Match as Match,
)
from .training.negatives import (
    mine_negatives as mine_negatives,
)
from .training.query_maker import (
    QueryMaker as QueryMaker,
)
from .training.query_split import (
    split_queries as split_queries,
)
from .training.short_articles import (
    short_articles as short_articles,
)
from .training.shrinking import (
    keep_layers as keep_layers,
)
from .training.stored_trainings import (
    StoredTraining as StoredTraining,
    load_trainings as load_trainings,
)

__version__: str
