"""What a person may type as an amount."""

import re
from contextlib import suppress
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.money import (
    AmountError,
    Money,
    decimal_sign,
    decimals,
    format_money,
    format_number,
    parse_money,
    parse_sat,
)
from pos.domain.money.signs import SPOKEN, signs
from tests.domain.people import ALL_CURRENCIES, CURRENCY, LOCALE, LOCALES

LIMIT = 10_000_000


@pytest.mark.parametrize("typed", ["2100", " 2100 ", "002100", "2,100", "2.100", "2 100", "２１００", "٢١٠٠"])
def test_whole_sat_are_understood(typed: str) -> None:
    assert parse_sat(typed, LIMIT) == 2100


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "0",
        "-5",
        "1.5",
        "1,5",
        "abc",
        "1e3",
        "0x10",
        "+5",
        "²",
        "9" * 20,
        "\x00",
    ],
)
def test_anything_else_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(AmountError, match=r"^[A-Z].*\.$"):
        parse_sat(typed, LIMIT)


def test_the_limit_itself_can_be_charged_and_one_sat_more_cannot() -> None:
    assert parse_sat(str(LIMIT), LIMIT) == LIMIT
    with pytest.raises(AmountError, match="10,000,000 sat"):
        parse_sat(str(LIMIT + 1), LIMIT)


@given(st.integers(1, LIMIT))
def test_every_amount_in_the_limits_comes_through_unchanged(amount: int) -> None:
    assert parse_sat(str(amount), LIMIT) == amount


@given(st.text())
def test_no_text_makes_the_till_stumble(typed: str) -> None:
    try:
        assert 1 <= parse_sat(typed, LIMIT) <= LIMIT
    except AmountError:
        assert not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= LIMIT)


@pytest.mark.parametrize(
    ("typed", "locale", "money"),
    [
        ("12", "en", Money(1200, "EUR")),
        ("12.5", "en", Money(1250, "EUR")),
        ("12.50", "en", Money(1250, "EUR")),
        ("12,50", "de", Money(1250, "EUR")),
        # Nothing but decimals can be meant, whatever the language.
        ("12,50", "en", Money(1250, "EUR")),
        ("12.5", "de", Money(1250, "EUR")),
        (".5", "en", Money(50, "EUR")),
        ("5.", "en", Money(500, "EUR")),
        ("007.50", "en", Money(750, "EUR")),
        ("0", "en", Money(0, "EUR")),
        ("0.00", "en", Money(0, "EUR")),
        ("1,234.56", "en", Money(123456, "EUR")),
        ("1,234.56", "de", Money(123456, "EUR")),
        ("1.234,56", "en", Money(123456, "EUR")),
        ("1,234,567", "de", Money(123456700, "EUR")),
        ("1.234.567,8", "en", Money(123456780, "EUR")),
        ("12,34,567.50", "en_IN", Money(123456750, "INR")),
        ("1,23,45,678", "hi", Money(1234567800, "INR")),
        ("1,234", "en", Money(123400, "EUR")),
        ("1.234", "de", Money(123400, "EUR")),
        ("1.234", "de", Money(1234, "JPY")),
        ("1,234.", "en", Money(1234, "JPY")),
        ("1.234", "en", Money(1234, "KWD")),
        ("1,234", "de", Money(1234, "KWD")),
        ("1.2345", "en", Money(12345, "CLF")),
        # These cannot be thousands.
        ("1234,567", "en", Money(1234567, "KWD")),
        ("0,567", "en", Money(567, "KWD")),
        (",567", "en", Money(567, "KWD")),
        ("9999999999999999", "en", Money(9999999999999999_00, "EUR")),
        ("00000000000000000001", "en", Money(100, "EUR")),
    ],
)
def test_an_amount_with_one_meaning_is_understood(typed: str, locale: str, money: Money) -> None:
    assert parse_money(typed, money.currency, locale) == money


