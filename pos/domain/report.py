"""The books: which sales somebody asks about, each of them with what became of it, and what they come to."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pos.domain.charge import Channel, Charge
from pos.domain.money import SAT, Money
from pos.domain.number import Number
from pos.domain.sale import Sale, taxes_in_books
from pos.domain.tax import Tax, TaxRate

# Where in the list of all sales one stands: when it was paid, or else made (unix seconds), and its id.
Place = tuple[int, str]


class State(StrEnum):
    """What became of a sale, as far as one asks for it. `review` are those of the paid ones that need a look."""

    PAID = "paid"
    REVIEW = "review"
    UNPAID = "unpaid"


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody searches for; a sale that any of it fits is found.

    `words` stand in the memo or the payer's name, in whichever case. `amounts` is what the words mean as amounts, of
    price or total. `payment_hash` are its first hex digits, in lower case. `staff` is who of them is called so, by id.
    """

    words: str
    number: Number | None = None
    amounts: tuple[Money, ...] = ()
    payment_hash: str = ""
    staff: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Selection:
    """Sales from `since` on and before `until` (unix seconds), by when they were paid, or else made.

    Of one channel, one till, one of the staff (by the id), or in one state, where these are named; those that a search
    finds, if there is one.
    """

    since: int
    until: int
    channel: Channel | None = None
    till: str | None = None
    state: State | None = None
    search: Search | None = None
    staff: str | None = None

    @property
    def is_picked(self) -> bool:
        """Tell whether each sale has to be looked at before it can be added up: no sums are kept for what it asks."""
        return self.search is not None or self.staff is not None

    @property
    def is_plain(self) -> bool:
        """Tell whether all sales of its time, its channel and till are asked for: nobody has to look at each."""
        several = self.channel is not None and self.channel.has_names and self.till is None
        return self.state is None and not self.is_picked and not several


