"""The QR code of an invoice: how long the till takes to draw it, next to what `qrcode` does when simply asked."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from statistics import median
from time import process_time

import qrcode

from pos import qr

_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Codes:
    """CPU seconds for one code, medians."""

    ours: float
    naive: float

    def __str__(self) -> str:
        return (
            f"{self.ours * 1000:.1f} ms, naive {self.naive * 1000:.1f} ms: {self.naive / self.ours:.1f} times as fast"
        )


def compare(payment_requests: list[str]) -> Codes:
    """Draw each payment request both ways, in turn, so that whatever else the machine does slows both alike."""
    times = [(_time(_ours, text), _time(_naive, text)) for _ in range(_ROUNDS) for text in payment_requests]
    ours, naive = zip(*times, strict=True)
    return Codes(median(ours), median(naive))


def _ours(text: str) -> None:
    # Past the cache, which would answer all but the first round.
    qr.png.__wrapped__(text)


def _naive(text: str) -> None:
    qrcode.make(text).save(BytesIO())


def _time(draw: Callable[[str], None], text: str) -> float:
    began = process_time()
    draw(text)
    return process_time() - began
