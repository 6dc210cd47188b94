"""What the pay page says of a charge, to whom, and how long it stays: the templates only set it."""

from dataclasses import dataclass

from flask import url_for

from pos.domain.card import OPEN_FOR
from pos.domain.charge import Channel, Charge, Status
from pos.shop import Shop
from pos.web.access import identity
from pos.web.amounts import amounts
from pos.web.i18n import gettext, write_time
from pos.web.links import back_url, kiosk_url, receipt_qr_url
from pos.web.note import Note, note_of
from pos.web.pay.thanks import Thanks, thanks_of

# Where somebody stands who has to hear it.
ATTENDED = (Channel.TILL, Channel.KIOSK, Channel.API)
# Who pays there reads the page alone.
GUESTS = (Channel.KIOSK, Channel.TIPS, Channel.LNURL)
# The page of a charge made there stands on a device of the shop.
AT_THE_SHOP = (Channel.TILL, Channel.KIOSK)
# How long the kiosk shows what somebody may want to read, in seconds.
KIOSK_REVIEW = 30
KIOSK_ENDED = 20
KIOSK_NOT_KNOWN = 60
# After how many seconds a page without a script looks again.
OPEN_AGAIN = 3
TYPED_AGAIN = 60
EXPIRED_AGAIN = 30
NOT_KNOWN_AGAIN = 5


@dataclass(frozen=True, slots=True)
class Page:
    """Texts in the reader's language. `announced` is for who hears the page.

    `leave_after`: seconds until a script leads back. `reload` is where a page without one goes by itself, and after how
    many seconds. `not_known`: why nobody can say yet what became of a charge that has ended. `back_url` is None where
    the page leads nowhere: who pays a program's charge is a stranger, and so is, in a shop that somebody owns, who has
    the page of a till or a kiosk on a phone of their own. `kiosk_rest` is where the kiosk rests that it is on.

    Once it is paid, the receipt is a tap away (`receipt_url`), but not on a kiosk, where nobody leads back. From a
    device of the shop it comes to the customer's phone by a QR, too (`receipt_qr`). Who has tipped is
    thanked (`thanks`).
    """

    title: str
    announced: str
    headline: str
    back_url: str | None
    kiosk_rest: str | None
    back: str
    done: str
    for_guest: bool
    can_ring: bool
    ring: str | None
    leave_after: int | None
    reload: tuple[int, str] | None
    note: Note | None
    not_known: str | None
    receipt_url: str | None
    receipt_qr: str | None
    thanks: Thanks | None
    card: "CardPart | None"


@dataclass(frozen=True, slots=True)
class CardPart:
    """What the page of an open charge has for cards. `is_open`: a field for one; `seal`: a pad for the PIN of one.

    `says` is what is told of the last that was tried, and after `again` seconds the page has another word of it.
    """

    is_open: bool
    seal: str | None
    says: str | None
    again: int | None


def present(shop: Shop, charge: Charge, now: int, *, card_is_open: bool = False, seal: str | None = None) -> Page:
    """Work out what the page of a charge says at `now`, with a field for a card, or a pad for its sealed PIN."""
    settings, since_made = shop.settings, charge.since_made(now)
    status, known = charge.status(since_made), charge.is_known(since_made)
    can_ring = settings.sound == "on" and charge.channel in ATTENDED
    at_the_shop = charge.channel in AT_THE_SHOP
    # The till, or the kiosk, is not theirs to see: the screen stays green.
    is_elsewhere = at_the_shop and identity().is_stranger
    leave_after = None if is_elsewhere else _leave_after(charge, status, settings.paid_seconds, known=known)
    back, done = _labels(charge.channel)
    return Page(
        title=_title(charge, status) if known else gettext("Not known yet"),
        announced=_announced(charge, status, known=known, silent=charge.is_silent(since_made)),
        headline=_headline(charge),
        back_url=None if is_elsewhere else back_url(charge),
        kiosk_rest=kiosk_url(charge.till, "rest") if charge.channel is Channel.KIOSK and not is_elsewhere else None,
        back=back,
        done=done,
        for_guest=charge.channel in GUESTS,
        can_ring=can_ring,
        ring=_ring(charge, status) if can_ring and known else None,
        leave_after=leave_after,
        reload=_reload(charge, status, leave_after, known=known, typed_into=card_is_open),
        note=note_of(charge, _who_looks_it_up(charge.channel)),
        not_known=None if known else _why_not_known(shop, charge, since_made),
        receipt_url=_receipt_url(shop, charge, is_elsewhere=is_elsewhere),
        receipt_qr=receipt_qr_url(charge) if at_the_shop and not is_elsewhere else None,
        thanks=thanks_of(shop, charge),
        card=_card(shop, charge, now, is_open=card_is_open, seal=seal) if takes_cards(shop, charge, status) else None,
    )


