"""A card that is held to the shop's device: how often it may be tried, and how long a try is open."""

from dataclasses import dataclass

# Tries to pay one charge, a PIN among them: no stranger's host is asked more often on its account.
MOST_TRIES = 10
# Seconds. An issuer that has not paid by then may still do so, but who waits has to be told something.
OPEN_FOR = 30


@dataclass(frozen=True, slots=True)
class CardTry:
    """The last try to pay a charge by a card: the first is 1. `opened_at` (unix seconds) is None once it has failed."""

    number: int
    opened_at: int | None = None

    def is_open(self, now: int) -> bool:
        """Tell whether the issuer may be paying just now: then nobody else is to be asked to."""
        return self.opened_at is not None and now < self.opened_at + OPEN_FOR

    def is_unheard_of(self, now: int) -> bool:
        """Tell whether the issuer was asked to pay, and time enough has gone by."""
        return self.opened_at is not None and not self.is_open(now)
