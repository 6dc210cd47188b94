"""For how long a rate is good, and how seldom it is asked for."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from threading import Event

import pytest

from pos.domain.rate import Rate
from pos.rates import CachedRates, Fixed, Ignored, NoRate, Report, SourcePrice, Unpriced, open_rates
from pos.settings import Settings
from tests.fakes import NOON, FakeClock
from tests.rates.world import FakeWeb

NOBODY = Report((), (Ignored("kraken", "answers HTTP 500"),))


def saying(price: int) -> Report:
    return Report((SourcePrice("coinbase", Decimal(price)), SourcePrice("kraken", Decimal(price + 2))))


@dataclass
class Sources:
    """Sources that agree on 50,001 until a test says otherwise, each asking in its own time."""

    report: Report = field(default_factory=lambda: saying(50_000))
    asked: int = 0
    meanwhile: Callable[[], object] = lambda: None

    def fetch(self) -> Report:
        self.asked += 1
        self.meanwhile()
        return self.report


@dataclass
class Till:
    """Rates of the market, with the clock on the wall, the one that nobody sets, and who is asked."""

    sources: Sources = field(default_factory=Sources)
    clock: FakeClock = field(default_factory=FakeClock)
    running: FakeClock = field(default_factory=lambda: FakeClock(1000))
    spread: Decimal = Decimal(0)
    behind: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rates = CachedRates("EUR", self.sources.fetch, self.spread, self.clock, self.running, self.behind.append)

    def move(self, seconds: float) -> None:
        self.clock.move(seconds)
        self.running.move(seconds)

    def price(self) -> Decimal | None:
        """The price that a page has now, None if there is none; then whoever asks behind it does so."""
        try:
            return self.rates.rate().price
        except NoRate:
            return None
        finally:
            self.finish()

    def finish(self) -> None:
        while self.behind:
            self.behind.pop()()


@pytest.fixture
def till() -> Till:
    return Till()


def test_a_rate_is_the_median_of_the_moment_at_which_it_was_asked_for(till: Till) -> None:
    till.sources.meanwhile = lambda: till.move(3)
    assert till.rates.rate() == Rate("EUR", Decimal(50_001), NOON, ("coinbase", "kraken"))


def test_the_shops_spread_makes_the_customer_pay_more_sat() -> None:
    assert Till(spread=Decimal("1.5")).rates.rate().price == Decimal("50001") * Decimal("0.985")


def test_a_young_rate_is_used_as_it_is(till: Till) -> None:
    till.rates.rate()
    till.move(59)
    assert till.rates.rate().price == 50_001
    assert (till.sources.asked, till.behind) == (1, [])


def test_from_a_minute_on_a_page_has_the_old_rate_at_once_and_the_next_one_the_new(till: Till) -> None:
    till.rates.rate()
    till.sources.report = saying(60_000)
    till.move(60)
    assert till.price() == 50_001
    assert till.price() == 60_001
    assert till.sources.asked == 2


def test_of_many_pages_that_find_an_old_rate_one_asks(till: Till) -> None:
    till.rates.rate()
    till.move(299)
    till.sources.report = saying(60_000)
    assert {till.rates.rate().price for _ in range(20)} == {Decimal(50_001)}
    till.finish()
    assert (till.price(), till.sources.asked) == (Decimal(60_001), 2)


def test_no_page_waits_for_the_one_who_asks(till: Till) -> None:
    asking, over, done = Event(), Event(), Event()

    def ask() -> None:
        asking.set()
        over.wait(10)
        done.set()

    till.rates = CachedRates("EUR", till.sources.fetch, Decimal(0), till.clock, till.running)
    till.rates.rate()
    till.move(60)
    till.sources.meanwhile = ask
    assert till.rates.rate().price == 50_001
    assert asking.wait(10)
    assert {till.rates.rate().price for _ in range(20)} == {Decimal(50_001)}
    assert [thread.name for thread in threading.enumerate()].count("rate") == 1
    assert till.sources.asked == 2
    over.set()
    assert done.wait(10)


def test_after_five_minutes_nothing_is_sold_at_an_old_rate(till: Till) -> None:
    till.rates.rate()
    till.sources.report = saying(60_000)
    till.move(300)
    assert till.price() == 60_001
    till.move(300)
    till.sources.report = NOBODY
    assert till.price() is None


@pytest.mark.parametrize("which", ["wall", "running"])
def test_a_rate_is_as_old_as_the_question_and_not_as_the_answer(till: Till, which: str) -> None:
    till.sources.meanwhile = lambda: till.move(4)
    till.rates.rate()
    till.sources.meanwhile = lambda: None
    clock = {"wall": till.clock, "running": till.running}[which]
    clock.move(296)
    till.sources.report = NOBODY
    assert till.price() is None


@dataclass
class Counting(FakeClock):
    """A clock that knows who has read it, and says when all eight have."""

    seen: set[int] = field(default_factory=set)
    all_seen: Event = field(default_factory=Event)

    def __call__(self) -> float:
        self.seen.add(threading.get_ident())
        if len(self.seen) == 8:
            self.all_seen.set()
        return self.time


def test_all_who_come_at_once_share_one_asking() -> None:
    till = Till(running=(running := Counting()))
    till.rates.rate()
    running.seen.clear()
    till.move(300)
    till.sources.meanwhile = lambda: running.all_seen.wait(10)
    with ThreadPoolExecutor(8) as pool:
        rates = list(pool.map(lambda _: till.rates.rate(), range(8)))
    assert (len(set(rates)), till.sources.asked) == (1, 2)


def test_after_a_failure_nobody_is_asked_for_ten_seconds(till: Till) -> None:
    till.sources.report = NOBODY
    assert till.price() is None
    till.sources.report = saying(60_000)
    till.move(9)
    assert till.price() is None
    assert till.sources.asked == 1
    till.move(1)
    assert till.price() == 60_001


def test_the_ten_seconds_begin_when_the_failure_is_known(till: Till) -> None:
    till.sources.report = NOBODY
    till.sources.meanwhile = lambda: till.move(4)
    assert till.price() is None
    till.move(9)
    assert till.price() is None
    assert till.sources.asked == 1


def test_a_failure_behind_leaves_the_fresh_rate_in_use_and_is_not_repeated_at_once(till: Till) -> None:
    till.rates.rate()
    till.move(60)
    till.sources.report = NOBODY
    assert [till.price() for _ in range(3)] == [50_001] * 3
    assert till.sources.asked == 2
    till.move(10)
    assert till.price() == 50_001
    assert till.sources.asked == 3


def test_where_there_is_no_thread_to_ask_in_a_page_has_the_fresh_rate_all_the_same(till: Till) -> None:
    def behind(_: Callable[[], None]) -> None:
        raise RuntimeError("can't start new thread")

    rates = CachedRates("EUR", till.sources.fetch, Decimal(0), till.clock, till.running, behind)
    assert rates.rate().price == 50_001
    till.move(60)
    assert rates.at_hand() == rates.rate()
    till.move(240)
    # There is none then, and whoever wants one asks for it.
    assert rates.at_hand() == rates.rate()
    assert till.sources.asked == 2


def test_a_clock_that_is_set_back_does_not_make_an_old_rate_fresh(till: Till) -> None:
    till.rates.rate()
    till.clock.move(-3600)
    till.running.move(300)
    till.sources.report = NOBODY
    assert till.price() is None


def test_a_machine_that_slept_does_not_wake_with_an_old_rate(till: Till) -> None:
    till.rates.rate()
    till.clock.move(300)
    till.sources.report = NOBODY
    assert till.price() is None


def test_without_a_rate_the_reason_is_for_the_log_and_the_sentence_for_people(till: Till) -> None:
    till.sources.report = NOBODY
    for _ in range(2):
        with pytest.raises(NoRate, match="kraken answers HTTP 500") as caught:
            till.rates.rate()
        assert str(caught.value.sentence) == "There is no exchange rate right now, so the till takes sat only."


def test_who_wants_to_know_how_the_sources_are_has_them_asked_now(till: Till) -> None:
    till.rates.rate()
    till.sources.report = NOBODY
    assert till.rates.report() == NOBODY


def euro(**settings: object) -> Settings:
    return Settings(wallet="sandbox", secret_key="x", currency="EUR", **settings)  # type: ignore[arg-type]


def test_a_till_without_a_currency_has_no_rate_and_asks_nobody(clock: FakeClock) -> None:
    web = FakeWeb()
    rates = open_rates(Settings(wallet="sandbox", secret_key="x"), web, clock)  # type: ignore[arg-type]
    assert isinstance(rates, Unpriced)
    assert (rates.currency, rates.report()) == (None, Report(()))
    with pytest.raises(NoRate, match="POS_CURRENCY") as caught:
        rates.rate()
    assert str(caught.value.sentence) == "This till has no currency, so it takes sat only."
    assert web.calls == []


def test_a_shop_that_sets_its_own_price_asks_nobody(clock: FakeClock) -> None:
    web = FakeWeb()
    own = euro(rate_fixed=Decimal(50_000), rate_spread=Decimal(2))
    rates = open_rates(own, web, clock)  # type: ignore[arg-type]
    assert isinstance(rates, Fixed)
    clock.move(86400)
    assert rates.rate() == Rate("EUR", Decimal(49_000), NOON + 86400, ("fixed",))
    assert rates.report() == Report((SourcePrice("fixed", Decimal(49_000)),))
    assert web.calls == []


def test_a_shop_asks_the_sources_that_it_chose_when_it_needs_a_price(clock: FakeClock) -> None:
    web = FakeWeb()
    chosen = euro(rate_sources=("kraken", "bitstamp"), rate_spread=Decimal(10))
    rates = open_rates(chosen, web, clock)  # type: ignore[arg-type]
    assert (rates.currency, web.calls) == ("EUR", [])
    assert rates.rate() == Rate("EUR", Decimal("57007.05") * Decimal("0.9"), NOON, ("kraken", "bitstamp"))
