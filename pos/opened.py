"""What was opened with settings is opened anew when the office changes them, in whichever process it did."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import cast

from flask import Flask

from pos.domain.printer import Printer, PrinterAddress
from pos.rates import open_rates
from pos.runtime.follower import Follower
from pos.settings import Settings
from pos.settings.office import lay_over
from pos.shop import Shop
from pos.store import Store
from pos.transport import Transport
from pos.web.context import shop_of_now

log = logging.getLogger(__name__)


def with_offices(below: Settings, store: Store) -> Settings:
    """Return settings with what the office has set, and say in the log what of it cannot be used. Raises StoreError."""
    kept, version = store.settings.read()
    settings = lay_over(below, kept, version)
    for name, problem in settings.office.problems.items() if settings.office else ():
        log.warning("what the office has set is left out: %s %s", name, problem)
    return settings


def follow_office(app: Flask, transport: Transport, running: Callable[[], float]) -> Follower:
    """Put another shop in the place of an app's as soon as the office has changed a setting. Its parts stay the same.

    Whoever has taken the one before goes on with that: a request sees one of them, and no mixture.
    """
    first: Shop = app.extensions["shop"]
    office = first.settings.office
    below = office.below if office else first.settings

    def take() -> int:
        shop: Shop = app.extensions["shop"]
        settings = with_offices(below, shop.store)
        app.extensions["shop"] = _fitted(shop, settings, transport)
        return settings.version

    return Follower(first.store.settings.version, take, first.settings.version, running)


def open_printer(shop: Shop, address: PrinterAddress) -> Printer:
    """Make the printer of a shop, with what stands on its receipts now."""
    # Here and not above: a till without a printer does not even load what draws.
    from pos.printing import open_printer

    settings = shop.settings
    return open_printer(
        address,
        settings.var,
        shop_name=settings.shop_name,
        shop_address=settings.shop_address,
        tax_id=settings.tax_id,
        footer=settings.receipt_footer,
        logo=settings.logo,
        public_url=settings.public_url,
        language=settings.language,
        local_time=shop.local_time,
    )


def printer_of_now(app: Flask) -> Printer:
    """Return the printer of an app that has one, with what stands on its receipts now."""
    return cast(Printer, shop_of_now(app).printer)


def _fitted(shop: Shop, settings: Settings, transport: Transport) -> Shop:
    """Return the shop with other settings, and open anew what they were read for."""
    other_currency = settings.currency != shop.settings.currency
    shop = replace(shop, settings=settings)
    if other_currency:
        shop = replace(shop, rates=open_rates(settings, transport, shop.clock))
    return replace(shop, printer=open_printer(shop, settings.printer)) if settings.printer else shop
