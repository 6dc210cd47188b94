"""What was done, in words that a shopkeeper knows. Each kind of event has some."""

from collections.abc import Callable, Mapping

from pos.domain.event import Kind
from pos.domain.sentence import Sentence
from pos.domain.written_event import WrittenEvent
from pos.web.i18n import in_sat

_Words = Callable[[WrittenEvent], Sentence]
UNKNOWN = Sentence("Something that this version does not know")


def words(event: WrittenEvent) -> Sentence:
    """Say what was done. What a newer till has written down is not known here."""
    return WORDS[event.kind](event) if event.kind in WORDS else UNKNOWN


def _plainly(sentence: Sentence) -> _Words:
    return lambda _: sentence


def _named(text: Sentence, *names: str) -> _Words:
    """Say it with what is known of it by these names."""
    return lambda event: Sentence(text.words, {name: event.data.get(name, "?") for name in names})


def _shift(event: WrittenEvent) -> Sentence:
    till, _, number = event.subject.rpartition("/")
    return Sentence("Closed shift {number} of {till}", {"number": number, "till": till})


def _refund_made(event: WrittenEvent) -> Sentence:
    amount = event.data.get("amount_sat")
    return Sentence("Began to give {amount} back", {"amount": in_sat(amount) if isinstance(amount, int) else "?"})


def _refund_paid(event: WrittenEvent) -> Sentence:
    proven, by_hand = Sentence("Paid money back, proven"), Sentence("Paid money back by hand, without a proof")
    return proven if event.data.get("proven") else by_hand


WORDS: Mapping[str, _Words] = {
    Kind.CHARGE_MADE: _plainly(Sentence("Charged a sale")),
    Kind.CHARGE_PAID: _plainly(Sentence("A sale was paid")),
    Kind.CHARGE_CANCELLED: _plainly(Sentence("Cancelled a sale")),
    Kind.SHIFT_CLOSED: _shift,
    Kind.SETTING_CHANGED: _plainly(Sentence("Changed a setting")),
    Kind.OWNER_CLAIMED: _plainly(Sentence("Opened a link for owners, with a new password")),
    Kind.OWNER_SIGNED_IN: _plainly(Sentence("Signed in")),
    Kind.OWNER_INVITED: _plainly(Sentence("Made a link for one more owner")),
    Kind.OWNER_RENAMED: _named(Sentence("Took another name: {name}"), "name"),
    Kind.OWNER_REMOVED: _named(Sentence("Removed an owner: {name}"), "name"),
    Kind.OWNER_NEW_WORD: _plainly(Sentence("Chose a new password")),
    Kind.OWNER_CODE_ON: _plainly(Sentence("Turned the codes of the phone on")),
    Kind.OWNER_CODE_OFF: _plainly(Sentence("Turned the codes of the phone off")),
    Kind.OWNER_SESSIONS_ENDED: _plainly(Sentence("Signed out in another browser")),
    Kind.REFUND_MADE: _refund_made,
    Kind.REFUND_INVOICED: _plainly(Sentence("Took an invoice for money that goes back")),
    Kind.REFUND_PAID: _refund_paid,
    Kind.REFUND_PROVEN: _plainly(Sentence("Paid money back, proven")),
    Kind.REFUND_PAID_TWICE: _plainly(Sentence("Paid twice")),
    Kind.REFUND_CANCELLED: _plainly(Sentence("Took a refund back that was not paid")),
    Kind.DEVICE_PAIRED: _named(Sentence("Added a device: {name}"), "name"),
    Kind.DEVICE_RENAMED: _named(Sentence("Gave a device another name: {name}"), "name"),
    Kind.DEVICE_REVOKED: _named(Sentence("Took a device off the shop: {name}"), "name"),
    Kind.DEVICE_SHARED: _named(Sentence("A device was used from two places at once: {name}"), "name"),
    Kind.STAFF_ADDED: _named(Sentence("Added somebody who sells: {name}"), "name"),
    Kind.STAFF_CHANGED: _named(Sentence("Changed somebody who sells: {name}"), "name"),
    Kind.STAFF_REMOVED: _named(Sentence("Removed somebody who sold: {name}"), "name"),
    Kind.PIN_WRONG: _named(Sentence("Wrong PINs in a row at {device}: {wrong}"), "device", "wrong"),
    Kind.PINS_FORGOTTEN: _named(Sentence("Ended the wait after wrong PINs at {device}"), "device"),
    Kind.DEVICE_UNLOCKED: _named(Sentence("Began to sell at {device}"), "device"),
    Kind.DEVICE_LOCKED: _named(Sentence("Locked {device}"), "device"),
}
