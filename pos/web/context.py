"""What every view needs: the shop, and the charge that an address names."""

from typing import NoReturn, cast

from flask import Flask, abort, current_app, has_request_context, request

from pos.domain.charge import Channel, Charge
from pos.domain.sentence import Sentence
from pos.shop import Shop

# Where a request keeps the shop that it began with, and by which channel the charge came that it is about.
_SHOP = "till.shop"
_CHANNEL = "till.channel"


def current_shop() -> Shop:
    """Return the shop with the settings of now: for one request it is the same from beginning to end."""
    if not has_request_context():
        return shop_of_now(current_app)
    shop: Shop | None = request.environ.get(_SHOP)
    if shop is None:
        shop = request.environ[_SHOP] = shop_of_now(current_app)
    return shop


def latest_shop() -> Shop:
    """Return the shop with the settings of now for the rest of this request, for who changes them. Raises StoreError.

    Another process may have changed one a moment ago.
    """
    current_app.extensions["settings"].look_now()
    shop: Shop = current_app.extensions["shop"]
    request.environ[_SHOP] = shop
    return shop


def shop_of_now(app: Flask) -> Shop:
    """Return the shop of an app, anew if its settings were changed, in whichever process."""
    app.extensions["settings"].look()
    return cast(Shop, app.extensions["shop"])


def charge_or_404(charge_id: str) -> Charge:
    """Return the charge of an address, or answer that there is no such sale."""
    charge = current_shop().store.get(charge_id)
    if charge is None:
        no_such_sale()
    request.environ[_CHANNEL] = charge.channel
    return charge


def channel_of_charge() -> Channel | None:
    """Return the channel of the charge that this request is about, once that is known; None if it is about none."""
    channel: Channel | None = request.environ.get(_CHANNEL)
    return channel


def no_such_sale() -> NoReturn:
    """Answer that there is no such sale."""
    abort(404, Sentence("There is no such sale."))
