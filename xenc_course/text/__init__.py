"""Text with judgements: collections, folders in BEIR layout, passages cut from files."""
