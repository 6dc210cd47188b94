"""The sources as they answer: samples of each, what stands in them as the price, and a network of nothing but them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from pos.rates.sources import SOURCES
from pos.transport import Reply

SAMPLES = Path(__file__).parent.parent / "samples/rates"
# The price as it stands in each sample, all of them in euro, and what stands before it where it stands twice.
PRICES = {
    "coinbase": '"57002.115"',
    "kraken": '"57010.10000"',
    "coingecko": "56995.3358936566",
    "bitstamp": '"57004"',
    "blockchain": "56998.74",
    "bitpay": "57011.27",
}
BEFORE = {"blockchain": '"last": '}


def sample(name: str) -> str:
    return (SAMPLES / f"{name}.json").read_text()


def price(name: str) -> Decimal:
    return Decimal(PRICES[name].strip('"'))


def dressed(name: str, digits: str) -> str:
    """Write a number as this source does: as a text, or as it is."""
    return f'"{digits}"' if SOURCES[name].is_text else digits


def saying(name: str, raw: str) -> bytes:
    """The sample, with another JSON value in the price's place."""
    before = BEFORE.get(name, "")
    text = sample(name)
    assert text.count(before + PRICES[name]) == 1
    return text.replace(before + PRICES[name], before + raw).encode()


def ok(body: bytes | str) -> Reply:
    return Reply(200, {}, body if isinstance(body, bytes) else body.encode())


@dataclass
class FakeWeb:
    """Every source at its address, with its sample, until a test lets it say something else."""

    answers: dict[str, Reply | Exception | Callable[[], Reply]] = field(
        default_factory=lambda: {name: ok(sample(name)) for name in SOURCES}
    )
    calls: list[tuple[str, str, Mapping[str, str], float]] = field(default_factory=list)

    def call(self, method: str, url: str, *, headers: Mapping[str, str], timeout: float, json: object = None) -> Reply:
        self.calls.append((method, url, headers, timeout))
        [name] = [name for name, source in SOURCES.items() if source.address("EUR") == url]
        answer = self.answers[name]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Reply) else answer()

    def say(self, name: str, digits: str) -> None:
        self.answers[name] = ok(saying(name, dressed(name, digits)))