@pytest.mark.parametrize(
    "typed",
    [
        "1 234,5",
        "1\u00a0234,5",
        "1\u2009234,5",
        "1\u202f234,5",
        "1'234,5",
        "1’234.50",
        "1_234.5",
        "١٢٣٤٫٥",
        "١٬٢٣٤٫٥٠",
        "१,२३४.५",
        "１２３４.５",
        "１，２３４．５０",
        "\u200f1.234,50\u200e\u061c",
        "\t1234.5\n",
        "€1,234.50",
        "1.234,50\u00a0€",
        "  EUR 1234.5 ",
        "1,234.50 EUR",
    ],
)
def test_every_keyboard_and_every_way_to_group_will_do(typed: str) -> None:
    assert parse_money(typed, "EUR") == Money(123450, "EUR")


@pytest.mark.parametrize("typed", ["4200", "4,200", "4.200", "4 200", "4'200", "4,200 sat", "٤٬٢٠٠"])
@pytest.mark.parametrize("locale", ["en", "de"])
def test_sat_have_no_decimals_so_that_each_sign_before_three_digits_is_a_thousand(typed: str, locale: str) -> None:
    assert parse_money(typed, "SAT", locale) == Money(4200, "SAT")


def test_sat_are_grouped_more_than_once() -> None:
    assert parse_money("1.234.567", "SAT") == parse_money("12,34,567", "SAT") == Money(1234567, "SAT")


@pytest.mark.parametrize("locale", ["as", "bn", "dz", "en_IN", "gu", "hi", "ml", "mr", "ne", "or", "pa", "ta", "te"])
@pytest.mark.parametrize("zero", "0०০૦")
def test_what_is_grouped_as_in_india_is_understood_in_its_own_digits_too(locale: str, zero: str) -> None:
    typed = format_number(Money(123456789, "INR"), locale)
    assert typed == "12,34,567.89"
    in_its_script = re.sub("[0-9]", lambda digit: chr(ord(zero) + int(digit[0])), typed)
    assert parse_money(in_its_script, "INR", locale) == Money(123456789, "INR")


def refusal(typed: str, currency: str, locale: str = "en") -> str:
    with pytest.raises(AmountError) as refused:
        parse_money(typed, currency, locale)
    assert str(refused.value) == str(refused.value.sentence)
    return str(refused.value)


@pytest.mark.parametrize(
    "typed", ["1.50", "1,2", "5.", ".5", "1,234.56", "1.234,567", "42,00", "0,500", "4٫200", "-5", "1e3", "€5", "x"]
)
def test_sat_with_anything_but_whole_thousands_apart_are_refused(typed: str) -> None:
    assert refusal(typed, "SAT") == "Type the amount in whole sat, with the digits 0 to 9 only."


@pytest.mark.parametrize(
    ("typed", "currency", "locale", "sentence"),
    [
        ("1.234", "EUR", "en", "EUR has 2 decimals at most."),
        ("1,234", "EUR", "de", "EUR has 2 decimals at most."),
        # Neither sign is the thousand's in these two.
        ("1.234", "EUR", "fr", "EUR has 2 decimals at most."),
        ("1,234", "EUR", "de_CH", "EUR has 2 decimals at most."),
        ("1,234.567", "EUR", "en", "EUR has 2 decimals at most."),
        ("0.123", "EUR", "de", "EUR has 2 decimals at most."),
        ("1٫234", "EUR", "ar", "EUR has 2 decimals at most."),
        ("1.2345", "KWD", "en", "KWD has 3 decimals at most."),
        ("1.5", "JPY", "en", "JPY has no decimals."),
        ("1.234", "JPY", "en", "JPY has no decimals."),
    ],
)
def test_more_decimals_than_a_currency_has_are_refused(typed: str, currency: str, locale: str, sentence: str) -> None:
    assert refusal(typed, currency, locale) == sentence


