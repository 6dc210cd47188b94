"""phoenixd: what its documented answers say, its price of a channel, its passwords and its messages."""

import hmac
import json
import logging
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from pos.domain.invoice import Invoice
from pos.environment import Wrong
from pos.settings import SettingsError
from pos.transport import Reply
from pos.wallets.base import (
    BadAnswer,
    ByPaymentHash,
    HintRefused,
    HintUnreadable,
    InvoiceRefused,
    InvoiceRequest,
    KeyRefused,
    WrongInvoice,
    check_offer,
)
from pos.wallets.phoenixd import WalletSettings, open_wallet
from pos.wallets.registry import connection
from tests.fakes import NOON, CannedTransport, FakeClock, make_node
from tests.settings.start import read
from tests.wallets.doubles.backend import sample
from tests.wallets.doubles.phoenixd import LIMITED_PASSWORD, PhoenixdDouble
from tests.wallets.subjects import Subject, subject_of
from tests.wallets.tills import till_with

COFFEE = InvoiceRequest(2100, "Coffee ☕", 600, "c1")
HASH = sample("phoenixd", "paid")["body"]["paymentHash"]
INVOICE = Invoice(HASH, "lnbc...", HASH, NOON + 600)
GETINFO = sample("phoenixd", "getinfo")["body"]
SECRET = "the secret of the hook"


def recorded(name: str, **changes: Any) -> Reply:
    said = sample("phoenixd", name)
    body = said["body"]
    return Reply(said["status"], {}, (body if isinstance(body, str) else json.dumps(body | changes)).encode())


def phoenixd(*replies: Reply | Exception, secret: str | None = None, url: str = "http://127.0.0.1:9740") -> Any:
    transport = CannedTransport(list(replies))
    till = till_with(transport, hooks_address="https://till.example/hooks")
    settings = WalletSettings(url=url, password=LIMITED_PASSWORD, webhook_secret=secret)
    return open_wallet(settings, till), transport


@pytest.fixture
def subject(clock: FakeClock, tmp_path: Path) -> Iterator[Subject]:
    with subject_of("phoenixd", clock, tmp_path) as subject:
        yield subject


def backend_of(subject: Subject) -> PhoenixdDouble:
    assert isinstance(subject.backend, PhoenixdDouble)
    return subject.backend


def test_it_is_asked_by_a_form_with_a_password_and_no_user() -> None:
    wallet, transport = phoenixd(recorded("getinfo"), recorded("created"))
    wallet.create_invoice(COFFEE)
    method, url, headers, form = transport.calls[1]
    assert (method, url) == ("POST", "http://127.0.0.1:9740/createinvoice")
    assert headers["Authorization"] == f"Basic {b64encode(f':{LIMITED_PASSWORD}'.encode()).decode()}"
    assert form == {"amountSat": "2100", "description": "Coffee ☕", "expirySeconds": "600", "externalId": "c1"}
    assert transport.timeouts[1] <= 10


def test_with_a_secret_it_is_told_where_to_send_its_messages() -> None:
    wallet, transport = phoenixd(recorded("getinfo"), recorded("created"), secret=SECRET)
    wallet.create_invoice(COFFEE)
    assert transport.calls[1][3]["webhookUrl"] == "https://till.example/hooks/phoenixd"


def test_it_is_asked_once_who_signs() -> None:
    wallet, transport = phoenixd(recorded("getinfo"), recorded("created"), recorded("created"))
    assert {wallet.create_invoice(COFFEE).payee for _ in range(2)} == {GETINFO["nodeId"]}
    assert len(transport.calls) == 3


def test_an_invoice_that_another_node_signed_is_not_shown(subject: Subject) -> None:
    subject.wallet.check_access()
    backend_of(subject).node = make_node()
    with pytest.raises(WrongInvoice, match="another node signed it"):
        check_offer(COFFEE, subject.wallet.create_invoice(COFFEE), "bcrt", NOON)


@pytest.mark.parametrize(
    ("memo", "sent"),
    [
        ("c" * 128, "c" * 128),
        ("c" * 129, "c" * 128),
        ("☕" * 129, "☕" * 128),
        ("🍰" * 64, "🍰" * 64),
        ("c" + "🍰" * 64, "c" + "🍰" * 63),
    ],
)
def test_a_memo_is_cut_between_two_characters(memo: str, sent: str) -> None:
    wallet, transport = phoenixd(recorded("getinfo"), recorded("created"))
    wallet.create_invoice(replace(COFFEE, memo=memo))
    assert transport.calls[1][3]["description"] == sent


def test_the_preimage_that_it_always_shows_is_no_payment() -> None:
    assert sample("phoenixd", "unpaid")["body"]["preimage"]
    wallet, _ = phoenixd(recorded("unpaid"))
    assert wallet.look_up(INVOICE) is None


def test_a_payment_has_the_time_when_it_came_in_seconds() -> None:
    wallet, _ = phoenixd(recorded("paid"))
    settlement = wallet.look_up(INVOICE)
    assert (settlement.settled_at, settlement.received_sat) == (1_790_000_005, 2100)


