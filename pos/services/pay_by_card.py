"""Paying by a card that is held to the shop's device: its issuer is asked to pay the invoice, once for each tap.

That the issuer will try is no payment: the charge is watched as ever, and the wallet alone says that it is paid.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pos.domain.card import MOST_TRIES, OPEN_FOR, CardTry
from pos.domain.charge import Charge
from pos.domain.lnurl_service import LnurlServices, NoAnswer
from pos.domain.lnurl_withdraw import (
    CardError,
    IssuerRefused,
    Withdrawal,
    card_address,
    check_will_pay,
    read_pin,
    read_withdrawal,
)
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.shop import Shop

log = logging.getLogger(__name__)

# Seconds for the first answer, which issuers have at hand.
FIRST_TIMEOUT = 10


class CardRefused(Refusal):
    """The card does not pay. The invoice can still be paid, by another one too."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What an issuer would pay, once it has the card's PIN; `number` is that of the try."""

    number: int
    withdrawal: Withdrawal


class IssuerSilent(CardRefused):
    """The issuer has the invoice, and did not say what becomes of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(Sentence("The card's issuer does not answer. Ask there, or tap again."), 504, reason)


def unreadable(reason: str) -> CardRefused:
    """Refuse a card in the same words whatever is wrong with its address: nobody learns from them what is where."""
    return CardRefused(Sentence("This card cannot be read. Tap again, or scan the code."), 422, reason)


def too_late(reason: str) -> CardRefused:
    """Refuse a PIN for which nothing waits any more."""
    return CardRefused(Sentence("This PIN came too late. Tap the card again."), 409, reason)


def pay_by_card(shop: Shop, issuers: LnurlServices, charge: Charge, text: str) -> Waiting | None:
    """Have the issuer of a card pay an open charge. Return what waits for the PIN; None if the issuer will try to pay.

    `text` is what a reader has read. The card is used up by that, whatever comes of it.

    Raises CardRefused or StoreError.
    """
    address = _address(charge, text)
    begun = _begin(shop, charge)
    with _failing(shop, charge, begun):
        withdrawal = read_withdrawal(issuers.ask(address, FIRST_TIMEOUT))
        if not withdrawal.pays(charge.amount_sat):
            raise CardRefused(Sentence("This card does not pay this amount."), 422, "the amount is out of its limits")
    if withdrawal.wants_pin(charge.amount_sat):
        shop.store.cards.fail(charge.id, begun.number)
        return Waiting(begun.number, withdrawal)
    _have_it_paid(shop, issuers, charge, begun, withdrawal)
    return None


def enter_pin(shop: Shop, issuers: LnurlServices, charge: Charge, waiting: Waiting, typed: str) -> None:
    """Have the issuer pay with the card's PIN. Each PIN is one try, and goes nowhere but to the issuer.

    Raises CardRefused or StoreError.
    """
    pin = read_pin(typed)
    if pin is None:
        raise CardRefused(Sentence("A PIN has one to eight figures. Tap the card again."), 422, "the PIN is none")
    begun = shop.store.cards.go_on(charge.id, waiting.number, shop.now())
    if begun is None:
        raise too_late("another card was tried since")
    _have_it_paid(shop, issuers, charge, begun, waiting.withdrawal, pin)


def _address(charge: Charge, text: str) -> str:
    try:
        return card_address(text)
    except CardError as error:
        log.info("charge %s: a card was not read: %s", charge.id, error)
        raise unreadable(str(error)) from error


def _begin(shop: Shop, charge: Charge) -> CardTry:
    now = shop.now()
    begun = shop.store.cards.begin(charge.id, now)
    if begun:
        return begun
    last = shop.store.cards.last_try(charge.id)
    if last and last.is_open(now):
        raise CardRefused(Sentence("A card is being tried. Wait a moment."), 409, "another card is being tried")
    raise CardRefused(
        Sentence("Too many cards were tried for this sale. Scan the code."), 429, f"{MOST_TRIES} cards were tried"
    )


def _have_it_paid(
    shop: Shop, issuers: LnurlServices, charge: Charge, begun: CardTry, withdrawal: Withdrawal, pin: str = ""
) -> None:
    """Hand the invoice to the issuer. Where its answer does not come, it may be paying: the try stays open."""
    left = OPEN_FOR - (shop.now() - (begun.opened_at or 0))
    with _failing(shop, charge, begun):
        try:
            check_will_pay(issuers.ask(withdrawal.address(charge.invoice.payment_request, pin), max(left, 1)))
        except (CardError, NoAnswer) as error:
            log.warning("charge %s: a card's issuer did not say whether it pays: %s", charge.id, error)
            raise IssuerSilent(str(error)) from error
    log.info("charge %s: a card's issuer will try to pay", charge.id)


@contextmanager
def _failing(shop: Shop, charge: Charge, begun: CardTry) -> Iterator[None]:
    """Close a try that comes to nothing, and refuse the card in words for who holds it."""
    try:
        yield
    except IssuerSilent:
        raise
    except (CardError, NoAnswer, IssuerRefused, CardRefused) as error:
        shop.store.cards.fail(charge.id, begun.number)
        log.info("charge %s: a card does not pay: %s", charge.id, error)
        if isinstance(error, CardRefused):
            raise
        raise _refused(error) from error


def _refused(error: Exception) -> CardRefused:
    match error:
        case IssuerRefused(reason=""):
            return CardRefused(Sentence("The card's issuer refuses."), 422, str(error))
        case IssuerRefused(reason=reason):
            return CardRefused(Sentence("The card's issuer refuses: {reason}", {"reason": reason}), 422, str(error))
    return unreadable(str(error))
