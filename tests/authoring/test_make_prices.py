"""The table of prices is measured by one command, and holds every row."""

import pytest

from authoring import __main__ as commands, make_prices
from authoring.make_prices import ROWS, Row, Work
from xenc_course import load_prices
from xenc_course.teaching.prices import PASSAGE, QUERY

WORK = Work(["one passage", "another passage"], ["first query", "second query", "third query"])


def recorded(calls):
    def load(work):
        return lambda query: calls.append((query, len(work.passages)))

    return load


def test_the_stored_table_has_every_row():
    # A new row is measured together with all others: run `python -m authoring runs prices`.
    stored = [(price.name, price.unit) for price in load_prices().prices]
    assert stored == [(row.name, row.unit) for row in ROWS]
    assert load_prices().command == make_prices.COMMAND


@pytest.mark.models
def test_a_table_is_measured_and_stored(tmp_path):
    reads, asks = [], []
    rows = (
        Row("read", PASSAGE, recorded(reads)),
        Row("ask", QUERY, recorded(asks), calls=5),
    )
    path = tmp_path / "prices.json"
    made = make_prices.make_prices(rows, WORK, rounds=2, path=path)
    assert made == load_prices(path) and made.rounds == 2
    assert [price.name for price in made.prices] == ["read", "ask"]
    assert len(asks) == 15 and reads == [(query, 2) for query in WORK.queries]  # one warms up
    assert made.work.startswith("2 whole Wikipedia passages")
    assert made.versions.keys() == set(make_prices.LIBRARIES)


def test_a_price_is_per_unit_in_milliseconds(monkeypatch):
    timing = make_prices.Timing((0.3, 0.2, 0.4), 2)
    price = make_prices._price(Row("read", PASSAGE, recorded([])), timing, 100)
    assert (price.median, price.low, price.high) == (3.0, 2.0, 4.0)
    price = make_prices._price(Row("ask", QUERY, recorded([]), calls=20), timing, 100)
    assert (price.median, price.low, price.high) == (15.0, 10.0, 20.0)


def test_the_command_measures_prices_and_prints_them(monkeypatch, capsys):
    monkeypatch.setattr(make_prices, "make_prices", load_prices)
    assert commands.main(["runs", "prices"]) == 0
    assert "L12, predict, fp32" in capsys.readouterr().out
