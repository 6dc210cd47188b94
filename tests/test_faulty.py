"""A wallet on a bad day, over a real wire: no fault is taken for a payment or a sale, and all is well afterwards."""

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from pos import close, create_app
from pos.domain.charge import Charge, Status
from pos.domain.invoice import Invoice
from pos.lnpay import LNPay
from pos.sandbox import Sandbox
from pos.services.settle import settle
from pos.settings import Settings
from pos.shop import Shop
from pos.transport import Transport
from pos.wallets.base import (
    BadAnswer,
    InvoiceRequest,
    KeyRefused,
    WalletBusy,
    WalletError,
    WalletTimeout,
    WalletUnreachable,
    WrongInvoice,
)
from tests.conftest import Cashier, stored
from tests.fakes import FakeClock
from tests.faulty import (
    Fault,
    FaultyLNPay,
    Kind,
    bad_gateway,
    change,
    cut_off,
    drop,
    faulty_lnpay,
    flap,
    hang,
    lose,
    refuse,
    reset,
    slow,
    truncate,
)

# Seconds for one whole call to the wallet.
PATIENCE = 1.0
Trouble = Callable[[FaultyLNPay], AbstractContextManager[object]]
# What happens, by its name, and the error that the till makes of it.
Troubles = dict[str, tuple[Trouble, type[WalletError]]]


def with_fault(kind: Kind, fault: Fault) -> Trouble:
    @contextmanager
    def trouble(lnpay: FaultyLNPay) -> Iterator[None]:
        lnpay.fault(kind, fault)
        yield
        lnpay.heal()

    return trouble


def troubles(kind: Kind) -> Troubles:
    faults: dict[str, tuple[Fault, type[WalletError]]] = {
        "slow": (slow(2 * PATIENCE), WalletTimeout),
        "hangs": (hang, WalletTimeout),
        "resets the connection": (reset, WalletUnreachable),
        "does it and loses the answer": (lose, WalletUnreachable),
        "refuses the key": (refuse(401), KeyRefused),
        "busy": (refuse(429), WalletBusy),
        "busy for a while": (refuse(429, Retry_After="7"), WalletBusy),
        "fails inside": (refuse(500), BadAnswer),
        "behind a proxy that fails": (bad_gateway, WalletUnreachable),
        "hangs up in the middle": (cut_off, WalletUnreachable),
        "sends half a document": (truncate, BadAnswer),
        "no id": (drop("id"), BadAnswer),
        "no hash": (drop("r_hash_decoded"), BadAnswer),
        "an id that is a number": (change(id=5), BadAnswer),
        "a hash that is a list": (change(r_hash_decoded=["00" * 32]), BadAnswer),
    }
    away = {"refuses connections": (FaultyLNPay.away, WalletUnreachable)}
    return {**{name: (with_fault(kind, fault), error) for name, (fault, error) in faults.items()}, **away}


LOOKING_UP: Troubles = {
    **troubles(Kind.LOOK_UP),
    "about another invoice": (with_fault(Kind.LOOK_UP, change(id="lntx_other")), BadAnswer),
    "about another payment": (with_fault(Kind.LOOK_UP, change(r_hash_decoded="00" * 32)), BadAnswer),
    "not whether it is settled": (with_fault(Kind.LOOK_UP, drop("settled")), BadAnswer),
    "settled as a word": (with_fault(Kind.LOOK_UP, change(settled="yes")), BadAnswer),
    "settled without a sum": (with_fault(Kind.LOOK_UP, change(settled=1, num_satoshis=None)), BadAnswer),
}
MAKING: Troubles = {
    **troubles(Kind.MAKE),
    "no invoice": (with_fault(Kind.MAKE, drop("payment_request")), BadAnswer),
    "another hash": (with_fault(Kind.MAKE, change(r_hash_decoded="00" * 32)), WrongInvoice),
    "another node": (with_fault(Kind.MAKE, change(dest_pubkey="02" * 33)), WrongInvoice),
    "already expired": (with_fault(Kind.MAKE, change(expires_at=1)), WrongInvoice),
}


def each(table: Troubles) -> list[object]:
    return [pytest.param(*row, id=name) for name, row in table.items()]


@pytest.fixture
def lnpay(tmp_path: Path, clock: FakeClock) -> Iterator[FaultyLNPay]:
    with faulty_lnpay(Sandbox(tmp_path / "wallet", clock=clock)) as lnpay:
        yield lnpay


@pytest.fixture
def wallet(lnpay: FaultyLNPay) -> Iterator[LNPay]:
    transport, keys = Transport(), lnpay.sandbox.keys
    yield LNPay(transport, url=lnpay.url, api_key=keys.public_key, wallet_key=keys.invoice_key, timeout=PATIENCE)
    transport.close()


@pytest.fixture
def app(settings: Settings, wallet: LNPay, clock: FakeClock) -> Iterator[Flask]:
    app = create_app(settings, wallet=wallet, clock=clock)
    yield app
    close(app)


@pytest.fixture
def invoice(lnpay: FaultyLNPay) -> Invoice:
    """One that was made before anything went wrong, by a wallet that has time."""
    transport, keys = Transport(), lnpay.sandbox.keys
    patient = LNPay(transport, url=lnpay.url, api_key=keys.public_key, wallet_key=keys.invoice_key, timeout=10)
    made = patient.create_invoice(InvoiceRequest(2100, "Coffee", 600, "c1")).invoice
    transport.close()
    return made


