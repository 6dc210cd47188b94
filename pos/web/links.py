"""Where a pay page leads back to: the page that the sale was made on."""

from flask import url_for

from pos.domain.charge import Channel, Charge
from pos.web.context import current_shop

_PAGES = {Channel.KIOSK: "kiosk.new", Channel.TIPS: "tip_jar.new"}


def back_url(charge: Charge) -> str:
    """Return the address of the page on which a charge was made; a program's leads to the till."""
    return url_for(_PAGES[charge.channel]) if charge.channel in _PAGES else till_url(charge.till)


def till_url(till: str) -> str:
    """Return the address of a till; the first of them, and a sale that names none, have the shortest."""
    return url_for("till.new", till=None if till in ("", current_shop().settings.tills[0]) else till)
