"""BTCPay Server: what its documented answers say, what its keys may do, and the ways of its own to mislead a till."""

import json
import logging
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pos.domain.invoice import Invoice
from pos.environment import Wrong
from pos.settings import SettingsError
from pos.transport import Pin, Reply
from pos.wallets.base import (
    BadAnswer,
    InvoiceRefused,
    InvoiceRequest,
    KeyRefused,
    WalletUnreachable,
    WrongInvoice,
)
from pos.wallets.btcpay import WalletSettings, open_wallet
from pos.wallets.registry import connection
from tests.certificates import self_signed
from tests.fakes import NOON, CannedTransport, FakeClock
from tests.loopback import served
from tests.settings.start import read
from tests.wallets.doubles.backend import Made, sample
from tests.wallets.doubles.btcpay import KEY, STORE, BTCPayDouble
from tests.wallets.subjects import Bench
from tests.wallets.tills import till_with

COFFEE = InvoiceRequest(2100, "Coffee ☕", 600, "c1")
HASH = sample("btcpay", "paid")["body"]["id"]
SETTINGS = {"BTCPAY_URL": "https://btcpay.example", "BTCPAY_API_KEY": KEY, "BTCPAY_STORE_ID": STORE}


def recorded(name: str, **changes: Any) -> Reply:
    said = sample("btcpay", name)
    body = said["body"]
    return Reply(said["status"], {}, json.dumps(body if isinstance(body, list) else body | changes).encode())


def btcpay(*replies: Reply, url: str = "https://btcpay.example", api_key: str = KEY, store_id: str = STORE) -> Any:
    transport = CannedTransport(list(replies))
    till = till_with(transport)
    return open_wallet(WalletSettings(url=url, api_key=api_key, store_id=store_id), till), transport


def signed() -> Made:
    return BTCPayDouble(FakeClock()).sign(2100, "", 600)


INVOICE = Invoice(HASH, signed().payment_request, HASH, NOON + 600)


def test_it_is_asked_in_msat_as_text_with_the_private_channels() -> None:
    wallet, transport = btcpay(recorded("created"))
    wallet.create_invoice(COFFEE)
    assert transport.calls == [
        (
            "POST",
            f"https://btcpay.example/api/v1/stores/{STORE}/lightning/BTC/invoices",
            {"Accept": "application/json", "Authorization": f"token {KEY}"},
            {"amount": "2100000", "description": "Coffee ☕", "expiry": 600, "privateRouteHints": True},
        )
    ]


def test_it_is_given_the_text_that_is_to_be_hashed() -> None:
    wallet, transport = btcpay(recorded("created"))
    wallet.create_invoice(replace(COFFEE, hashed_description="[[]]"))
    asked = {"description": "[[]]", "descriptionHashOnly": True}
    assert transport.calls[0][3] == {"amount": "2100000", "expiry": 600, "privateRouteHints": True} | asked


def test_an_invoice_keeps_the_name_that_the_node_gave_it() -> None:
    wallet, transport = btcpay(recorded("created", id="a label/1"), recorded("unpaid", id="a label/1"))
    invoice = wallet.create_invoice(COFFEE).invoice
    assert (invoice.id, invoice.payment_hash) == ("a label/1", HASH)
    assert wallet.look_up(invoice) is None
    assert transport.calls[1][1].endswith("/lightning/BTC/invoices/a%20label%2F1")


@pytest.mark.parametrize("end", ["\ud800", "\0", "\n"])
def test_an_invoice_whose_name_no_database_takes_is_not_shown(end: str) -> None:
    wallet, _ = btcpay(recorded("created", id=f"a label{end}"))
    with pytest.raises(BadAnswer, match="cannot be written down"):
        wallet.create_invoice(COFFEE)


def test_a_payment_hash_that_is_not_told_is_read_from_the_invoice() -> None:
    made = signed()
    wallet, _ = btcpay(recorded("created", paymentHash=None, BOLT11=made.payment_request))
    assert wallet.create_invoice(COFFEE).invoice.payment_hash == made.payment_hash


