"""Who says what a bitcoin costs: public addresses that want no key, and how to read what each answers. No calls.

Each wants its price as that source really sends it: who sends a text today and a number tomorrow has changed something
else as well. Shapes are from the sources' own documentation; samples are in tests/samples/rates.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pos.domain.rate import is_price

_PLAIN = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,20})?")


class BadPrice(Exception):
    """An answer that says no price. The text says what it is instead; `detail` is what stood there."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(why)
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Source:
    """`url` has {currency} or {lower} in the currency's place; `find` returns the price as it stands in an answer."""

    name: str
    url: str
    find: Callable[[Any, str], Any]
    is_text: bool

    def address(self, currency: str) -> str:
        """Return where to ask for the price in a currency."""
        return self.url.format(currency=currency, lower=currency.lower())

    def read(self, body: bytes, currency: str) -> Decimal:
        """Read the price out of an answer. Raises BadPrice."""
        found = self.find(_parse(body), currency)
        if found is None:
            raise BadPrice(f"says no price in {currency}")
        price = _from_text(found) if self.is_text else _from_number(found)
        if not is_price(price):
            raise BadPrice("says a price that cannot be", _short(found))
        return price


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise BadPrice("does not answer in JSON") from error


def _from_text(found: object) -> Decimal:
    if not isinstance(found, str) or not _PLAIN.fullmatch(found):
        raise BadPrice("says a price that is not a decimal text", _short(found))
    return Decimal(found)


def _from_number(found: object) -> Decimal:
    if isinstance(found, bool) or not isinstance(found, int | Decimal):
        raise BadPrice("says a price that is not a number", _short(found))
    return Decimal(found)


def _short(found: object) -> str:
    return repr(found)[:40]


def _coinbase(answer: Any, currency: str) -> Any:
    match answer:
        case {"data": {"base": "BTC", "currency": code, "amount": amount}} if code == currency:
            return amount
    return None


def _kraken(answer: Any, currency: str) -> Any:
    """Kraken's older pairs have an X before what is no fiat money and a Z before what is. `c` is the last trade."""
    match answer:
        case {"error": [], "result": dict(pairs)}:
            match pairs.get(f"XXBTZ{currency}") or pairs.get(f"XBT{currency}"):
                case {"c": [price, *_]}:
                    return price
    return None


def _coingecko(answer: Any, currency: str) -> Any:
    match answer:
        case {"bitcoin": dict(prices)}:
            return prices.get(currency.lower())
    return None


def _bitstamp(answer: Any, currency: str) -> Any:
    """The pair stands in some of its answers only."""
    match answer:
        case {"last": last} if answer.get("pair", f"BTC/{currency}") == f"BTC/{currency}":
            return last
    return None


def _blockchain(answer: Any, currency: str) -> Any:
    match answer:
        case dict(prices):
            match prices.get(currency):
                case {"last": price}:
                    return price
    return None


def _bitpay(answer: Any, currency: str) -> Any:
    match answer:
        case {"data": {"code": code, "rate": rate}} if code == currency:
            return rate
    return None


_ALL = (
    Source("coinbase", "https://api.coinbase.com/v2/prices/BTC-{currency}/spot", _coinbase, is_text=True),
    Source("kraken", "https://api.kraken.com/0/public/Ticker?pair=XBT{currency}", _kraken, is_text=True),
    Source(
        "coingecko",
        "https://api.coingecko.com/api/v3/simple/price?ids=bitcoin&vs_currencies={lower}",
        _coingecko,
        is_text=False,
    ),
    Source("bitstamp", "https://www.bitstamp.net/api/v2/ticker/btc{lower}/", _bitstamp, is_text=True),
    Source("blockchain", "https://blockchain.info/ticker", _blockchain, is_text=False),
    Source("bitpay", "https://bitpay.com/rates/BTC/{currency}", _bitpay, is_text=False),
)
SOURCES: Mapping[str, Source] = {source.name: source for source in _ALL}
