"""The table of currencies, held against the standard's own list."""

import iso4217
import pytest

from pos.domain.money.currency import CURRENCIES, SAT, decimals, is_currency

# None: a metal, a basket of currencies, a code for tests.
LISTED = {currency.code: currency.exponent for currency in iso4217.Currency}


def test_every_currency_of_iso_4217_is_known_with_its_decimals_and_no_other() -> None:
    divided = {code: exponent for code, exponent in LISTED.items() if exponent is not None}
    assert {code: decimals(code) for code in CURRENCIES} == divided


@pytest.mark.parametrize(
    ("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("IQD", 3), ("LBP", 2), ("CLF", 4), ("SAT", 0)]
)
def test_decimals_are_those_of_the_books_and_not_those_of_cash(currency: str, digits: int) -> None:
    assert decimals(currency) == digits


@pytest.mark.parametrize("code", ["XAU", "XTS", "XXX", "XDR", "DEM", "BTC", SAT, "eur", "EURO", ""])
def test_what_no_shop_can_price_in_is_no_currency(code: str) -> None:
    assert not is_currency(code)


def test_the_decimals_of_what_is_no_currency_are_not_made_up() -> None:
    assert is_currency("EUR")
    with pytest.raises(ValueError, match="DEM is not a currency"):
        decimals("DEM")
