"""Amounts as a person types them, and what may be charged. Money itself is in amount.py, its text in format.py."""

import re

from pos.domain.money.amount import Money
from pos.domain.money.currency import SAT, decimals
from pos.domain.money.format import decimal_sign, group_sign, unit
from pos.domain.money.signs import has_sign, without_sign
from pos.domain.money.typed import Number, as_decimal, as_whole, clean
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence

MAX_DIGITS = 16
_NO_DECIMALS = re.compile(r"(?<=[0-9])([.,]) ?[-–—]{1,2}$")


class AmountError(Refusal):
    """An amount that cannot be charged."""


class TooLong(AmountError):
    """More digits than any shop needs."""


def parse_money(text: str, currency: str, locale: str = "en") -> Money:
    """Read what a person typed, who writes numbers as in `locale`. What can be read in two ways is refused.

    Raises AmountError.
    """
    typed = _without_unit(clean(text), currency, locale)
    if not typed:
        raise AmountError(Sentence("Type an amount first."))
    whole, split = as_whole(typed), as_decimal(typed)
    if currency == SAT:
        return _whole_sat(whole)
    if whole and split:
        return _the_one_meant(whole, split, currency, locale)
    read = whole or split
    if read is None:
        example = Money(1250, currency)
        raise AmountError(Sentence("Type the amount as a number, such as {example}.", {"example": example}))
    return _money(read, currency)


def parse_sat(text: str, limit: int) -> int:
    """Read what a person typed as a whole number of sat between 1 and `limit`. Raises AmountError."""
    try:
        amount = parse_money(text, SAT)
    except TooLong as error:
        raise _too_much(limit) from error
    return check_sat(amount.minor, limit)


def check_sat(amount: int, limit: int) -> int:
    """Return `amount` (sat) if it can be charged. Raises AmountError."""
    if amount < 1:
        raise AmountError(Sentence("The amount must be at least {least}.", {"least": Money(1, SAT)}))
    if amount > limit:
        raise _too_much(limit)
    return amount


def _without_unit(typed: str, currency: str, locale: str) -> str:
    if has_sign(typed):
        typed = without_sign(typed, currency, clean(unit(currency, locale)), locale)
    # A price without decimals ends with a dash.
    return _NO_DECIMALS.sub(r"\1", typed)


def _whole_sat(whole: Number | None) -> Money:
    if whole is None:
        raise AmountError(Sentence("Type the amount in whole sat, with the digits 0 to 9 only."))
    return _money(whole, SAT)


def _the_one_meant(whole: Number, split: Number, currency: str, locale: str) -> Money:
    """Decide on one sign before three digits: 1.234 is a thousand and more in one country, and in the next it is not.

    Raises AmountError where the reader's own way of writing does not decide it.
    """
    has_thousandths = decimals(currency) >= len(split.fraction)
    if split.sign == (decimal_sign(locale) if has_thousandths else group_sign(locale)):
        return _money(split if has_thousandths else whole, currency)
    # Raises, too, if one of the readings is no amount of this currency: then that is what is wrong.
    raise _ambiguous(_money(split, currency), _money(whole, currency), decimal_sign(locale))


def _money(number: Number, currency: str) -> Money:
    """Raises AmountError if there are too many digits after the decimal sign, or at all."""
    places = decimals(currency)
    if len(number.fraction) > places:
        raise AmountError(_too_fine(currency, places))
    digits = (number.whole + number.fraction).lstrip("0")
    if len(digits) > MAX_DIGITS:
        raise TooLong(Sentence("That is too much."))
    return Money(int((digits or "0") + "0" * (places - len(number.fraction))), currency)


def _too_fine(currency: str, places: int) -> Sentence:
    if places == 0:
        return Sentence("{currency} has no decimals.", {"currency": currency})
    return Sentence("{currency} has {decimals} decimals at most.", {"currency": currency, "decimals": places})


def _ambiguous(one: Money, other: Money, sign: str) -> AmountError:
    return AmountError(
        Sentence(
            "This can be read as {one} or as {other}. Type {sign} before decimals, and nothing between thousands.",
            {"one": one, "other": other, "sign": sign},
        )
    )


def _too_much(limit: int) -> AmountError:
    return AmountError(Sentence("That is too much. The most for one sale is {limit}.", {"limit": Money(limit, SAT)}))
