"""A charge: one attempt to be paid for a sale. Only facts are kept; what they mean at a given time is derived here."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from pos.domain.invoice import Invoice
from pos.domain.money import SAT, Money
from pos.domain.number import Number
from pos.domain.sale import Fiat, Sale
from pos.domain.sentence import Sentence

# Seconds without a good answer from the wallet, after which whoever waits is told so.
SILENT_AFTER = 10
# Seconds by which an answer may be later than now: time goes on while a charge is read, and hosts differ. One that is
# later than that was dated by a clock that was ahead.
READ_WITHIN = 60
_IDEMPOTENCY_KEY = re.compile(r"[!-~]{1,200}")


class Status(StrEnum):
    """What a charge is at a given time."""

    OPEN = "open"
    PAID = "paid"
    EXPIRED = "expired"


class Channel(StrEnum):
    """The way in: where a charge was made, and so where its pay page leads back to."""

    TILL = "till"
    KIOSK = "kiosk"
    TIPS = "tips"
    API = "api"
    LNURL = "lnurl"

    @property
    def is_public(self) -> bool:
        """Tell whether anybody may charge there, with nobody of the shop beside them."""
        return self is Channel.KIOSK or self.is_remote

    @property
    def is_remote(self) -> bool:
        """Tell whether people charge themselves there, by a phone of their own, wherever they are."""
        return self in (Channel.TIPS, Channel.LNURL)

    @property
    def has_names(self) -> bool:
        """Tell whether its sales may name the till, or the kiosk, that they are of."""
        return self in (Channel.TILL, Channel.KIOSK, Channel.LNURL)


# What each is called to whoever reads of a sale that has no name of a till, a kiosk or a person.
CALLED = {
    Channel.TILL: Sentence("Till"),
    Channel.KIOSK: Sentence("Kiosk"),
    Channel.TIPS: Sentence("Tip jar"),
    Channel.API: Sentence("Program"),
    Channel.LNURL: Sentence("Poster"),
}


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the wallet says about a paid invoice. `settled_at` in unix seconds, the preimage in hex."""

    settled_at: int | None
    received_sat: int
    preimage: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Payment:
    """What we recorded of a settlement. `proven`: the preimage hashes to the payment hash."""

    paid_at: int
    received_sat: int
    preimage: str | None = field(repr=False)
    proven: bool


