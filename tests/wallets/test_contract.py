"""What every wallet has to do, run against each of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from pos.bolt11.decode import decode
from pos.domain.invoice import Invoice, proves
from pos.environment import Group
from pos.lnpay import LNPay
from pos.lnpay.settings import LNPaySettings
from pos.runtime.measured import Measured
from pos.sandbox import Sandbox
from pos.sandbox.settings import SandboxSettings
from pos.sandbox.transport import InProcess
from pos.transport import Transport
from pos.wallets.base import InvoiceRequest, KeyRefused, Till, Wallet, WalletError, WrongInvoice, check_offer
from pos.wallets.registry import WALLETS, wallet_module
from tests.fakes import NOON, FakeClock, FakeMetrics, FakeWallet
from tests.loopback import served


@dataclass
class Subject:
    """A wallet, its customer, and its clock."""

    wallet: Wallet
    pay: Callable[[Invoice], object]
    clock: FakeClock


def lnpay(sandbox: Sandbox, url: str, transport: Transport, **changes: str) -> LNPay:
    keys = {"api_key": sandbox.keys.public_key, "wallet_key": sandbox.keys.invoice_key, **changes}
    return LNPay(transport, url=url, timeout=10, **keys)


@pytest.fixture
def sandbox(tmp_path: Path, clock: FakeClock) -> Sandbox:
    return Sandbox(tmp_path / "sandbox", clock=clock)


def opened(name: str, settings: Group, clock: FakeClock, folder: Path, transport: Transport) -> Any:
    """Open a wallet as a till does that has chosen it."""
    till = Till(
        transport=transport,
        timeout=10,
        clock=clock,
        folder=folder,
        max_sat=10_000_000,
        hooks_address="http://till.example/hooks",
    )
    return wallet_module(name).open_wallet(settings, till)


def of_the_sandbox(_sandbox: Sandbox, clock: FakeClock, tmp_path: Path) -> Iterator[Subject]:
    wallet = opened("sandbox", SandboxSettings(), clock, tmp_path / "own", Transport())
    yield Subject(wallet, lambda invoice: wallet.hosted.pay(invoice.payment_request), clock)
    wallet.hosted.close()


def of_lnpay(sandbox: Sandbox, clock: FakeClock, tmp_path: Path) -> Iterator[Subject]:
    transport = Transport()
    with served(sandbox.wsgi) as address:
        keys = {"api_key": sandbox.keys.public_key, "wallet_key": sandbox.keys.invoice_key}
        wallet = opened("lnpay", LNPaySettings(url=f"{address}/v1", **keys), clock, tmp_path, transport)
        yield Subject(wallet, lambda invoice: sandbox.pay(invoice.payment_request), clock)
        transport.close()


def of_the_tests(_sandbox: Sandbox, clock: FakeClock, _tmp_path: Path) -> Iterator[Subject]:
    wallet = FakeWallet(clock)
    yield Subject(wallet, lambda invoice: wallet.settle(invoice, 2100), clock)


def measured(sandbox: Sandbox, clock: FakeClock, tmp_path: Path) -> Iterator[Subject]:
    for subject in of_the_sandbox(sandbox, clock, tmp_path):
        yield replace(subject, wallet=Measured(subject.wallet, FakeMetrics()))


# The wallets by their names in the registry, and beside them what stands in for one or around one.
SUBJECTS = {"lnpay": of_lnpay, "sandbox": of_the_sandbox, "fake": of_the_tests, "measured": measured}


@pytest.fixture(params=SUBJECTS.values(), ids=list(SUBJECTS))
def subject(request: pytest.FixtureRequest, sandbox: Sandbox, clock: FakeClock, tmp_path: Path) -> Iterator[Subject]:
    yield from request.param(sandbox, clock, tmp_path)


def test_every_wallet_that_can_be_chosen_is_held_to_this() -> None:
    assert WALLETS.keys() <= SUBJECTS.keys()


def test_an_invoice_passes_every_check(subject: Subject) -> None:
    request = InvoiceRequest(2100, "Coffee ☕", 600, "c1")
    assert check_offer(request, subject.wallet.create_invoice(request), "bcrt", NOON).expires_at == NOON + 600


def test_an_invoice_holds_the_description_hash_that_was_asked_for(subject: Subject) -> None:
    request = InvoiceRequest(2100, "Coffee", 600, "c1", description_hash="ab" * 32)
    invoice = check_offer(request, subject.wallet.create_invoice(request), "bcrt", NOON)
    assert decode(invoice.payment_request).description_hash == "ab" * 32


def test_an_invoice_without_the_description_hash_that_was_asked_for_is_not_shown(subject: Subject) -> None:
    request = InvoiceRequest(2100, "Coffee", 600, "c1", description_hash="ab" * 32)
    with pytest.raises(WrongInvoice, match="description hash"):
        check_offer(request, subject.wallet.create_invoice(replace(request, description_hash=None)), "bcrt", NOON)


def test_an_invoice_is_not_settled_before_it_is_paid(subject: Subject) -> None:
    invoice = subject.wallet.create_invoice(InvoiceRequest(2100, "", 600, "c1")).invoice
    assert subject.wallet.look_up(invoice) is None


def test_a_paid_invoice_is_settled_with_time_sum_and_proof(subject: Subject) -> None:
    invoice = subject.wallet.create_invoice(InvoiceRequest(2100, "", 600, "c1")).invoice
    subject.clock.move(5)
    subject.pay(invoice)
    settlement = subject.wallet.look_up(invoice)
    assert settlement is not None
    assert (settlement.settled_at, settlement.received_sat) == (NOON + 5, 2100)
    assert proves(settlement.preimage, invoice.payment_hash)


def test_paying_one_invoice_settles_no_other(subject: Subject) -> None:
    paid = subject.wallet.create_invoice(InvoiceRequest(2100, "", 600, "c1")).invoice
    other = subject.wallet.create_invoice(InvoiceRequest(2100, "", 600, "c2")).invoice
    subject.pay(paid)
    assert subject.wallet.look_up(other) is None


def test_the_tills_keys_are_taken_and_cannot_spend(subject: Subject) -> None:
    assert subject.wallet.check_access().spends is False


@pytest.mark.parametrize("changes", [{"api_key": "pak_wrong"}, {"wallet_key": "waki_wrong"}])
def test_a_wrong_key_is_refused_by_name(sandbox: Sandbox, changes: dict[str, str]) -> None:
    wallet = lnpay(sandbox, "http://sandbox/v1", Transport(InProcess(sandbox.wsgi)), **changes)
    with pytest.raises(KeyRefused):
        wallet.create_invoice(InvoiceRequest(2100, "", 600, "c1"))
    with pytest.raises(KeyRefused):
        wallet.check_access()


def test_a_key_that_may_only_read_cannot_make_an_invoice(sandbox: Sandbox) -> None:
    wallet = lnpay(sandbox, "http://sandbox/v1", Transport(InProcess(sandbox.wsgi)), wallet_key=sandbox.keys.read_key)
    with pytest.raises(WalletError):
        wallet.create_invoice(InvoiceRequest(2100, "", 600, "c1"))