@pytest.mark.parametrize(
    ("typed", "currency", "locale", "readings", "sign"),
    [
        ("1,234", "KWD", "en", "1.234 KWD or as 1,234.000 KWD", "."),
        ("1.234", "KWD", "de", "1.234 KWD or as 1,234.000 KWD", ","),
        ("12.345", "CLF", "es", "12.3450 CLF or as 12,345.0000 CLF", ","),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused_with_both(
    typed: str, currency: str, locale: str, readings: str, sign: str
) -> None:
    assert refusal(typed, currency, locale) == (
        f"This can be read as {readings}. Type {sign} before decimals, and nothing between thousands."
    )


@pytest.mark.parametrize(
    "typed",
    [
        *("x", "1x", "-5", "+5", "1e3", "0x10", "²", "½", "5%", "$5", "\x00", ".", ",", "1\n2", "1  000"),
        *("12,34.50", "1,2,3", "1.234.56", "1,234,56", "12345,678.50", ",234.50", "1,,234", "1.2.3", "1 23"),
        *("1,234 567.50", "1.234'567", "1٫234٫567", "0,123,456", "1,23,456,789", "123,45,678", "1,23,45"),
        *("0,12,345", "1,23 45,678", "1 23,456"),
        # Only commas stand between the hundreds of India.
        *("1.50.000", "12.50.000", "1 50 000", "1'50'000", "1_50_000", "١٬٥٠٬٠٠٠", "1.50.000,00"),
    ],
)
def test_what_is_no_number_is_refused_with_an_example(typed: str) -> None:
    assert refusal(typed, "EUR") == "Type the amount as a number, such as 12.50 EUR."


@pytest.mark.parametrize("currency", ["EUR", "SAT"])
@pytest.mark.parametrize("typed", ["", "  ", "\u00a0\u200f"])
def test_nothing_is_no_amount(typed: str, currency: str) -> None:
    assert refusal(typed, currency) == "Type an amount first."


@pytest.mark.parametrize("typed", ["1" + "0" * 16, "100000000000000.01", "1" * 10_000])
def test_more_digits_than_any_shop_needs_are_too_much(typed: str) -> None:
    assert refusal(typed, "EUR") == "That is too much."


def test_a_number_of_any_length_is_told_the_limit_in_sat() -> None:
    with pytest.raises(AmountError, match=r"^That is too much\. The most for one sale is 10,000,000 sat\.$"):
        parse_sat("9" * 20, LIMIT)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_till_reads_what_it_writes_in_each_currency(locale: str) -> None:
    for money in (Money(minor, currency) for minor in (0, 1, 1250, 1_234_567) for currency in ALL_CURRENCIES):
        assert parse_money(format_number(money, locale), money.currency, locale) == money
        assert parse_money(format_money(money, locale), money.currency, locale) == money


@given(st.integers(0, 10**16 - 1), CURRENCY, LOCALE)
def test_the_till_reads_every_amount_that_it_writes(minor: int, currency: str, locale: str) -> None:
    money = Money(minor, currency)
    assert parse_money(format_number(money, locale), currency, locale) == money


@given(st.integers(0, 10**16 - 1), CURRENCY, LOCALE, st.data())
def test_an_amount_is_understood_as_people_type_it(minor: int, currency: str, locale: str, data: st.DataObject) -> None:
    whole, _, fraction = f"{Money(minor, currency).major:f}".partition(".")
    shortest = fraction.rstrip("0")
    typed = whole + (decimal_sign(locale) + shortest if shortest else "")
    zero = data.draw(st.sampled_from("0٠०０"))
    in_some_script = re.sub("[0-9]", lambda digit: chr(ord(zero) + int(digit[0])), typed)
    assert parse_money(in_some_script, currency, locale) == Money(minor, currency)


def amounts(typed: str, currency: str, *locales: str) -> set[Money]:
    """Return what a text is read as in these languages; a language that refuses it has none."""
    read = set()
    for locale in locales:
        with suppress(AmountError):
            read.add(parse_money(typed, currency, locale))
    return read


@given(st.integers(0, 10**9), st.text("0123456789", max_size=4), CURRENCY, LOCALE, LOCALE)
def test_what_the_keypad_types_in_one_language_is_never_another_amount_in_the_next(
    whole: int, fraction: str, currency: str, locale: str, other: str
) -> None:
    places = decimals(currency)
    typed = f"{whole}{decimal_sign(locale)}{fraction[:places]}" if places else f"{whole}"
    money = parse_money(typed, currency, locale)
    assert amounts(typed, currency, other) <= {money}
    # A page that brings it back in the next language has its own sign in it.
    assert parse_money(typed.replace(decimal_sign(locale), decimal_sign(other)), currency, other) == money


@given(st.text("0123456789.,٫٬ '", max_size=12), CURRENCY, LOCALE, LOCALE)
def test_no_text_is_one_amount_in_one_language_and_another_in_the_next(
    typed: str, currency: str, locale: str, other: str
) -> None:
    assert len(amounts(typed, currency, locale, other)) <= 1


@given(st.text() | st.text("0123456789.,٫٬ '’_", max_size=12), CURRENCY, LOCALE)
def test_whatever_is_typed_is_either_refused_or_read_as_it_stands(typed: str, currency: str, locale: str) -> None:
    try:
        money = parse_money(typed, currency, locale)
    except AmountError:
        return
    assert money.minor in (read(typed, currency, ""), read(typed, currency, ".,٫"))


def read(typed: str, currency: str, decimal_signs: str) -> int:
    """Read it the plain way: what comes after the last of these signs are decimals, and all else but digits is air."""
    places = [place for place, character in enumerate(typed) if character in decimal_signs] or [len(typed)]
    whole, fraction = typed[: places[-1]], typed[places[-1] :]
    figures = "".join(filter(str.isdecimal, fraction)).ljust(decimals(currency), "0")
    return int("".join(filter(str.isdecimal, whole)) + figures)


@pytest.mark.parametrize(
    ("typed", "money"),
    [
        *((typed, Money(1500, "JPY")) for typed in ("1500円", "1500 円", "￥1500", "¥1500", "JP¥1500", "１５００円")),
        *((typed, Money(1500, "JPY")) for typed in ("1500 yen", "1500 Yenes", "1500 jpy", "1500 ين", "日本円1500")),
        *(
            (typed, Money(500, "EUR"))
            for typed in ("5 €", "5€", "€ 5", "5 eur", "Eur5", "5 Euro", "5 euros", "5 EUROS")
        ),
        *((typed, Money(500, "EUR")) for typed in ("5 يورو", "5ユーロ", "5,-", "5.–", "5,- €", "€ 5.--", "5.- Euro")),
        *((typed, Money(500, "CAD")) for typed in ("$5", "CA$5", "5 $", "5 dollars", "5 canadian dollars")),
        *((typed, Money(500, "USD")) for typed in ("5 US$", "$US 5", "5 US-Dollar", "5 dólares")),
        *((typed, Money(5000, "KWD")) for typed in ("5 د.ك", "د.ك. 5", "٥ دينار")),
        *((typed, Money(4200, "SAT")) for typed in ("4200 sats", "4200 Sat", "SATS 4200", "4200 سات")),
    ],
)
def test_the_unit_may_stand_there_in_any_languages_words(typed: str, money: Money) -> None:
    locales = ("en", "de", "ja", "ar")
    assert {it: parse_money(typed, money.currency, it) for it in locales} == dict.fromkeys(locales, money)


@pytest.mark.parametrize(
    ("typed", "currency"),
    [
        *(("5 $", "EUR"), ("5 usd", "EUR"), ("5 dollars", "EUR"), ("1500円", "EUR"), ("5 £", "EUR"), ("5 sat", "EUR")),
        *(("5 €", "SAT"), ("5 btc", "SAT"), ("₿5", "SAT"), ("CA$5", "USD"), ("US$5", "CAD"), ("5 €", "JPY")),
        *(("5 € 6", "EUR"), ("5€50", "EUR"), ("€€5", "EUR"), ("-5 €", "EUR"), ("5-", "EUR"), ("-", "EUR")),
        *((",-", "EUR"), ("5,-5", "EUR"), ("5,---", "EUR"), ("5 €x", "EUR")),
    ],
)
def test_a_unit_that_is_another_one_is_never_taken_for_the_chosen_one(typed: str, currency: str) -> None:
    with pytest.raises(AmountError):
        parse_money(typed, currency, "en")


@pytest.mark.parametrize("typed", ["€", "EUR", "euros", "5 euros euros"])
def test_a_unit_alone_is_no_amount(typed: str) -> None:
    with pytest.raises(AmountError):
        parse_money(typed, "EUR", "en")


def test_what_stands_beside_an_amount_never_makes_another_of_it() -> None:
    """Every sign on a page in English and in another language: there are too many for all of each."""
    known = [(currency, sign) for currency in ALL_CURRENCIES for sign in signs(currency, SPOKEN)]
    for (currency, sign), other in zip(known, cycle(LOCALES[1:]), strict=False):
        for locale in ("en", other):
            plain = parse_money("12", currency, locale)
            assert parse_money(f"12 {sign}", currency, locale) == plain, (currency, sign, locale)
            assert parse_money(f"{sign}12", currency, locale) == plain, (currency, sign, locale)
            if sign[-1].isalpha() and sign != currency.lower():
                assert parse_money(f"{sign}.12", currency, locale) == plain, (currency, sign, locale)


@pytest.mark.parametrize(
    ("typed", "money"),
    [
        *((typed, Money(5000, "INR")) for typed in ("Rs.50", "rs.50.00", "Rs. 50")),
        *((typed, Money(5000, "SEK")) for typed in ("kr.50", "Kr. 50,00")),
        *(("Rp.50", Money(5000, "IDR")), ("Kč.50", Money(5000, "CZK")), ("zł.50", Money(5000, "PLN"))),
        *(("lei.50", Money(5000, "RON")), ("KSh.50", Money(5000, "KES"))),
        *(("Rs.1,234.00", Money(123400, "INR")), ("kr.12.50", Money(1250, "SEK")), ("د.ك.50", Money(50000, "KWD"))),
        # What stands for itself is not shortened, and a space parts the dot from what is.
        *(("$.50", Money(50, "USD")), ("US$.50", Money(50, "USD")), ("€.50", Money(50, "EUR"))),
        *(("Rs .50", Money(50, "INR")), ("Rs. .50", Money(50, "INR")), ("kr,50", Money(50, "SEK"))),
    ],
)
def test_a_dot_right_after_letters_is_theirs_and_makes_no_decimals(typed: str, money: Money) -> None:
    locales = ("en", "sv", "hi", "pl")
    assert {it: parse_money(typed, money.currency, it) for it in locales} == dict.fromkeys(locales, money)


@pytest.mark.parametrize("typed", ["EUR.50", "eur.50", "EUR.12.50", "EUR. 50"])
def test_a_dot_right_after_a_currencys_code_may_mean_anything(typed: str) -> None:
    for locale in ("en", "de", "fr"):
        with pytest.raises(AmountError):
            parse_money(typed, "EUR", locale)
    assert parse_money("EUR 0.50", "EUR", "en") == parse_money("EUR .50", "EUR", "en") == Money(50, "EUR")


def test_the_names_of_other_languages_are_read_only_where_those_of_the_page_will_not_do() -> None:
    """Each language takes its time to load, and somebody waits for what was typed."""
    signs.cache_clear()
    assert parse_money("5 euros", "EUR", "en") == Money(500, "EUR")
    assert signs.cache_info().misses == 1
    assert "ユーロ" not in signs("EUR", ("en",))
    assert parse_money("5ユーロ", "EUR", "en") == Money(500, "EUR")
    assert signs.cache_info().misses == 2
