"""Settling: ask the wallet about one charge and record the answer. The one door to "paid"."""

import logging
from collections.abc import Callable
from dataclasses import replace

from pos.domain.charge import Charge, Payment, Settlement, Status
from pos.domain.draft import till_topic
from pos.domain.due import WATCHED_FOR
from pos.domain.invoice import proves
from pos.domain.jar import jar_topic
from pos.domain.money import MOST_SAT
from pos.shop import Shop
from pos.store import StoreError
from pos.wallets.base import BadAnswer, ById, ByPaymentHash, Hint, WalletBusy, WalletError

log = logging.getLogger(__name__)

# Seconds between two times that it is written down of one open charge that the wallet was asked.
WRITE_EVERY = 4


def settle(shop: Shop, charge: Charge) -> Charge:
    """Ask the wallet about a charge, record a payment if there is one, and return the charge as it then is.

    One of another wallet stays as it is: this one would know nothing about it. A wallet that says "settled" and that
    nothing was received, or more than there is, contradicts itself: no payment, and it is asked again.

    Raises WalletError or StoreError.
    """
    if not _can_change(shop, charge):
        return charge
    return _ask(shop, charge) or shop.store.get(charge.id) or charge


def settle_unseen(shop: Shop, charge: Charge) -> None:
    """Settle as `settle` does, for nobody who waits to see the charge: it is not read again.

    Raises WalletError or StoreError.
    """
    if _can_change(shop, charge):
        _ask(shop, charge)


def _ask(shop: Shop, charge: Charge) -> Charge | None:
    """Ask the wallet, record the answer, and return the charge if it is not paid. If it is, the book knows the rest."""
    asked_at = shop.now()
    try:
        settlement = _look_up(shop, charge)
    except WalletError:
        _note(lambda: shop.store.note_silence(shop.wallet.identity, asked_at - WATCHED_FOR, asked_at))
        raise
    if settlement is None:
        return _unpaid(shop, charge, asked_at)
    payment = _payment(charge, settlement, shop.now())
    if _mark_paid(shop, charge, payment):
        _log(charge, payment)
        shop.broker.publish(charge.id)
        if charge.till:
            shop.broker.publish(till_topic(charge.till))
        if charge.jar:
            shop.broker.publish(jar_topic(charge.jar))
    return None


def _mark_paid(shop: Shop, charge: Charge, payment: Payment) -> bool:
    """Write a payment down; until the book takes it, no screen is told that the charge waits to be paid."""
    try:
        is_first = shop.store.mark_paid(charge.id, payment)
    except StoreError:
        shop.unwritten.add(charge.id)
        raise
    shop.unwritten.discard(charge.id)
    return is_first


def _look_up(shop: Shop, charge: Charge) -> Settlement | None:
    with shop.throttle.question():
        settlement = shop.wallet.look_up(charge.invoice)
    if settlement and not 0 < settlement.received_sat <= MOST_SAT:
        # Not as a failure of the wallet's: it may know well what became of every other invoice.
        raise BadAnswer(f"it says settled, and that {settlement.received_sat} sat were received")
    return settlement


def _unpaid(shop: Shop, charge: Charge, asked_at: int) -> Charge:
    """Return a charge as it is after the wallet's word that it is not paid; not each one is written down.

    The word is newer than that it was cancelled, also where a clock was set back since.
    """
    asked_at = max(asked_at, charge.cancelled_at or 0)
    is_news = charge.silent_since is not None or not charge.is_known(asked_at)
    if is_news or asked_at - charge.heard_at >= WRITE_EVERY:
        _note(lambda: shop.store.note_answer(charge.id, asked_at))
    return replace(charge, asked_at=asked_at, silent_since=None)


def _note(write: Callable[[], None]) -> None:
    """Write down how the wallet answers, if the book takes it: what the wallet said is true all the same."""
    try:
        write()
    except StoreError as error:
        log.warning("it could not be written down when the wallet was asked: %s", error)


