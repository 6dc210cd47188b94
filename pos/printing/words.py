"""What is said on paper, in one language and by the shop's clock: there is no reader whose browser could be asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, format_time, get_datetime_format

from pos.domain.money import SAT, Money, format_money, format_number, format_percent
from pos.translations.languages import catalog


@dataclass(frozen=True, slots=True)
class Words:
    """A language, and `local_time`, which says what the shop's clock shows at a time (unix seconds)."""

    language: str
    local_time: Callable[[int], datetime]

    @property
    def turned(self) -> bool:
        """Tell whether the language is written from right to left."""
        return str(Locale.parse(self.language).text_direction) == "rtl"

    def gettext(self, words: str, **values: object) -> str:
        """Return words in the language, with `values` in the places that are written `%(name)s`."""
        said = catalog(self.language).gettext(words)
        return said % {name: isolated(str(value)) for name, value in values.items()} if values else said

    def money(self, money: Money) -> str:
        """Write an amount with its unit."""
        if money.currency == SAT:
            gettext = self.gettext
            return gettext("{number} sat").format(number=self.number(money))
        return format_money(money, self.language)

    def number(self, money: Money) -> str:
        """Write an amount without its unit."""
        return format_number(money, self.language)

    def count(self, count: int) -> str:
        """Write how many there are of something."""
        return self.number(Money(count, SAT))

    def percent(self, percent: Decimal) -> str:
        """Write so many percent, with all their decimals."""
        return format_percent(percent, self.language)

    def time(self, at: int) -> str:
        """Write the time of day (`at` in unix seconds)."""
        return str(format_time(self.local_time(at), "short", locale=self.language))

    def moment(self, at: int) -> str:
        """Write day, time of day and time zone (`at` in unix seconds): ..., 10:45 (UTC+1)."""
        local = self.local_time(at)
        pattern = str(get_datetime_format("medium", locale=self.language))
        day = str(format_date(local, "medium", locale=self.language))
        return f"{pattern.replace('{1}', day).replace('{0}', self.time(at))} ({_zone(local)})"


def isolated(text: str) -> str:
    """Let a text run as its first letter does: what is around it does not turn it, nor is turned by it."""
    return f"\u2068{text}\u2069" if text else ""


def left_to_right(text: str) -> str:
    """Keep figures and their signs in this order, whichever way a line runs.

    With a mark before them, as FriBiDi looks for the letter that figures follow even in another text of its own way.
    """
    return f"\u2066\u200e{text}\u2069"


def _zone(local: datetime) -> str:
    # Without a zone it is the machine's.
    ahead = (local if local.tzinfo else local.astimezone()).utcoffset() or timedelta()
    hours, minutes = divmod(abs(ahead) // timedelta(minutes=1), 60)
    sign = "-" if ahead < timedelta() else "+"
    return "UTC" + (f"{sign}{hours}" if ahead else "") + (f":{minutes:02}" if minutes else "")
