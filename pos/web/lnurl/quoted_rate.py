"""The rate of a price on its way through the payer's wallet: sealed, so that only the till can have written it."""

from decimal import Decimal

from itsdangerous import BadSignature

from pos.domain.rate import Rate
from pos.services.lnurl_pay import PriceChanged
from pos.web import timed_seal

_PURPOSE = "rate 1"
# Seconds. A payer reads and agrees within them; who comes later scans again, and sees the price of then.
_MAX_AGE = 5 * 60


def seal(rate: Rate) -> str:
    """Write a rate as a text for an address, with a signature and the time."""
    return timed_seal.seal(_PURPOSE, [rate.currency, str(rate.price), rate.at, *rate.sources])


def unseal(token: str) -> Rate:
    """Return the rate that was sealed. Raises PriceChanged where that is too long ago, or was not by us."""
    try:
        currency, price, at, *sources = timed_seal.unseal(_PURPOSE, token, _MAX_AGE)
    except BadSignature as error:
        raise PriceChanged from error
    return Rate(currency, Decimal(price), at, tuple(sources))
