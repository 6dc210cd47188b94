"""A till's last sales, and what its customer has before him."""

from datetime import datetime

import pytest

from pos.domain.charge import Channel, Charge
from pos.domain.draft import Draft
from pos.domain.money import SAT, Money
from pos.domain.sale import Line, Sale
from pos.services.cancel import cancel
from pos.services.charge import charge, charge_again
from pos.services.recent import LAST, MEMOS, SALES, memos, outcome, outcome_of, recent
from pos.services.settle import settle
from pos.services.showing import showing
from pos.shop import Shop
from tests.conftest import stored
from tests.fakes import FakeClock, FakeWallet


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2026, 11, 24, 12).timestamp())


def sell(shop: Shop, key: str, memo: str = "", till: str = "bar") -> Charge:
    return charge(shop, Channel.TILL, Sale(Money(2100, SAT), memo, till=till), key)


def pay(shop: Shop, wallet: FakeWallet, sold: Charge) -> Charge:
    wallet.settle(sold.invoice, 2100)
    return settle(shop, sold)


def listed(shop: Shop) -> list[str]:
    return [it.id for it in recent(shop, "bar")]


def ids(charges: list[Charge]) -> list[str]:
    return [it.id for it in charges]


def sell_many(shop: Shop, clock: FakeClock, count: int, first: str = "k") -> list[Charge]:
    sold = []
    for number in range(count):
        sold.append(sell(shop, f"{first}{number}"))
        clock.move(1)
    return sold


def expire(clock: FakeClock) -> None:
    clock.move(600)


def test_the_recent_are_the_last_of_the_till_the_newest_first(shop: Shop, clock: FakeClock) -> None:
    sold = sell_many(shop, clock, SALES + 1)
    sell(shop, "other", till="door")
    expire(clock)
    assert listed(shop) == ids(sold[:0:-1])


def test_at_midnight_the_night_is_still_there(shop: Shop, clock: FakeClock) -> None:
    clock.move(12 * 3600 - 120)
    sold = sell(shop, "23:58")
    clock.move(121)
    assert listed(shop) == ids([sold])


def test_after_the_last_hours_a_sale_is_gone(shop: Shop, clock: FakeClock) -> None:
    sold = sell(shop, "k")
    clock.move(LAST)
    assert listed(shop) == ids([sold])
    clock.move(1)
    assert listed(shop) == []


def test_a_payment_is_news_however_old_its_sale_is(shop: Shop, wallet: FakeWallet, clock: FakeClock) -> None:
    sold = sell_many(shop, clock, SALES + 1)
    paid = pay(shop, wallet, sold[0])
    expire(clock)
    assert listed(shop) == ids([paid, *sold[:0:-1]])


