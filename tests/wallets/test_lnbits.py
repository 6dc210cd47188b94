"""LNbits: what its recorded answers say, and the ways of its own in which it can mislead a till."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pos.domain.invoice import Invoice
from pos.settings import SettingsError
from pos.transport import Reply
from pos.wallets.base import BadAnswer, InvoiceRefused, InvoiceRequest, KeyRefused
from pos.wallets.lnbits import LNbits, WalletSettings, open_wallet
from tests.fakes import NOON, CannedTransport
from tests.settings.start import read
from tests.wallets.doubles.backend import sample
from tests.wallets.doubles.lnbits import ADMIN_KEY, INVOICE_KEY
from tests.wallets.tills import till_with

COFFEE = InvoiceRequest(2100, "Coffee ☕", 600, "c1")
CREATED = sample("lnbits", "created")["body"]
INVOICE = Invoice(CREATED["payment_hash"], CREATED["bolt11"], CREATED["payment_hash"], NOON + 600)


def recorded(name: str, **changes: Any) -> Reply:
    """An answer as LNbits gave it, with some fields of it changed."""
    said = sample("lnbits", name)
    return reply(said["status"], said["body"] | changes)


def reply(status: int, body: object) -> Reply:
    return Reply(status, {}, json.dumps(body).encode())


def lnbits(*replies: Reply, url: str = "https://lnbits.example") -> tuple[LNbits, CannedTransport]:
    transport = CannedTransport(list(replies))
    till = till_with(transport)
    return open_wallet(WalletSettings(url=url, invoice_key=INVOICE_KEY), till), transport


def test_it_is_asked_for_an_invoice_and_never_to_pay() -> None:
    wallet, transport = lnbits(recorded("created"))
    wallet.create_invoice(COFFEE)
    assert transport.calls == [
        (
            "POST",
            "https://lnbits.example/api/v1/payments",
            {"Accept": "application/json", "X-Api-Key": INVOICE_KEY},
            {
                "out": False,
                "amount": 2100,
                "unit": "sat",
                "memo": "Coffee ☕",
                "expiry": 600,
                "extra": {"charge_id": "c1"},
            },
        )
    ]


def test_what_an_older_one_answers_is_taken_too() -> None:
    old = {name: CREATED[name] for name in ("payment_hash", "payment_request", "checking_id")}
    wallet, _ = lnbits(reply(201, old))
    assert wallet.create_invoice(COFFEE).invoice == replace(INVOICE, expires_at=2**62)


def test_the_preimage_that_it_shows_before_anybody_has_paid_is_no_payment() -> None:
    assert sample("lnbits", "unpaid")["body"]["details"]["preimage"]
    wallet, _ = lnbits(recorded("unpaid"))
    assert wallet.look_up(INVOICE) is None


def test_what_it_tells_anybody_who_asks_is_no_payment() -> None:
    wallet, _ = lnbits(recorded("paid_wrong_key"))
    with pytest.raises(KeyRefused, match="no details"):
        wallet.look_up(INVOICE)


def test_a_payment_is_read_in_sat_with_the_time_when_it_came() -> None:
    wallet, _ = lnbits(recorded("paid"))
    settlement = wallet.look_up(INVOICE)
    assert settlement is not None
    assert (settlement.received_sat, settlement.settled_at) == (2100, 1_795_781_944)


def test_a_fraction_of_a_sat_is_not_rounded_up() -> None:
    details = sample("lnbits", "paid")["body"]["details"] | {"amount": 2_099_999}
    wallet, _ = lnbits(recorded("paid", details=details))
    settlement = wallet.look_up(INVOICE)
    assert settlement is not None
    assert settlement.received_sat == 2099


def test_a_wallet_that_paid_itself_has_received_what_it_paid() -> None:
    details = sample("lnbits", "paid")["body"]["details"] | {"amount": -2_100_000}
    wallet, _ = lnbits(recorded("paid", details=details))
    settlement = wallet.look_up(INVOICE)
    assert settlement is not None
    assert settlement.received_sat == 2100


@pytest.mark.parametrize(
    ("at", "seconds"),
    [
        ("2026-11-27T12:19:04.622088+00:00", 1_795_781_944),
        ("2026-11-27T12:19:04", 1_795_781_944),
        ("soon", None),
        (1_795_781_944, None),
        (None, None),
    ],
)
def test_a_time_without_a_zone_is_utc_and_one_that_cannot_be_read_is_none(at: object, seconds: int | None) -> None:
    details = sample("lnbits", "paid")["body"]["details"] | {"updated_at": at}
    wallet, _ = lnbits(recorded("paid", details=details))
    settlement = wallet.look_up(INVOICE)
    assert settlement is not None
    assert settlement.settled_at == seconds


def test_a_limit_of_its_own_is_told_in_its_own_words() -> None:
    wallet, _ = lnbits(recorded("too_much"))
    with pytest.raises(InvoiceRefused, match="Invoice amount 10000001 sats is too high"):
        wallet.create_invoice(COFFEE)


def test_what_is_wrong_with_a_field_is_told_too() -> None:
    wallet, _ = lnbits(recorded("bad_memo"))
    with pytest.raises(InvoiceRefused, match="at most 640 characters"):
        wallet.create_invoice(COFFEE)


@pytest.mark.parametrize("name", ["wrong_key", "no_key", "pay_with_invoice_key"])
def test_a_key_that_it_does_not_take_is_for_the_owner_to_mend(name: str) -> None:
    wallet, _ = lnbits(recorded(name))
    with pytest.raises(KeyRefused):
        wallet.create_invoice(COFFEE)


def test_an_invoice_that_it_does_not_know_says_nothing_about_the_key() -> None:
    wallet, _ = lnbits(recorded("unknown"))
    with pytest.raises(BadAnswer, match="Payment does not exist"):
        wallet.look_up(INVOICE)


def test_an_address_where_there_is_no_lnbits_is_named() -> None:
    wallet, _ = lnbits(reply(404, {"detail": "Not Found"}))
    with pytest.raises(BadAnswer, match="no LNbits at LNBITS_URL"):
        wallet.create_invoice(COFFEE)


def test_only_an_admin_key_is_told_the_wallets_id() -> None:
    wallet, _ = lnbits(recorded("wallet_invoice_key"), recorded("wallet_admin_key"))
    assert [wallet.check_access().spends for _ in range(2)] == [False, True]


def test_an_address_that_others_can_read_along_is_warned_of() -> None:
    assert lnbits(url="http://umbrel.local:3007")[0].advice.warnings
    assert not lnbits(url="https://lnbits.example")[0].advice.warnings


def test_the_names_of_its_own_settings_are_taken(tmp_path: Path) -> None:
    theirs = {"LNBITS_ENDPOINT": "https://lnbits.example/", "LNBITS_KEY": INVOICE_KEY}
    settings = read(tmp_path, POS_WALLET="lnbits", **theirs)
    assert settings.wallet_settings == WalletSettings(url="https://lnbits.example", invoice_key=INVOICE_KEY)


def test_an_address_without_its_beginning_is_not_called_unset_as_well(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as stopped:
        read(tmp_path, POS_WALLET="lnbits", LNBITS_URL="localhost:5000", LNBITS_INVOICE_KEY=INVOICE_KEY)
    assert str(stopped.value).startswith("LNBITS_URL must be an http or https address, not 'localhost:5000'.")
    assert "is not set" not in str(stopped.value)


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"LNBITS_INVOICE_KEY": INVOICE_KEY}, "LNBITS_URL is not set, and the wallet lnbits needs it"),
        ({"LNBITS_URL": "https://lnbits.example"}, "LNBITS_INVOICE_KEY is not set"),
        ({"LNBITS_URL": "https://lnbits.example", "LNBITS_INVOICE_KEY": "a" * 31}, "is no key of LNbits"),
        ({"LNBITS_URL": "lnbits.example", "LNBITS_INVOICE_KEY": ADMIN_KEY}, "must be an http or https address"),
    ],
)
def test_what_is_missing_or_no_key_stops_the_start(tmp_path: Path, settings: dict[str, str], problem: str) -> None:
    with pytest.raises(SettingsError, match=problem) as stopped:
        read(tmp_path, POS_WALLET="lnbits", **settings)
    assert "a" * 31 not in str(stopped.value)
