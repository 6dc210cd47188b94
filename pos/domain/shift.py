"""A shift: what one till took between two closings, added up from its payments. The report of it is in z_report."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from pos.domain.charge import Channel
from pos.domain.money import Money
from pos.domain.number import Number
from pos.domain.report import Balance, Booked, GivenBack, Part, balance, given_back_by_currency, in_order
from pos.domain.tax import Tax

# So many payments go into one report at most, so that closing takes half a second: what is over is in the next one.
MOST = 5_000
# So many of those that are still open are named; all of them are counted.
NAMED = 100
_NONE = Part()


@dataclass(frozen=True, slots=True)
class Taken:
    """A charge as a shift counts it: all that was paid, and what for. Times in unix seconds.

    `currency`, `price` and `tip` are those of the shop's books, in minor units; SAT where no rate was known. `typed` is
    the same as it was typed, and `lines` are what the price is made of: text, quantity, unit price and rate of tax.
    `surplus`: another charge had paid the sale before. `staff` is who sold, by the id, and `seller` what they are
    called now. `paid_at` is None in a database that somebody has changed.
    """

    number: Number
    attempt: int
    channel: Channel
    till: str
    staff: str
    made_at: int
    ends_at: int
    paid_at: int | None
    amount_sat: int
    tip_sat: int
    received_sat: int
    proven: bool
    surplus: bool
    payment_hash: str
    currency: str
    price: int
    tip: int
    typed: tuple[str, int, int]
    memo: str
    taxes: tuple[Tax, ...] = ()
    lines: tuple[tuple[str, int, int, str], ...] = ()
    seller: str = ""

    @property
    def name(self) -> str:
        """What nothing else is called: the number of its sale, and the so-manieth charge of that."""
        return f"{self.number}.{self.attempt}"

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of all of it: another one as soon as anything is."""
        facts = [
            *(self.name, self.channel.value, self.till, self.staff, self.made_at, self.ends_at, self.paid_at),
            *(self.amount_sat, self.tip_sat, self.received_sat, self.proven, self.surplus, self.payment_hash),
            *(self.currency, self.price, self.tip, self.typed, self.memo),
            [[str(it.rate), it.net, it.tax] for it in self.taxes],
            self.lines,
        ]
        return digest(json.dumps(facts, ensure_ascii=False, separators=(",", ":")))


@dataclass(frozen=True, slots=True)
class Returned:
    """A refund as a shift counts it, the so-manieth of its sale, in the currency of the books.

    `asked_by` and `paid_by` are names, empty where nobody signs in. Times in unix seconds.
    """

    number: Number
    position: int
    till: str
    currency: str
    minor: int
    sat: int
    reason: str
    asked_by: str
    paid_by: str
    paid_at: int | None
    proven: bool

    @property
    def name(self) -> str:
        """What nothing else is called."""
        return f"{self.number}.R{self.position}"

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of all of it: another one as soon as anything is."""
        facts = [
            *(self.name, self.till, self.currency, self.minor, self.sat, self.reason, self.asked_by, self.paid_by),
            *(self.paid_at, self.proven),
        ]
        return digest(json.dumps(facts, ensure_ascii=False, separators=(",", ":")))


@dataclass(frozen=True, slots=True)
class Seller:
    """What one of the staff sold at the till, or a channel where nobody stands, in one currency of the books.

    `staff` is the id, and `name` what they were called then; both are empty where nobody had signed in. `total` is
    price and tip in minor units.
    """

    staff: str
    name: str
    channel: Channel
    currency: str
    count: int
    total: int
    total_sat: int

    @property
    def money(self) -> Money:
        """Price and tip."""
        return Money(self.total, self.currency)


@dataclass(frozen=True, slots=True)
class Takings:
    """What payments come to: `books` in each currency that the books had, by its code, and `sellers` in order.

    Each payment is in `books` and in `sellers` once, but for a `surplus`, which is in no other sum. In them too, and
    apart: `late` with what came; `less` with what is missing; `more` with what was too much; `unproven` with what came.
    `began_at` and `ended_at` are when the first and the last of them was paid (unix seconds).
    """

    began_at: int = 0
    ended_at: int = 0
    books: tuple[Booked, ...] = ()
    sellers: tuple[Seller, ...] = ()
    late: Part = _NONE
    less: Part = _NONE
    more: Part = _NONE
    unproven: Part = _NONE
    surplus: Part = _NONE

    @property
    def count(self) -> int:
        """How many sales were paid."""
        return sum(it.count for it in self.books)

    @property
    def received_sat(self) -> int:
        """All that came, a surplus too."""
        asked = sum(it.price_sat + it.tip_sat for it in self.books)
        return asked - self.less.sat + self.more.sat + self.surplus.sat


NOTHING = Takings()


@dataclass(frozen=True, slots=True)
class Begun:
    """A till's shift that is open: since when (unix seconds), and how many sales are in it; `more` may be in it too."""

    till: str
    since: int
    count: int
    more: bool


@dataclass(frozen=True, slots=True)
class StillOpen:
    """A charge that may still be paid, until `ends_at` (unix seconds) or after it, if the wallet was silent."""

    number: Number
    memo: str
    total: Money
    amount_sat: int
    ends_at: int


