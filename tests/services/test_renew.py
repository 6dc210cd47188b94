"""A new invoice over the same amount: what is asked of the wallet for it, and how often."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from pos.domain.charge import Channel, Charge
from pos.domain.jar import FIRST
from pos.services.cancel import cancel
from pos.services.charge import charge
from pos.services.jars import JarClosed, find_jar
from pos.services.renew import NotKnown, renew
from pos.services.set_up_jar import close_jar, open_jar
from pos.shop import Shop
from tests.conftest import in_sat, stored
from tests.fakes import FakeClock, FakeWallet


def sell(shop: Shop, channel: Channel) -> Charge:
    return charge(shop, channel, in_sat(2100), "k1")


def test_what_turned_out_to_be_paid_is_not_sold_again(shop: Shop, wallet: FakeWallet, clock: FakeClock) -> None:
    sold = sell(shop, Channel.TILL)
    clock.move(600)
    wallet.settle(sold.invoice, 2100)
    assert renew(shop, sold) == stored(shop, sold.id)
    assert stored(shop, sold.id).payment
    assert len(wallet.made) == 1


def test_what_has_a_new_invoice_leads_there_and_asks_nothing(shop: Shop, wallet: FakeWallet, clock: FakeClock) -> None:
    sold = sell(shop, Channel.TIPS)
    clock.move(600)
    new = renew(shop, sold)
    assert new.attempt == 2
    asked = wallet.look_ups
    assert renew(shop, sold) == new
    assert wallet.look_ups == asked


def test_nothing_is_put_into_a_jar_that_was_closed_meanwhile(shop: Shop, wallet: FakeWallet, clock: FakeClock) -> None:
    jar = find_jar(shop, FIRST)
    sold = charge(shop, Channel.TIPS, replace(in_sat(2100), jar=FIRST), "k1")
    close_jar(shop, jar)
    clock.move(600)
    with pytest.raises(JarClosed):
        renew(shop, sold)
    assert len(wallet.made) == 1
    open_jar(shop, find_jar(shop, FIRST))
    clock.move(1)
    assert renew(shop, sold).attempt == 2


def test_who_asks_twice_at_once_gets_one_new_invoice(shop: Shop, wallet: FakeWallet, clock: FakeClock) -> None:
    sold = sell(shop, Channel.TIPS)
    clock.move(600)
    with ThreadPoolExecutor(4) as people:
        assert len({it.id for it in people.map(lambda _: renew(shop, sold), range(4))}) == 1
    assert len(wallet.made) == 2


@pytest.mark.parametrize(("channel", "asked"), [(Channel.TILL, 20), (Channel.KIOSK, 20), (Channel.TIPS, 1)])
def test_a_stranger_asks_about_a_charge_once_a_second_and_the_shop_whenever_it_has_to(
    shop: Shop, wallet: FakeWallet, channel: Channel, asked: int
) -> None:
    sold = sell(shop, channel)
    for _ in range(20):
        try:
            renew(shop, sold)
        except NotKnown as busy:
            assert busy.retry_after == 1
            assert channel is Channel.TIPS
    assert wallet.look_ups == asked


def test_what_strangers_ask_keeps_to_the_budget_and_a_sale_is_cancelled_all_the_same(
    shop: Shop, wallet: FakeWallet
) -> None:
    while shop.throttle.may_ask():
        pass
    tip = sell(shop, Channel.TIPS)
    with pytest.raises(NotKnown):
        renew(shop, tip)
    assert cancel(shop, tip).cancelled_at
    assert wallet.look_ups == 0
