"""A Lightning invoice, and what must hold of it before anyone may see its QR code. BOLT 11 itself is in pos/bolt11."""

import re
from dataclasses import dataclass
from hashlib import sha256

from pos.bolt11.decode import Bolt11, Bolt11Error, decode

# What an invoice may require of who pays it: every feature that BOLT 9 has for invoices, by its even bit.
_KNOWN_FEATURES = {
    8: "var_onion_optin",
    14: "payment_secret",
    16: "basic_mpp",
    24: "option_route_blinding",
    36: "option_attribution_data",
    48: "option_payment_metadata",
}
_PREIMAGE = re.compile(r"[0-9a-f]{64}")


class InvoiceError(ValueError):
    """An invoice that cannot be read, or that is not what was asked for; its text says which."""


class UnpayableError(InvoiceError):
    """An invoice that is what was asked for, but that the specification tells a payer's wallet not to pay."""


class SignerError(InvoiceError):
    """An invoice that another node signed than the one that has to."""

    def __init__(self, signer: str, payee: str) -> None:
        super().__init__(f"another node signed it than the one that has to: {signer}, and not {payee}")


class ExpiredError(InvoiceError):
    """An invoice that cannot be paid any more. `age` is how long ago it was signed, in seconds by our clock."""

    def __init__(self, age: int) -> None:
        super().__init__("it has already expired")
        self.age = age


@dataclass(frozen=True, slots=True)
class Invoice:
    """The wallet's payment request and its facts.

    `id` is the wallet's own name for it, `payment_hash` is 64 hex digits, `expires_at` is in unix seconds.
    """

    id: str
    payment_request: str
    payment_hash: str
    expires_at: int


def check(
    asked_sat: int, network: str, invoice: Invoice, payee: str | None, now: int, description_hash: str | None = None
) -> Invoice:
    """Return the invoice as it may be shown, with the earlier of both expiries, or refuse it.

    `payee` is the node's public key as the wallet names it; a signature proves something only against a key that is
    known from elsewhere. None if the wallet names none. `description_hash` (hex) is the one that was asked for, if any.

    Raises InvoiceError; UnpayableError where no customer could pay it, SignerError where another node signed it.
    """
    said = _read(invoice.payment_request)
    expires_at = min(invoice.expires_at, said.expires_at)
    if payee is not None and said.payee != payee:
        raise SignerError(said.payee, payee)
    if said.amount_msat != asked_sat * 1000:
        raise InvoiceError(f"it is over {said.amount_msat} msat, asked were {asked_sat} sat")
    if said.payment_hash != invoice.payment_hash:
        raise InvoiceError("its payment hash is not the one that the wallet names")
    if said.network != network:
        raise InvoiceError(f"it is on network {said.network}, this till takes {network}")
    if expires_at <= now:
        raise ExpiredError(now - said.created_at)
    if description_hash is not None and said.description_hash != description_hash:
        raise InvoiceError("its description hash is not the one that was asked for")
    check_payable(said)
    return Invoice(invoice.id, invoice.payment_request, invoice.payment_hash, expires_at)


def check_payable(said: Bolt11) -> None:
    """Refuse what the phones of today do not pay, though it can be read: invoices of 2019 are like that.

    Raises UnpayableError.
    """
    if said.payment_secret is None:
        raise UnpayableError("it has no payment secret, and no phone of today pays it")
    unknown = said.required_features - _KNOWN_FEATURES.keys()
    if unknown:
        raise UnpayableError(f"it requires a feature that nobody knows: {', '.join(map(str, sorted(unknown)))}")
    if said.flaw:
        raise UnpayableError(said.flaw)


def _read(payment_request: str) -> Bolt11:
    try:
        return decode(payment_request)
    except Bolt11Error as error:
        raise InvoiceError(str(error)) from error


def proves(preimage: str | None, payment_hash: str) -> bool:
    """Tell whether the preimage (hex) is the secret behind the payment hash: the proof that an invoice was paid."""
    if preimage is None or not _PREIMAGE.fullmatch(preimage):
        return False
    return sha256(bytes.fromhex(preimage)).hexdigest() == payment_hash
