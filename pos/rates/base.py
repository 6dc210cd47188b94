"""What rates of exchange are to the till: the protocol, what it answers, and the one way in which it fails."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Protocol

from pos.domain.rate import Rate
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence

_SAT_ONLY = Sentence("There is no exchange rate right now, so the till takes sat only.")


class NoRate(Refusal):
    """There is no rate to sell at: the till takes sat only."""

    def __init__(self, reason: str, sentence: Sentence = _SAT_ONLY) -> None:
        super().__init__(sentence, 503, reason)


@dataclass(frozen=True, slots=True)
class SourcePrice:
    """What a source says that one bitcoin costs, in major units."""

    source: str
    price: Decimal


def middle(prices: Iterable[SourcePrice]) -> Decimal:
    """Return the median of their prices."""
    return median(said.price for said in prices)


@dataclass(frozen=True, slots=True)
class Ignored:
    """A source that is not believed. `why` stays the same as long as its state does; `detail` may change each time."""

    source: str
    why: str
    detail: str = ""

    def __str__(self) -> str:
        """Say it in plain English."""
        return f"{self.source} {self.reason}"

    @property
    def reason(self) -> str:
        """Say why, with what is known of it now."""
        return f"{self.why}{self.detail and f' ({self.detail})'}"


@dataclass(frozen=True, slots=True)
class Report:
    """What all sources say. Nobody in `used` means that too few agree."""

    used: tuple[SourcePrice, ...]
    ignored: tuple[Ignored, ...] = ()

    @property
    def price(self) -> Decimal:
        """The median of what those say that are used; there has to be one."""
        return middle(self.used)


class Rates(Protocol):
    """What one bitcoin costs in the shop's one currency."""

    @property
    def currency(self) -> str | None:
        """The code of the currency (ISO 4217); a till without one takes sat only."""
        ...

    def rate(self) -> Rate:
        """Return the rate to sell at, never an old one. Raises NoRate."""
        ...

    def at_hand(self) -> Rate | None:
        """Return such a rate where one is known, for whoever can do without and does not want to wait."""
        ...

    def report(self) -> Report:
        """Ask every source now, for who wants to know how they are."""
        ...


class Unpriced:
    """Of a till without a currency."""

    currency = None

    def rate(self) -> Rate:
        raise NoRate("POS_CURRENCY is not set", Sentence("This till has no currency, so it takes sat only."))

    def at_hand(self) -> None:
        """A till without a currency knows of no rate."""

    def report(self) -> Report:
        return Report(())


class Fixed:
    """A price that the shop sets itself. `clock` gives unix seconds."""

    def __init__(self, currency: str, price: Decimal, clock: Callable[[], float]) -> None:
        self.currency = currency
        self._price = price
        self._clock = clock

    def rate(self) -> Rate:
        """Return the shop's own rate, which is always of now."""
        return Rate(self.currency, self._price, int(self._clock()), ("fixed",))

    def at_hand(self) -> Rate:
        """Return the shop's own rate, too."""
        return self.rate()

    def report(self) -> Report:
        """Return the shop's own price: nobody else is asked."""
        return Report((SourcePrice("fixed", self._price),))
