"""What every wallet has to do, run against each of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from pos.bolt11.decode import decode
from pos.domain.invoice import Invoice, proves
from pos.lnpay import LNPay
from pos.runtime.measured import Measured
from pos.sandbox import Sandbox
from pos.sandbox.transport import InProcess
from pos.transport import Transport
from pos.wallets.base import InvoiceRequest, KeyRefused, Wallet, WalletError, WrongInvoice, check_offer
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
    return LNPay(transport, url=url, timeout=10, **keys)  # type: ignore[arg-type]


@pytest.fixture
def sandbox(tmp_path: Path, clock: FakeClock) -> Sandbox:
    return Sandbox(tmp_path / "sandbox", clock=clock)


def in_process(sandbox: Sandbox, clock: FakeClock) -> Iterator[Subject]:
    wallet = lnpay(sandbox, "http://sandbox/v1", Transport(InProcess(sandbox.wsgi)))
    yield Subject(wallet, lambda invoice: sandbox.pay(invoice.payment_request), clock)


def over_http(sandbox: Sandbox, clock: FakeClock) -> Iterator[Subject]:
    transport = Transport()
    with served(sandbox.wsgi) as address:
        wallet = lnpay(sandbox, f"{address}/v1", transport)
        yield Subject(wallet, lambda invoice: sandbox.pay(invoice.payment_request), clock)
        transport.close()


def fake(_sandbox: Sandbox, clock: FakeClock) -> Iterator[Subject]:
    wallet = FakeWallet(clock)
    yield Subject(wallet, lambda invoice: wallet.settle(invoice, 2100), clock)


def measured(sandbox: Sandbox, clock: FakeClock) -> Iterator[Subject]:
    for subject in in_process(sandbox, clock):
        yield replace(subject, wallet=Measured(subject.wallet, FakeMetrics()))


@pytest.fixture(params=[in_process, over_http, fake, measured], ids=lambda maker: maker.__name__)
def subject(request: pytest.FixtureRequest, sandbox: Sandbox, clock: FakeClock) -> Iterator[Subject]:
    yield from request.param(sandbox, clock)


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
