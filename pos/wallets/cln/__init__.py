"""Core Lightning, by its CLNRest plugin. Its keys are runes: which of them can spend is read in the rune itself."""

from pos.wallets.base import Till
from pos.wallets.cln.client import CoreLightning
from pos.wallets.cln.connection import from_string
from pos.wallets.cln.settings import WalletSettings

__all__ = ["CoreLightning", "WalletSettings", "from_string", "open_wallet"]


def open_wallet(settings: WalletSettings, till: Till) -> CoreLightning:
    """Make the client of the chosen wallet."""
    url, rune = settings.url or "", settings.rune or ""
    if settings.certificate:
        till.transport.pin(url, settings.certificate)
    return CoreLightning(till, url, rune)
