"""Asking for a tip on the customer's display, where one is there: the till waits, and goes on by itself."""

import logging

from pos.domain.charge import Channel, Charge
from pos.domain.draft import CHARGES_BACK, till_topic
from pos.domain.question import Question
from pos.shop import Shop
from pos.store import StoreError

log = logging.getLogger(__name__)

# Seconds. A display that is there says so every few.
THERE_FOR = 15
# Whoever has not answered by then is gone.
_ASKED_FOR = 600
# What is typed so soon after a question was under way, and is of the sale that it is about.
_STILL_TYPED_FOR = 2


def note_display(shop: Shop, till: str) -> None:
    """Write down that a till's display is there, where that makes a difference.

    What it shows matters more: where it cannot be written down, the till asks for the tip itself.
    """
    if not shop.settings.asks_for_tip("display"):
        return
    try:
        shop.store.displays.see(till, shop.now())
    except StoreError as error:
        log.warning("till %s: it is not written down that its display is there: %s", till, error)


def ask_on_display(shop: Shop, till: str, token: str, idempotency_key: str) -> None:
    """Ask the customer of the sale in `token`, if the shop does so and a display is there. Raises StoreError."""
    if not shop.settings.asks_for_tip("display"):
        return
    if not is_there(shop, till):
        # It may come back, and then asks nothing about the sale before.
        if before := shop.store.displays.question(till):
            take_back(shop, till, before.token)
        return
    shop.store.displays.ask(till, Question(token, idempotency_key, shop.now()))
    shop.broker.publish(till_topic(till))


def is_there(shop: Shop, till: str) -> bool:
    """Tell whether a till's display is there. Raises StoreError."""
    seen_at = shop.store.displays.seen_at(till)
    return seen_at is not None and shop.now() - seen_at < THERE_FOR


def take_back(shop: Shop, till: str, token: str) -> None:
    """Ask nothing more about a sale: the cashier has it again. Raises StoreError."""
    shop.store.displays.take_back(till, token)
    shop.broker.publish(till_topic(till))


def asked(shop: Shop, till: str) -> Question | None:
    """Return what the customer of a till is asked now: about a sale that is not made yet. Raises StoreError."""
    question = shop.store.displays.question(till)
    if question is None or shop.now() - question.asked_at >= _ASKED_FOR or sold(shop, question.idempotency_key):
        return None
    return None if _is_left(shop, till, question) else question


def _is_left(shop: Shop, till: str, question: Question) -> bool:
    """Tell whether the till is at another sale since: nothing that is asked may hide its tape, or its code.

    A new invoice of an older sale is none: anybody can ask for one who knows the older sale's address.
    """
    draft = shop.store.drafts.last(till)
    if draft and draft.lines and draft.typed_at > question.asked_at + _STILL_TYPED_FOR:
        return True
    made = shop.store.at_till(till, question.asked_at + 1, CHARGES_BACK)
    return any(it.attempt == 1 and it.channel is not Channel.KIOSK for it in made)


def sold(shop: Shop, idempotency_key: str) -> Charge | None:
    """Return the charge that was made at a till with a key, whoever has answered first. Raises StoreError."""
    found = shop.store.find_by_idempotency_key(Channel.TILL, idempotency_key)
    return found.charge if found else None
