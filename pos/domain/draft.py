"""A draft: what is being typed at a till, as far as it can be read. Nobody has been charged, and it is in no books."""

import re
from dataclasses import dataclass

from pos.domain.money import SAT, Money
from pos.domain.sale import Line, price_of

# So many charges of a till back its display looks: one may still be open, or be paid at last.
CHARGES_BACK = 12
# No jar and no charge has a space in its name.
_TOPIC = "till "
# What a page calls its window: only so that two of them are not taken for one.
_BROWSER = re.compile(r"[0-9A-Za-z_-]{8,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Draft:
    """What one browser types at a till. `worth` is what it comes to in the other unit, where there is a rate.

    `version` is higher than that of whatever was typed there before, and `typed_at` in unix seconds.
    """

    till: str
    browser: str
    currency: str = SAT
    lines: tuple[Line, ...] = ()
    worth: Money | None = None
    version: int = 0
    typed_at: int = 0

    @property
    def total(self) -> Money:
        """What is to be paid so far, with the tax that comes on top."""
        return Money(price_of(self.lines), self.currency)

    def money(self, minor: int) -> Money:
        """Return so many minor units in what it is typed in."""
        return Money(minor, self.currency)

    @property
    def count(self) -> int:
        """How many things there are."""
        return sum(line.quantity for line in self.lines)


def is_browser(text: str) -> bool:
    """Tell whether a page may call its window so."""
    return _BROWSER.fullmatch(text) is not None


def till_topic(till: str) -> str:
    """Return by which name the broker knows the news of a till, for its customer's display."""
    return f"{_TOPIC}{till}"


def till_of_topic(topic: str) -> str | None:
    """Return the till that a topic of the broker is about; None if it is a charge's or a jar's."""
    return topic.removeprefix(_TOPIC) if topic.startswith(_TOPIC) else None
