"""What a bitcoin costs in the shop's currency: `open_rates` makes what the settings choose."""

from collections.abc import Callable

from pos.config import Config
from pos.domain.rate import less_spread
from pos.rates.base import Fixed, Ignored, NoRate, Opinions, Quote, Rates, Unpriced
from pos.rates.cached import Market
from pos.rates.fetch import Panel
from pos.rates.sources import SOURCES
from pos.transport import Transport

__all__ = ["Fixed", "Ignored", "Market", "NoRate", "Opinions", "Quote", "Rates", "Unpriced", "open_rates"]


def open_rates(config: Config, transport: Transport, clock: Callable[[], float]) -> Rates:
    """Make the chosen rates. Nobody is asked before the first price. `clock` gives unix seconds."""
    if config.currency is None:
        return Unpriced()
    if config.rate_fixed is not None:
        return Fixed(config.currency, less_spread(config.rate_fixed, config.rate_spread), clock)
    panel = Panel(config.currency, [SOURCES[name] for name in config.rate_sources], transport)
    return Market(config.currency, panel.ask, config.rate_spread, clock)