def test_of_what_happens_in_one_second_the_later_sale_is_first(shop: Shop, wallet: FakeWallet) -> None:
    sold = []
    for number in range(SALES // 3):
        sold += [
            cancel(shop, sell(shop, f"cancelled {number}")),
            pay(shop, wallet, sell(shop, f"paid {number}")),
            sell(shop, f"open {number}"),
        ]
    assert listed(shop) == ids(sold[::-1])
    assert showing(shop, "bar").charge == sold[-1]


def test_a_cancel_is_news(shop: Shop, clock: FakeClock) -> None:
    first, second = sell_many(shop, clock, 2)
    cancelled = cancel(shop, first)
    assert listed(shop) == ids([cancelled, second])


def test_what_is_open_is_always_there(shop: Shop, wallet: FakeWallet, clock: FakeClock) -> None:
    still_open = sell(shop, "open")
    clock.move(1)
    paid = [pay(shop, wallet, sold) for sold in sell_many(shop, clock, SALES)]
    assert listed(shop) == ids([*paid[::-1], still_open])
    more = sell_many(shop, clock, SALES, "open")
    assert set(listed(shop)) >= {*ids(more)}


@pytest.mark.parametrize("received", [2000, 2200])
def test_what_has_to_be_looked_at_is_always_there(
    shop: Shop, wallet: FakeWallet, clock: FakeClock, received: int
) -> None:
    odd = sell(shop, "odd")
    wallet.settle(odd.invoice, received)
    odd = settle(shop, odd)
    clock.move(1)
    paid = [pay(shop, wallet, sold) for sold in sell_many(shop, clock, SALES)]
    assert listed(shop) == ids([*paid[::-1], odd])


def test_so_are_late_money_and_money_without_a_proof(shop: Shop, wallet: FakeWallet, clock: FakeClock) -> None:
    late, unproven = sell(shop, "late"), sell(shop, "unproven")
    wallet.settle(unproven.invoice, 2100, preimage=None)
    unproven = settle(shop, unproven)
    clock.move(700)
    late = pay(shop, wallet, late)
    clock.move(1)
    for sold in sell_many(shop, clock, SALES):
        pay(shop, wallet, sold)
    assert {late.id, unproven.id} <= set(listed(shop))


def test_a_second_payment_of_one_sale_has_to_be_looked_at_and_is_called_more_than_asked(
    shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    first = sell(shop, "twice")
    expire(clock)
    second = charge_again(shop, settle(shop, first))
    for it in (first, second):
        pay(shop, wallet, it)
    rows = {it.id: it for it in recent(shop, "bar")}
    assert outcome(rows[second.id], shop.now()) == outcome_of(stored(shop, second.id), shop.now()) == "more"
    assert rows[second.id].needs_review


def test_each_memo_is_offered_once_the_newest_first(shop: Shop, clock: FakeClock) -> None:
    sold = []
    for number, memo in enumerate(["Tea", "", "Cake", "Tea", *map(str, range(MEMOS))]):
        sold.append(sell(shop, f"k{number}", memo))
        clock.move(1)
    assert memos(recent(shop, "bar")) == [str(number) for number in reversed(range(MEMOS))]
    assert memos(recent(shop, "bar")[-4:]) == ["Tea", "Cake"]


def test_a_customer_sees_what_his_till_charges(shop: Shop, clock: FakeClock) -> None:
    assert showing(shop, "bar").charge is None
    sell(shop, "other", till="door")
    first = sell(shop, "k1")
    assert showing(shop, "bar").charge == first
    clock.move(1)
    newest = sell(shop, "k2")
    assert showing(shop, "bar").charge == newest


def test_a_customer_sees_that_he_has_paid_and_then_the_screen_is_idle(
    shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    sold = sell(shop, "k1")
    clock.move(30)
    paid = pay(shop, wallet, sold)
    clock.move(59)
    assert showing(shop, "bar").charge == paid
    clock.move(1)
    assert showing(shop, "bar").charge is None


def test_who_pays_an_older_sale_at_last_takes_no_code_from_who_is_to_pay_now(
    shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    older = sell(shop, "k1")
    clock.move(1)
    later = sell(shop, "k2")
    clock.move(1)
    older = pay(shop, wallet, older)
    assert showing(shop, "bar").charge == later
    clock.move(1)
    cancel(shop, later)
    # Then nobody takes it for the later one.
    assert showing(shop, "bar").charge == older


def test_the_next_sale_takes_the_place_of_one_that_is_paid(shop: Shop, wallet: FakeWallet, clock: FakeClock) -> None:
    pay(shop, wallet, sell(shop, "k1"))
    clock.move(1)
    newest = sell(shop, "k2")
    assert showing(shop, "bar").charge == newest


def test_an_expired_invoice_is_shown_for_a_while(shop: Shop, clock: FakeClock) -> None:
    sold = sell(shop, "k1")
    clock.move(600)
    settle(shop, sold)
    clock.move(59)
    assert showing(shop, "bar").charge == sold
    clock.move(1)
    assert showing(shop, "bar").charge is None


def test_that_an_invoice_expired_is_shown_before_what_was_typed_meanwhile(shop: Shop, clock: FakeClock) -> None:
    sold, typed = sell(shop, "k1"), Draft("bar", "a browser", SAT, (Line(21),))
    clock.move(590)
    shop.store.drafts.put(typed, shop.now())
    clock.move(20)
    settle(shop, sold)
    assert showing(shop, "bar").charge == sold
    shop.store.drafts.put(typed, shop.now())
    assert showing(shop, "bar").draft


def test_an_invoice_of_which_the_end_is_not_known_is_shown_for_longer(shop: Shop, clock: FakeClock) -> None:
    sold = sell(shop, "k1")
    clock.move(600 + 599)
    assert showing(shop, "bar").charge == sold
    clock.move(1)
    assert showing(shop, "bar").charge is None


def test_a_cancelled_sale_leaves_the_screen_at_once_and_comes_back_when_it_is_paid(
    shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    sold = cancel(shop, sell(shop, "k1"))
    assert showing(shop, "bar").charge is None
    clock.move(1)
    newest = pay(shop, wallet, sold)
    assert showing(shop, "bar").charge == newest


def test_a_sale_in_the_second_of_another_ones_payment_is_shown_to_who_has_to_pay_it(
    shop: Shop, wallet: FakeWallet
) -> None:
    for number in range(8):
        pay(shop, wallet, sell(shop, f"paid {number}"))
    still_open = sell(shop, "open")
    assert showing(shop, "bar").charge == still_open


@pytest.mark.parametrize("is_paid", [True, False])
def test_a_code_does_not_come_back_once_a_later_sale_has_taken_its_place(
    shop: Shop, wallet: FakeWallet, clock: FakeClock, is_paid: bool
) -> None:
    older = sell(shop, "older")
    clock.move(2)
    later = sell(shop, "later")
    if is_paid:
        pay(shop, wallet, later)
        clock.move(60)
    else:
        cancel(shop, later)
    assert showing(shop, "bar").is_idle
    # That its time is up is no news for who stands there now, but that it is paid is.
    clock.move(600)
    settle(shop, older)
    assert showing(shop, "bar").is_idle
    newest = pay(shop, wallet, older)
    assert showing(shop, "bar").charge == newest


def test_of_two_codes_of_one_second_the_older_one_does_not_come_back_either(
    shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    sell(shop, "older")
    pay(shop, wallet, sell(shop, "later"))
    clock.move(60)
    assert showing(shop, "bar").is_idle


def test_a_clock_that_was_set_back_makes_no_older_sale_the_last(
    shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    sell(shop, "older")
    clock.move(-3600)
    later = sell(shop, "later")
    assert showing(shop, "bar").charge == later
    later = pay(shop, wallet, later)
    assert showing(shop, "bar").charge == later
    clock.move(60)
    assert showing(shop, "bar").is_idle


def test_a_clock_that_was_set_back_shows_no_old_payment_until_it_has_caught_up(
    shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    pay(shop, wallet, sell(shop, "ahead"))
    clock.move(-3600)
    assert showing(shop, "bar").is_idle
    shop.store.drafts.put(Draft("bar", "a browser", SAT, (Line(21),)), shop.now())
    assert showing(shop, "bar").draft
    later = sell(shop, "right")
    assert showing(shop, "bar").charge == later