def refresh(shop: Shop, charge: Charge) -> Charge:
    """Return what is known about a charge now, for somebody who looks at it.

    The watch asks the wallet about what is looked at. Where none is known to run, or for one that it has given up
    before the wallet answered, the wallet is asked here, at most once a second for each charge. One that does not
    answer changes nothing: it is never "not paid", only not known yet. Where the sale was paid by another charge, that
    is what is known, and the other one is returned.

    Raises StoreError, also where the wallet has said that it is paid, and the book does not take it.
    """
    return paying(shop, _refresh(shop, charge))


def _refresh(shop: Shop, charge: Charge) -> Charge:
    if not _can_change(shop, charge):
        return charge
    shop.presence.note(charge.id)
    if (shop.lease.led and _is_watched(charge, shop.now())) or not shop.throttle.may_ask_about(charge.id):
        if charge.id in shop.unwritten:
            raise StoreError("the wallet says that it is paid, which could not be written down")
        return charge
    try:
        return settle(shop, charge)
    except WalletError as error:
        log.warning("charge %s: the wallet could not be asked: %s", charge.id, error)
        return replace(charge, silent_since=charge.silent_since or shop.now())


def paying(shop: Shop, charge: Charge) -> Charge:
    """Return a charge, or the other one that has paid its sale, where it is not paid itself. Raises StoreError."""
    return (shop.store.get(charge.paid_by) if charge.is_overtaken else None) or charge


def settle_now(shop: Shop, charge: Charge, what_for: str) -> Charge:
    """Settle for somebody who pressed a button and waits.

    The shop's own go before the budget, and count. A stranger's keep to it: one a second for each button of a charge.

    Raises WalletError, WalletBusy where a stranger's is too much; or StoreError.
    """
    if not _can_change(shop, charge):
        return charge
    if not charge.channel.is_remote:
        shop.throttle.count()
    elif not shop.throttle.may_ask_about(f"{what_for} {charge.id}"):
        raise WalletBusy(f"charge {charge.id}: not asked, to {what_for}: that is too often", 1)
    return settle(shop, charge)


def settle_hint(shop: Shop, hint: Hint) -> None:
    """Follow a hint that an invoice may be paid; one of somebody else's is nothing to us.

    It goes before the budget, as money has most likely come; but the same hint again and again is one question a
    second, and a wallet that wants to be left alone is. Whoever gave the hint is gone by now, so what fails is only
    logged, and the watch asks again soon.
    """
    try:
        charge = _hinted_at(shop, hint)
        if charge is None or not _can_change(shop, charge):
            return
        shop.presence.note(charge.id)
        if shop.throttle.may_follow(f"hint {charge.id}"):
            _ask(shop, charge)
    except (WalletError, StoreError) as error:
        log.warning("%s: a hint could not be followed: %s", hint, error)


def _hinted_at(shop: Shop, hint: Hint) -> Charge | None:
    match hint:
        case ById(invoice_id):
            return shop.store.find_by_invoice(invoice_id)
        case ByPaymentHash(payment_hash):
            return shop.store.find_by_payment_hash(payment_hash)


def _is_watched(charge: Charge, now: int) -> bool:
    return charge.is_known(now) or charge.invoice.expires_at > now - WATCHED_FOR


def _can_change(shop: Shop, charge: Charge) -> bool:
    return charge.payment is None and charge.is_of(shop.wallet.identity)


def _payment(charge: Charge, settlement: Settlement, now: int) -> Payment:
    """Turn the wallet's word into our record; a time that cannot be right gives way to our clock."""
    said_at = settlement.settled_at
    # What the wallet said was not paid after its end came later than that, whatever its clock says.
    has_ended = charge.status(now) is Status.EXPIRED and charge.is_known(now)
    earliest = charge.ends_at + 1 if has_ended else charge.created_at
    return Payment(
        paid_at=said_at if said_at is not None and earliest <= said_at <= now else now,
        received_sat=settlement.received_sat,
        preimage=settlement.preimage,
        proven=proves(settlement.preimage, charge.invoice.payment_hash),
    )


def _log(charge: Charge, payment: Payment) -> None:
    log.info("charge %s: paid, %d of %d sat", charge.id, payment.received_sat, charge.amount_sat)
    if not payment.proven:
        log.warning("charge %s: paid, but the preimage does not prove it", charge.id)
