"""What a bitcoin costs in the shop's currency: `open_rates` makes what the settings choose."""

from collections.abc import Callable

from pos.domain.rate import less_spread
from pos.rates.base import Fixed, Ignored, NoRate, Rates, Report, SourcePrice, Unpriced
from pos.rates.cached import CachedRates
from pos.rates.fetch import Fetcher
from pos.rates.sources import SOURCES
from pos.settings import Settings
from pos.transport import Transport

__all__ = ["CachedRates", "Fixed", "Ignored", "NoRate", "Rates", "Report", "SourcePrice", "Unpriced", "open_rates"]


def open_rates(settings: Settings, transport: Transport, clock: Callable[[], float]) -> Rates:
    """Make the chosen rates. Nobody is asked before the first price. `clock` gives unix seconds."""
    if settings.currency is None:
        return Unpriced()
    if settings.rate_fixed is not None:
        return Fixed(settings.currency, less_spread(settings.rate_fixed, settings.rate_spread), clock)
    fetcher = Fetcher(settings.currency, [SOURCES[name] for name in settings.rate_sources], transport)
    return CachedRates(settings.currency, fetcher.fetch, settings.rate_spread, clock)
