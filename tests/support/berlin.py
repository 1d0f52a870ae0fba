"""The pair of texts on the model card of ms-marco-MiniLM-L12-v2."""

from __future__ import annotations

BERLIN = "How many people live in Berlin?"
BERLIN_PASSAGES = [
    "Berlin had a population of 3,520,031 registered inhabitants in an area of 891.82 square "
    "kilometers.",
    "Berlin is well known for its museums.",
]