def test_what_is_no_invoice_is_not_shown() -> None:
    wallet, _ = btcpay(recorded("created", paymentHash=None))
    with pytest.raises(WrongInvoice, match="no invoice"):
        wallet.create_invoice(COFFEE)


def test_a_payment_is_read_in_sat_with_the_time_when_it_came() -> None:
    wallet, _ = btcpay(recorded("paid"))
    settlement = wallet.look_up(INVOICE)
    assert (settlement.received_sat, settlement.settled_at, settlement.preimage) == (2100, 1_790_000_005, "d4" * 32)


@pytest.mark.parametrize("paid_at", [None, "soon", -1])
def test_a_payment_without_a_time_is_one(paid_at: object) -> None:
    wallet, _ = btcpay(recorded("paid", paidAt=paid_at))
    assert wallet.look_up(INVOICE).settled_at is None


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(None, id="of a node that does not tell"),
        pytest.param("0", id="of a store that a wallet is connected to by NWC"),
        pytest.param("3825000", id="of a phoenixd that took the price of its channel"),
        pytest.param("25974000", id="of a phoenixd with the price of its channel on top"),
        pytest.param("a lot", id="no sum"),
    ],
)
def test_what_is_paid_is_paid_in_full_whatever_came_of_it(told: object, caplog: pytest.LogCaptureFixture) -> None:
    wallet, _ = btcpay(recorded("paid", amountReceived=told))
    with caplog.at_level(logging.INFO):
        assert wallet.look_up(INVOICE).received_sat == 2100
    is_news = told not in (None, "0")
    assert (f"BTCPay Server says that {told} msat came" in caplog.text) == is_news


@pytest.mark.parametrize("name", ["unpaid", "expired"])
def test_only_its_status_says_paid_and_never_a_preimage_or_a_sum(name: str) -> None:
    wallet, _ = btcpay(recorded(name, preimage="d4" * 32, amountReceived="2100000", paidAt=1_790_000_005))
    assert wallet.look_up(INVOICE) is None


@pytest.mark.parametrize("status", ["Processing", "paid", "True"])
def test_a_status_that_it_does_not_have_is_told(status: str) -> None:
    wallet, _ = btcpay(recorded("paid", status=status))
    with pytest.raises(BadAnswer, match="status"):
        wallet.look_up(INVOICE)


@pytest.mark.parametrize("other", [{"id": "another"}, {"paymentHash": "b2" * 32}])
def test_an_answer_about_another_invoice_is_none(other: dict[str, str]) -> None:
    wallet, _ = btcpay(recorded("paid", **other))
    with pytest.raises(BadAnswer, match="another invoice"):
        wallet.look_up(INVOICE)


def test_an_invoice_without_a_payment_hash_is_known_by_its_name() -> None:
    wallet, _ = btcpay(recorded("paid", paymentHash=None))
    assert wallet.look_up(INVOICE) is not None


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("wrong_key", KeyRefused, "Authentication is required"),
        ("missing_permission", KeyRefused, "canviewlightninginvoice"),
        ("no_node", BadAnswer, "the store has no Lightning node"),
        ("no_invoice", BadAnswer, "Impossible to find"),
        ("node_away", WalletUnreachable, "not its Lightning node"),
    ],
)
def test_what_is_wrong_is_told_by_its_code(name: str, kind: type[Exception], said: str) -> None:
    wallet, _ = btcpay(recorded(name))
    with pytest.raises(kind, match=said):
        wallet.look_up(INVOICE)


@pytest.mark.parametrize(("name", "said"), [("node_refuses", "more than the node"), ("bad_expiry", "Expiry should be")])
def test_what_the_node_says_against_a_sale_is_told_in_its_own_words(name: str, said: str) -> None:
    wallet, _ = btcpay(recorded(name))
    with pytest.raises(InvoiceRefused, match=said):
        wallet.create_invoice(COFFEE)


def test_a_failure_of_another_kind_is_no_refusal_of_a_sale() -> None:
    for answer in (Reply(400, {}, b"[5]"), Reply(503, {}, b'{"code": "maintenance"}')):
        wallet, _ = btcpay(answer)
        with pytest.raises(BadAnswer, match="no reason given"):
            wallet.look_up(INVOICE)