def test_a_payment_without_a_time_is_one() -> None:
    wallet, _ = phoenixd(recorded("paid", completedAt=None))
    assert wallet.look_up(INVOICE).settled_at is None


def test_the_price_of_a_channel_is_the_shops_and_not_missing_from_what_was_paid(
    caplog: pytest.LogCaptureFixture,
) -> None:
    wallet, _ = phoenixd(recorded("paid_for_a_channel"))
    with caplog.at_level(logging.INFO):
        assert wallet.look_up(INVOICE).received_sat == 12_235
    assert "paid 12235 sat, of which phoenixd took 22149000 msat" in caplog.text


def test_a_first_sale_is_paid_in_full_though_nothing_of_it_is_left(subject: Subject) -> None:
    invoice = subject.wallet.create_invoice(COFFEE).invoice
    backend_of(subject).kept_msat = 2_100_000
    subject.pay(invoice)
    settlement = subject.wallet.look_up(invoice)
    assert settlement is not None
    assert settlement.received_sat == 2100


def test_an_older_one_that_does_not_say_what_was_asked_for_is_believed_to_be_paid(subject: Subject) -> None:
    invoice = subject.wallet.create_invoice(COFFEE).invoice
    said = json.loads(recorded("paid", paymentHash=invoice.payment_hash).body)
    for added in ("requestedSat", "isExpired", "expiresAt"):
        del said[added]
    wallet, _ = phoenixd(Reply(200, {}, json.dumps(said).encode()))
    assert wallet.look_up(invoice).received_sat == 2100


