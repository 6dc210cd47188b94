"""The rate of a price on its way through the payer's wallet: sealed, so that only the till can have written it."""

from decimal import Decimal

from flask import current_app
from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from pos.domain.rate import Rate
from pos.services.lnurl_pay import PriceChanged
from pos.web.context import current_shop

_SALT = "rate 1"
# Seconds. A payer reads and agrees within them; who comes later scans again, and sees the price of then.
_MAX_AGE = 5 * 60


class _Signer(TimestampSigner):
    def get_timestamp(self) -> int:
        return current_shop().now()


def seal(rate: Rate) -> str:
    """Write a rate as a text for an address, with a signature and the time."""
    return str(_serializer().dumps([rate.currency, str(rate.price), rate.at, *rate.sources]))


def unseal(token: str) -> Rate:
    """Return the rate that was sealed. Raises PriceChanged where that is too long ago, or was not by us."""
    try:
        currency, price, at, *sources = _serializer().loads(token, max_age=_MAX_AGE)
    except BadSignature as error:
        raise PriceChanged from error
    return Rate(currency, Decimal(price), at, tuple(sources))


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), _SALT, signer=_Signer)
