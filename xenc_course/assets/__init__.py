"""Models and text, pinned: from package wheels or the model hub, verified, whole or absent."""
