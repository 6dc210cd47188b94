"""What every source has to do, run against each of them."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos.rates.sources import SOURCES, BadPrice
from pos.settings.money import RATE_SOURCES
from tests.rates.world import dressed, price, sample, saying

each = pytest.mark.parametrize("name", SOURCES)


def read(name: str, body: bytes | str, currency: str = "EUR") -> Decimal:
    return SOURCES[name].read(body if isinstance(body, bytes) else body.encode(), currency)


def without_one_field(value: Any) -> Iterator[Any]:
    """Every copy of a JSON value that lacks one field or entry somewhere."""
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []:
        copy = json.loads(json.dumps(value))
        del copy[key]
        yield copy
        for part in without_one_field(value[key]):
            copy = json.loads(json.dumps(value))
            copy[key] = part
            yield copy


def test_the_settings_know_every_source() -> None:
    assert tuple(SOURCES) == RATE_SOURCES


@each
def test_the_price_is_read_exactly(name: str) -> None:
    assert read(name, sample(name)) == price(name)


@each
def test_an_address_is_of_the_currency_and_wants_no_key(name: str) -> None:
    address = SOURCES[name].address("EUR")
    assert address.startswith("https://")
    assert "key" not in address
    assert "{" not in address
    assert name == "blockchain" or "EUR" in address.upper()


@each
@pytest.mark.parametrize("digits", ["57000", "57000.5", "1", "1000000000000000"])
def test_a_price_may_be_of_any_size_that_money_has(name: str, digits: str) -> None:
    assert read(name, saying(name, dressed(name, digits))) == Decimal(digits)


@each
@pytest.mark.parametrize(
    "digits",
    ["0", "0.00", "-57000", "0.99", "1000000000000001", "1E+999999", "1E-999999", f"57000.{'1' * 31}"],
)
def test_a_price_that_cannot_be_is_none(name: str, digits: str) -> None:
    with pytest.raises(BadPrice):
        read(name, saying(name, dressed(name, digits)))


@each
@pytest.mark.parametrize(
    "raw",
    ["null", "true", "false", "[]", "{}", '""', '"nonsense"', '"NaN"', '"Infinity"', '"57,000"', '" 57000"', '"٥٧٠٠٠"'],
)
def test_nonsense_is_no_price(name: str, raw: str) -> None:
    with pytest.raises(BadPrice):
        read(name, saying(name, raw))


@each
@pytest.mark.parametrize("raw", ["NaN", "Infinity", "-Infinity", "1E+99999999999999999999", "9" * 5000])
def test_what_is_no_number_of_json_is_no_price(name: str, raw: str) -> None:
    with pytest.raises(BadPrice):
        read(name, saying(name, raw))


@each
def test_a_text_where_a_number_was_and_a_number_where_a_text_was_are_refused(name: str) -> None:
    with pytest.raises(BadPrice, match="not a"):
        read(name, saying(name, "57000" if SOURCES[name].is_text else '"57000"'))


@each
@pytest.mark.parametrize(
    "body", [b"", b"<html>Bad gateway</html>", b'{"data": ', b"[]", b"{}", b"null", b"5", b"\xff", b"[" * 99999]
)
def test_an_answer_of_another_shape_is_refused(name: str, body: bytes) -> None:
    with pytest.raises(BadPrice):
        read(name, body)


@pytest.mark.parametrize("name", [name for name in SOURCES if name != "bitstamp"])
def test_the_price_in_another_currency_is_refused(name: str) -> None:
    with pytest.raises(BadPrice, match="no price in XAF"):
        read(name, sample(name), "XAF")


def test_bitstamps_pair_counts_where_it_stands() -> None:
    answer = json.loads(sample("bitstamp"))
    assert read("bitstamp", json.dumps({**answer, "pair": "BTC/EUR"})) == 57004
    with pytest.raises(BadPrice):
        read("bitstamp", json.dumps({**answer, "pair": "BTC/USD"}))


def test_the_price_of_another_coin_is_refused() -> None:
    with pytest.raises(BadPrice):
        read("coinbase", sample("coinbase").replace("BTC", "ETH"))


@pytest.mark.parametrize("body", ['{"error":["EQuery:Unknown asset pair"]}', sample("kraken").replace("[]", '["E"]')])
def test_an_error_of_kraken_is_no_price(body: str) -> None:
    with pytest.raises(BadPrice):
        read("kraken", body)


def test_krakens_younger_pairs_have_plain_names() -> None:
    assert read("kraken", sample("kraken").replace("XXBTZEUR", "XBTCHF"), "CHF") == price("kraken")


@each
def test_whatever_is_missing_the_price_is_the_same_or_refused(name: str) -> None:
    refused = 0
    for answer in without_one_field(json.loads(sample(name), parse_float=str)):
        body = json.dumps(answer)
        for digits in [] if SOURCES[name].is_text else [str(price(name))]:
            body = body.replace(f'"{digits}"', digits)
        try:
            assert read(name, body) == price(name)
        except BadPrice:
            refused += 1
    assert refused >= 1


@each
@settings(max_examples=25)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=4))
def test_no_value_in_any_field_makes_the_reader_stumble(name: str, value: object) -> None:
    answer = json.loads(sample(name))
    for key in answer:
        inner = answer[key] if isinstance(answer[key], dict) else {}
        for changed in ({**answer, key: value}, *({**answer, key: {**inner, part: value}} for part in inner)):
            try:
                read(name, json.dumps(changed))
            except BadPrice:
                continue


@each
def test_what_is_said_of_nonsense_is_short(name: str) -> None:
    with pytest.raises(BadPrice) as caught:
        read(name, saying(name, json.dumps("\n" + "x" * 9999)))
    assert len(str(caught.value) + caught.value.detail) < 100
    assert "\n" not in caught.value.detail
