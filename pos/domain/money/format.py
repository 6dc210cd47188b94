"""How an amount is written in each language (CLDR, by way of Babel). The digits are always 0 to 9."""

import unicodedata
from copy import copy
from decimal import Decimal
from functools import cache

from babel.numbers import NumberPattern, get_currency_symbol, get_decimal_symbol, get_group_symbol

from pos.domain.locales import locale as _parsed
from pos.domain.money.amount import Money
from pos.domain.money.currency import SAT, decimals

# A page isolates each amount from the direction of the text around it; the marks would do it once more, and be copied.
DIRECTION_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u061c"))
NO_BREAK_SPACE = "\u00a0"


def format_money(money: Money, locale: str = "en") -> str:
    """Write an amount with its unit, as the readers of a language do: €12.50, 12,50 €, 4,200 sat."""
    if money.currency == SAT:
        return f"{format_number(money, locale)} {unit(SAT, locale)}"
    return _write(money, locale, _money_pattern(money.currency, locale))


def unbroken(words: str) -> str:
    """Keep words on one line."""
    return words.replace(" ", NO_BREAK_SPACE)


def format_number(money: Money, locale: str = "en") -> str:
    """Write an amount without its unit, as the readers of a language do: 12.50, 12,50, 4,200."""
    return _write(money, locale, _number_pattern(money.currency, locale))


def format_percent(percent: Decimal, locale: str = "en") -> str:
    """Write a percentage with all its decimals, as the readers of a language do: 8.25%, 8,25 %."""
    written = _parsed(locale).percent_formats[None].apply(percent / 100, _parsed(locale), decimal_quantization=False)
    return str(written).translate(DIRECTION_MARKS)


def unit(currency: str, locale: str) -> str:
    """Return what stands beside an amount: the sign of the currency where the language has one, else its code."""
    return "sat" if currency == SAT else get_currency_symbol(currency, _parsed(locale)).translate(DIRECTION_MARKS)


def as_typed(money: Money, locale: str) -> str:
    """Write an amount as a person would type it, who may go on typing: nothing stands between the thousands."""
    return f"{money.major:f}".replace(".", decimal_sign(locale))


def decimal_sign(locale: str) -> str:
    """Return what stands before the decimals."""
    return get_decimal_symbol(_parsed(locale))


def group_sign(locale: str) -> str:
    """Return what stands between the thousands."""
    return get_group_symbol(_parsed(locale))


def _write(money: Money, locale: str, pattern: NumberPattern) -> str:
    return str(pattern.apply(money.major, _parsed(locale)))


def _number_pattern(currency: str, locale: str) -> NumberPattern:
    return _with_decimals(_parsed(locale).decimal_formats[None], currency)


@cache
def _money_pattern(currency: str, locale: str) -> NumberPattern:
    pattern = _with_decimals(_parsed(locale).currency_formats["standard"], currency)
    before, after = pattern.prefix, pattern.suffix
    sign = unit(currency, locale)
    pattern.prefix = (_before(before[0], sign), _before(before[1], sign))
    pattern.suffix = (_after(after[0], sign), _after(after[1], sign))
    return pattern


def _before(prefix: str, sign: str) -> str:
    """Fill the sign in. CLDR keeps letters apart from the digits, CHF 12.50, but Babel knows nothing of that."""
    touches = prefix.endswith("¤") and unicodedata.category(sign[-1])[0] != "S"
    return prefix.translate(DIRECTION_MARKS).replace("¤", sign) + (NO_BREAK_SPACE if touches else "")


def _after(suffix: str, sign: str) -> str:
    return suffix.translate(DIRECTION_MARKS).replace("¤", sign)


def _with_decimals(pattern: NumberPattern, currency: str) -> NumberPattern:
    """Return the pattern with the decimals of ISO 4217: CLDR leaves out those that cash no longer has."""
    pattern = copy(pattern)
    pattern.frac_prec = (decimals(currency),) * 2
    return pattern
