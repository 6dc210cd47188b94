"""The invoice that a customer gives for a refund, and what must hold of it before anybody is asked to pay it."""

import re
from urllib.parse import parse_qsl

from pos.bolt11.decode import Bolt11, Bolt11Error, decode
from pos.domain.invoice import UnpayableError, check_payable
from pos.domain.money import SAT, Money
from pos.domain.refund import RefundInvoice
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence

# Seconds that have to be left: somebody is still to find the phone with the wallet, and open it.
TIME_TO_PAY = 120
# Seconds. Some are good for longer than there are dates, or than a database counts: nobody waits so long to pay one.
LONGEST = 10 * 365 * 24 * 3600
_LIGHTNING = re.compile(r"lightning:(?://)?", re.IGNORECASE)
_BITCOIN = re.compile(r"bitcoin:", re.IGNORECASE)


class RefundInvoiceRefused(Refusal):
    """An invoice, or an address, that no refund is paid to. Nothing of it is written down."""


def payment_request_in(text: str) -> str:
    """Return the payment request in a text: as wallets show and share it, and as their QR codes hold it."""
    bare = "".join(text.split())
    if _BITCOIN.match(bare):
        # A code for both chains (BIP 21) has it beside the address, which is none of ours.
        _, _, query = bare.partition("?")
        bare = next((value for name, value in parse_qsl(query) if name.lower() == "lightning"), bare)
    return _LIGHTNING.sub("", bare, count=1).lower()


def check_refund_invoice(
    payment_request: str,
    amount_sat: int,
    network: str,
    now: int,
    *,
    payee: str | None = None,
    description_hash: str | None = None,
) -> RefundInvoice:
    """Return an invoice that a refund may be paid to, or say why not.

    `payee` is the key of the node that the shop's own wallet is known to have, if any. `description_hash` (hex) is that
    of what the payee's address says; an invoice with another one is of somebody else.

    Raises RefundInvoiceRefused.
    """
    said = _read(payment_request)
    if said.network != network:
        raise RefundInvoiceRefused(Sentence("This invoice is for another network than the sale. Ask for another one."))
    _check_amount(said, Money(amount_sat, SAT))
    if said.expires_at < now + TIME_TO_PAY:
        raise RefundInvoiceRefused(Sentence("This invoice has expired, or is about to. Ask for a new one."))
    try:
        check_payable(said)
    except UnpayableError as error:
        words = Sentence("No wallet of today pays this invoice. Ask for one from another wallet.")
        raise RefundInvoiceRefused(words, reason=str(error)) from error
    if payee is not None and said.payee == payee:
        raise own_invoice("the shop's own node signed it")
    if description_hash is not None and said.description_hash not in (None, description_hash):
        raise nonsense("its description hash is not that of what the address says")
    return RefundInvoice(payment_request, said.payment_hash, min(said.expires_at, now + LONGEST), now)


def own_invoice(reason: str) -> RefundInvoiceRefused:
    """Refuse an invoice of the shop itself: its money would only go round."""
    words = Sentence("This is an invoice of the shop's own wallet. Ask the customer for one.")
    return RefundInvoiceRefused(words, reason=reason)


def nonsense(reason: str) -> RefundInvoiceRefused:
    """Refuse an address in the same words whatever is wrong with it: nobody learns from them what is where."""
    words = Sentence("This address gives no invoice. Ask the customer for an invoice instead.")
    return RefundInvoiceRefused(words, reason=reason)


def _read(payment_request: str) -> Bolt11:
    try:
        return decode(payment_request)
    except Bolt11Error as error:
        words = Sentence("This is no Lightning invoice, and no Lightning address. Ask for it once more.")
        raise RefundInvoiceRefused(words, reason=str(error)) from error


def _check_amount(said: Bolt11, asked: Money) -> None:
    if said.amount_msat == 0:
        raise RefundInvoiceRefused(
            Sentence("This invoice names no amount. Ask for one over {amount}.", {"amount": asked}),
        )
    if said.amount_msat == asked.minor * 1000:
        return
    # An invoice over half a sat is named by what is larger: it would else be told to be over what is asked for.
    other = Money(-(-said.amount_msat // 1000), SAT)
    if other == asked:
        raise RefundInvoiceRefused(
            Sentence("This invoice is not over whole sat. Ask for one over {amount}.", {"amount": asked})
        )
    raise RefundInvoiceRefused(
        Sentence("This invoice is over {other}. Ask for one over {amount}.", {"other": other, "amount": asked})
    )
