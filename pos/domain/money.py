"""Amounts in satoshi: what a person may type, and how an amount is written. No currencies yet."""

import re

_WHOLE_NUMBER = re.compile(r"[0-9]{1,16}")


class AmountError(ValueError):
    """An amount that cannot be charged; its text is a sentence for the person who typed it."""


def parse_sat(text: str, limit: int) -> int:
    """Read what a person typed as a whole number of sat between 1 and `limit`.

    Only ASCII digits count: a comma or a dot means a thousand in one country and a fraction in the next, and a till
    must not guess between the two.

    Raises AmountError.
    """
    typed = text.strip()
    if not typed:
        raise AmountError("Type an amount first.")
    if not _WHOLE_NUMBER.fullmatch(typed):
        if typed.isascii() and typed.isdigit():
            raise AmountError(f"That is too much. The most for one sale is {format_sat(limit)} sat.")
        raise AmountError("Type the amount in whole sat, with the digits 0 to 9 only.")
    return check_sat(int(typed), limit)


def check_sat(amount: int, limit: int) -> int:
    """Return `amount` (sat) if it can be charged. Raises AmountError."""
    if amount < 1:
        raise AmountError("The amount must be at least 1 sat.")
    if amount > limit:
        raise AmountError(f"That is too much. The most for one sale is {format_sat(limit)} sat.")
    return amount


def format_sat(amount: int) -> str:
    """Write an amount in sat with its thousands apart: 4620 becomes 4,620."""
    return f"{amount:,}"
