"""What a card and its issuer say to a till (LUD-03, the draft on PINs), read strictly: both are strangers.

The till is the wallet that asks to be paid. A card's address is used up by the first question, and is money until then:
neither it nor what the issuer gives for it stands in any text of an error.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from pos.domain.figures import plain_figures
from pos.domain.lnurl import LONGEST_ADDRESS, LnurlError, address_of_stranger, decode_lnurl
from pos.domain.memo import on_one_line

# As LNURL1... it is longer by three fifths.
LONGEST_TEXT = 2 * LONGEST_ADDRESS
LONGEST_REASON = 120
_PIN = re.compile(r"[0-9]{1,8}")


class CardError(ValueError):
    """A card, or what its issuer says, is none that a till can read. The text is for the log."""


class IssuerRefused(Exception):
    """The issuer says no. `reason` is its own, cleaned; it may be empty."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the issuer says {reason!r}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What an issuer would pay from a card, in msat. From `pin_from_msat` on it wants the PIN; None: it never does."""

    callback: str = field(repr=False)
    k1: str = field(repr=False)
    least_msat: int
    most_msat: int
    pin_from_msat: int | None = None

    def pays(self, amount_sat: int) -> bool:
        """Tell whether an amount is within what the issuer names; it may refuse it all the same."""
        return self.least_msat <= amount_sat * 1000 <= self.most_msat

    def wants_pin(self, amount_sat: int) -> bool:
        return self.pin_from_msat is not None and amount_sat * 1000 >= self.pin_from_msat

    def address(self, payment_request: str, pin: str = "") -> str:
        """Return the address that asks the issuer to pay an invoice."""
        asked = f"k1={quote(self.k1, safe='')}&pr={quote(payment_request, safe='')}"
        return f"{self.callback}{'&' if '?' in self.callback else '?'}{asked}{pin and f'&pin={pin}'}"


def card_address(text: str) -> str:
    """Return the address at which a card's issuer is asked, from what a reader has read. Raises CardError."""
    if len(text) > LONGEST_TEXT:
        raise CardError("it is too long")
    try:
        return _checked(decode_lnurl(text))
    except LnurlError as error:
        raise CardError(str(error)) from error


def read_pin(text: str) -> str | None:
    """Return the card's PIN that somebody typed, one to eight figures of any script; None where it cannot be one."""
    pin = plain_figures(text)
    return pin if _PIN.fullmatch(pin) else None


def read_withdrawal(body: bytes) -> Withdrawal:
    """Read the issuer's first answer. Raises CardError, or IssuerRefused."""
    said = _read(body)
    if said.get("tag") != "withdrawRequest":
        raise CardError("what the issuer answers is no withdrawRequest")
    found = Withdrawal(
        _checked(_text(said, "callback")),
        _text(said, "k1"),
        _msat(said, "minWithdrawable"),
        _msat(said, "maxWithdrawable"),
        None if said.get("pinLimit") is None else _msat(said, "pinLimit"),
    )
    if found.least_msat > found.most_msat:
        raise CardError("the least that the issuer pays is more than the most")
    return found


def check_will_pay(body: bytes) -> None:
    """Read the issuer's second answer: it will try to pay. That is no payment. Raises CardError, or IssuerRefused."""
    if _read(body).get("status") != "OK":
        raise CardError("what the issuer answers is neither OK nor ERROR")


def _read(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CardError("what the issuer answers is no JSON") from error
    if not isinstance(said, dict):
        raise CardError("what the issuer answers is no JSON object")
    if said.get("status") == "ERROR":
        reason = said.get("reason")
        raise IssuerRefused(on_one_line(reason)[:LONGEST_REASON].strip() if isinstance(reason, str) else "")
    return said


def _text(said: dict[str, Any], name: str) -> str:
    found = said.get(name)
    if not isinstance(found, str) or not found or len(found) > LONGEST_ADDRESS or not found.isprintable():
        raise CardError(f"the issuer's {name} is none")
    return found


def _msat(said: dict[str, Any], name: str) -> int:
    found = said.get(name)
    # True is an int to Python, and 1e3 a float to JSON.
    if type(found) is not int or found < 0:
        raise CardError(f"the issuer's {name} is no amount")
    return found


def _checked(address: str) -> str:
    try:
        return address_of_stranger(address)
    except LnurlError as error:
        raise CardError(str(error)) from error
