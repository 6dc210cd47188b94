"""Amounts: whole minor units of a currency, or sat. What a person may type, and how an amount is written."""

import re
from dataclasses import dataclass

from pos.domain.sentence import Sentence

SAT = "SAT"

_WHOLE_NUMBER = re.compile(r"[0-9]{1,16}")
_CODE = re.compile(r"[A-Z]{3}")


class AmountError(ValueError):
    """An amount that cannot be charged; `sentence` is for the person who typed it."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


def is_currency(code: str) -> bool:
    """Tell whether this is the code of a currency (ISO 4217). Sat are none."""
    return code != SAT and _CODE.fullmatch(code) is not None


def decimals(currency: str) -> int:
    """Return how many decimals a currency has (ISO 4217, minor unit); sat have none."""
    return 0 if currency in (SAT, "JPY") else 3 if currency == "KWD" else 2


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole minor units of a currency (ISO 4217), or in sat (`SAT`)."""

    minor: int
    currency: str

    def __str__(self) -> str:
        """Write it in plain English."""
        return f"{self.minor:,} sat"


def parse_sat(text: str, limit: int) -> int:
    """Read what a person typed as a whole number of sat between 1 and `limit`.

    Only ASCII digits count: a comma or a dot means a thousand in one country and a fraction in the next, and a till
    must not guess between the two.

    Raises AmountError.
    """
    typed = text.strip()
    if not typed:
        raise AmountError(Sentence("Type an amount first."))
    if not _WHOLE_NUMBER.fullmatch(typed):
        if typed.isascii() and typed.isdigit():
            raise _too_much(limit)
        raise AmountError(Sentence("Type the amount in whole sat, with the digits 0 to 9 only."))
    return check_sat(int(typed), limit)


def check_sat(amount: int, limit: int) -> int:
    """Return `amount` (sat) if it can be charged. Raises AmountError."""
    if amount < 1:
        raise AmountError(Sentence("The amount must be at least 1 sat."))
    if amount > limit:
        raise _too_much(limit)
    return amount


def format_sat(amount: int) -> str:
    """Write an amount in sat with its thousands apart: 4620 becomes 4,620."""
    return f"{amount:,}"


def _too_much(limit: int) -> AmountError:
    return AmountError(Sentence("That is too much. The most for one sale is {limit}.", {"limit": Money(limit, SAT)}))