def test_permissions_beside_a_failure_do_not_count() -> None:
    wallet, _ = btcpay(replace(recorded("key"), status=500))
    with pytest.raises(BadAnswer, match="answered 500"):
        wallet.check_access()


def test_an_address_where_there_is_no_btcpay_server_is_named() -> None:
    wallet, _ = btcpay(Reply(404, {}, b"<html>"))
    with pytest.raises(BadAnswer, match="no BTCPay Server at BTCPAY_URL"):
        wallet.create_invoice(COFFEE)


def key_with(*permissions: object) -> Reply:
    return recorded("key", permissions=list(permissions))


MAKE, VIEW = "btcpay.store.cancreatelightninginvoice", "btcpay.store.canviewlightninginvoice"


@pytest.mark.parametrize(
    ("more", "spends"),
    [
        (VIEW, False),
        ("btcpay.store.canviewstoresettings", False),
        ("btcpay.store.cancreateinvoice:elsewhere", False),
        ("btcpay.store.webhooks.canmodifywebhooks", False),
        ("btcpay.store.cancreatenonapprovedpullpayments", False),
        ("unrestricted", True),
        (f"btcpay.store.canuselightningnode:{STORE}", True),
        ("btcpay.store.canuselightningnode:another", True),
        ("btcpay.store.canmodifystoresettings", True),
        ("btcpay.server.canmodifyserversettings", True),
        ("btcpay.server.canuseinternallightningnode", True),
        ("btcpay.store.canmanagepayouts", True),
        ("btcpay.store.cancreatepullpayments", True),
        ("btcpay.store.canmanagewallettransactions", True),
        ("btcpay.plugin.whoknows", True),
    ],
)
def test_a_key_that_may_do_more_than_receive_is_known(more: str, spends: bool) -> None:
    wallet, _ = btcpay(key_with(f"{MAKE}:{STORE}", more), recorded("no_invoice"))
    assert wallet.check_access().spends is spends


@pytest.mark.parametrize(
    "permission",
    [MAKE, f"{MAKE}:{STORE}", "unrestricted", "btcpay.store.canmodifyinvoices", "btcpay.store.canuselightningnode"],
)
def test_a_key_that_may_make_invoices_of_the_store_is_taken(permission: str) -> None:
    wallet, _ = btcpay(key_with(permission), recorded("no_invoice"))
    wallet.check_access()


@pytest.mark.parametrize("permission", [f"{MAKE}:another", VIEW, "btcpay.store.cancreateinvoice"])
def test_a_key_of_another_store_or_purpose_is_for_the_owner_to_mend(permission: str) -> None:
    wallet, _ = btcpay(key_with(permission))
    with pytest.raises(KeyRefused, match="may not make Lightning invoices for the store of BTCPAY_STORE_ID"):
        wallet.check_access()


@pytest.mark.parametrize("permissions", [None, "unrestricted", [5]])
def test_permissions_that_are_none_are_told(permissions: object) -> None:
    wallet, _ = btcpay(recorded("key", permissions=permissions))
    with pytest.raises(BadAnswer, match="permissions"):
        wallet.check_access()


@pytest.mark.parametrize(("name", "kind"), [("missing_permission", KeyRefused), ("no_node", BadAnswer)])
def test_a_key_that_makes_invoices_and_cannot_see_them_is_found_before_a_sale(name: str, kind: type[Exception]) -> None:
    wallet, transport = btcpay(key_with(MAKE), recorded(name))
    with pytest.raises(kind):
        wallet.check_access()
    assert transport.calls[1][:2] == (
        "GET",
        f"https://btcpay.example/api/v1/stores/{STORE}/lightning/BTC/invoices/{'0' * 64}",
    )


def test_a_node_that_fails_over_an_invoice_that_is_not_there_says_nothing_about_the_key() -> None:
    wallet, _ = btcpay(key_with(MAKE), recorded("node_away"))
    assert wallet.check_access().spends is False


def test_a_new_key_is_the_same_wallet_and_another_store_is_not() -> None:
    name = btcpay()[0].identity
    assert btcpay(api_key="3" * 40)[0].identity == name
    assert btcpay(store_id="4" * 44)[0].identity != name
    assert btcpay(url="https://other.example")[0].identity != name


