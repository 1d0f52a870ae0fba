"""Models that are not what they seem, made of a sound one; and sound ones of unusual build."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

WEIGHTS = "model.safetensors"


def copied(model: Path, folder: Path, *, without: tuple[str, ...] = ()) -> Path:
    """A copy of a model's folder, without the files whose names match these patterns."""
    shutil.copytree(model, folder, ignore=shutil.ignore_patterns(*without))
    return folder


def renamed(model: Path, folder: Path, name_of: Callable[[str], str | None]) -> Path:
    """A copy whose weights have other names; a weight for which there is none is left out."""
    from safetensors.torch import load_file, save_file

    copied(model, folder)
    weights = {name_of(name): tensor for name, tensor in load_file(model / WEIGHTS).items()}
    kept = {name: tensor for name, tensor in weights.items() if name}
    save_file(kept, folder / WEIGHTS, metadata={"format": "pt"})
    return folder


def scaled(model: Path, folder: Path) -> Path:
    """A copy with larger weights: a random model gives nearly the same score to every pair."""
    from safetensors.torch import load_file, save_file

    weights = load_file(copied(model, folder) / WEIGHTS)
    large = {name: (8 if w.dim() > 1 else 1) * w for name, w in weights.items()}
    save_file(large, folder / WEIGHTS, metadata={"format": "pt"})
    return folder


def configured(model: Path, folder: Path, **settings: object) -> Path:
    """A copy whose config.json says something else."""
    path = copied(model, folder) / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))
    return folder


def write_encoder(folder: Path, tokenizer) -> Path:
    """A BertModel, which has no head."""
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    shape = BertConfig(
        num_hidden_layers=2, hidden_size=24, num_attention_heads=2, intermediate_size=48
    )
    model = BertModel(shape)
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(8 if weight.dim() > 1 else 1)  # or all scores would be nearly the same
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def write_bi_encoder(folder: Path, tokenizer) -> Path:
    """A bi-encoder as sentence-transformers saves it."""
    from sentence_transformers import SentenceTransformer

    encoder = write_encoder(folder.with_name(f"{folder.name}-encoder"), tokenizer)
    SentenceTransformer(str(encoder)).save_pretrained(str(folder), create_model_card=False)
    return folder


def write_modular(folder: Path, tokenizer) -> Path:
    """A cross-encoder made of Transformer, Pooling and Dense, as sentence-transformers 6 has."""
    import torch
    from sentence_transformers import CrossEncoder
    from sentence_transformers.base.modules import Dense, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling

    encoder = write_encoder(folder.with_name(f"{folder.name}-encoder"), tokenizer)
    head = Dense(24, 1, activation_function=torch.nn.Identity(), module_output_name="scores")
    parts = [Transformer(str(encoder)), Pooling(24, pooling_mode="cls"), head]
    model = CrossEncoder(modules=parts, device="cpu")
    model.save_pretrained(str(folder), create_model_card=False)
    return folder


def write_language_model(folder: Path, tokenizer) -> Path:
    """A language model that answers "yes" or "no", of which sentence-transformers makes a score."""
    import torch
    from transformers import BertTokenizer, Qwen3Config, Qwen3ForCausalLM

    words = [*tokenizer.get_vocab(), "yes", "no"]
    answering = BertTokenizer(vocab={word: number for number, word in enumerate(words)})
    torch.manual_seed(0)
    shape = Qwen3Config(
        vocab_size=len(words),
        num_hidden_layers=2,
        hidden_size=24,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=12,
        intermediate_size=48,
        pad_token_id=0,
        bos_token_id=2,
        eos_token_id=3,
    )
    model = Qwen3ForCausalLM(shape)
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(8 if weight.dim() > 1 else 1)
    model.save_pretrained(folder)
    answering.save_pretrained(folder)
    return folder


def write_modern(folder: Path, tokenizer, limit: int) -> Path:
    """A ModernBERT cross-encoder, which reads as many tokens as its tokenizer says."""
    import torch
    from transformers import ModernBertConfig, ModernBertForSequenceClassification

    torch.manual_seed(0)
    special = {"pad_token_id": 0, "cls_token_id": 2, "sep_token_id": 3}
    shape = ModernBertConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=limit,
        local_attention=16,
        global_attn_every_n_layers=2,
        num_hidden_layers=2,
        hidden_size=24,
        num_attention_heads=2,
        intermediate_size=48,
        num_labels=1,
        bos_token_id=2,
        eos_token_id=3,
        **special,
    )
    model = ModernBertForSequenceClassification(shape)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() > 1 and "embeddings" not in name:
                weight.mul_(6)  # or all scores would be nearly the same
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    path = folder / "tokenizer_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"model_max_length": limit}))
    return folder
