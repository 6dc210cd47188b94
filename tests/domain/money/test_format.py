"""How each language writes an amount."""

import re
from decimal import Decimal

import pytest
from babel.numbers import format_currency, get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.money import Money, decimal_sign, format_money, format_number, format_percent
from pos.domain.money.currency import CURRENCIES, decimals
from tests.domain.people import ALL_CURRENCIES, CURRENCY, LOCALE, LOCALES

MINOR = st.integers(0, 10**16)
# Those that cash and the books divide alike, so that Babel's own figures can be compared.
ALIKE = sorted(code for code in CURRENCIES if get_currency_precision(code) == decimals(code))


def spaced(text: str) -> str:
    """Write every kind of space as the plain one."""
    return re.sub(r"\s", " ", text)


@pytest.mark.parametrize(
    ("locale", "currency", "text"),
    [
        ("en", "EUR", "€1,250.00"),
        ("en", "USD", "$1,250.00"),
        ("en", "JPY", "¥125,000"),
        ("en", "KWD", "KWD 125.000"),
        ("en", "SAT", "125,000 sat"),
        ("es", "EUR", "1.250,00 €"),
        ("pt", "BRL", "R$ 1.250,00"),
        ("de", "EUR", "1.250,00 €"),
        ("de", "SAT", "125.000 sat"),
        ("fr", "EUR", "1 250,00 €"),
        ("fr", "SAT", "125 000 sat"),
        ("ja", "JPY", "￥125,000"),
        ("ar", "EUR", "1,250.00 €"),
        ("ar", "KWD", "125.000 د.ك."),
        ("he", "EUR", "1,250.00 €"),
        ("fa", "EUR", "€ 1,250.00"),
        ("it", "EUR", "1.250,00 €"),
        ("nl", "EUR", "€ 1.250,00"),
        ("pl", "PLN", "1 250,00 zł"),
        ("cs", "CZK", "1 250,00 Kč"),
        ("sv", "SEK", "1 250,00 kr"),
        ("fi", "SAT", "125 000 sat"),
        ("tr", "TRY", "₺1.250,00"),
        ("uk", "UAH", "1 250,00 ₴"),
        ("ko", "KRW", "₩125,000"),
        ("zh_Hans", "CNY", "¥1,250.00"),
        ("vi", "VND", "125.000 ₫"),
        ("id", "IDR", "Rp 1.250,00"),
        ("sw", "KES", "Ksh 1,250.00"),
        ("de_CH", "CHF", "CHF 1’250.00"),
        ("en_IN", "INR", "₹1,250.00"),
        ("hi", "SAT", "1,25,000 sat"),
    ],
)
def test_an_amount_is_written_as_its_reader_would_write_it(locale: str, currency: str, text: str) -> None:
    assert spaced(format_money(Money(125_000, currency), locale)) == text


@pytest.mark.parametrize(
    ("locale", "text"), [("en", "-€12.50"), ("de", "-12,50 €"), ("de_CH", "EUR-12.50"), ("fy", "€ 12,50-")]
)
def test_what_is_missing_is_written_with_the_minus_where_the_language_has_it(locale: str, text: str) -> None:
    assert spaced(format_money(Money(-1250, "EUR"), locale)) == text


def test_english_is_what_an_amount_is_written_in_if_nobody_asks_for_more() -> None:
    assert (format_money(Money(1250, "EUR")), format_number(Money(1250, "EUR"))) == ("€12.50", "12.50")


@pytest.mark.parametrize("locale", LOCALES)
def test_an_amount_never_breaks_between_its_number_and_the_sign_of_its_currency(locale: str) -> None:
    assert " " not in format_money(Money(125_000, "CHF"), locale)


@pytest.mark.parametrize("locale", LOCALES)
def test_no_currency_is_written_with_marks_that_turn_the_text_around_it(locale: str) -> None:
    for currency in ALL_CURRENCIES:
        assert not re.search("[\u200e\u200f\u061c]", format_money(Money(-125_000, currency), locale))


@given(st.integers(-(10**16), 10**16), st.sampled_from(ALIKE), LOCALE)
def test_the_signs_and_their_places_are_those_of_cldr(minor: int, currency: str, locale: str) -> None:
    money = Money(minor, currency)
    cldr = re.sub("[\u200e\u200f\u061c]", "", format_currency(money.major, currency, locale=locale))
    assert re.sub(r"\s", "", format_money(money, locale)) == re.sub(r"\s", "", cldr)


@given(MINOR, CURRENCY, LOCALE)
def test_the_number_alone_has_the_same_figures_and_every_decimal(minor: int, currency: str, locale: str) -> None:
    number = format_number(Money(minor, currency), locale)
    assert number in format_money(Money(minor, currency), locale)
    assert re.sub("[^0-9]", "", number) == str(minor).zfill(decimals(currency) + 1)
    _, sign, fraction = number.partition(decimal_sign(locale))
    assert (len(fraction), bool(sign)) == (decimals(currency), decimals(currency) > 0)


@pytest.mark.parametrize(("locale", "sign"), [("en", "."), ("de", ","), ("pt_BR", ","), ("de_CH", "."), ("ar", ".")])
def test_the_key_for_decimals_bears_the_sign_of_the_language(locale: str, sign: str) -> None:
    assert decimal_sign(locale) == sign


@pytest.mark.parametrize(
    ("locale", "percent", "text"),
    [
        ("en", "19", "19%"),
        ("en", "8.875", "8.875%"),
        ("de", "8.25", "8,25 %"),
        ("fr", "5.5", "5,5 %"),
        ("ja", "0", "0%"),
        ("ar", "7", "7%"),
        ("pt", "0.0001", "0,0001%"),
        ("es", "100", "100 %"),
    ],
)
def test_a_percentage_is_written_with_all_its_decimals(locale: str, percent: str, text: str) -> None:
    assert spaced(format_percent(Decimal(percent), locale)) == text
