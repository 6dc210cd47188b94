"""A rate for who does not want to wait for one: the till's page, and a sale in sat."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from pos.domain.rate import Rate
from pos.rates import Fixed, Unpriced
from tests.fakes import FakeClock
from tests.rates.test_cached import NOBODY, Till, saying


@pytest.fixture
def till() -> Till:
    return Till()


def test_the_first_page_of_a_shop_waits_for_the_first_rate(till: Till) -> None:
    assert price(till.rates.at_hand()) == 50_001


def test_a_fresh_rate_is_at_hand(till: Till) -> None:
    till.price()
    till.move(299)
    assert price(till.rates.at_hand()) == 50_001


def test_from_a_minute_on_it_is_asked_for_again_behind(till: Till) -> None:
    till.price()
    till.move(60)
    till.rates.at_hand()
    assert till.sources.asked == 1
    till.finish()
    assert till.sources.asked == 2


@pytest.mark.parametrize("quiet_for", [300, 86_400])
def test_after_a_quiet_time_the_first_to_want_one_waits_for_it(till: Till, quiet_for: int) -> None:
    till.price()
    till.sources.report = saying(60_000)
    till.move(quiet_for)
    assert price(till.rates.at_hand()) == 60_001
    assert till.behind == []


def test_after_a_quiet_time_in_which_the_sources_went_away_nobody_waits_but_the_first(till: Till) -> None:
    till.price()
    till.sources.report = NOBODY
    till.move(300)
    assert till.rates.at_hand() is None
    for _ in range(40):
        asked = till.sources.asked
        till.move(11)
        assert till.rates.at_hand() is None
        assert till.sources.asked == asked
        till.finish()
        assert till.sources.asked == asked + 1


def test_no_page_waits_while_no_source_answers_and_one_that_does_is_noticed(till: Till) -> None:
    till.sources.report = NOBODY
    assert till.rates.at_hand() is None
    till.sources.report = saying(60_000)
    till.move(9)
    assert till.rates.at_hand() is None
    till.finish()
    assert till.sources.asked == 1
    till.move(1)
    assert till.rates.at_hand() is None
    till.finish()
    assert price(till.rates.at_hand()) == 60_001


def test_the_shops_own_price_is_always_at_hand(clock: FakeClock) -> None:
    assert price(Fixed("EUR", Decimal(65_000), clock).at_hand()) == 65_000


def test_a_till_without_a_currency_has_none() -> None:
    at_hand: Callable[[], Rate | None] = Unpriced().at_hand
    assert at_hand() is None


def price(rate: Rate | None) -> Decimal | None:
    return None if rate is None else rate.price