def takes_cards(shop: Shop, charge: Charge, status: Status) -> bool:
    """Tell whether a charge can be paid by a card that is held to the shop's device."""
    return shop.issuers is not None and status is Status.OPEN and charge.channel in AT_THE_SHOP


def _card(shop: Shop, charge: Charge, now: int, *, is_open: bool, seal: str | None) -> CardPart:
    tried = shop.store.cards.last_try(charge.id)
    if seal:
        return CardPart(is_open, seal, gettext("The card wants its PIN."), None)
    if tried and tried.opened_at is not None and tried.is_open(now):
        says = gettext("A card is being tried. Not paid yet.")
        return CardPart(is_open, None, says, tried.opened_at + OPEN_FOR - now)
    if tried and tried.is_unheard_of(now):
        return CardPart(is_open, None, gettext("The card has not paid. Ask its issuer, or tap again."), None)
    return CardPart(is_open, None, gettext("Card: tap or paste.") if is_open else None, None)


def _receipt_url(shop: Shop, charge: Charge, *, is_elsewhere: bool) -> str | None:
    """Return where the receipt is; at a till with a printer that is the page of the sale, which has it printed."""
    if charge.channel is Channel.KIOSK and not is_elsewhere:
        return None
    if charge.channel is Channel.TILL and shop.printer and not is_elsewhere:
        return url_for("sales.show", number=charge.number)
    return url_for("receipts.show", charge_id=charge.id)


def _title(charge: Charge, status: Status) -> str:
    if status is Status.PAID:
        return gettext("Paid")
    if status is Status.OPEN:
        return gettext("Pay %(amount)s", amount=amounts(charge))
    return gettext("Invoice expired") if charge.cancelled_at is None else gettext("Cancelled")


def _why_not_known(shop: Shop, charge: Charge, now: int) -> str:
    if not charge.is_of(shop.wallet.identity):
        return gettext("This sale was made with another wallet of the shop, which is not asked any more.")
    if charge.is_silent(now):
        time = write_time(charge.heard_at)
        return gettext("The shop's wallet was last heard at %(time)s. The till goes on asking.", time=time)
    return gettext("The till asks the shop's wallet once more.")


def _announced(charge: Charge, status: Status, *, known: bool, silent: bool) -> str:
    if silent:
        return gettext("The shop's wallet does not answer. Paid already? Do not pay again.")
    if not known:
        return gettext("Not known yet. Paid already? Do not pay again.")
    if charge.payment:
        return gettext("Paid. %(amount)s.", amount=amounts(charge))
    if status is Status.OPEN:
        return gettext("Waiting for payment.")
    return gettext("Invoice expired.") if charge.cancelled_at is None else gettext("This sale was cancelled.")


def _headline(charge: Charge) -> str:
    if charge.channel in GUESTS:
        return gettext("Thank you!")
    return gettext("Paid late") if charge.late else gettext("Paid")


def _labels(channel: Channel) -> tuple[str, str]:
    """Name the link back, and the button of who is done."""
    if channel is Channel.KIOSK:
        return gettext("Start again"), gettext("Done")
    if channel.is_remote:
        return gettext("Tip jar"), gettext("Back to the tip jar")
    return gettext("Till"), gettext("New sale")


def _ring(charge: Charge, status: Status) -> str | None:
    """Name what is heard when a screen comes to this; nobody needs to be told what they cancelled themselves."""
    if status is Status.PAID:
        return "needs-review" if charge.needs_review or charge.is_surplus else "paid"
    return "expired" if status is Status.EXPIRED and charge.cancelled_at is None else None


def _leave_after(charge: Charge, status: Status, paid_seconds: int, *, known: bool) -> int | None:
    """Return after how many seconds the screen goes back by itself; None if it waits for somebody."""
    on_kiosk = charge.channel is Channel.KIOSK
    if status is Status.EXPIRED:
        ended = KIOSK_ENDED if known else KIOSK_NOT_KNOWN
        return ended if on_kiosk else None
    if status is Status.OPEN or paid_seconds == 0 or not (on_kiosk or charge.channel is Channel.TILL):
        return None
    if charge.needs_review or charge.is_surplus:
        return max(KIOSK_REVIEW, paid_seconds) if on_kiosk else None
    return paid_seconds


def _reload(
    charge: Charge, status: Status, leave_after: int | None, *, known: bool, typed_into: bool
) -> tuple[int, str] | None:
    """Without a script the page looks again by itself; the kiosk goes back for the next customer."""
    here = url_for("pay.show", charge_id=charge.id)
    if status is Status.OPEN:
        return TYPED_AGAIN if typed_into else OPEN_AGAIN, here
    if not known:
        return NOT_KNOWN_AGAIN, here
    if charge.channel is Channel.KIOSK and leave_after:
        return leave_after, kiosk_url(charge.till)
    return (EXPIRED_AGAIN, here) if status is Status.EXPIRED else None


def _who_looks_it_up(channel: Channel) -> str:
    return gettext("The shop will look it up.") if channel in GUESTS else gettext("Look it up in the wallet.")
