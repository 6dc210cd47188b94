"""Closing a shift: what a till took since the last time, counted once and written down for good."""

import logging

from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.domain.shift import Shift
from pos.domain.z_report import Closed, Closing
from pos.shop import Shop

log = logging.getLogger(__name__)


class NothingToClose(Refusal):
    """A shift in which nothing was paid, or one that has not begun."""

    def __init__(self) -> None:
        super().__init__(
            Sentence("Nothing was paid since the last shift was closed, so there is nothing to close."), 409
        )


def open_shift(shop: Shop, till: str) -> Shift:
    """Return a till's shift as it stands now. Raises StoreError."""
    return shop.store.shifts.open(till, shop.settings.tills, shop.now())


def close_shift(shop: Shop, till: str, number: int, closed_by: str = "") -> Closed:
    """Close a till's shift of a number, and return its report: once, however often and by whom it is asked.

    Whoever comes second gets the report of the first. `closed_by` is the name of who closes it, empty where nobody
    signs in. Raises NothingToClose or StoreError.
    """
    settings = shop.settings
    closing = Closing(shop.now(), closed_by, settings.shop_name, settings.shop_address, settings.tax_id or "")
    closed = shop.store.shifts.close(till, settings.tills, number, closing)
    if closed is None:
        raise NothingToClose
    if closed.now:
        takings = closed.report.shift.takings
        log.info("till %s: shift %d closed, %d sales, %d sat", till, number, takings.count, takings.received_sat)
    return closed
