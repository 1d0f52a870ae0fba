"""Pinned models and text: fetched from package wheels or the model hub, verified, whole or absent."""
