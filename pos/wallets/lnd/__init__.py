"""LND, by its REST API. Its keys are macaroons: which of them can spend is read in the macaroon itself."""

from pos.wallets.base import Till
from pos.wallets.lnd.client import Lnd
from pos.wallets.lnd.connection import from_string
from pos.wallets.lnd.settings import WalletSettings

__all__ = ["Lnd", "WalletSettings", "from_string", "open_wallet"]


def open_wallet(settings: WalletSettings, till: Till) -> Lnd:
    """Make the client of the chosen wallet."""
    url, macaroon = settings.url or "", settings.macaroon or ""
    if settings.certificate:
        till.transport.pin(url, settings.certificate)
    return Lnd(till, url, macaroon, route_hints=settings.route_hints)
