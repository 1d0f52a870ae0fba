"""Fourteen towns, what each of them trades in, and a text on them."""

from pathlib import Path

from tests.support.beir_folders import jsonl, make_folder

TRADE_OF = {
    "Lima": "grain",
    "Oslo": "copper",
    "Quito": "silk",
    "Accra": "salt",
    "Hanoi": "paper",
    "Cairo": "glass",
    "Perth": "rope",
    "Turin": "timber",
    "Kyoto": "wool",
    "Davao": "cheese",
    "Cork": "ink",
    "Bern": "brass",
    "Graz": "clay",
    "Pune": "lamps",
}
PLACES, TRADES = list(TRADE_OF), list(TRADE_OF.values())


def write_towns(folder: Path) -> Path:
    """Write a text file with a passage on each town, told apart by small things."""
    folder.mkdir()
    passages = [
        f"{place} is a harbour town that trades in {trade} with its neighbours. The old market of "
        f"{place} opens at {n + 5} in the morning, and visitors who buy {trade} there can rest in "
        f"the garden beside the tower{n}."
        for n, (place, trade) in enumerate(TRADE_OF.items())
    ]
    (folder / "towns.txt").write_text("\n\n".join(passages), encoding="utf-8")
    return folder


def write_judged_towns(folder: Path) -> Path:
    """Write a BEIR folder: who trades in what, with one town that answers each of ten queries."""
    towns = list(TRADE_OF.items())
    corpus = [{"_id": place, "text": f"{place} sells {trade}"} for place, trade in towns]
    queries = [
        {"_id": f"q{n}", "text": f"who sells {trade}"} for n, trade in enumerate(TRADES[:10])
    ]
    qrels = ["query-id\tcorpus-id\tscore", *(f"q{n}\t{PLACES[n]}\t1" for n in range(10)), ""]
    return make_folder(folder, jsonl(corpus), jsonl(queries), "\n".join(qrels))
