"""What a model's card states is known, and nothing else."""

from __future__ import annotations

from xenc_course.models.card_facts import CardFacts, card_facts


def test_a_folder_states_its_facts_at_the_head_of_its_card(tmp_path):
    assert card_facts(str(_model(tmp_path / "none", ""))) == CardFacts()
    head = "---\nlicense: mit\nlanguage:\n- de\n- fr\n---\n# A model\n"
    assert card_facts(str(_model(tmp_path / "stated", head))) == CardFacts("mit", "de, fr")


def _model(folder, card: str):
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    if card:
        (folder / "README.md").write_text(card)
    return folder