def test_a_server_that_vouches_for_itself_is_believed_by_its_certificate_and_no_other_is_told_the_key(
    tmp_path: Path, clock: FakeClock
) -> None:
    mine, other = self_signed(tmp_path), self_signed(tmp_path, "other")
    backend, bench = BTCPayDouble(clock), Bench(clock, tmp_path)
    with closing(bench.transport), served(backend, mine.tls()) as url:
        right = WalletSettings(url=url, api_key=KEY, store_id=STORE, certificate=Pin.parse(mine.thumbprint))
        for pin in (Pin.parse(other.thumbprint), None):
            wallet = bench.open("btcpay", replace(right, certificate=pin))
            with pytest.raises(WalletUnreachable, match="its certificate is"):
                wallet.check_access()
        assert not backend.asked
        assert bench.open("btcpay", right).check_access().spends is False


def test_it_says_which_permissions_to_tick_and_who_holds_the_money() -> None:
    advice = btcpay()[0].advice
    for words in ("Create invoices from the lightning nodes", "View the lightning invoices"):
        assert words in advice.key
        assert words in advice.spends
    assert "btcpay.example" in advice.holder


def test_an_address_that_others_can_read_along_is_warned_of() -> None:
    assert btcpay(url="http://umbrel.local")[0].advice.warnings
    assert not btcpay()[0].advice.warnings


@pytest.mark.parametrize(
    "text",
    [
        f"type=btcpay;server=https://btcpay.example;api-key={KEY};store-id={STORE}",
        f"https://btcpay.example/stores/{STORE} {KEY}",
        f"https://btcpay.example/stores/{STORE}/settings?x=1 {KEY}",
    ],
)
def test_a_store_and_its_key_choose_it(text: str) -> None:
    assert connection(text) == ("btcpay", SETTINGS)


@pytest.mark.parametrize("name", ["certthumbprint", "certfilepath"])
def test_a_string_may_hold_the_certificate_of_the_server(name: str) -> None:
    text = f"type=btcpay;server=https://btcpay.example;api-key={KEY};store-id={STORE};{name}={'AB' * 32}"
    assert connection(text) == ("btcpay", SETTINGS | {"BTCPAY_CERT": "AB" * 32})


def test_a_server_below_a_path_keeps_it() -> None:
    found = connection(f"https://shop.example/btcpay/stores/{STORE} {KEY}")
    assert found.settings["BTCPAY_URL"] == "https://shop.example/btcpay"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"type=btcpay;api-key={KEY};store-id={STORE}", "without its server"),
        (f"type=btcpay;server=https://btcpay.example;store-id={STORE}", "without its api-key"),
        (f"type=btcpay;server=https://btcpay.example;api-key={KEY}", "without its store-id"),
        (f"https://btcpay.example/stores/{STORE}", "a store of BTCPay Server without an API key"),
        (f"https://btcpay.example/stores {KEY}", "is that of its store"),
    ],
)
def test_half_a_string_is_told(text: str, problem: str) -> None:
    with pytest.raises(Wrong, match=problem):
        connection(text)


@pytest.mark.parametrize("name", SETTINGS)
def test_what_is_missing_stops_the_start(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is not set, and the wallet btcpay needs it") as stopped:
        read(tmp_path, POS_WALLET="btcpay", **{other: value for other, value in SETTINGS.items() if other != name})
    assert len(str(stopped.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"BTCPAY_CERT": "tls.cert"}, "BTCPAY_CERT is no thumbprint, no certificate, and no file that can be read"),
        ({"BTCPAY_URL": "http://127.0.0.1"}, "BTCPAY_CERT is set, and BTCPAY_URL is no https address"),
    ],
)
def test_a_certificate_that_is_none_or_is_never_shown_stops_the_start(
    tmp_path: Path, changes: dict[str, str], problem: str
) -> None:
    with pytest.raises(SettingsError, match=problem):
        read(tmp_path, POS_WALLET="btcpay", **SETTINGS | {"BTCPAY_CERT": "AB" * 32} | changes)
