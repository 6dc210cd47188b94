"""A Lightning invoice: what BOLT 11 says in it, and what must hold before anyone may see its QR code."""

import re
from dataclasses import dataclass
from hashlib import sha256

import bolt11
from bitstring import Error as BitstringError
from bolt11.exceptions import Bolt11Exception

# 1,023 characters are BOLT 11's own advice for a QR code; long route hints go beyond it.
MAX_LENGTH = 4096
_PREIMAGE = re.compile(r"[0-9a-f]{64}")


class InvoiceError(ValueError):
    """A payment request that cannot be read, or that is not what was asked for; its text says which."""


@dataclass(frozen=True, slots=True)
class Invoice:
    """The wallet's payment request and its facts.

    `id` is the wallet's own name for it, `payment_hash` is 64 hex digits, `expires_at` is in unix seconds.
    """

    id: str
    payment_request: str
    payment_hash: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class Bolt11:
    """What the signed text says. `amount_msat` is 0 for an invoice over any amount; times in unix seconds.

    `payee` is the public key of the node that signed, 66 hex digits.
    """

    network: str
    amount_msat: int
    payment_hash: str
    created_at: int
    expires_at: int
    payee: str


def decode(payment_request: str) -> Bolt11:
    """Read a payment request, its checksum and its signature (BOLT 11).

    Invoices of 2019 carry no payment secret, and are read all the same.

    Raises InvoiceError.
    """
    if len(payment_request) > MAX_LENGTH:
        raise InvoiceError("the payment request is too long")
    try:
        read = bolt11.decode(payment_request, ignore_exceptions=True)
        return Bolt11(
            network=read.currency,
            amount_msat=int(read.amount_msat or 0),
            payment_hash=read.payment_hash,
            created_at=read.date,
            expires_at=read.expiry_time,
            payee=read.payee or "",
        )
    except (Bolt11Exception, BitstringError, ValueError, IndexError) as error:
        raise InvoiceError(f"not a BOLT 11 payment request ({type(error).__name__})") from error


def check(asked_sat: int, network: str, invoice: Invoice, payee: str | None, now: int) -> Invoice:
    """Return the invoice as it may be shown, with the earlier of both expiries, or refuse it.

    `payee` is the node's public key as the wallet names it; a signature proves something only against a key that is
    known from elsewhere. None if the wallet names none.

    Raises InvoiceError.
    """
    said = decode(invoice.payment_request)
    expires_at = min(invoice.expires_at, said.expires_at)
    if payee is not None and said.payee != payee:
        raise InvoiceError("its signature is not by the node that the wallet names")
    if said.amount_msat != asked_sat * 1000:
        raise InvoiceError(f"it is over {said.amount_msat} msat, asked were {asked_sat} sat")
    if said.payment_hash != invoice.payment_hash:
        raise InvoiceError("its payment hash is not the one that the wallet names")
    if said.network != network:
        raise InvoiceError(f"it is on network {said.network}, this till takes {network}")
    if expires_at <= now:
        raise InvoiceError("it has already expired")
    return Invoice(invoice.id, invoice.payment_request, invoice.payment_hash, expires_at)


def proves(preimage: str | None, payment_hash: str) -> bool:
    """Tell whether the preimage (hex) is the secret behind the payment hash: the proof that an invoice was paid."""
    if preimage is None or not _PREIMAGE.fullmatch(preimage):
        return False
    return sha256(bytes.fromhex(preimage)).hexdigest() == payment_hash
