"""Whose sales a device may look at: those of its own till, and a manager there all."""

from dataclasses import replace

from flask import abort

from pos.domain.charge import Channel
from pos.domain.identity import Identity
from pos.domain.report import Entry
from pos.services.by_number import NO_SALE, find_sale
from pos.web.access import identity
from pos.web.context import current_shop
from pos.web.sales.asked import Asked


def own_till(who: Identity) -> str | None:
    """Return the till whose sales alone who asks may see; None where all are open to them."""
    return None if who.device is None or who.may_see_sales_of("") else who.device.place


def of_own(asked: Asked) -> Asked:
    """Return what is asked for, as far as it is open to who asks."""
    till = own_till(identity())
    return asked if till is None else replace(asked, channel=Channel.TILL, till=till)


def own_entry(number: str) -> Entry | None:
    """Return the sale of a number, as it is typed; None if there is none, or it is not open to who asks."""
    entry = find_sale(current_shop(), number)
    return entry if entry and is_own(entry) else None


def is_own(entry: Entry) -> bool:
    """Tell whether a sale is open to who asks."""
    return identity().may_see(entry.charge.channel, entry.sale.till)


def own_entry_or_404(number: str) -> Entry:
    """Return the sale of a number, or answer that there is none."""
    return own_entry(number) or abort(404, NO_SALE)
