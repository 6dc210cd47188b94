"""The sources over a real wire: asked at once, each within its time, and seldom."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from threading import Barrier, Event
from typing import Any

from pos.rates import CachedRates
from pos.rates.fetch import Fetcher
from pos.rates.sources import SOURCES
from pos.transport import Transport
from tests.fakes import FakeClock
from tests.loopback import served
from tests.rates.world import sample


class Exchanges:
    """All sources behind one door. Each `meets` the others before it answers; who is `stuck` never does."""

    def __init__(self, meet: Barrier | None = None, stuck: str = "") -> None:
        self.meet, self.stuck = meet, stuck
        self.over = Event()
        self.asked: list[str] = []

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        name = environ["PATH_INFO"].strip("/")
        self.asked.append(name)
        if name == self.stuck:
            self.over.wait(30)
        elif self.meet:
            self.meet.wait(10)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [sample(name).encode()]


@contextmanager
def fetcher_of(exchanges: Exchanges, deadline: int = 10) -> Iterator[Fetcher]:
    transport = Transport()
    with served(exchanges) as address:
        there = [replace(source, url=f"{address}/{source.name}") for source in SOURCES.values()]
        yield Fetcher("EUR", there, transport, deadline=deadline)
        exchanges.over.set()
        transport.close()


def test_all_are_asked_at_the_same_time() -> None:
    with fetcher_of(Exchanges(Barrier(len(SOURCES)))) as fetcher:
        assert [said.source for said in fetcher.fetch().used] == list(SOURCES)


def test_one_that_does_not_answer_is_given_up_and_the_others_count() -> None:
    with fetcher_of(Exchanges(stuck="kraken"), deadline=1) as fetcher:
        report = fetcher.fetch()
        assert [said.source for said in report.used] == [name for name in SOURCES if name != "kraken"]
        assert [str(ignored) for ignored in report.ignored] == ["kraken does not answer within 1 s"]


def test_nobody_is_asked_twice_within_a_minute_and_everybody_after_five() -> None:
    clock, running, exchanges = FakeClock(), FakeClock(0), Exchanges()
    with fetcher_of(exchanges) as fetcher:
        rates = CachedRates("EUR", fetcher.fetch, Decimal(0), clock, running)
        for _ in range(3):
            assert rates.rate().price == Decimal("57003.0575")
            running.move(29)
        assert sorted(exchanges.asked) == sorted(SOURCES)
        running.move(300)
        rates.rate()
        assert sorted(exchanges.asked) == sorted([*SOURCES, *SOURCES])
