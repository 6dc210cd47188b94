"""A tip jar: what its page says, what it takes, and what came into it."""

import re
from dataclasses import dataclass, field

from pos.domain.charge import Charge
from pos.domain.money import SAT, AmountError, Money
from pos.domain.number import Number
from pos.domain.rate import Rate
from pos.domain.sentence import Sentence

# The jar at /tips. It is always there, and goes by the shop's settings until the owner changes it.
FIRST = "tips"
# By this name LNURL-pay knows the shop itself, and not a jar.
SHOP = "shop"
# What stands in addresses where a name could.
_RESERVED = (SHOP, "status", "verify", "poster")
# A Lightning address is made of it, in lower case (LUD-16).
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_.-]{0,30}[a-z0-9])?")
LONGEST_PAYER = 40
# No id of a charge has that sign.
_TOPIC = "jar:"


@dataclass(frozen=True, slots=True)
class Goal:
    """What is saved up for: so much of the jar's currency, until `ends_at` (unix seconds), or without an end."""

    text: str
    amount: Money
    ends_at: int | None = None

    def is_over(self, now: int) -> bool:
        """Tell whether its time has passed. What still comes is counted all the same."""
        return self.ends_at is not None and now >= self.ends_at

    def percent(self, raised: Money) -> int:
        """Return which part of it came, in whole percent: never more than came, and at most all of it."""
        return min(100, 100 * raised.minor // self.amount.minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Jar:
    """What the owner says of a jar.

    `amounts` are suggested, all in `currency` (ISO 4217 or SAT); where there is a `price`, that is all that it takes:
    it is the poster of a product. `least_sat` and `most_sat` bound what is given. `picture` names its picture by a
    digest, empty without one. `shows_messages`: what payers write stands on the page. `live_token` opens the page for a
    stream. `version` goes up with each change that its pages show. Times in unix seconds.
    """

    name: str
    title: str
    text: str = ""
    thanks: str = ""
    currency: str
    amounts: tuple[Money, ...] = ()
    price: Money | None = None
    least_sat: int | None = None
    most_sat: int | None = None
    goal: Goal | None = None
    shows_messages: bool = False
    picture: str = ""
    live_token: str = field(default="", repr=False)
    created_at: int = 0
    closed_at: int | None = None
    version: int = 0

    @property
    def is_open(self) -> bool:
        """Tell whether anything can be put in."""
        return self.closed_at is None

    @property
    def tells(self) -> bool:
        """Tell whether its page shows anything that may change while somebody looks."""
        return self.goal is not None or self.shows_messages

    @property
    def has_audience(self) -> bool:
        """Tell whether others may see what payers write: on the jar's page, or on the one for a stream."""
        return bool(self.audience)

    @property
    def audience(self) -> str:
        """Who else may see it: whoever has its page, or a stream. It stands in forms, as what was promised there."""
        return "page" if self.shows_messages else "stream" if self.live_token else ""

    def check_limits(self, amount_sat: int) -> None:
        """Raise AmountError if that is less, or more, than the jar takes."""
        if self.least_sat is not None and amount_sat < self.least_sat:
            raise AmountError(Sentence("This jar takes {least} at least.", {"least": Money(self.least_sat, SAT)}))
        if self.most_sat is not None and amount_sat > self.most_sat:
            raise AmountError(Sentence("This jar takes {most} at most.", {"most": Money(self.most_sat, SAT)}))


@dataclass(frozen=True, slots=True)
class JarPicture:
    """A jar's picture, made anew from what the owner gave: as its page shows it, and small for wallets. Both JPEG."""

    digest: str
    page: bytes = field(repr=False)
    thumbnail: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tip:
    """What somebody put in and has paid: `total` in the unit that was typed, `received_sat`, when (unix seconds).

    Where less or more came than was asked, the total is as much less or more.

    `payer` and `message` are what a stranger wrote, cleaned; `shown` tells whether they stand on the page.
    """

    number: Number
    payer: str
    message: str
    total: Money
    received_sat: int
    paid_at: int
    shown: bool


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a jar since its goal began: so many `tips`, in each currency what they were worth, and the latest.

    `raised` has one amount for each currency. Two of one jar are the same if, and only if, their `version` is.
    """

    version: tuple[int, int]
    tips: int
    raised: tuple[Money, ...]
    latest: tuple[Tip, ...]

    def raised_in(self, currency: str) -> Money:
        """Return what came in one currency."""
        return next((it for it in self.raised if it.currency == currency), Money(0, currency))

    def raised_in_all(self, currency: str, rate: Rate | None) -> Money:
        """Return what came in one currency, with the sat of which no worth was known then, at a rate of now.

        Without a rate these are left out, and nothing is rounded up: no page may show more than came.
        """
        known, of_sat = self.raised_in(currency), self.raised_in(SAT)
        if currency == SAT and rate:
            # From before the owner changed the jar's currency.
            return known + Money(rate.sat_at_most(self.raised_in(rate.currency)), SAT)
        if rate is None or rate.currency != currency:
            return known
        return known + rate.worth_at_most(of_sat.minor)


def counted(charge: Charge, received_sat: int, currency: str) -> list[Money]:
    """Return as what a payment is counted in a jar of that currency: what it was worth then, and the sat besides that.

    Of less or more than was asked it is so much of the worth. No part of a cent is made up or forgotten, as there may
    be thousands of payments: such a rest stays in sat.
    """
    fiat = charge.fiat
    if fiat is None or fiat.rate.currency != currency:
        return [Money(received_sat, SAT)]
    if fiat.typed:
        return [Money(fiat.total.minor * received_sat // charge.amount_sat, currency)]
    worth = fiat.rate.worth_at_most(received_sat)
    rest = Money(received_sat - fiat.rate.to_sat(worth), SAT)
    return [it for it in (worth, rest) if it.minor]


def jar_topic(name: str) -> str:
    """Return by which name the broker knows the news of a jar, so that none is taken for a charge's."""
    return f"{_TOPIC}{name}"


def jar_of_topic(topic: str) -> str | None:
    """Return the jar that a topic of the broker is about; None if it is a charge's."""
    return topic.removeprefix(_TOPIC) if topic.startswith(_TOPIC) else None


def is_jar_name(text: str) -> bool:
    """Tell whether a jar can be called so: it stands in addresses, and in Lightning addresses."""
    return _NAME.fullmatch(text) is not None and text not in _RESERVED