@pytest.mark.parametrize("fees", [0, None, "many", -5])
def test_a_price_that_is_none_is_not_told(fees: object, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert phoenixd(recorded("paid", fees=fees))[0].look_up(INVOICE) is not None
    assert not caplog.text


def test_an_invoice_that_it_does_not_know_says_nothing_about_the_address() -> None:
    wallet, _ = phoenixd(recorded("not_found"))
    with pytest.raises(BadAnswer, match="does not know this invoice"):
        wallet.look_up(INVOICE)


def test_an_address_where_there_is_no_phoenixd_is_named() -> None:
    wallet, _ = phoenixd(Reply(404, {}, b"<html>"))
    with pytest.raises(BadAnswer, match="no phoenixd at PHOENIXD_URL"):
        wallet.create_invoice(COFFEE)


def test_what_it_says_against_a_sale_is_told_in_its_own_words() -> None:
    wallet, _ = phoenixd(recorded("getinfo"), recorded("long_description"))
    with pytest.raises(InvoiceRefused, match="description is too long"):
        wallet.create_invoice(COFFEE)


@pytest.mark.parametrize(("status", "kind"), [(401, KeyRefused), (500, BadAnswer)])
def test_an_invoice_beside_a_failure_is_not_shown(status: int, kind: type[Exception]) -> None:
    wallet, _ = phoenixd(recorded("getinfo"), replace(recorded("created"), status=status))
    with pytest.raises(kind):
        wallet.create_invoice(COFFEE)


def test_a_wrong_password_is_for_the_owner_to_mend() -> None:
    wallet, _ = phoenixd(recorded("wrong_password"))
    with pytest.raises(KeyRefused, match="Invalid authentication"):
        wallet.look_up(INVOICE)
    assert "http-password-limited-access" in wallet.advice.key


@pytest.mark.parametrize(("chain", "network"), [("mainnet", "bc"), ("testnet", "tb"), ("regtest", "bcrt"), ("x", None)])
def test_access_tells_the_network_and_who_signs(chain: str, network: str | None) -> None:
    wallet, _ = phoenixd(recorded("getinfo", chain=chain), recorded("pay_without_invoice"))
    access = wallet.check_access()
    assert (access.network, access.payee) == (network, GETINFO["nodeId"])


@pytest.mark.parametrize(
    ("answer", "spends"),
    [
        (recorded("wrong_password"), False),
        (Reply(403, {}, b""), False),
        (recorded("pay_without_invoice"), True),
        (Reply(415, {}, b""), True),
        (Reply(500, {}, b""), None),
    ],
)
def test_whether_a_password_may_pay_is_asked_without_anything_to_pay(answer: Reply, spends: bool | None) -> None:
    wallet, transport = phoenixd(recorded("getinfo"), answer)
    assert wallet.check_access().spends is spends
    assert transport.calls[1][1].endswith("/payinvoice")
    assert not {"invoice", "amountSat", "offer"} & transport.calls[1][3].keys()


def test_it_says_who_holds_the_money() -> None:
    assert "phoenixd at 127.0.0.1:9740" in phoenixd()[0].advice.holder


def test_an_address_that_others_can_read_along_is_warned_of() -> None:
    assert phoenixd(url="http://umbrel.local:9740")[0].advice.warnings
    assert not phoenixd()[0].advice.warnings


def message(**changes: Any) -> bytes:
    return json.dumps(sample("phoenixd", "payment_received")["body"] | changes).encode()


def signature(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"x-phoenix-signature": hmac.new(secret.encode(), body, sha256).hexdigest()}


def test_its_message_names_what_may_have_been_paid() -> None:
    wallet, _ = phoenixd(secret=SECRET)
    assert wallet.hook_is_open
    assert wallet.read_hint(signature(message()), message()) == ByPaymentHash(HASH)


@pytest.mark.parametrize(
    "headers",
    [{}, {"x-phoenix-signature": ""}, {"x-phoenix-signature": "é\udcff"}, signature(message(), "another secret")],
)
def test_a_message_of_somebody_else_is_refused(headers: dict[str, str]) -> None:
    wallet, _ = phoenixd(secret=SECRET)
    with pytest.raises(HintRefused, match="bad signature"):
        wallet.read_hint(headers, message())


def test_without_a_secret_no_message_is_taken() -> None:
    wallet, _ = phoenixd()
    assert not wallet.hook_is_open
    with pytest.raises(HintRefused):
        wallet.read_hint(signature(message(), ""), message())


def test_a_message_about_something_else_is_taken_and_is_no_hint() -> None:
    wallet, _ = phoenixd(secret=SECRET)
    body = message(type="payment_sent")
    assert wallet.read_hint(signature(body), body) is None


@pytest.mark.parametrize("body", [b"", b"[]", message(paymentHash=None), message(paymentHash="x")])
def test_a_message_that_cannot_be_read_is_told(body: bytes) -> None:
    wallet, _ = phoenixd(secret=SECRET)
    with pytest.raises(HintUnreadable):
        wallet.read_hint(signature(body), body)


def test_the_doctors_own_message_is_one_of_the_wallets() -> None:
    wallet, _ = phoenixd(secret=SECRET)
    sent = CannedTransport([Reply(200, {}, b"")])
    assert wallet.ping_webhook(sent, "https://till.example/hooks/phoenixd") == 200
    _, _, headers, body = sent.calls[0]
    assert wallet.read_hint({name.lower(): it for name, it in headers.items()}, json.dumps(body).encode()) is None


@pytest.mark.parametrize(
    ("url", "is_near"),
    [
        ("http://127.0.0.1:9740", True),
        ("http://localhost:9740", True),
        ("http://[::1]:9740", True),
        ("http://phoenixd:9740", False),
        ("https://phoenix.example", False),
    ],
)
def test_one_on_this_machine_finds_the_hook_without_its_address_from_outside(url: str, is_near: bool) -> None:
    assert phoenixd(url=url)[0].hook_is_near is is_near


def test_it_says_how_to_open_the_hook_and_that_nothing_else_is_to_be_done() -> None:
    assert "PHOENIXD_WEBHOOK_SECRET" in phoenixd()[0].hook_advice("https://till.example/hooks/phoenixd")
    assert "with each invoice" in phoenixd(secret=SECRET)[0].hook_advice("https://till.example/hooks/phoenixd")


RIGHT = {"PHOENIXD_URL": "http://10.0.0.7:9740", "PHOENIXD_PASSWORD": "secret"}
LONG = {"PHOENIXD_URL": "https://phoenix.example", "PHOENIXD_PASSWORD": LIMITED_PASSWORD}


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        (
            "type=phoenixd;server=http://10.0.0.7:9740/;password=secret",
            RIGHT | {"PHOENIXD_URL": "http://10.0.0.7:9740/"},
        ),
        ("http://:secret@10.0.0.7:9740", RIGHT),
        ("http://10.0.0.7:9740/ secret", RIGHT),
        (f"https://phoenix.example {LIMITED_PASSWORD}", LONG),
        (f"https://:{LIMITED_PASSWORD}@phoenix.example/", LONG),
    ],
)
def test_a_string_with_its_password_chooses_it(text: str, settings: dict[str, str]) -> None:
    assert connection(text) == ("phoenixd", settings)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("type=phoenixd;server=http://10.0.0.7:9740", "without its password"),
        ("type=phoenixd;password=secret", "without its server"),
        ("http://10.0.0.7:9740", "without its password"),
        ("http://me:secret@10.0.0.7:9740", "without its password"),
        ("https://phoenix.example secret", "cannot tell of which wallet"),
        (f"https://me:{LIMITED_PASSWORD}@phoenix.example", "no string of a wallet"),
    ],
)
def test_half_a_string_is_told(text: str, problem: str) -> None:
    with pytest.raises(Wrong, match=problem):
        connection(text)


def test_the_names_of_lnbits_settings_are_taken(tmp_path: Path) -> None:
    theirs = {"PHOENIXD_API_ENDPOINT": "http://10.0.0.7:9740/", "PHOENIXD_API_PASSWORD": "secret"}
    settings = read(tmp_path, POS_WALLET="phoenixd", **theirs)
    assert settings.wallet_settings == WalletSettings(url="http://10.0.0.7:9740", password="secret")


def test_a_password_that_is_missing_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="PHOENIXD_PASSWORD is not set"):
        read(tmp_path, POS_WALLET="phoenixd")
