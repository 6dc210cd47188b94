"""A wallet that is measured: it answers as the one in it, and says how long that took."""

from collections.abc import Callable

import pytest

from pos.domain.invoice import Invoice
from pos.runtime.measured import Measured
from pos.wallets.base import Access, InvoiceRequest, Wallet, WalletTimeout, cancels, pushes, reads_hints
from tests.fakes import CancellingWallet, FakeClock, FakeMetrics, FakeWallet, HintingWallet, PushingWallet

Call = Callable[[Wallet], object]

CALLS: dict[str, Call] = {
    "create_invoice": lambda wallet: wallet.create_invoice(InvoiceRequest(2100, "Coffee", 600, "c1")),
    "look_up": lambda wallet: wallet.look_up(Invoice("lntx_1", "lnbcrt1", "ab" * 32, 1600)),
    "check_access": lambda wallet: wallet.check_access(),
}

each_call = pytest.mark.parametrize(("name", "call"), CALLS.items(), ids=CALLS)


@pytest.fixture
def metrics() -> FakeMetrics:
    return FakeMetrics()


@pytest.fixture
def measured(wallet: FakeWallet, metrics: FakeMetrics, clock: FakeClock) -> Measured:
    return Measured(wallet, metrics, clock)


def test_the_time_until_the_answer_is_measured(
    measured: Measured, wallet: FakeWallet, metrics: FakeMetrics, clock: FakeClock
) -> None:
    wallet.before_answer = lambda: clock.move(0.75)
    measured.create_invoice(InvoiceRequest(2100, "Coffee", 600, "c1"))
    assert metrics.calls == [("create_invoice", 0.75)]


@each_call
def test_each_call_is_told_by_its_name(measured: Measured, metrics: FakeMetrics, name: str, call: Call) -> None:
    call(measured)
    assert metrics.calls == [(name, 0)]
    assert metrics.failures == []


@each_call
def test_a_failure_is_told_by_its_kind_and_still_raised(
    measured: Measured, wallet: FakeWallet, metrics: FakeMetrics, name: str, call: Call
) -> None:
    wallet.fail_with = WalletTimeout("too late")
    with pytest.raises(WalletTimeout) as caught:
        call(measured)
    assert caught.value is wallet.fail_with
    assert metrics.failures == [(name, "WalletTimeout")]
    assert metrics.calls == [(name, 0)]


def test_what_the_wallet_says_of_itself_is_still_told(measured: Measured, wallet: FakeWallet) -> None:
    wallet.access = Access(spends=True, network="bcrt")
    assert measured.check_access() == wallet.access
    assert measured.advice == wallet.advice


def test_it_can_what_the_wallet_within_can_and_no_more(metrics: FakeMetrics, clock: FakeClock) -> None:
    plain, hinting = Measured(FakeWallet(clock), metrics), Measured(HintingWallet(clock), metrics)
    cancelling, pushing = Measured(CancellingWallet(clock), metrics), Measured(PushingWallet(clock), metrics)
    wallets = (plain, hinting, cancelling, pushing)
    assert [reads_hints(wallet) for wallet in wallets] == [False, True, False, False]
    assert [cancels(wallet) for wallet in wallets] == [False, False, True, False]
    assert [pushes(wallet) for wallet in wallets] == [False, False, False, True]
