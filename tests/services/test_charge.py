"""Making a charge."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from threading import Barrier, Event
from typing import Any

import pytest

from pos.domain.charge import Channel, Charge
from pos.domain.money import SAT, Money
from pos.domain.sale import Line, Sale
from pos.rates import NoRate
from pos.runtime.single_flight import SingleFlight
from pos.services.charge import IdempotencyKeyReused, charge, charge_again
from pos.settings import Settings
from pos.shop import Shop
from pos.store import StoreError
from pos.wallets.base import WalletUnreachable, WrongClock, WrongInvoice
from tests.conftest import in_sat, stored
from tests.fakes import NOON, FakeClock, FakeRates, FakeWallet, make_node


def sell(shop: Shop, amount_sat: int = 2100, memo: str = "Coffee", key: str = "k1") -> Charge:
    return charge(shop, Channel.TILL, in_sat(amount_sat, memo), key)


def test_a_charge_is_written_down_with_its_invoice(shop: Shop, wallet: FakeWallet) -> None:
    sold = sell(shop)
    assert stored(shop, sold.id) == sold
    assert sold.invoice == wallet.made[0].invoice
    assert (sold.created_at, sold.invoice.expires_at) == (NOON, NOON + 600)


def test_ids_cannot_be_guessed(shop: Shop) -> None:
    ids = {sell(shop, key=f"k{number}").id for number in range(20)}
    assert len(ids) == 20
    # 22 characters of 6 bits: 128 bits and more.
    assert all(len(charge_id) >= 22 for charge_id in ids)


def test_what_the_wallet_warns_of_is_in_the_log(
    shop: Shop, wallet: FakeWallet, caplog: pytest.LogCaptureFixture
) -> None:
    wallet.lie = lambda offer: replace(offer, notes=("it has no room to receive.",))
    sold = sell(shop)
    assert f"charge {sold.id}: the wallet warns: it has no room to receive." in caplog.text


def test_the_same_key_again_is_the_same_charge(shop: Shop, wallet: FakeWallet) -> None:
    assert sell(shop) == sell(shop)
    assert len(wallet.made) == 1


def test_the_same_key_eight_times_at_once_is_one_charge_and_one_invoice(shop: Shop, wallet: FakeWallet) -> None:
    start, waiting = Barrier(8), Event()
    wallet.before_answer = lambda: waiting.wait(0.3)

    def press(_: int) -> Charge:
        start.wait()
        return sell(shop)

    with ThreadPoolExecutor(8) as pool:
        sold = set(pool.map(press, range(8)))
    assert len(sold) == 1
    assert len(wallet.made) == 1


def test_two_processes_with_the_same_key_make_one_charge(shop: Shop, wallet: FakeWallet) -> None:
    def another_process_sells() -> None:
        wallet.before_answer = lambda: None
        sell(replace(shop, single_flight=SingleFlight()))

    wallet.before_answer = another_process_sells
    sold = sell(shop)
    assert stored(shop, sold.id) == sold
    assert sold.invoice == wallet.made[0].invoice, "the second invoice was never shown"


@pytest.mark.parametrize("change", [{"amount_sat": 2101}, {"memo": "Tea"}])
def test_a_key_that_comes_back_with_another_sale_is_refused(shop: Shop, change: dict[str, object]) -> None:
    first = sell(shop)
    with pytest.raises(IdempotencyKeyReused) as caught:
        sell(shop, **change)  # type: ignore[arg-type]
    assert caught.value.first == first


def test_a_sale_that_failed_leaves_nothing_and_its_key_sells_later(shop: Shop, wallet: FakeWallet) -> None:
    wallet.fail_with = WalletUnreachable("down")
    with pytest.raises(WalletUnreachable):
        sell(shop)
    assert shop.store.find_by_idempotency_key(Channel.TILL, "k1") is None
    wallet.fail_with = None
    assert stored(shop, sell(shop).id)


@pytest.mark.parametrize(
    "lie",
    [
        lambda offer: replace(offer, payee=make_node().pubkey),
        lambda offer: replace(offer, invoice=replace(offer.invoice, payment_request="lnbcrt1qqqqqq")),
        lambda offer: replace(offer, invoice=replace(offer.invoice, payment_hash="00" * 32)),
        lambda offer: replace(offer, invoice=replace(offer.invoice, expires_at=NOON)),
    ],
    ids=["signature", "text", "payment hash", "expiry"],
)
def test_a_wrong_invoice_is_neither_stored_nor_shown(shop: Shop, wallet: FakeWallet, lie: object) -> None:
    wallet.lie = lie  # type: ignore[assignment]
    with pytest.raises(WrongInvoice):
        sell(shop)
    assert shop.store.find_by_idempotency_key(Channel.TILL, "k1") is None


def test_an_invoice_that_another_node_signed_than_the_owner_named_is_not_shown(
    shop: Shop, settings: Settings, wallet: FakeWallet
) -> None:
    wallet.lie = lambda offer: replace(offer, payee=None)
    pinned = replace(shop, settings=replace(settings, payee=make_node().pubkey))
    with pytest.raises(WrongInvoice, match="another node signed it"):
        sell(pinned)
    assert sell(replace(shop, settings=replace(settings, payee=wallet.node.pubkey)))


def test_an_invoice_over_another_amount_is_not_shown(shop: Shop, wallet: FakeWallet) -> None:
    wallet.lie = lambda _: wallet.sign(21, "", 600)
    with pytest.raises(WrongInvoice, match="21000 msat"):
        sell(shop)


def test_an_invoice_on_another_network_is_not_shown(shop: Shop) -> None:
    mainnet = replace(shop, settings=replace(shop.settings, network="bc"))
    with pytest.raises(WrongInvoice, match="network bcrt"):
        sell(mainnet)


def test_an_invoice_that_expired_while_the_wallet_dawdled_is_not_shown(
    shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    wallet.lie = lambda offer: clock.move(600) or offer  # type: ignore[func-returns-value]
    with pytest.raises(WrongInvoice, match="expired"):
        sell(shop)


@pytest.mark.parametrize("behind", [31, 3600, 365 * 86400])
def test_a_till_whose_clock_is_behind_counts_no_longer_than_was_asked_for(
    shop: Shop, wallet: FakeWallet, behind: int
) -> None:
    wallet.clock = FakeClock(NOON + behind)
    sold = sell(shop)
    assert stored(shop, sold.id).invoice.expires_at == NOON + 600


def test_a_wallet_that_cannot_say_how_long_an_invoice_is_good_is_held_to_what_was_asked(
    shop: Shop, wallet: FakeWallet
) -> None:
    wallet.lie = lambda _: wallet.sign(2100, "", 30 * 86400)
    assert sell(shop).invoice.expires_at == NOON + 600


def test_a_till_whose_clock_is_ahead_says_that_it_is_the_clock(shop: Shop, wallet: FakeWallet) -> None:
    wallet.clock = FakeClock(NOON - 600)
    with pytest.raises(WrongClock) as caught:
        sell(shop)
    assert caught.value.seconds == 600
    assert "they are 10 min apart" in str(caught.value.sentence)
    # As long as it can be paid it is sold.
    wallet.clock = FakeClock(NOON - 599)
    assert sell(shop).invoice.expires_at == NOON + 1


def test_a_fresh_invoice_that_the_wallet_says_has_expired_is_not_blamed_on_the_clock(
    shop: Shop, wallet: FakeWallet
) -> None:
    wallet.lie = lambda offer: replace(offer, invoice=replace(offer.invoice, expires_at=1))
    with pytest.raises(WrongInvoice, match="expired") as caught:
        sell(shop)
    assert not isinstance(caught.value, WrongClock)


def test_a_wallet_that_sends_the_same_invoice_twice_sells_once(shop: Shop, wallet: FakeWallet) -> None:
    sell(shop)
    wallet.lie = lambda _: wallet.made[0]
    with pytest.raises(WrongInvoice, match="another charge"):
        sell(shop, key="k2")


def test_no_invoice_is_shown_that_was_not_stored(shop: Shop) -> None:
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE charge RENAME TO gone")
    with pytest.raises(StoreError):
        sell(shop)


def test_an_expired_charge_has_one_successor_however_often_it_is_asked_for(shop: Shop) -> None:
    first = sell(shop)
    again = charge_again(shop, first)
    assert (again.amount_sat, again.memo, again.channel) == (first.amount_sat, first.memo, first.channel)
    assert again.id != first.id
    assert charge_again(shop, first) == again
    assert charge_again(shop, again).id not in (first.id, again.id)


EURO_SALE = Sale(Money(1250, "EUR"), "2 flat whites", tip=125, till="bar")


class TestInTheShopsCurrency:
    @pytest.fixture
    def rates(self) -> FakeRates:
        return FakeRates()

    def test_a_sale_is_charged_at_the_rate_of_now_and_keeps_it(self, shop: Shop) -> None:
        sold = charge(shop, Channel.TILL, EURO_SALE, "k1")
        # 13.75 and 12.50 at 50,000 a bitcoin.
        assert (sold.amount_sat, sold.tip_sat, sold.till) == (27_500, 2_500, "bar")
        assert sold.fiat
        assert (sold.fiat.total, sold.fiat.rate.price, sold.fiat.rate.sources) == (
            Money(1375, "EUR"),
            Decimal(50_000),
            ("kraken",),
        )
        assert stored(shop, sold.id) == sold

    def test_the_same_key_is_the_same_charge_though_the_rate_has_moved(self, shop: Shop, rates: FakeRates) -> None:
        sold = charge(shop, Channel.TILL, EURO_SALE, "k1")
        rates.price = Decimal(40_000)
        assert charge(shop, Channel.TILL, EURO_SALE, "k1") == sold
        rates.price = None
        assert charge(shop, Channel.TILL, EURO_SALE, "k1") == sold

    @pytest.mark.parametrize(
        "change",
        [{"price": Money(1251, "EUR")}, {"tip": 0}, {"till": "door"}, {"price": Money(25_000, SAT), "tip": 2_500}],
    )
    def test_the_same_key_with_another_price_tip_or_till_is_refused(self, shop: Shop, change: dict[str, Any]) -> None:
        charge(shop, Channel.TILL, EURO_SALE, "k1")
        with pytest.raises(IdempotencyKeyReused):
            charge(shop, Channel.TILL, replace(EURO_SALE, **change), "k1")

    def test_without_a_rate_nothing_is_sold_in_it(self, shop: Shop, rates: FakeRates, wallet: FakeWallet) -> None:
        rates.price = None
        with pytest.raises(NoRate):
            charge(shop, Channel.TILL, EURO_SALE, "k1")
        assert wallet.made == []

    def test_without_a_rate_sat_are_sold_all_the_same(self, shop: Shop, rates: FakeRates) -> None:
        rates.price = None
        assert sell(shop).fiat is None

    def test_a_sale_in_sat_keeps_what_it_was_worth(self, shop: Shop) -> None:
        sold = sell(shop)
        assert sold.fiat
        assert (sold.fiat.price, sold.fiat.typed) == (Money(105, "EUR"), False)
        assert stored(shop, sold.id) == sold

    def test_a_new_invoice_is_over_the_same_price_at_a_fresh_rate(self, shop: Shop, rates: FakeRates) -> None:
        first = charge(shop, Channel.TILL, EURO_SALE, "k1")
        rates.price = Decimal(40_000)
        again = charge_again(shop, first)
        assert again.sale == first.sale
        assert (again.amount_sat, again.tip_sat) == (34_375, 3_125)

    def test_a_new_invoice_of_a_sale_in_sat_is_over_the_same_sat(self, shop: Shop, rates: FakeRates) -> None:
        first = sell(shop)
        rates.price = Decimal(40_000)
        assert charge_again(shop, first).amount_sat == 2100


def test_the_lines_of_a_sale_are_kept_and_belong_to_what_its_key_stands_for(shop: Shop) -> None:
    sale = Sale(Money(700, SAT), "Lunch", lines=(Line(200, 2, "Roll"), Line(300)))
    sold = charge(shop, Channel.TILL, sale, "k1")
    found = shop.store.find_by_idempotency_key(Channel.TILL, "k1")
    assert found
    assert (found.sale, found.charge) == (sale, sold)
    assert charge(shop, Channel.TILL, sale, "k1") == sold
    with pytest.raises(IdempotencyKeyReused):
        charge(shop, Channel.TILL, replace(sale, lines=(Line(400), Line(300))), "k1")


def test_lines_that_do_not_come_to_the_price_are_no_sale() -> None:
    with pytest.raises(ValueError, match="do not come to"):
        Sale(Money(700, SAT), lines=(Line(200, 2), Line(299)))


def test_a_new_charge_of_a_sale_is_its_next_attempt(shop: Shop) -> None:
    first = sell(shop)
    second = charge_again(shop, first)
    assert (second.sale_id, second.attempt) == (first.sale_id, 2)
    assert charge_again(shop, second).attempt == 3
