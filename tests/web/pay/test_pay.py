"""The pay page, its status and its QR."""

import json
import re
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image

from pos.domain.charge import Channel, Charge
from pos.domain.invoice import Invoice
from pos.services.charge import charge
from pos.shop import Shop
from pos.wallets.base import WalletUnreachable
from tests.conftest import Cashier, hidden_fields, in_sat, stored
from tests.fakes import NOON, FakeClock, FakeWallet
from tests.people import People

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and takes")


@pytest.fixture
def charge_id(cashier: Cashier) -> str:
    return cashier.sell(2100, "Coffee")


def pay(shop: Shop, wallet: FakeWallet, charge_id: str, received: int = 2100, **changes: object) -> None:
    wallet.settle(stored(shop, charge_id).invoice, received, **changes)


def read_qr(png: bytes) -> str:
    return str(zxingcpp.read_barcodes(Image.open(BytesIO(png)).convert("L"))[0].text)


def test_an_open_charge_shows_all_that_a_customer_needs(client: FlaskClient, shop: Shop, charge_id: str) -> None:
    page = client.get(f"/pay/{charge_id}").text
    payment_request = stored(shop, charge_id).invoice.payment_request
    assert 'data-state="open"' in page
    assert "2,100" in page
    assert "Coffee" in page
    assert "Marta's Stall" in unescape(page)
    assert f'href="lightning:{payment_request}"' in page
    assert f">{payment_request}<" in page
    assert 'src="data:image/png;base64,' in page


