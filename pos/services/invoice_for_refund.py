"""Taking an invoice for a refund: one that the customer shows, or one that the till asks their address for."""

import logging

from pos.domain.lnurl import LnurlError
from pos.domain.lnurl_payee import PayeeError, PayeeRefused, payee_address, read_payment_request, read_terms
from pos.domain.lnurl_service import NoAnswer
from pos.domain.refund import Refund, RefundInvoice
from pos.domain.refund_invoice import (
    RefundInvoiceRefused,
    check_refund_invoice,
    nonsense,
    own_invoice,
    payment_request_in,
)
from pos.domain.sentence import Sentence
from pos.shop import Shop
from pos.store import InvoiceTaken

log = logging.getLogger(__name__)

# Seconds for each of the two answers of an address: whoever waits for both is not kept for longer than a browser waits.
TIMEOUT = 6
ENDED = Sentence("This refund is paid, or cancelled. It takes no other invoice.")


def give_invoice(shop: Shop, refund: Refund, text: str, staff: str = "") -> None:
    """Let a refund be paid to another invoice from now on, or to one that an address gives.

    Raises RefundInvoiceRefused, or StoreError.
    """
    invoice = invoice_for_refund(shop, text, refund.amount_sat)
    try:
        given = shop.store.refunds.add_invoice(refund.id, invoice, staff)
    except InvoiceTaken as error:
        raise own_invoice(f"another refund has invoice {error}") from error
    if not given:
        raise RefundInvoiceRefused(ENDED, 409)


def invoice_for_refund(shop: Shop, text: str, amount_sat: int) -> RefundInvoice:
    """Return the invoice in a text, or the one that an address in it gives, once it is checked.

    Raises RefundInvoiceRefused, or StoreError.
    """
    try:
        address = payee_address(text)
    except LnurlError as error:
        raise nonsense(str(error)) from error
    payment_request, description_hash = payment_request_in(text), None
    if address:
        payment_request, description_hash = _ask(shop, address, amount_sat)
    invoice = check_refund_invoice(
        payment_request,
        amount_sat,
        shop.settings.network,
        shop.now(),
        payee=shop.settings.payee,
        description_hash=description_hash,
    )
    if shop.store.find_by_payment_hash(invoice.payment_hash):
        raise own_invoice("a charge has it")
    return invoice


def _ask(shop: Shop, address: str, amount_sat: int) -> tuple[str, str]:
    """Return the payment request that an address gives, and the hash of what it says of itself."""
    try:
        terms = read_terms(shop.payees.ask(address, TIMEOUT))
        if not terms.takes(amount_sat):
            raise RefundInvoiceRefused(Sentence("This address does not take this amount. Ask for an invoice instead."))
        return read_payment_request(shop.payees.ask(terms.address(amount_sat), TIMEOUT)), terms.description_hash
    except (PayeeError, NoAnswer) as error:
        log.info("an address gave no invoice for a refund: %s", error)
        raise nonsense(str(error)) from error
    except PayeeRefused as error:
        log.info("an address gave no invoice for a refund: %s", error)
        raise _refused(error) from error


def _refused(error: PayeeRefused) -> RefundInvoiceRefused:
    if not error.reason:
        return nonsense(str(error))
    words = Sentence("This address gives no invoice. It says: {reason}", {"reason": error.reason})
    return RefundInvoiceRefused(words, reason=str(error))
