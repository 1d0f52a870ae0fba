"""A dynamically quantised ONNX cross-encoder, turned back into a PyTorch folder.

`onnxruntime.quantization.quantize_dynamic` stores each weight matrix as 8-bit integers ``q`` with a
scale and a zero point; the weight it stands for is ``(q - zero_point) * scale``. Undoing that gives
a normal `BertForSequenceClassification`, within rounding of the published one.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from onnx import GraphProto

QUANTISED = "_quantized"
TURNED = "_Transposed"  # what onnxruntime adds to the name of a matrix that it had to transpose

# What the ONNX file does not say about itself. The rest is read off its tensors.
BERT_CONFIG = {
    "architectures": ["BertForSequenceClassification"],
    "model_type": "bert",
    "hidden_act": "gelu",
    "layer_norm_eps": 1e-12,
    "num_attention_heads": 12,
    "hidden_dropout_prob": 0.1,
    "attention_probs_dropout_prob": 0.1,
    "pad_token_id": 0,
    "id2label": {"0": "LABEL_0"},
    "label2id": {"LABEL_0": 0},
    # Without this line sentence-transformers sends a one-label score through a sigmoid.
    "sentence_transformers": {"activation_fn": "torch.nn.modules.linear.Identity"},
}


def dequantise_folder(folder: Path) -> None:
    """Replace the `model.onnx` of a folder by `model.safetensors` (float32) and `config.json`.

    Raises:
        ValueError: the file is no quantised BERT cross-encoder.
    """
    import onnx
    from safetensors.numpy import save

    source = folder / "model.onnx"
    weights = dequantised_weights(onnx.load(source).graph)
    # Not save_file, whose files nobody but their owner can read, and whose errors are its own.
    (folder / "model.safetensors").write_bytes(save(weights, metadata={"format": "pt"}))
    config = json.dumps(bert_config(weights), indent=2, sort_keys=True)
    (folder / "config.json").write_text(config + "\n", encoding="utf-8")
    source.unlink()


def dequantised_weights(graph: GraphProto) -> dict[str, np.ndarray]:
    """Undo the quantisation of all weights.

    All must be there: PyTorch would load an incomplete set and fill the gaps with random numbers.

    Args:
        graph: of an ONNX file that `quantize_dynamic` has written.

    Returns:
        PyTorch's name of a weight -> float32 array; matrices have PyTorch's shape (out, in).

    Raises:
        ValueError: these are not all the weights of a BERT cross-encoder, or there are others.
    """
    import numpy as np
    from onnx import numpy_helper

    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    names = _matrix_names(graph)
    weights = {
        name: array.astype(np.float32)
        for name, array in stored.items()
        if name.startswith(("bert.", "classifier.")) and name.endswith((".weight", ".bias"))
    }
    for key, quantised in stored.items():
        if not key.endswith(QUANTISED):
            continue
        base = key.removesuffix(QUANTISED)
        scale, zero = stored[base + "_scale"], stored[base + "_zero_point"]
        weight = (quantised.astype(np.float32) - np.float32(zero)) * np.float32(scale)
        # ONNX computes x @ W, W being [in, out]; PyTorch keeps [out, in]. Embeddings are rows.
        is_embedding = "embeddings" in base
        name = names.get(base, base.removesuffix(TURNED))
        weights[name] = weight if is_embedding else np.ascontiguousarray(weight.T)
    if not _is_whole(weights):
        raise ValueError(
            "model.onnx is not a quantised BERT cross-encoder: take the pinned file of the course."
        )
    return weights


def bert_config(weights: dict[str, np.ndarray]) -> dict[str, object]:
    """The Hugging Face configuration of a BERT, its sizes read off the tensors.

    Args:
        weights: what `dequantised_weights` returns.

    Raises:
        KeyError: a tensor is missing from which a size is read.
    """
    vocabulary, hidden = weights["bert.embeddings.word_embeddings.weight"].shape
    layers = {name.split(".")[3] for name in weights if name.startswith("bert.encoder.layer.")}
    return BERT_CONFIG | {
        "vocab_size": vocabulary,
        "hidden_size": hidden,
        "num_hidden_layers": len(layers),
        "intermediate_size": weights["bert.encoder.layer.0.intermediate.dense.bias"].shape[0],
        "max_position_embeddings": weights["bert.embeddings.position_embeddings.weight"].shape[0],
        "type_vocab_size": weights["bert.embeddings.token_type_embeddings.weight"].shape[0],
    }


def _is_whole(weights: dict[str, np.ndarray]) -> bool:
    """Whether a BERT of these sizes has just these parameters, in these shapes."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    try:
        config = BertConfig.from_dict(bert_config(weights))
    except KeyError:  # there is not even the tensor that a size is read off
        return False
    with torch.device("meta"):  # shapes alone: no number is stored
        needed = BertForSequenceClassification(config).state_dict()
    shapes = {name: weight.shape for name, weight in weights.items()}
    return shapes == {name: tuple(tensor.shape) for name, tensor in needed.items()}


def _matrix_names(graph: GraphProto) -> dict[str, str]:
    """Exported matrices are only numbered; each is named after the bias added behind it, if any."""
    constants = {tensor.name for tensor in graph.initializer}
    readers = defaultdict(list)
    for node in graph.node:
        for name in node.input:
            readers[name].append(node)
    names = {}
    for node in graph.node:
        if node.op_type != "MatMulInteger" or not node.input[1].startswith("onnx::"):
            continue
        step = node  # then come Cast to float, Mul by the scales, Add of the bias
        while step.op_type != "Add" and len(readers[step.output[0]]) == 1:
            (step,) = readers[step.output[0]]
        for bias in constants.intersection(step.input):
            names[node.input[1].removesuffix(QUANTISED)] = bias.removesuffix("bias") + "weight"
    return names
