"""Make the vectors that the package stores, and record how."""

from __future__ import annotations

import io
import json
from importlib.metadata import version

import numpy as np

from xenc_course.files import file_sha256, write_lines, write_whole
from xenc_course.models.loading import load_bi_encoder
from xenc_course.retrieval import stored_vectors
from xenc_course.retrieval.stored_vectors import INDEX
from xenc_course.scoring.token_vectors import eight_bits
from xenc_course.text.collection import load_collection

ROWS = 2_600  # of a file: 2,600 vectors of 384 bytes are less than 1 MiB
STORED = (("wikipedia", "all-MiniLM-L6-v2"),)
COMMAND = "python -m authoring vectors"


def make_vectors(collection: str, model: str) -> None:
    """Encode all passages of a collection and store their vectors (minutes)."""
    text = load_collection(collection)
    ids = list(text.documents)
    passages = [text.passage(name) for name in ids]
    vectors = load_bi_encoder(model).encode_document(passages, show_progress_bar=True)
    folder = stored_vectors.VECTORS / collection / model
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for part, start in enumerate(range(0, len(ids), ROWS)):
        name = f"part-{part}.npy"
        content = io.BytesIO()
        np.save(content, eight_bits(np.asarray(vectors[start : start + ROWS])))
        write_whole(folder / name, content.getvalue())
        files[name] = file_sha256(folder / name)
    index = {
        "collection": collection,
        "model": model,
        "command": COMMAND,
        "versions": {name: version(name) for name in ("torch", "sentence-transformers")},
        "files": files,
        "ids": ids,
    }
    write_lines(folder / INDEX, [json.dumps(index)])
