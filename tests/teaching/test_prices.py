"""The table of prices: what is stored, and live figures beside it."""

import json
import shutil
from dataclasses import replace

import pytest

from xenc_course import load_prices
from xenc_course.teaching.prices import PASSAGE, PRICES, QUERY
from xenc_course.timing import Timing

PREDICT, ENCODE = "L12, predict, fp32", "all-MiniLM, encode a query, fp32"


def test_the_stored_table_says_where_it_comes_from():
    prices = load_prices()
    assert prices.rounds >= 7 and prices.threads >= 1 and prices.command and prices.processor
    assert {price.unit for price in prices.prices} == {PASSAGE, QUERY}
    text = str(prices)
    assert prices.processor in text and f"{prices.rounds} rounds" in text and prices.work in text
    assert PREDICT in text


def test_prices_of_a_busy_machine_say_so():
    prices = load_prices()
    quiet, busy = replace(prices, load=0.4, cores=2), replace(prices, load=1.5, cores=2)
    assert quiet.doubt == "" and "too high" not in str(quiet)
    assert "load 1.5 on 2 cores" in str(busy) and "measure again" in str(busy)


def test_a_price_is_found_by_its_name_and_an_unknown_name_is_told():
    prices = load_prices()
    assert prices[PREDICT].seconds == pytest.approx(prices[PREDICT].median / 1000)
    with pytest.raises(KeyError, match=r"no price of 'L13'.*L12, predict, fp32"):
        prices["L13"]


@pytest.mark.parametrize(
    ("times", "verdict"),
    [(0.74, "differs"), (0.76, "agrees"), (1.0, "agrees"), (1.24, "agrees"), (1.26, "differs")],
)
def test_a_live_figure_is_told_when_it_differs_by_more_than_a_quarter(times, verdict):
    prices = load_prices()
    beside = prices.beside({PREDICT: times * prices[PREDICT].seconds})
    assert beside.column("within a quarter?") == [verdict]
    assert beside.column("here / stored") == pytest.approx([times])


def test_the_note_says_which_column_to_trust():
    prices = load_prices()
    near, far = prices[PREDICT].seconds, 3 * prices[ENCODE].seconds
    timing = Timing((far, far, far), 2)
    assert "1 of 2 differ" in str(prices.beside({PREDICT: near, ENCODE: timing}))
    assert "'here'" in str(prices.beside({ENCODE: timing}))
    assert "0 of 1 differ" in str(prices.beside({PREDICT: near}))


@pytest.mark.parametrize("wrong", [0.0, -1.0, float("nan"), float("inf")])
def test_a_live_figure_is_a_time(wrong):
    with pytest.raises(ValueError, match="a time is above 0"):
        load_prices().beside({PREDICT: wrong})


def test_no_live_figure_is_refused():
    with pytest.raises(ValueError, match="There is no live figure"):
        load_prices().beside({})


def test_a_missing_table_says_how_to_make_it(tmp_path):
    with pytest.raises(FileNotFoundError, match="authoring runs prices"):
        load_prices(tmp_path / "none.json")


@pytest.mark.parametrize(
    "damage",
    [
        lambda facts: facts.pop("rounds"),
        lambda facts: facts.pop("prices"),
        lambda facts: facts.update(prices=[]),
        lambda facts: facts["prices"][0].update(low=1e9),
        lambda facts: facts["prices"][0].update(high=float("nan")),
        lambda facts: facts["prices"][0].update(median="fast"),
        lambda facts: facts["prices"][0].update(colour="red"),
        lambda facts: facts["prices"].append(3),
    ],
)
def test_a_damaged_table_is_refused(damage, tmp_path):
    copy = tmp_path / "prices.json"
    facts = json.loads(PRICES.read_text(encoding="utf-8"))
    damage(facts)
    copy.write_text(json.dumps(facts), encoding="utf-8")
    with pytest.raises(ValueError, match="is no table of prices"):
        load_prices(copy)


@pytest.mark.parametrize("text", ["", "[]", '"text"', "null", "[" * 5_000])
def test_another_file_is_refused(text, tmp_path):
    copy = tmp_path / "prices.json"
    shutil.copy(PRICES, copy)
    copy.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="is no table of prices"):
        load_prices(copy)
