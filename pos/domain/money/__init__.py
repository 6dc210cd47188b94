"""Money: whole minor units of a currency, or sat. One file each for its arithmetic, its text, and reading it."""

from pos.domain.money.amount import Money, percent
from pos.domain.money.currency import CURRENCIES, MOST_SAT, SAT, decimals, is_currency
from pos.domain.money.format import (
    as_typed,
    decimal_sign,
    format_money,
    format_number,
    format_percent,
    group_sign,
    unbroken,
)
from pos.domain.money.parse import AmountError, check_sat, parse_money, parse_sat

__all__ = [
    "CURRENCIES",
    "MOST_SAT",
    "SAT",
    "AmountError",
    "Money",
    "as_typed",
    "check_sat",
    "decimal_sign",
    "decimals",
    "format_money",
    "format_number",
    "format_percent",
    "group_sign",
    "is_currency",
    "parse_money",
    "parse_sat",
    "percent",
    "unbroken",
]