def test_a_page_that_is_written_in_the_second_of_the_expiry_says_one_thing(
    client: FlaskClient, charge_id: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tick(clock: FakeClock) -> float:
        clock.move(1)
        return clock.time

    # A second goes by each time that somebody asks for it.
    monkeypatch.setattr(FakeClock, "__call__", tick)
    said = set()
    for before in range(30, -1, -1):
        clock.time = NOON + 600 - before
        page = client.get(f"/pay/{charge_id}").text
        said.add(('data-status="open"' in page, "data:image/png" in page, "<title>Pay " in page))
    assert said == {(True, True, True), (False, False, False)}


def test_the_qr_is_the_payment_request_in_one_bit_a_pixel(client: FlaskClient, shop: Shop, charge_id: str) -> None:
    answer = client.get(f"/pay/{charge_id}/qr.png")
    payment_request = stored(shop, charge_id).invoice.payment_request
    assert answer.mimetype == "image/png"
    assert read_qr(answer.data) == f"lightning:{payment_request.upper()}"
    assert Image.open(BytesIO(answer.data)).mode == "1"


def test_status_is_the_charge_as_json(client: FlaskClient, shop: Shop, charge_id: str, clock: FakeClock) -> None:
    clock.move(60)
    invoice = stored(shop, charge_id).invoice
    assert client.get(f"/pay/{charge_id}/status").get_json() == {
        "id": charge_id,
        "number": str(stored(shop, charge_id).number),
        "status": "open",
        "amount_sat": 2100,
        "received_sat": None,
        "memo": "Coffee",
        "payment_request": invoice.payment_request,
        "payment_hash": invoice.payment_hash,
        "created_at": NOON,
        "expires_at": NOON + 600,
        "paid_at": None,
        "late": False,
        "tip_sat": 0,
        "fiat": None,
        "cancelled_at": None,
        "asked_at": NOON + 60,
        "silent": False,
        "known": True,
        "now": NOON + 60,
    }


def test_a_payment_turns_the_page_green(
    client: FlaskClient, cashier: Cashier, shop: Shop, wallet: FakeWallet, charge_id: str, clock: FakeClock
) -> None:
    assert cashier.status(charge_id)["status"] == "open"
    clock.move(30)
    pay(shop, wallet, charge_id)
    status = cashier.status(charge_id)
    assert (status["status"], status["paid_at"], status["received_sat"]) == ("paid", NOON + 30, 2100)
    page = client.get(f"/pay/{charge_id}").text
    assert 'data-state="paid"' in page
    assert 'class="note"' not in page


def test_a_page_without_a_script_learns_of_the_payment_by_loading_again(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, charge_id: str, clock: FakeClock
) -> None:
    assert re.search(r'<noscript>\s*<meta http-equiv="refresh"', client.get(f"/pay/{charge_id}").text)
    pay(shop, wallet, charge_id)
    clock.move(1)
    assert 'data-state="paid"' in client.get(f"/pay/{charge_id}").text


@pytest.mark.parametrize(
    ("received", "words"), [(2000, ["Less than asked", "2,000", "100\u00a0sat"]), (2200, ["More than asked", "2,200"])]
)
def test_another_amount_than_asked_is_shown_with_both(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, charge_id: str, received: int, words: list[str]
) -> None:
    pay(shop, wallet, charge_id, received)
    page = client.get(f"/pay/{charge_id}").text
    assert 'data-state="paid"' in page
    assert "2,100" in page
    for word in words:
        assert word in page


def test_late_money_is_shown_as_late(
    client: FlaskClient, cashier: Cashier, shop: Shop, wallet: FakeWallet, charge_id: str, clock: FakeClock
) -> None:
    clock.move(700)
    assert cashier.status(charge_id)["status"] == "expired"
    pay(shop, wallet, charge_id)
    clock.move(1)
    assert cashier.status(charge_id)["late"] is True
    assert "Paid late" in client.get(f"/pay/{charge_id}").text


def test_paid_but_not_proven_says_so(client: FlaskClient, shop: Shop, wallet: FakeWallet, charge_id: str) -> None:
    pay(shop, wallet, charge_id, preimage=None)
    page = client.get(f"/pay/{charge_id}").text
    assert 'data-state="paid"' in page
    assert "not proven" in page.lower() or "proof" in page.lower()


def test_no_preimage_reaches_a_page_a_status_or_a_log(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, charge_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    pay(shop, wallet, charge_id)
    preimage = wallet.preimages[stored(shop, charge_id).invoice.id]
    for path in ("", "/status"):
        assert preimage not in client.get(f"/pay/{charge_id}{path}").text
    assert stored(shop, charge_id).payment
    assert preimage not in caplog.text


def test_an_expired_charge_has_nothing_to_scan(
    client: FlaskClient, shop: Shop, charge_id: str, clock: FakeClock
) -> None:
    clock.move(600)
    page = client.get(f"/pay/{charge_id}").text
    assert 'data-state="expired"' in page
    assert stored(shop, charge_id).invoice.payment_request not in page
    assert "lightning:" not in page
    assert "data:image/png" not in page
    assert client.get(f"/pay/{charge_id}/qr.png").status_code == 404


def test_a_paid_charge_has_nothing_to_scan(client: FlaskClient, shop: Shop, wallet: FakeWallet, charge_id: str) -> None:
    pay(shop, wallet, charge_id)
    page = client.get(f"/pay/{charge_id}").text
    assert "lightning:" not in page
    assert "data:image/png" not in page


def test_one_tap_makes_a_new_invoice_over_the_same_amount(
    cashier: Cashier, shop: Shop, charge_id: str, clock: FakeClock
) -> None:
    clock.move(600)
    fields = cashier.open(f"/pay/{charge_id}")
    answers = [cashier.send(f"/pay/{charge_id}/again", fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    again = stored(shop, answers[0].headers["Location"].removeprefix("/pay/"))
    assert (again.amount_sat, again.memo) == (2100, "Coffee")
    assert again.invoice.payment_hash != stored(shop, charge_id).invoice.payment_hash


@pytest.mark.parametrize("paid", [True, False])
def test_what_can_still_be_paid_or_is_paid_is_not_sold_twice(
    cashier: Cashier, shop: Shop, wallet: FakeWallet, charge_id: str, clock: FakeClock, paid: bool
) -> None:
    fields = cashier.open("/")
    if paid:
        clock.move(700)
        pay(shop, wallet, charge_id)
    answer = cashier.send(f"/pay/{charge_id}/again", fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/pay/{charge_id}")
    assert len(wallet.made) == 1


def test_when_no_new_invoice_can_be_had_the_expired_page_says_so(
    cashier: Cashier, wallet: FakeWallet, charge_id: str, clock: FakeClock
) -> None:
    clock.move(600)
    fields = cashier.open(f"/pay/{charge_id}")
    wallet.fail_with = WalletUnreachable("down")
    answer = cashier.send(f"/pay/{charge_id}/again", fields)
    assert answer.status_code == 502
    assert "does not answer" in answer.text
    wallet.fail_with = None
    assert cashier.send(f"/pay/{charge_id}/again", hidden_fields(answer.text)).status_code == 303


def test_a_new_invoice_needs_a_token(cashier: Cashier, wallet: FakeWallet, charge_id: str, clock: FakeClock) -> None:
    clock.move(600)
    assert cashier.send(f"/pay/{charge_id}/again", {"x": "y"}).status_code == 400
    assert len(wallet.made) == 1


def test_a_wallet_that_is_down_does_not_make_the_page_fail(
    client: FlaskClient, cashier: Cashier, wallet: FakeWallet, charge_id: str
) -> None:
    wallet.fail_with = WalletUnreachable("down")
    assert cashier.status(charge_id)["status"] == "open"
    assert client.get(f"/pay/{charge_id}").status_code == 200


@pytest.mark.parametrize("channel", list(Channel))
def test_each_face_leads_back_to_where_it_began(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock, channel: Channel
) -> None:
    made = charge(shop, channel, in_sat(2100), f"k-{channel}")
    # Who pays what a program asks for is a stranger, and the till is not theirs to see.
    pages = {Channel.KIOSK: {"/kiosk"}, Channel.TIPS: {"/tips"}, Channel.LNURL: {"/tips"}, Channel.TILL: {"/"}}
    back = pages.get(channel, set())
    starts = {"/", "/kiosk", "/tips"}

    def leads_to() -> set[str]:
        return starts & set(re.findall(r'(?:href|data-back|data-url)="([^"]*)"', client.get(f"/pay/{made.id}").text))

    assert leads_to() == back
    clock.move(3600)
    assert leads_to() == back
    wallet.fail_with = WalletUnreachable("down")
    assert leads_to() == back
    wallet.fail_with = None
    wallet.settle(made.invoice, 2100)
    clock.move(3)
    assert leads_to() == back


@pytest.mark.parametrize("channel", [Channel.TILL, Channel.KIOSK])
def test_a_customers_own_phone_is_led_neither_to_the_till_nor_to_the_kiosk(
    people: People, shop: Shop, wallet: FakeWallet, clock: FakeClock, channel: Channel
) -> None:
    people.claim()
    made = charge(shop, channel, in_sat(2100), "k")
    phone = people.stranger()

    def led_to() -> set[str]:
        page = phone.get(f"/pay/{made.id}").text
        # Nor does it leave by itself, by a script or without one.
        assert "data-leave-after" not in page
        assert "kiosk_pay.js" not in page
        return {it for it in re.findall(r'(?:href|data-back|data-url|url)="?([^";]*)"', page) if it.startswith("/")}

    assert not any(it in ("/", "/kiosk", "/kiosk/rest") for it in led_to())
    clock.move(3600)
    assert not any(it in ("/", "/kiosk", "/kiosk/rest") for it in led_to())
    wallet.settle(made.invoice, 2100)
    clock.move(3)
    assert not any(it in ("/", "/kiosk", "/kiosk/rest") for it in led_to())
    assert f"/pay/{made.id}/receipt" in led_to()


def test_the_shops_own_till_is_led_back_as_ever(
    people: People, shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    people.claim()
    made = charge(shop, Channel.TILL, in_sat(2100), "k")
    wallet.settle(made.invoice, 2100)
    clock.move(3)
    for browser in (people.device(), people.owner()):
        page = browser.get(f"/pay/{made.id}").text
        assert 'data-back="/"' in page
        assert "data-leave-after" in page


@pytest.mark.parametrize("path", ["", "/status", "/qr.png"])
def test_an_unknown_charge_is_not_found(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/pay/nosuchcharge{path}")
    assert answer.status_code == 404
    assert "There is no such sale." in answer.text


def test_a_pay_page_is_never_taken_from_a_cache(client: FlaskClient, charge_id: str) -> None:
    assert client.get(f"/pay/{charge_id}").headers["Cache-Control"] == "no-store"


def test_real_money_is_not_called_play_money(client: FlaskClient, charge_id: str) -> None:
    page = client.get(f"/pay/{charge_id}").text
    assert "Play money" not in page
    assert "/sandbox/pay" not in page
    assert client.post("/sandbox/pay", json={"payment_request": "lnbcrt1"}).status_code == 404


def test_the_documentations_invoice_can_be_shown(client: FlaskClient, shop: Shop, clock: FakeClock) -> None:
    lntx = json.loads((Path(__file__).parents[2] / "samples/lnpay/invoice_2019_docs.json").read_text())
    invoice = Invoice(lntx["id"], lntx["payment_request"], lntx["r_hash_decoded"], lntx["expires_at"])
    clock.time = lntx["created_at"] + 60
    docs = Charge("docs", "docs", Channel.TILL, 20, lntx["memo"], invoice, lntx["created_at"])
    shop.store.add(docs, docs.sale, "docs", 2026)
    assert lntx["payment_request"] in client.get("/pay/docs").text
    assert read_qr(client.get("/pay/docs/qr.png").data) == f"lightning:{lntx['payment_request'].upper()}"


def test_while_the_wallet_cannot_be_asked_nothing_is_sold_a_second_time(
    cashier: Cashier, shop: Shop, wallet: FakeWallet, charge_id: str, clock: FakeClock
) -> None:
    fields = cashier.open("/")
    clock.move(700)
    assert cashier.status(charge_id)["status"] == "expired"
    pay(shop, wallet, charge_id)
    wallet.fail_with = WalletUnreachable("down")
    assert cashier.send(f"/pay/{charge_id}/again", fields).status_code == 502
    wallet.fail_with = None
    # The wallet was asked a moment ago, and is asked again all the same.
    assert cashier.send(f"/pay/{charge_id}/again", fields).headers["Location"] == f"/pay/{charge_id}"
    assert len(wallet.made) == 1


def test_a_book_that_fails_while_money_may_have_come_does_not_say_that_nothing_was_charged(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, charge_id: str
) -> None:
    pay(shop, wallet, charge_id)
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE charge RENAME TO gone")
    page = client.get(f"/pay/{charge_id}").text
    assert "Do not pay again" in page
    assert "Nothing was charged" not in page
    assert 'http-equiv="refresh"' in page


def test_a_clock_that_is_set_back_gives_nobody_longer_to_pay_than_was_asked_for(
    cashier: Cashier, clock: FakeClock
) -> None:
    sold = cashier.sell(2100)
    clock.move(-3600)
    said = cashier.status(sold)
    assert (said["status"], said["expires_at"] - said["now"]) == ("open", 600)
    assert "10:00" in cashier.client.get(f"/pay/{sold}").text
    assert cashier.client.get("/screen/till/status").get_json()["left"] == 600
    assert "10:00" in cashier.client.get("/screen/till").text