@dataclass(frozen=True, slots=True)
class Shift:
    """A till's shift, as it stands or as it was closed: the `number`-th that it has.

    `carried` are those of its payments that were made while the shift before was open, with what came. `open` may still
    be paid, `open_count` and `open_sat` with what is not named there; and so many were `cancelled` and not paid.
    `is_full`: there are more payments than go into one report, and the next one has them.
    """

    till: str
    number: int
    takings: Takings = NOTHING
    carried: Part = _NONE
    open: tuple[StillOpen, ...] = ()
    open_count: int = 0
    open_sat: int = 0
    cancelled: int = 0
    given_back: tuple[GivenBack, ...] = ()
    is_full: bool = False

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to close: nothing came, and nothing was given back."""
        return self.takings.count == self.takings.surplus.count == len(self.given_back) == 0

    @property
    def currencies(self) -> list[str]:
        """What there are sums in, by the codes."""
        return sorted({it.currency for it in self.takings.books} | {it.currency for it in self.given_back})

    def balance(self, currency: str) -> Balance:
        """Return what it comes to in a currency, and what was given back in it."""
        return balance(self.takings.books, self.given_back, currency)


def names_counted(till: str, tills: Sequence[str], found: Iterable[str]) -> set[str]:
    """Return which names of tills and kiosks count in the shift of a till, of those `found` in charges.

    Each till has its own. All else is the first till's, so that each payment is somewhere: kiosks, tip jars, programs,
    posters, and tills that the shop does not have any more.
    """
    rest = (it for it in ("", *found) if it not in tills) if till == tills[0] else ()
    return {till, *rest}


def takings(taken: Iterable[Taken]) -> Takings:
    """Add up payments."""
    sums = _Sums()
    for it in taken:
        sums.add(it)
    return sums.takings()


def carried(taken: Iterable[Taken], closed_at: int, left_open: Collection[Number]) -> Part:
    """Return which payments were made while the shift before was open, that was closed at a time (unix seconds).

    Of those of the same second nobody knows, but for the ones that its report names.
    """
    found = [it for it in taken if it.made_at < closed_at or it.number in left_open]
    return Part(len(found), sum(it.received_sat for it in found))


def given_back(returned: Iterable[Returned]) -> tuple[GivenBack, ...]:
    """Add up refunds, currency by currency."""
    return given_back_by_currency(GivenBack(it.currency, 1, it.minor, it.sat) for it in returned)


def list_of(taken: Iterable[Taken], returned: Iterable[Returned]) -> str:
    """Write payments and refunds down, one a line, with their fingerprints: what a report was made from."""
    charges = sorted((it.number, it.attempt, f"{it.name} {it.fingerprint}\n") for it in taken)
    refunds = sorted((it.number, it.position, f"{it.name} {it.fingerprint}\n") for it in returned)
    return "".join(line for _, _, line in (*charges, *refunds))


def digest(text: str) -> str:
    """Return the SHA-256 of a text, as hex."""
    return sha256(text.encode()).hexdigest()


@dataclass(slots=True)
class _Sums:
    """Adds up without making a value of each step: there may be thousands of payments."""

    times: list[int] = field(default_factory=list)
    books: dict[str, list[int]] = field(default_factory=dict)
    taxes: dict[str, list[Tax]] = field(default_factory=dict)
    sellers: dict[tuple[str, str, Channel, str], list[int]] = field(default_factory=dict)
    apart: dict[str, list[int]] = field(default_factory=dict)

    def add(self, it: Taken) -> None:
        self.times.append(it.paid_at or 0)
        if it.surplus:
            self._count("surplus", it.received_sat)
            return
        price_sat = it.amount_sat - it.tip_sat
        _add(self.books.setdefault(it.currency, [0] * 5), 1, it.price, it.tip, price_sat, it.tip_sat)
        self.taxes.setdefault(it.currency, []).extend(it.taxes)
        who = (it.staff, it.seller) if it.channel is Channel.TILL else ("", "")
        seller = self.sellers.setdefault((*who, it.channel, it.currency), [0] * 3)
        _add(seller, 1, it.price + it.tip, it.amount_sat)
        self._look_at(it)

    def _look_at(self, it: Taken) -> None:
        over = it.received_sat - it.amount_sat
        if it.paid_at is not None and it.paid_at > it.ends_at:
            self._count("late", it.received_sat)
        if over:
            self._count("more" if over > 0 else "less", abs(over))
        if not it.proven:
            self._count("unproven", it.received_sat)

    def _count(self, what: str, sat: int) -> None:
        _add(self.apart.setdefault(what, [0, 0]), 1, sat)

    def takings(self) -> Takings:
        # Who signed in comes before those without a name, and people before machines.
        sellers = sorted(self.sellers.items(), key=_place)
        return Takings(
            min(self.times, default=0),
            max(self.times, default=0),
            tuple(self._booked(it) for it in sorted(self.books)),
            tuple(Seller(*who, *sums) for who, sums in sellers),
            *(Part(*self.apart.get(it, (0, 0))) for it in ("late", "less", "more", "unproven", "surplus")),
        )

    def _booked(self, currency: str) -> Booked:
        count, price, tip, price_sat, tip_sat = self.books[currency]
        return Booked(currency, count, price, tip, price_sat, tip_sat, in_order(self.taxes[currency]))


def _place(seller: tuple[tuple[str, str, Channel, str], list[int]]) -> tuple[bool, bool, str, str, str, str]:
    (staff, name, channel, currency), _ = seller
    return channel is not Channel.TILL, not staff, name, staff, channel.value, currency


def _add(sums: list[int], *more: int) -> None:
    for at, it in enumerate(more):
        sums[at] += it
