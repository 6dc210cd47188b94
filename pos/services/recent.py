"""The recent: a till's latest news, for whoever stands at it."""

from collections.abc import Iterable

from pos.domain.charge import Channel, Charge, ListedCharge, Status
from pos.shop import Shop

SALES = 12
MEMOS = 6
# So far back, in seconds: a bar's night, of which nothing is to be gone at midnight.
LAST = 12 * 60 * 60
# The outcomes of which another one may come any moment.
WAITED_FOR = ("open", "not-known")


def recent(shop: Shop, till: str) -> list[ListedCharge]:
    """Return a till's charges about which there is the latest news: made, cancelled or paid, the latest first.

    What is open, or has to be looked at, is always among them. Raises StoreError.
    """
    now = shop.now()
    # A till may be called today as a kiosk was before.
    of_till = (it for it in shop.store.news(till, now, now - LAST, SALES) if it.channel is not Channel.KIOSK)
    # Of two in the same second the number tells which sale was the later one.
    known = sorted(of_till, key=lambda it: (it.news_at, it.created_at, it.number, it.attempt), reverse=True)
    return [it for place, it in enumerate(known) if place < SALES or _must_be_seen(it, now)]


def _must_be_seen(charge: ListedCharge, now: int) -> bool:
    return charge.needs_review or outcome(charge, now) in WAITED_FOR


def memos(charges: Iterable[ListedCharge]) -> list[str]:
    """Return what those sales were for, each once, the newest first: in the shop's words, and in no stranger's."""
    own = (charge.sale.memo for charge in charges if not charge.channel.is_remote)
    return list(dict.fromkeys(filter(None, own)))[:MEMOS]


def outcome(charge: ListedCharge, now: int) -> str:
    """Return the one word for what became of a charge, of several that which a cashier must not overlook."""
    return _outcome(
        charge.received_sat,
        charge.amount_sat,
        now < charge.ends_at and not charge.cancelled,
        late=charge.late,
        surplus=charge.surplus,
        known=charge.known,
        cancelled=charge.cancelled,
    )


def outcome_of(charge: Charge, now: int) -> str:
    """Return the same word for a whole charge."""
    return _outcome(
        charge.payment.received_sat if charge.payment else None,
        charge.amount_sat,
        charge.status(now) is Status.OPEN,
        late=charge.late,
        surplus=charge.is_surplus,
        known=charge.is_known(now),
        cancelled=charge.cancelled_at is not None,
    )


def _outcome(
    received_sat: int | None,
    amount_sat: int,
    is_open: bool,
    *,
    late: bool,
    surplus: bool,
    known: bool,
    cancelled: bool,
) -> str:
    if received_sat is not None:
        if surplus:
            return "more"
        if received_sat != amount_sat:
            return "less" if received_sat < amount_sat else "more"
        return "late" if late else "paid"
    if is_open:
        return "open"
    if not known:
        return "not-known"
    return "cancelled" if cancelled else "expired"
