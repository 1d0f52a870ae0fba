"""A class's own collection: sixty passages and fifteen judged queries, in BEIR layout."""

from __future__ import annotations

import json
from pathlib import Path

ROOMS = ("kitchen", "garage", "attic", "garden", "cellar", "balcony")
THINGS = (
    ("lamp", "gives light and needs a bulb of forty watts"),
    ("kettle", "boils water in three minutes and switches itself off"),
    ("ladder", "has eight steps and folds flat against a wall"),
    ("radio", "plays two stations and runs on batteries"),
    ("carpet", "is woven of wool and must not get wet"),
    ("saw", "cuts planks of pine and wants a new blade every year"),
    ("clock", "strikes every hour and is wound on Sundays"),
    ("mirror", "hangs on two hooks and shows a person from head to foot"),
    ("chest", "holds winter clothes and smells of cedar"),
    ("bench", "seats three people and was painted green last spring"),
)


def class_folder(folder: Path) -> Path:
    """Write the collection.

    Args:
        folder: it is made.

    Returns:
        The folder.
    """
    (folder / "qrels").mkdir(parents=True)
    corpus, queries, qrels = [], [], ["query-id\tcorpus-id\tscore"]
    for room in ROOMS:
        for thing, what in THINGS:
            text = f"In the {room} stands a {thing} that {what}. Nobody moves it out of the {room}."
            corpus.append(
                {"_id": f"{room}-{thing}", "title": f"The {room}'s {thing}", "text": text}
            )
    for number in range(15):
        room, (thing, what) = ROOMS[number % len(ROOMS)], THINGS[number % len(THINGS)]
        queries.append({"_id": f"q{number}", "text": f"which thing of the {room} {what}"})
        qrels.append(f"q{number}\t{room}-{thing}\t3")
        qrels.append(f"q{number}\t{ROOMS[(number + 1) % len(ROOMS)]}-{thing}\t1")
    for name, records in (("corpus", corpus), ("queries", queries)):
        lines = "".join(json.dumps(record) + "\n" for record in records)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    (folder / "qrels" / "test.tsv").write_text("\n".join(qrels) + "\n", encoding="utf-8")
    return folder
