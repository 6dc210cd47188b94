"""Whoever is paid at a Lightning address or an LNURL, as a payer meets them (LUD-06, LUD-16): strangers, read strictly.

Paying is not done here: what they are asked for is an invoice, which somebody then pays by hand.
"""

import json
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from pos.domain.lnurl import LONGEST_ADDRESS, LnurlError, address_of_stranger, decode_lnurl
from pos.domain.memo import on_one_line
from pos.host_name import at_host_in_ascii

LONGEST_TEXT = 2 * LONGEST_ADDRESS
LONGEST_REASON = 120
# Phones write the first letter large, and add a space; a `+tag` is the payee's own.
_LIGHTNING_ADDRESS = re.compile(r"([a-z0-9._+-]{1,64})@((?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*)")
_LIGHTNING = re.compile(r"\Alightning:(?://)?", re.IGNORECASE)
_LNURL = re.compile(r"(?:lightning:(?://)?)?(?:lnurl1|lnurlp:|https:)", re.IGNORECASE)


class PayeeError(ValueError):
    """What a payee's address answers cannot be read. The text is for the log."""


class PayeeRefused(Exception):
    """The payee says no. `reason` is their own, cleaned; it may be empty."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the payee says {reason!r}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PayeeTerms:
    """How a payee is paid: where an invoice is asked for, from how much to how much (msat), and what it has to sign."""

    callback: str
    least_msat: int
    most_msat: int
    description_hash: str

    def takes(self, amount_sat: int) -> bool:
        """Tell whether an amount is within what the payee names."""
        return self.least_msat <= amount_sat * 1000 <= self.most_msat

    def address(self, amount_sat: int) -> str:
        """Return the address that asks for an invoice."""
        return f"{self.callback}{'&' if '?' in self.callback else '?'}amount={amount_sat * 1000}"


def payee_address(text: str) -> str | None:
    """Return the address at which a payee is asked: name@host, LNURL1..., lnurlp://... None if a text is none of these.

    Raises LnurlError for one that nobody may ask.
    """
    bare = text.strip()
    # As the codes of some wallets have it.
    address = _LIGHTNING_ADDRESS.fullmatch(at_host_in_ascii(_LIGHTNING.sub("", bare)).lower())
    if address:
        name, host = address.groups()
        return address_of_stranger(f"https://{host}/.well-known/lnurlp/{name}")
    if not _LNURL.match(bare):
        return None
    if len(bare) > LONGEST_TEXT:
        raise LnurlError("it is too long")
    return address_of_stranger(decode_lnurl(bare))


def read_terms(body: bytes) -> PayeeTerms:
    """Read the payee's first answer. Raises PayeeError, or PayeeRefused."""
    said = _read(body)
    if said.get("tag") != "payRequest":
        raise PayeeError("what the payee answers is no payRequest")
    metadata = said.get("metadata")
    if not isinstance(metadata, str):
        raise PayeeError("the payee's metadata is no text")
    found = PayeeTerms(
        _callback(said),
        _msat(said, "minSendable"),
        _msat(said, "maxSendable"),
        sha256(metadata.encode("utf-8", "surrogatepass")).hexdigest(),
    )
    if not 1 <= found.least_msat <= found.most_msat:
        raise PayeeError(f"the payee takes from {found.least_msat} to {found.most_msat} msat, which is nothing")
    return found


def read_payment_request(body: bytes) -> str:
    """Read the payee's second answer: an invoice, that is still to be checked. Raises PayeeError, or PayeeRefused."""
    found = _read(body).get("pr")
    if not isinstance(found, str) or not found:
        raise PayeeError("the payee sent no invoice")
    return found


def _read(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise PayeeError("what the payee answers is no JSON") from error
    if not isinstance(said, dict):
        raise PayeeError("what the payee answers is no JSON object")
    if said.get("status") == "ERROR":
        reason = said.get("reason")
        raise PayeeRefused(on_one_line(reason)[:LONGEST_REASON].strip() if isinstance(reason, str) else "")
    return said


def _callback(said: dict[str, Any]) -> str:
    found = said.get("callback")
    if not isinstance(found, str):
        raise PayeeError("the payee's callback is no text")
    try:
        return address_of_stranger(found)
    except LnurlError as error:
        raise PayeeError(f"of the payee's callback: {error}") from error


def _msat(said: dict[str, Any], name: str) -> int:
    found = said.get(name)
    # True is an int to Python, and 1e3 a float to JSON.
    if type(found) is not int:
        raise PayeeError(f"the payee's {name} is no amount")
    return found
