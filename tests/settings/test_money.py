"""The money's settings: how much a sale may be, and what a bitcoin costs."""

from decimal import Decimal
from pathlib import Path

import pytest

from pos.settings import SettingsError
from pos.settings.money import RATE_SOURCES
from tests.settings.start import read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POS_MAX_SAT", "-1"),
        ("POS_MAX_SAT", "1e6"),
        ("POS_INVOICE_EXPIRY", "59"),
        ("POS_INVOICE_EXPIRY", "86401"),
        ("POS_TIP_AMOUNTS", "a lot"),
        ("POS_TIP_AMOUNTS", "10000001"),
        # Python reads no number of so many digits.
        ("POS_TIP_AMOUNTS", "9" * 5000),
        ("POS_CURRENCY", "EURO"),
        ("POS_CURRENCY", "u\u017fd"),
        ("POS_CURRENCY", "SAT"),
        ("POS_RATE_SOURCES", "kraken,mtgox"),
        ("POS_RATE_SOURCES", "kraken,,coinbase"),
        ("POS_RATE_SOURCES", "kraken, kraken"),
        ("POS_RATE_FIXED", "50000"),
        ("POS_RATE_SPREAD", "-1"),
        ("POS_RATE_SPREAD", "50.1"),
        ("POS_RATE_SPREAD", "1,5"),
        ("POS_RATE_SPREAD", "NaN"),
    ],
)
def test_a_bad_setting_stops_the_start_with_its_name_the_problem_and_an_example(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=rf"^{name} .+ Example: {name}=.+$"):
        read(tmp_path, **{name: value})


@pytest.mark.parametrize("price", ["0", "-50000", "fifty", "50,000", "5e4", "Infinity", "٥", "1" + "0" * 16])
def test_a_price_that_no_bitcoin_has_stops_the_start(tmp_path: Path, price: str) -> None:
    with pytest.raises(SettingsError, match=r"^POS_RATE_FIXED .+ Example: POS_RATE_FIXED=.+$"):
        read(tmp_path, POS_CURRENCY="EUR", POS_RATE_FIXED=price)


def test_a_price_of_a_bitcoin_needs_its_currency_beside_it_whatever_the_office_sets(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"in which currency: a currency of the office does not count here\."):
        read(tmp_path, POS_RATE_FIXED="50000")


def test_a_till_without_a_currency_takes_sat_and_one_with_it_asks_every_source(tmp_path: Path) -> None:
    assert (read(tmp_path).currency, read(tmp_path).rate_fixed) == (None, None)
    settings = read(tmp_path, POS_CURRENCY="EUR")
    assert (settings.currency, settings.rate_sources, settings.rate_spread) == ("EUR", RATE_SOURCES, Decimal(0))


def test_the_shop_may_choose_its_sources_its_spread_and_its_own_price(tmp_path: Path) -> None:
    own = {"POS_RATE_SOURCES": "kraken, bitstamp", "POS_RATE_SPREAD": "1.5", "POS_RATE_FIXED": "50000.25"}
    settings = read(tmp_path, POS_CURRENCY="EUR", **own)
    assert settings.rate_sources == ("kraken", "bitstamp")
    assert (settings.rate_spread, settings.rate_fixed) == (Decimal("1.5"), Decimal("50000.25"))


def test_suggested_amounts_keep_to_the_limit(tmp_path: Path) -> None:
    assert read(tmp_path, POS_MAX_SAT="3000").tip_amounts == (1000, 2100)


@pytest.mark.parametrize("given", ["EUR", "eur", "Eur"])
def test_a_currency_may_be_written_in_small_letters(tmp_path: Path, given: str) -> None:
    assert read(tmp_path, POS_CURRENCY=given).currency == "EUR"


def test_an_amount_that_is_offered_must_be_one_that_can_be_sold(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"POS_TIP_AMOUNTS must be amounts from 1 to 3000 sat \(POS_MAX_SAT\)"):
        read(tmp_path, POS_MAX_SAT="3000", POS_TIP_AMOUNTS="1000,3001")
    assert read(tmp_path, POS_MAX_SAT="3000", POS_TIP_AMOUNTS="3000").tip_amounts == (3000,)


def test_the_first_rate_of_tax_is_the_usual_one(tmp_path: Path) -> None:
    assert str(read(tmp_path, POS_TAX_RATES="+8.25, 7").usual_tax) == "+8.25"
    assert [str(it) for it in read(tmp_path, POS_TAX_RATES="19 %, +7%").tax_rates] == ["19", "+7"]
    assert read(tmp_path).usual_tax is None
