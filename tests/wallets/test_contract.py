"""What every wallet has to do, run against each of them; and what it has to bear, against those with a double."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from traceback import format_exception
from typing import cast

import pytest
from werkzeug import Response

from pos import close, create_app
from pos.bolt11.decode import decode
from pos.domain.charge import Channel
from pos.domain.invoice import proves
from pos.lnpay import LNPay
from pos.runtime.listener import Listener
from pos.sandbox import Sandbox
from pos.sandbox.transport import InProcess
from pos.services.charge import charge
from pos.services.settle import settle_hint
from pos.settings import Settings
from pos.shop import Shop
from pos.transport import Transport
from pos.wallets.base import (
    BadAnswer,
    ByPaymentHash,
    Hint,
    InvoiceRefused,
    InvoiceRequest,
    KeyRefused,
    WalletBusy,
    WalletError,
    WalletUnreachable,
    WrongInvoice,
    check_offer,
    pushes,
)
from pos.wallets.registry import WALLETS
from tests.conftest import in_sat, stored
from tests.fakes import NOON, FakeClock
from tests.processes import until
from tests.wallets.doubles.backend import Backend, Ledger, Telling
from tests.wallets.doubles.stream import Streaming
from tests.wallets.subjects import DOUBLES, KEYLESS, OVER_HTTP, OWN_DESCRIPTION, SUBJECTS, TELLING, Subject, subject_of

COFFEE = InvoiceRequest(2100, "Coffee ☕", 600, "c1")
# What an invoice holds the hash of, and the hash (FIPS 180-4, B.1: the example of SHA-256).
HASHED, HASH = "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
# The longest that a cashier may type: 200 characters, and 600 bytes.
LONG_MEMO = "☕" * 200


@pytest.fixture(params=SUBJECTS)
def subject(request: pytest.FixtureRequest, clock: FakeClock, tmp_path: Path) -> Iterator[Subject]:
    with subject_of(request.param, clock, tmp_path) as subject:
        yield subject


@pytest.fixture(params=DOUBLES)
def faulty(request: pytest.FixtureRequest, clock: FakeClock, tmp_path: Path) -> Iterator[Subject]:
    """A wallet whose other end can be made to answer whatever a test wants."""
    with subject_of(request.param, clock, tmp_path) as subject:
        yield subject


def backend_of(subject: Subject) -> Ledger:
    assert subject.backend is not None
    return subject.backend


def test_every_wallet_that_can_be_chosen_is_held_to_this() -> None:
    assert WALLETS.keys() <= SUBJECTS.keys()


def test_an_invoice_passes_every_check(subject: Subject) -> None:
    assert check_offer(COFFEE, subject.wallet.create_invoice(COFFEE), "bcrt", NOON).expires_at == NOON + 600


def test_who_signs_is_told_alike_to_whoever_looks_at_the_wallet_and_to_whoever_sells(subject: Subject) -> None:
    access, offer = subject.wallet.check_access(), subject.wallet.create_invoice(COFFEE)
    assert access.payee in (None, offer.payee)


@pytest.mark.parametrize("subject", ["nwc", "phoenixd", "lnd", "cln"], indirect=True)
def test_a_wallet_that_cannot_always_tell_whether_its_key_spends_says_how_to_be_sure(subject: Subject) -> None:
    assert "can only receive" in subject.wallet.advice.unsure or "limited-access" in subject.wallet.advice.unsure


def test_the_longest_memo_costs_no_sale(subject: Subject) -> None:
    request = replace(COFFEE, memo=LONG_MEMO)
    check_offer(request, subject.wallet.create_invoice(request), "bcrt", NOON)


@pytest.mark.parametrize("subject", [name for name in SUBJECTS if name not in OWN_DESCRIPTION], indirect=True)
def test_an_invoice_holds_the_description_hash_that_was_asked_for(subject: Subject) -> None:
    request = replace(COFFEE, hashed_description=HASHED)
    invoice = check_offer(request, subject.wallet.create_invoice(request), "bcrt", NOON)
    assert decode(invoice.payment_request).description_hash == HASH


@pytest.mark.parametrize("faulty", sorted(OWN_DESCRIPTION), indirect=True)
def test_a_wallet_that_signs_its_own_description_refuses_another(faulty: Subject) -> None:
    with pytest.raises(InvoiceRefused, match="description"):
        faulty.wallet.create_invoice(replace(COFFEE, hashed_description=HASHED))


def test_a_wallet_says_beforehand_whether_it_refuses_the_hash_of_a_description(subject: Subject) -> None:
    try:
        subject.wallet.create_invoice(replace(COFFEE, hashed_description=HASHED))
        assert subject.wallet.advice.no_hashed_description is None
    except InvoiceRefused:
        assert "tip jars" in (subject.wallet.advice.no_hashed_description or "")


def test_an_invoice_without_the_description_hash_that_was_asked_for_is_not_shown(subject: Subject) -> None:
    request = replace(COFFEE, hashed_description=HASHED)
    with pytest.raises(WrongInvoice, match="description hash"):
        check_offer(request, subject.wallet.create_invoice(COFFEE), "bcrt", NOON)


def test_an_invoice_is_not_settled_before_it_is_paid(subject: Subject) -> None:
    assert subject.wallet.look_up(subject.wallet.create_invoice(COFFEE).invoice) is None


def test_a_paid_invoice_is_settled_with_time_sum_and_proof(subject: Subject) -> None:
    invoice = subject.wallet.create_invoice(COFFEE).invoice
    subject.clock.move(5)
    subject.pay(invoice)
    settlement = subject.wallet.look_up(invoice)
    assert settlement is not None
    assert settlement.settled_at in (NOON + 5, None)
    assert settlement.received_sat == 2100
    assert proves(settlement.preimage, invoice.payment_hash)


def test_money_that_comes_after_the_expiry_is_seen(faulty: Subject) -> None:
    invoice = faulty.wallet.create_invoice(COFFEE).invoice
    faulty.clock.move(700)
    faulty.pay(invoice)
    assert faulty.wallet.look_up(invoice) is not None


def test_paying_one_invoice_settles_no_other(subject: Subject) -> None:
    paid = subject.wallet.create_invoice(COFFEE).invoice
    other = subject.wallet.create_invoice(replace(COFFEE, charge_id="c2")).invoice
    subject.pay(paid)
    assert subject.wallet.look_up(other) is None


def test_the_tills_keys_are_taken_and_cannot_spend(subject: Subject) -> None:
    assert subject.wallet.check_access().spends is False


@pytest.mark.parametrize("faulty", [name for name in DOUBLES if name not in KEYLESS], indirect=True)
def test_a_key_that_can_spend_sells_and_is_told(faulty: Subject) -> None:
    wallet = faulty.spending
    assert wallet is not None
    assert wallet.check_access().spends is True
    check_offer(COFFEE, wallet.create_invoice(COFFEE), "bcrt", NOON)
    assert "whoever steals this till has the money" in wallet.advice.spends


def test_a_wrong_key_is_refused_and_stands_in_no_message(subject: Subject) -> None:
    for wallet in subject.wrong_keys:
        for ask in (lambda it=wallet: it.create_invoice(COFFEE), wallet.check_access):
            with pytest.raises(KeyRefused) as refused:
                ask()
            assert not any(key in str(refused.value) for key in subject.keys)


def test_a_wallet_is_named_without_its_key_and_another_key_is_another_wallet(subject: Subject) -> None:
    names = [wallet.identity for wallet in (subject.wallet, *subject.wrong_keys)]
    assert not any(key in name for key in subject.keys for name in names)
    assert subject.wallet.identity == subject.wallet.identity
    assert names[0] not in names[2:]


def test_a_wallet_says_how_often_it_may_be_asked(subject: Subject) -> None:
    assert 1 <= subject.wallet.questions_per_second <= 5


def test_an_error_in_the_unit_is_never_shown(faulty: Subject) -> None:
    backend_of(faulty).factor = 1000
    with pytest.raises(WrongInvoice, match="msat"):
        check_offer(COFFEE, faulty.wallet.create_invoice(COFFEE), "bcrt", NOON)


def test_an_answer_about_another_invoice_proves_nothing(faulty: Subject) -> None:
    mine, other = (faulty.wallet.create_invoice(replace(COFFEE, charge_id=it)).invoice for it in ("c1", "c2"))
    faulty.pay(other)
    backend_of(faulty).mistakes = {mine.payment_hash: other.payment_hash}
    with pytest.raises(BadAnswer):
        faulty.wallet.look_up(mine)


@pytest.mark.parametrize("body", ["", "<html>", "[]", "null", '"yes"', "{}", "[" * 100_000, '{"paid": "no"}'])
def test_what_is_no_answer_is_told_and_is_no_payment(faulty: Subject, body: str) -> None:
    invoice = faulty.wallet.create_invoice(COFFEE).invoice
    backend_of(faulty).answers_with = Response(body, content_type="application/json")
    for ask in (
        lambda: faulty.wallet.create_invoice(COFFEE),
        lambda: faulty.wallet.look_up(invoice),
        faulty.wallet.check_access,
    ):
        with pytest.raises(WalletError):
            ask()


@pytest.mark.parametrize("status", [301, 404, 500, 502, 503])
def test_a_page_of_whoever_else_lives_there_is_told(faulty: Subject, status: int) -> None:
    invoice = faulty.wallet.create_invoice(COFFEE).invoice
    backend_of(faulty).answers_with = Response("<html>hello</html>", status)
    for ask in (lambda: faulty.wallet.create_invoice(COFFEE), lambda: faulty.wallet.look_up(invoice)):
        with pytest.raises(WalletError):
            ask()


@pytest.mark.parametrize("faulty", OVER_HTTP, indirect=True)
@pytest.mark.parametrize("status", [502, 503, 504, 520, 521, 530])
def test_the_page_of_a_proxy_says_that_the_wallet_does_not_answer(faulty: Subject, status: int) -> None:
    invoice = faulty.wallet.create_invoice(COFFEE).invoice
    backend_of(faulty).answers_with = Response("<html>Bad Gateway</html>", status)
    for ask in (
        lambda: faulty.wallet.create_invoice(COFFEE),
        lambda: faulty.wallet.look_up(invoice),
        faulty.wallet.check_access,
    ):
        with pytest.raises(WalletUnreachable, match=str(status)):
            ask()


@pytest.mark.parametrize("faulty", OVER_HTTP, indirect=True)
@pytest.mark.parametrize("status", [400, 422, 520])
def test_the_page_of_a_proxy_refuses_no_sale(faulty: Subject, status: int) -> None:
    backend_of(faulty).answers_with = Response("<html>Bad Request</html>", status)
    with pytest.raises(WalletError) as failed:
        faulty.wallet.create_invoice(COFFEE)
    assert not isinstance(failed.value, InvoiceRefused)


@pytest.mark.parametrize("faulty", [name for name in OVER_HTTP if name not in KEYLESS], indirect=True)
def test_no_key_follows_a_redirect_and_the_address_to_write_is_asked_for(faulty: Subject) -> None:
    backend_of(faulty).answers_with = Response("", 308, {"Location": "https://elsewhere.example/v1"})
    with pytest.raises(BadAnswer, match="write the wallet's own address"):
        faulty.wallet.create_invoice(COFFEE)


@pytest.mark.parametrize("faulty", OVER_HTTP, indirect=True)
def test_an_answer_beside_a_failure_does_not_count(faulty: Subject) -> None:
    invoice = faulty.wallet.create_invoice(COFFEE).invoice
    faulty.pay(invoice)
    assert isinstance(faulty.backend, Backend)
    faulty.backend.status = 500
    for ask in (lambda: faulty.wallet.create_invoice(COFFEE), lambda: faulty.wallet.look_up(invoice)):
        with pytest.raises(WalletError):
            ask()


def test_a_busy_wallet_says_when_it_wants_to_be_asked_again(faulty: Subject) -> None:
    backend_of(faulty).answers_with = Response("slow down", 429, {"Retry-After": "7"})
    with pytest.raises(WalletBusy) as busy:
        faulty.wallet.create_invoice(COFFEE)
    assert busy.value.retry_after == faulty.busy_for


def test_what_an_error_repeats_of_the_key_is_left_out(faulty: Subject) -> None:
    for key in faulty.keys:
        for status in (400, 401, 403, 404, 422, 500, 520):
            words = f'{{"detail": "no {key}", "message": "no {key}", "reason": "no {key}", "status": "ERROR"}}'
            backend_of(faulty).answers_with = Response(words, status, content_type="application/json")
            with pytest.raises(WalletError) as error:
                faulty.wallet.create_invoice(COFFEE)
            assert key not in str(error.value) + str(error.value.sentence)


def test_no_key_stands_in_an_address_where_an_access_log_would_keep_it(faulty: Subject) -> None:
    faulty.wallet.look_up(faulty.wallet.create_invoice(COFFEE).invoice)
    faulty.wallet.check_access()
    logged = backend_of(faulty).logged
    assert logged
    assert not any(key in line for key in faulty.keys for line in logged)


def test_a_wallet_that_is_not_there_is_unreachable(faulty: Subject) -> None:
    gone, invoice = faulty.gone, faulty.elsewhere(faulty.wallet.create_invoice(COFFEE).invoice)
    assert gone is not None
    for ask in (lambda: gone.create_invoice(COFFEE), lambda: gone.look_up(invoice), gone.check_access):
        with pytest.raises(WalletUnreachable):
            ask()


@contextmanager
def listening(subject: Subject, on_hint: Callable[[Hint], object]) -> Iterator[Telling]:
    """Listen to a wallet as the watch does, in a thread of its own, until what is done meanwhile is over."""
    assert pushes(subject.wallet)
    backend, stop = cast(Telling, subject.backend), Event()
    thread = Thread(target=subject.wallet.listen, args=(on_hint, stop))
    thread.start()
    try:
        until(lambda: backend.listening == 1)
        yield backend
    finally:
        stop.set()
        thread.join(timeout=5)
    assert not thread.is_alive()
    until(lambda: backend.listening == 0)


@pytest.mark.parametrize("name", DOUBLES)
def test_those_that_tell_by_themselves_are_held_to_it(name: str, clock: FakeClock, tmp_path: Path) -> None:
    with subject_of(name, clock, tmp_path) as subject:
        assert pushes(subject.wallet) == (name in TELLING)


@pytest.mark.parametrize("faulty", TELLING, indirect=True)
def test_a_payment_is_hinted_at_without_a_question(faulty: Subject) -> None:
    hints: Queue[Hint] = Queue()
    before, paid = (faulty.wallet.create_invoice(replace(COFFEE, charge_id=it)).invoice for it in ("c1", "c2"))
    with listening(faulty, hints.put):
        after = faulty.wallet.create_invoice(replace(COFFEE, charge_id="c3")).invoice
        for invoice in (paid, after):
            faulty.pay(invoice)
        told = [hints.get(timeout=5) for _ in range(2)]
        while ByPaymentHash(after.payment_hash) not in told:
            told.append(hints.get(timeout=5))
    assert ByPaymentHash(paid.payment_hash) in told
    assert ByPaymentHash(before.payment_hash) not in told


@pytest.mark.parametrize("faulty", TELLING, indirect=True)
def test_a_hint_has_the_wallet_asked_and_a_forged_one_proves_nothing(faulty: Subject, settings: Settings) -> None:
    app = create_app(settings, wallet=faulty.wallet, clock=faulty.clock)
    shop: Shop = app.extensions["shop"]
    forged, paid = (charge(shop, Channel.TILL, in_sat(2100), key) for key in ("k1", "k2"))
    with listening(faulty, partial(settle_hint, shop)) as backend:
        backend.hint(forged.invoice.payment_hash)
        faulty.pay(paid.invoice)
        until(lambda: stored(shop, paid.id).payment is not None)
    assert stored(shop, forged.id).payment is None
    close(app)


@pytest.mark.parametrize("faulty", [name for name in TELLING if name in OVER_HTTP], indirect=True)
def test_a_stream_that_breaks_is_opened_again(faulty: Subject) -> None:
    """Not here those that mend it themselves, as a shop's line to a relay is."""
    wallet, backend = faulty.wallet, faulty.backend
    assert pushes(wallet)
    assert isinstance(backend, Streaming)
    hints: Queue[Hint] = Queue()
    running = FakeClock()
    listener = Listener(partial(wallet.listen, hints.put), lambda do: Thread(target=do).start(), running)

    def listens() -> bool:
        running.move(60)
        listener.keep(leads=True)
        return backend.listening == 1

    until(listens)
    backend.hang_up()
    until(lambda: backend.listening == 0)
    until(listens)
    faulty.pay(faulty.wallet.create_invoice(COFFEE).invoice)
    assert hints.get(timeout=5)
    listener.stop()
    until(lambda: backend.listening == 0)
    assert backend.ever == 2


@pytest.mark.parametrize("faulty", [name for name in TELLING if name in OVER_HTTP], indirect=True)
def test_a_wallet_that_cannot_be_listened_to_says_why_without_its_key(
    faulty: Subject, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for wallet in (faulty.gone, *faulty.wrong_keys):
        assert wallet is not None
        assert pushes(wallet)
        with pytest.raises(WalletError) as error:
            wallet.listen(lambda _: None, Event())
        assert not any(key in "".join(format_exception(error.value)) for key in faulty.keys)
    assert not any(key in caplog.text for key in faulty.keys)


def test_a_key_that_may_only_read_cannot_make_an_invoice(tmp_path: Path, clock: FakeClock) -> None:
    sandbox = Sandbox(tmp_path / "sandbox", clock=clock)
    keys = {"api_key": sandbox.keys.public_key, "wallet_key": sandbox.keys.read_key}
    wallet = LNPay(Transport(InProcess(sandbox.wsgi)), url="http://sandbox/v1", timeout=10, **keys)
    with pytest.raises(WalletError):
        wallet.create_invoice(COFFEE)