def charges(shop: Shop) -> int:
    with shop.store.engine.connect() as book:
        return int(book.exec_driver_sql("SELECT count(*) FROM charge").scalar_one())


@pytest.mark.parametrize("fault", [reset, lose])
def test_a_broken_connection_is_a_reset_and_no_polite_end(lnpay: FaultyLNPay, fault: Fault) -> None:
    lnpay.fault(Kind.ANY, fault)
    with socket.create_connection(("127.0.0.1", urlsplit(lnpay.url).port or 0)) as caller:
        caller.sendall(b"GET /v1/lntx/lntx_1 HTTP/1.1\r\nHost: lnpay\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            caller.recv(1)


@pytest.mark.parametrize(("trouble", "error"), each(LOOKING_UP))
def test_a_fault_while_looking_up_is_neither_paid_nor_unpaid_and_passes(
    lnpay: FaultyLNPay, wallet: LNPay, invoice: Invoice, trouble: Trouble, error: type[WalletError]
) -> None:
    assert wallet.look_up(invoice) is None
    with trouble(lnpay), pytest.raises(WalletError) as unpaid:
        wallet.look_up(invoice)
    assert unpaid.type is error
    assert wallet.look_up(invoice) is None
    lnpay.sandbox.pay(invoice.payment_request)
    with trouble(lnpay), pytest.raises(WalletError) as paid:
        wallet.look_up(invoice)
    assert paid.type is error
    settlement = wallet.look_up(invoice)
    assert settlement is not None
    assert settlement.received_sat == 2100


@pytest.mark.parametrize(("trouble", "error"), each(MAKING))
def test_a_fault_while_making_an_invoice_shows_a_sentence_and_its_key_sells_afterwards(
    lnpay: FaultyLNPay, cashier: Cashier, shop: Shop, trouble: Trouble, error: type[WalletError]
) -> None:
    page = cashier.open()
    with trouble(lnpay):
        failed = cashier.send("/", page, amount="2100", memo="Coffee")
    assert failed.status_code == error.status
    assert "Nothing was charged." in failed.text
    assert "lnbcrt" not in failed.text
    assert charges(shop) == 0

    sold = cashier.send("/", page, amount="2100", memo="Coffee")
    again = cashier.send("/", page, amount="2100", memo="Coffee")
    assert (sold.status_code, sold.headers["Location"]) == (303, again.headers["Location"])
    assert charges(shop) == 1
    assert "lnbcrt" in cashier.client.get(sold.headers["Location"]).text


@pytest.mark.parametrize("fault", [hang, reset, lose, cut_off, refuse(500), refuse(429)])
def test_an_invoice_is_asked_for_once_a_sale(lnpay: FaultyLNPay, wallet: LNPay, fault: Fault) -> None:
    lnpay.fault(Kind.MAKE, fault)
    with pytest.raises(WalletError):
        wallet.create_invoice(InvoiceRequest(2100, "", 600, "c1"))
    assert (len(lnpay.calls(Kind.MAKE)), len(lnpay.calls())) == (1, 1)


@pytest.mark.parametrize(("fault", "seconds"), [(refuse(429), 1), (refuse(429, Retry_After="7"), 7)])
def test_a_busy_wallet_says_when_to_come_back(
    lnpay: FaultyLNPay, wallet: LNPay, invoice: Invoice, fault: Fault, seconds: int
) -> None:
    lnpay.fault(Kind.ANY, fault)
    with pytest.raises(WalletBusy) as busy:
        wallet.look_up(invoice)
    assert busy.value.retry_after == seconds


def test_a_fault_of_one_kind_leaves_the_others_well(lnpay: FaultyLNPay, wallet: LNPay, invoice: Invoice) -> None:
    lnpay.fault(Kind.MAKE, refuse(500))
    assert wallet.look_up(invoice) is None
    assert len(lnpay.calls(Kind.LOOK_UP)) == 1


def test_a_wallet_that_takes_back_its_word_does_not_take_back_a_payment(
    lnpay: FaultyLNPay, cashier: Cashier, shop: Shop
) -> None:
    def look() -> Charge:
        return settle(shop, replace(stored(shop, charge_id), payment=None))

    charge_id = cashier.sell(2100)
    lnpay.sandbox.pay(stored(shop, charge_id).invoice.payment_request)
    lnpay.fault(Kind.LOOK_UP, flap())
    assert cashier.status(charge_id)["status"] == "open"
    paid = look()
    assert paid.status(shop.now()) is Status.PAID
    for _ in range(4):
        look()
        assert stored(shop, charge_id) == paid
    assert len(lnpay.calls(Kind.LOOK_UP)) == 6
    assert lnpay.received() == [(paid.invoice.payment_request, 2100)]


def test_a_wallet_that_comes_back_is_found_again(lnpay: FaultyLNPay, wallet: LNPay, invoice: Invoice) -> None:
    for _ in range(3):
        with lnpay.away(), pytest.raises(WalletUnreachable):
            wallet.look_up(invoice)
        assert wallet.look_up(invoice) is None
