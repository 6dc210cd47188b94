"""What an owner sees of the shop in one look: what it took today, and what somebody has to look at."""

from dataclasses import dataclass

from pos.domain.pin import Wrong
from pos.domain.report import Selection, Sums
from pos.domain.shift import Begun
from pos.domain.span import Unit, span_of
from pos.services.books import times_of
from pos.shop import Shop

# Seconds for which the owner is told of wrong PINs.
TOLD_FOR = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Glance:
    """What was sold today, the shifts that are open, how many refunds are to be paid, and where PINs were wrong."""

    today: Sums
    shifts: list[Begun]
    refunds_due: int
    wrong: list[Wrong]

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing of it is to be looked at."""
        return not (self.refunds_due or self.wrong)


def at_a_glance(shop: Shop) -> Glance:
    """Look at what is going on. It reads no more than one day's sales. Raises StoreError."""
    since, until = times_of(shop, span_of(shop.day(shop.now()), Unit.DAY))
    return Glance(
        shop.store.sums(Selection(since, until)),
        shop.store.shifts.begun(shop.settings.tills),
        shop.store.refunds.count_due(),
        wrong_lately(shop),
    )


def wrong_lately(shop: Shop) -> list[Wrong]:
    """Return the devices at which PINs were wrong of late, the latest first. Raises StoreError."""
    return shop.store.pins.wrong_since(shop.now() - TOLD_FOR)