@dataclass(frozen=True, slots=True)
class Charge:
    """One attempt to be paid for a sale. `id` is unguessable (128 bits). Amounts in sat, times in unix seconds.

    `amount_sat` is what the invoice is over, of which `tip_sat` are the tip. `fiat` is None where no rate was known.
    `wallet` names the wallet that made the invoice; it is empty for a charge from before wallets had names. The first
    attempt is 1. `channel`, `memo`, `till`, `jar`, `payer` and `number`, which people call it by, are the sale's; it
    has its number once it is written down. By `verify_token` the payer's own program asks about it (LUD-21).

    `asked_at` is when the wallet was last asked about it with a good answer, written down every few seconds.
    `silent_since` is when it first failed to answer after that. `paid_by` is the id of another charge, where that has
    paid its sale. None of these makes it another charge.
    """

    id: str
    sale_id: str
    channel: Channel
    amount_sat: int
    memo: str
    invoice: Invoice
    created_at: int
    payment: Payment | None = None
    tip_sat: int = 0
    fiat: Fiat | None = None
    till: str = ""
    cancelled_at: int | None = None
    attempt: int = 1
    wallet: str = ""
    jar: str = ""
    payer: str = ""
    verify_token: str | None = field(default=None, repr=False)
    number: Number | None = field(default=None, compare=False)
    asked_at: int | None = field(default=None, compare=False)
    silent_since: int | None = field(default=None, compare=False)
    paid_by: str = field(default="", compare=False)

    def status(self, now: int) -> Status:
        """Tell what the charge is at `now`. Once paid, it stays paid; once its sale is, nobody is to pay it."""
        if self.payment:
            return Status.PAID
        # Cancelled it stays, also where a clock was set back since.
        is_over = self.is_overtaken or self.cancelled_at is not None or now >= self.ends_at
        return Status.EXPIRED if is_over else Status.OPEN

    @property
    def is_overtaken(self) -> bool:
        """Not paid, and nobody is to pay it any more: another charge has paid its sale."""
        return self.payment is None and self.paid_by != ""

    @property
    def is_surplus(self) -> bool:
        """Paid, as its sale had been before: all that came is more than was asked."""
        return self.payment is not None and self.paid_by != ""

    @property
    def is_in_jar(self) -> bool:
        """Put into a tip jar: a tip, unless it was the price of a thing. Its memo is a message, and names nothing."""
        return self.channel is Channel.TIPS or self.jar != ""

    @property
    def ends_at(self) -> int:
        """When nobody is to pay it any more (unix seconds): at its expiry, or when it was cancelled before that."""
        return self.invoice.expires_at if self.cancelled_at is None else self.cancelled_at

    def since_made(self, now: int) -> int:
        """Return `now`, or when it was made if that is later: a clock that was set back gives nobody longer to pay."""
        return max(now, self.created_at)

    @property
    def heard_at(self) -> int:
        """When its wallet last gave a good answer (unix seconds); the first one was the invoice."""
        return self.created_at if self.asked_at is None else self.asked_at

    def is_silent(self, now: int) -> bool:
        """Tell whether its wallet was asked and has given no good answer for too long: paid or not, nobody knows.

        One that nobody had to ask for a while is not silent. What was heard long after now says nothing: a clock was
        ahead then.
        """
        is_heard = -READ_WITHIN <= now - self.heard_at < SILENT_AFTER
        return self.payment is None and self.silent_since is not None and not is_heard

    def is_known(self, now: int) -> bool:
        """Tell whether the status is all that there is to know: of one that has ended, the wallet was asked since."""
        latest = max(now, self.ends_at) + READ_WITHIN
        was_asked = self.asked_at is not None and self.ends_at <= self.asked_at <= latest
        return self.status(now) is not Status.EXPIRED or was_asked

    @property
    def sale(self) -> Sale:
        """What was asked for, but for the lines that the price is made of."""
        if self.fiat and self.fiat.typed:
            price, tip = self.fiat.price, self.fiat.tip.minor
        else:
            price, tip = Money(self.amount_sat - self.tip_sat, SAT), self.tip_sat
        return Sale(price, self.memo, tip, self.till, jar=self.jar, payer=self.payer)

    def is_of(self, wallet: str) -> bool:
        """Tell whether a wallet can be asked about it: the one that made its invoice.

        A charge from before wallets had names is taken for one of whichever wallet the till has now.
        """
        return self.wallet in ("", wallet)

    @property
    def late(self) -> bool:
        """The money came when nobody was to pay any more."""
        return self.payment is not None and self.payment.paid_at > self.ends_at

    @property
    def has_discrepancy(self) -> bool:
        """Paid, but a cashier has to look: late, or not the amount that was asked."""
        return self.payment is not None and (self.late or self.payment.received_sat != self.amount_sat)

    @property
    def needs_review(self) -> bool:
        """Paid, but the shop has to look: a discrepancy, or not proven."""
        return self.has_discrepancy or (self.payment is not None and not self.payment.proven)


@dataclass(frozen=True, slots=True)
class ListedCharge:
    """What a list of sales tells of a charge. Amounts in sat, times in unix seconds.

    `number` is the sale's, and `sale` is without its lines. `received_sat` is None until the charge is paid.
    `known`: the wallet was asked after the charge had ended. `news_at` is when the last of it happened: it was made,
    cancelled or paid. `wallet` is the one that made the invoice. `surplus`: its sale had been paid before.
    """

    id: str
    number: Number
    attempt: int
    wallet: str
    channel: Channel
    sale: Sale
    amount_sat: int
    created_at: int
    ends_at: int
    cancelled: bool
    received_sat: int | None
    late: bool
    known: bool
    news_at: int
    needs_review: bool
    surplus: bool


@dataclass(frozen=True, slots=True)
class Sold:
    """A sale, whole, and its first charge."""

    sale: Sale
    charge: Charge


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """So many charges that may still be paid are with a wallet that the till does not ask any more."""

    wallet: str
    charges: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of all the charges of one channel. Those that are neither paid nor open have expired."""

    channel: Channel
    made: int = 0
    paid: int = 0
    late: int = 0
    open: int = 0
    received_sat: int = 0


def is_idempotency_key(text: str) -> bool:
    """Tell whether a text can be an idempotency key: 1 to 200 visible ASCII characters."""
    return _IDEMPOTENCY_KEY.fullmatch(text) is not None
