"""Text becomes passages of whole sentences."""

import pytest

from xenc_course.text.passages import load_passages, sentence_starts


def test_text_files_become_passages_of_whole_sentences(tmp_path):
    sentence = "The quick brown fox jumps over the lazy dog near the river bank today."
    (tmp_path / "a.txt").write_text(f"{' '.join([sentence] * 12)}\n\nToo short.\n", "utf-8")
    (tmp_path / "b.txt").write_text("\n\n".join([sentence] * 4), "utf-8")
    made = load_passages(tmp_path)
    assert not made.queries and not made.qrels
    lengths = [len(text.split()) for text in made.documents.values()]
    assert all(20 <= length <= 120 for length in lengths) and len(lengths) >= 3
    assert all(text.endswith(("today.", "short.")) for text in made.documents.values())


def test_folders_without_text_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"holds no .txt file"):
        load_passages(tmp_path)
    (tmp_path / "a.txt").write_text("Only a few words.", "utf-8")
    with pytest.raises(ValueError, match="hold no passage of 20 words"):
        load_passages(tmp_path)
    (tmp_path / "a.txt").write_bytes(b"caf\xe9 " * 30)
    with pytest.raises(ValueError, match="not UTF-8"):
        load_passages(tmp_path)


def test_named_collections_lend_their_passages():
    assert len(load_passages("helpdesk").documents) == 264


def test_sentences_end_before_capitals_and_not_in_initials():
    words = ["J.", "Smith", "wrote", "it.", "Then", "3.5", "years", "passed!", "e.g.", "more"]
    assert sentence_starts(words) == [0, 4]
