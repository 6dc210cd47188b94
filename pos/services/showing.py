"""Showing: which charge of a till its customer has before him, on a screen of his own, or what is typed for him."""

from dataclasses import dataclass, replace
from hashlib import sha256

from pos.domain.charge import READ_WITHIN, Channel, Charge, Status
from pos.domain.draft import CHARGES_BACK, Draft
from pos.domain.number import Number
from pos.domain.question import Question
from pos.services.ask_tip import asked
from pos.services.settle import refresh
from pos.shop import Shop

# Seconds.
_LONGEST = 24 * 60 * 60
# Long enough for a payment that the till learns of late.
_ENDED_FOR = 60
# Whoever has paid waits for the word of a wallet that is silent.
_NOT_KNOWN_FOR = 600
# What nobody goes on with is not for whoever comes by.
_TYPED_FOR = 180


@dataclass(frozen=True, slots=True)
class Scene:
    """What a till's display shows at `now` (unix seconds): a charge, what is typed, a question, or none of these.

    `look` is another one each time that the office has changed a setting.
    """

    now: int
    charge: Charge | None = None
    draft: Draft | None = None
    question: Question | None = None
    look: int = 0

    @property
    def is_idle(self) -> bool:
        """Tell whether there is nothing to show but the shop itself."""
        return not (self.charge or self.question or self.draft)

    @property
    def version(self) -> str:
        """Name the picture: another charge, another state of it, another draft or another look has another name."""
        if self.charge:
            of = self.charge
            return _name(of.id, of.status(self.now), of.is_known(self.now), of.is_silent(self.now), self.look)
        if self.question or self.draft:
            return _name(self.question or self.draft, self.look)
        return f"idle-{self.look}" if self.look else "idle"

    @property
    def left(self) -> int | None:
        """How many seconds there are to pay, where somebody is to."""
        return self.charge.ends_at - self.now if self._is_open and self.charge else None

    @property
    def changes_at(self) -> int | None:
        """When it becomes another one, whatever anybody does (unix seconds)."""
        if self.draft:
            return self.draft.typed_at + _TYPED_FOR
        return self.charge.ends_at if self._is_open and self.charge else None

    @property
    def _is_open(self) -> bool:
        return self.charge is not None and self.charge.status(self.now) is Status.OPEN


def showing(shop: Shop, till: str) -> Scene:
    """Return what a till's display shows now. An open charge is asked about, as somebody looks at it.

    What is typed does not take a code of the last sale away, as somebody may be about to pay it. Raises StoreError.
    """
    return replace(_showing(shop, till), look=shop.settings.version)


def _showing(shop: Shop, till: str) -> Scene:
    now = shop.now()
    # A till may be called today as a kiosk was before.
    charges = [it for it in shop.store.at_till(till, now - _LONGEST, CHARGES_BACK) if it.channel is not Channel.KIOSK]
    shown = _newest(charges, now)
    draft = _draft(shop, till, charges, shown, now)
    if shop.settings.asks_for_tip("display") and (question := asked(shop, till)):
        # The cashier has just gone on with the next sale.
        return Scene(now, question=question)
    if shown is None or draft:
        return Scene(now, draft=draft)
    return Scene(shown.since_made(now), refresh(shop, shown))


def _draft(shop: Shop, till: str, charges: list[Charge], shown: Charge | None, now: int) -> Draft | None:
    """Return what is typed, if it is about a sale after the one that is shown."""
    draft = shop.store.drafts.last(till)
    if draft is None or not draft.lines or now - draft.typed_at >= _TYPED_FOR:
        return None
    # What was typed before the newest charge was made is what it is about.
    since = charges[0].created_at if charges else 0
    if shown and shown.payment:
        since = max(since, shown.payment.paid_at)
    elif shown and not _is_older(shown, _last_begun(charges)):
        if shown.status(now) is Status.OPEN or not shown.is_known(now):
            return None
        since = max(since, shown.ends_at)
    # A clock that was set back is no reason to show nothing until it has caught up. Those of two hosts differ a little.
    return draft if draft.typed_at > since or draft.typed_at <= now < since - READ_WITHIN else None


def _name(*parts: object) -> str:
    return sha256(" ".join(map(str, parts)).encode()).hexdigest()[:16]


def _newest(charges: list[Charge], now: int) -> Charge | None:
    """Return the charge that is shown now: the open one, or one that just ended; None if there is none.

    Of several it is that about which there is the latest news. But nothing comes between a customer and the open code
    of the last sale: that another one is paid at last is told at the till, and here it would be read by who has not
    paid. Nor does what was to be paid before the last sale began come back, as somebody else may stand there by now,
    nor a new invoice of an older sale: anybody can ask for one who knows the older sale's address.
    """
    last = _last_begun(charges)
    shown = [it for it in charges if _is_shown(it, now) and (it.payment or not _has_given_way(it, last))]
    newest = max(map(_number, shown), default=None)
    shown = [it for it in shown if it.payment or _number(it) == newest]
    due = [it for it in shown if it.status(now) is Status.OPEN and not _is_older(it, last)]
    # Of two in the same second it is the one that somebody still has to pay.
    return max(due or shown, key=lambda it: (_news_at(it), it.payment is None), default=None)


def _last_begun(charges: list[Charge]) -> Charge | None:
    """Return the first charge of the last sale; None where each of the sales began too long ago."""
    return max((it for it in charges if it.attempt == 1), key=_number, default=None)


def _is_older(charge: Charge, last: Charge | None) -> bool:
    """Tell whether it is of a sale before the last one."""
    return last is not None and _number(charge) < _number(last)


def _has_given_way(charge: Charge, last: Charge | None) -> bool:
    """Tell whether the last sale has taken its place. A new invoice may have been asked for after that."""
    if last is None or not _is_older(charge, last):
        return False
    return charge.attempt == 1 or charge.created_at <= last.created_at


def _number(charge: Charge) -> Number:
    """Return where its sale stands among all: a clock may be set back, but numbers only go up."""
    return charge.number or Number(0, 0)


def _is_shown(charge: Charge, now: int) -> bool:
    if charge.is_overtaken:
        # The charge that has paid its sale is shown, or was.
        return False
    if charge.status(now) is Status.OPEN:
        return True
    if charge.payment:
        # By a clock that was set back since, it may be a while until then.
        return abs(now - charge.payment.paid_at) < _ENDED_FOR
    shown_for = _ENDED_FOR if charge.is_known(now) else _NOT_KNOWN_FOR
    return charge.cancelled_at is None and now - charge.ends_at < shown_for


def _news_at(charge: Charge) -> int:
    return charge.payment.paid_at if charge.payment else charge.created_at
