"""Scores of (query, passage) pairs: quickly, in bounded memory, through PyTorch or onnxruntime."""