@dataclass(frozen=True, slots=True)
class Found:
    """What a search looks at in a sale and the charge that says what became of it; `amounts` if it is for any."""

    sale_id: str
    at: int
    channel: Channel
    memo: str
    number: Number
    amounts: tuple[Money, ...]
    payment_hash: str
    payer: str
    is_paid: bool
    needs_review: bool
    staff: str = ""

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return self.at, self.sale_id

    def is_of(self, selection: Selection) -> bool:
        """Tell whether one of a selection's time and till is of it altogether."""
        if selection.channel not in (None, self.channel) or selection.staff not in (None, self.staff):
            return False
        return self._is_in(selection.state) and (selection.search is None or self._fits(selection.search))

    def _is_in(self, state: State | None) -> bool:
        match state:
            case State.PAID:
                return self.is_paid
            case State.UNPAID:
                return not self.is_paid
            case State.REVIEW:
                return self.needs_review
        return True

    def _fits(self, search: Search) -> bool:
        return (
            search.words.casefold() in self.memo.casefold()
            or search.words.casefold() in self.payer.casefold()
            or self.staff in search.staff
            or search.number == self.number
            or any(amount in self.amounts for amount in search.amounts)
            or (search.payment_hash != "" and self.payment_hash.startswith(search.payment_hash))
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """A sale in the books, whole, and the charge that says what became of it: the first that was paid, or the last.

    `at` (unix seconds) is when it was paid, or else made. `surplus_sat` is what further charges of the sale brought
    when it was paid already, and `refunded_sat` what of it all was given back, which is `refunded` in what the sale was
    typed in, and `returned` in the books; None: nothing was.
    """

    sale_id: str
    sale: Sale
    charge: Charge
    at: int
    surplus_sat: int = 0
    refunded_sat: int = 0
    refunded: int = 0
    returned: "GivenBack | None" = None

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return self.at, self.sale_id

    @property
    def given_back(self) -> Money:
        """What of it was given back, in what the sale was typed in."""
        return Money(self.refunded, self.sale.price.currency)

    @property
    def needs_review(self) -> bool:
        """Paid, but the shop has to look: so does its charge say, or there was more than one that was paid."""
        return self.charge.needs_review or self.surplus_sat > 0


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, the newest first. `older` is the place from which on there may be more; None: there are none."""

    entries: list[Entry]
    older: Place | None


@dataclass(frozen=True, slots=True)
class Part:
    """So many of the paid sales, and what is to be told of these in sat."""

    count: int = 0
    sat: int = 0

    def __add__(self, other: "Part") -> "Part":
        """Add up two of the same kind."""
        return Part(self.count + other.count, self.sat + other.sat)


@dataclass(frozen=True, slots=True)
class Booked:
    """What the paid sales of one currency of the shop's books come to. SAT are those of which no rate was known.

    `price` and `tip` are in minor units of the currency, as are `taxes`, by their rates in order. The price has the
    tax in it, and not the tip. `price_sat` and `tip_sat` are what was asked for them.
    """

    currency: str
    count: int = 0
    price: int = 0
    tip: int = 0
    price_sat: int = 0
    tip_sat: int = 0
    taxes: tuple[Tax, ...] = ()

    @property
    def taxes_by_percent(self) -> tuple[Tax, ...]:
        """The taxes once more, whether they came on top of prices or were in them: a shop owes one sum for both."""
        return in_order(Tax(it.rate.included, it.net, it.tax) for it in self.taxes)

    def money(self, minor: int) -> Money:
        """Return so many minor units of the currency as an amount."""
        return Money(minor, self.currency)

    @property
    def total(self) -> Money:
        """Price and tip."""
        return self.money(self.price + self.tip)

    @property
    def average(self) -> Money:
        """Price and tip of one sale; half a minor unit is rounded up."""
        return self.money((2 * self.total.minor + self.count) // (2 * self.count) if self.count else 0)

    def __add__(self, other: "Booked") -> "Booked":
        """Add up two of the same currency."""
        return Booked(
            self.currency,
            self.count + other.count,
            self.price + other.price,
            self.tip + other.tip,
            self.price_sat + other.price_sat,
            self.tip_sat + other.tip_sat,
            in_order(self.taxes + other.taxes),
        )


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What was given back in one currency of the books: by so many refunds, in its minor units, and in sat."""

    currency: str
    count: int = 0
    minor: int = 0
    sat: int = 0

    @property
    def money(self) -> Money:
        """As an amount that is below nothing."""
        return Money(-self.minor, self.currency)

    def __add__(self, other: "GivenBack") -> "GivenBack":
        """Add up two of the same currency."""
        return GivenBack(self.currency, self.count + other.count, self.minor + other.minor, self.sat + other.sat)


@dataclass(frozen=True, slots=True)
class Balance:
    """What was sold in one currency of the books, and what was given back in it."""

    booked: Booked
    returned: GivenBack

    @property
    def currency(self) -> str:
        """The currency of both."""
        return self.booked.currency

    @property
    def total(self) -> Money:
        """Price and tips, less what was given back."""
        return Money(self.booked.total.minor - self.returned.minor, self.currency)

    @property
    def total_sat(self) -> Money:
        """The same in sat."""
        return Money(self.booked.price_sat + self.booked.tip_sat - self.returned.sat, SAT)


@dataclass(frozen=True, slots=True)
class Sums:
    """What the paid sales of a selection come to, one Booked for each currency that the shop's books had, by its code.

    `review` is how many of them the shop has to look at. Apart from that, and in it too: `late` with what came; `less`
    with what is missing; `more` with what was too much; `unproven` with what came. `surplus` and `given_back` are in no
    other sum: what came for sales that were paid already, and what of all that was given back, by its currency too.
    """

    books: tuple[Booked, ...] = ()
    review: int = 0
    late: Part = Part()
    less: Part = Part()
    more: Part = Part()
    unproven: Part = Part()
    surplus: Part = Part()
    given_back: tuple[GivenBack, ...] = ()

    @property
    def count(self) -> int:
        """How many sales were paid."""
        return sum(it.count for it in self.books)

    @property
    def asked_sat(self) -> int:
        """What was asked for them, price and tip."""
        return sum(it.price_sat + it.tip_sat for it in self.books)

    @property
    def received_sat(self) -> int:
        """What came for them, without a surplus."""
        return self.asked_sat - self.less.sat + self.more.sat

    def __add__(self, other: "Sums") -> "Sums":
        """Add up the sums of two selections that have no sale in common."""
        return Sums(
            by_currency(self.books + other.books),
            self.review + other.review,
            self.late + other.late,
            self.less + other.less,
            self.more + other.more,
            self.unproven + other.unproven,
            self.surplus + other.surplus,
            given_back_by_currency(self.given_back + other.given_back),
        )


def summed(entries: Iterable[Entry]) -> Sums:
    """Add up entries, one by one. Those that are not paid count nothing."""
    sums = Sums()
    for entry in entries:
        sums += _of_one(entry)
    return sums


def booked(entry: Entry) -> Booked:
    """Return what one sale comes to in the shop's books if it is paid."""
    charge = entry.charge
    price_sat = charge.amount_sat - charge.tip_sat
    price, tip = (charge.fiat.price, charge.fiat.tip.minor) if charge.fiat else (Money(price_sat, SAT), charge.tip_sat)
    taxes = in_order(taxes_in_books(entry.sale, charge.fiat))
    return Booked(price.currency, 1, price.minor, tip, price_sat, charge.tip_sat, taxes)


def in_order(taxes: Iterable[Tax]) -> tuple[Tax, ...]:
    """Add up taxes by their rates, the highest first."""
    sums: dict[TaxRate, Tax] = {}
    for it in taxes:
        known = sums.get(it.rate, Tax(it.rate, 0, 0))
        sums[it.rate] = Tax(it.rate, known.net + it.net, known.tax + it.tax)
    return tuple(sorted(sums.values(), key=lambda it: (-it.rate.percent, it.rate.on_top)))


def by_currency(books: Iterable[Booked]) -> tuple[Booked, ...]:
    """Add up those of the same currency, and put them in order."""
    sums: dict[str, Booked] = {}
    for it in books:
        sums[it.currency] = sums[it.currency] + it if it.currency in sums else it
    return tuple(sums[currency] for currency in sorted(sums))


def given_back_by_currency(given_back: Iterable[GivenBack]) -> tuple[GivenBack, ...]:
    """Add up those of the same currency, and put them in order."""
    sums: dict[str, GivenBack] = {}
    for it in given_back:
        sums[it.currency] = sums[it.currency] + it if it.currency in sums else it
    return tuple(sums[currency] for currency in sorted(sums))


def balance(books: Iterable[Booked], given_back: Iterable[GivenBack], currency: str) -> Balance:
    """Return what there is in a currency; nothing in one in which nothing was sold or given back."""
    return Balance(
        next((it for it in books if it.currency == currency), Booked(currency)),
        next((it for it in given_back if it.currency == currency), GivenBack(currency)),
    )


def own_first(sums: Sums, currency: str | None) -> list[Balance]:
    """Return the sums of each currency, the shop's own first; those of which no rate was known last.

    Where nothing was sold in its own, that is there only if there is no other: beside one that is, 0 is no sum.
    """
    own = currency or SAT
    known = {it.currency for it in sums.books} | {it.currency for it in sums.given_back}
    first = [own] if own in known or not known else []
    others = sorted(known - {own}, key=lambda it: (it == SAT, it))
    return [balance(sums.books, sums.given_back, it) for it in (*first, *others)]


def _of_one(entry: Entry) -> Sums:
    charge, payment = entry.charge, entry.charge.payment
    if payment is None:
        return Sums()
    difference = payment.received_sat - charge.amount_sat
    came = Part(1, payment.received_sat)
    return Sums(
        (booked(entry),),
        int(entry.needs_review),
        late=came if charge.late else Part(),
        less=Part(1, -difference) if difference < 0 else Part(),
        more=Part(1, difference) if difference > 0 else Part(),
        unproven=Part() if payment.proven else came,
        surplus=Part(1, entry.surplus_sat) if entry.surplus_sat else Part(),
        given_back=(entry.returned,) if entry.returned else (),
    )
