"""After the sale: what the pages about it cost where a million were sold in a year, against a thousand."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median
from time import perf_counter, sleep, time
from urllib.parse import urlencode

from bench.clients import ApiClient
from bench.export import Sales
from bench.fill import EVERY, LAST
from bench.million import CHARGES, ask, fill_server, side_by_side
from bench.server import Server, serving

FEW = 1000
# So many of either were sold today: the page of today has as many rows and sums.
_TODAY = 500
# Seconds.
MOST_OF_A_MONTH = 0.3
_QUIET = 20.0
# Sales come as a cashier makes them, not as fast as they can.
_SALE_EVERY = 0.1
_ROUNDS = 30
_FEW_ROUNDS = 5
_SHOP = {"POS_CURRENCY": "EUR", "POS_RATE_FIXED": "65000", "POS_TAX_RATES": "19,7", "POS_TIMEZONE": "UTC"}


@dataclass(frozen=True, slots=True)
class Cost:
    """How long a request takes (seconds), and how long it may; None: as long as it has to."""

    seconds: list[float]
    most: float | None = None

    def __str__(self) -> str:
        p50 = median(self.seconds)
        verdict = f", more than {self.most * 1000:.0f} ms" if self.most is not None and p50 > self.most else ""
        return f"p50 {p50 * 1000:.0f} ms, max {max(self.seconds) * 1000:.0f} ms{verdict}"


def books(settings: Mapping[str, str], other: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    """Measure two tills, the first with a thousand sales, the second with a million. Give a line for each.

    Each is on the database that its settings name, or on SQLite.
    """
    with ExitStack() as tills:
        small, full = (tills.enter_context(serving(**_SHOP, **it)) for it in (settings, other))
        now = time()
        for server, sales in ((small, FEW), (full, CHARGES)):
            server.stop()
            fill_server(server, sales, _TODAY)
            server.start()
        before = CHARGES - _TODAY
        first, last = (_day(now - LAST - seconds) for seconds in (before * EVERY, 0))
        year = urlencode({"from": first, "to": last})
        number = f"/sales/{datetime.now(UTC).year}-{FEW // 2}"
        for what, path in (("today", "/sales"), ("a sale by its number", number)):
            yield f"{what}, against one of {FEW:,}", side_by_side(small, full, partial(_get, path))
        month = f"/sales?month={_month_before(now)}"
        yield "a month", Cost(_times(full, month, _ROUNDS), MOST_OF_A_MONTH)
        yield "a year, with its sums", Cost(_times(full, f"/sales?{year}", _FEW_ROUNDS))
        nothing = f"/sales?{year}&q=nothing+of+that"
        yield "a search through a year that finds nothing", Cost(_times(full, nothing, _FEW_ROUNDS))
        yield "a sale, quiet", _sales_beside(full, lambda: sleep(_QUIET))
        for what, path in (("looks at a year", f"/sales?{year}"), ("searches through it", nothing)):
            yield f"a sale, while somebody {what}", _sales_beside(full, partial(_times, full, path, _FEW_ROUNDS))


def _get(path: str, server: Server) -> None:
    ask(server, "GET", path)


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()


def _month_before(now: float) -> str:
    """Return the last month that is over, and was before the shop stopped."""
    stopped = datetime.fromtimestamp(now - LAST, UTC)
    return (stopped.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")


def _times(server: Server, path: str, rounds: int) -> list[float]:
    seconds = []
    for _ in range(rounds):
        began = perf_counter()
        ask(server, "GET", path)
        seconds.append(perf_counter() - began)
    return seconds


def _sales_beside(server: Server, work: Callable[[], object]) -> Sales:
    """Sell now and then while something else is done. Raises WrongAnswer."""
    with ThreadPoolExecutor(1) as others, closing(ApiClient(server.port)) as seller:
        other = others.submit(work)
        seconds = []
        while not other.done():
            seconds.append(seller.sell())
            sleep(_SALE_EVERY)
        other.result()
        return Sales(seconds)
