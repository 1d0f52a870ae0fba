"""Make the projection of a late-interaction model whose packaged file ends before its own."""

from __future__ import annotations

import io

import numpy as np

from xenc_course.files import write_whole
from xenc_course.scoring import late_interaction
from xenc_course.scoring.late_interaction import passage_states
from xenc_course.scoring.onnx_encoders import WIDTH, OnnxEncoder
from xenc_course.scoring.token_vectors import unit
from xenc_course.text.collection import load_collection

MODEL = "answerai-colbert-small-v1-int8"
DIMENSIONS = 96  # as many as the model's own projection gives
PASSAGES = 2_000


def make_projection() -> None:
    """Take the directions in which the tokens of Wikipedia's passages differ most (a minute)."""
    encoder = OnnxEncoder(MODEL)
    wikipedia = load_collection("wikipedia")
    names = list(wikipedia.documents)[:: len(wikipedia.documents) // PASSAGES]
    products = np.zeros((WIDTH, WIDTH))
    for name in names:
        vectors = unit(passage_states(encoder, wikipedia.passage(name))).astype(np.float64)
        products += vectors.T @ vectors
    _, directions = np.linalg.eigh(products)
    content = io.BytesIO()
    np.save(content, directions[:, : -DIMENSIONS - 1 : -1].astype(np.float32))
    late_interaction.PROJECTIONS.mkdir(exist_ok=True)
    write_whole(late_interaction.PROJECTIONS / f"{MODEL}.npy", content.getvalue())
