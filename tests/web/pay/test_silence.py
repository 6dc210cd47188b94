"""What every face says while the shop's wallet does not answer: never "expired" before the wallet was asked."""

from html import unescape

import pytest
from flask.testing import FlaskClient

from pos.domain.charge import Channel, Charge
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.services.charge import charge
from pos.shop import Shop
from pos.store import StoreError
from pos.wallets.base import WalletUnreachable
from tests.conftest import TOKEN, Cashier
from tests.fakes import NOON, FakeClock, FakeWallet

SILENT = "The shop's wallet does not answer."
DO_NOT_PAY_AGAIN = "Paid already? Do not pay again."
DOWN = WalletUnreachable("down")
CHANNELS = (Channel.TILL, Channel.KIOSK, Channel.TIPS, Channel.API)


def sell(shop: Shop, channel: Channel = Channel.TILL) -> Charge:
    return charge(shop, channel, Sale(Money(2100, SAT), "Coffee", till="till"), f"k-{channel}")


def look(client: FlaskClient, path: str) -> str:
    return unescape(client.get(path).text)


def is_told_silence(page: str) -> bool:
    """The sentence is on each of these pages, and only seen where the page has this class."""
    return ' silent"' in page and SILENT in page and DO_NOT_PAY_AGAIN in page


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_wallet_that_goes_silent_is_told_on_every_pay_page_and_nothing_is_offered_until_it_was_asked(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock, channel: Channel
) -> None:
    page = f"/pay/{sell(shop, channel).id}"
    assert not is_told_silence(look(client, page))
    wallet.fail_with = DOWN
    clock.move(10)
    silent = look(client, page)
    assert is_told_silence(silent)
    assert 'data-state="open"' in silent
    assert "data:image/png" in silent
    clock.move(590)
    unknown = look(client, page)
    assert is_told_silence(unknown)
    assert 'data-state="open"' in unknown
    assert "Not known yet" in unknown
    for gone in ("This invoice has expired", "New invoice", "data:image/png", "lightning:", "/again"):
        assert gone not in unknown, gone
    wallet.fail_with = None
    clock.move(5)
    expired = look(client, page)
    assert not is_told_silence(expired)
    assert 'data-state="expired"' in expired
    assert "New invoice" in expired


def test_a_payment_that_the_silent_wallet_had_turns_the_page_green(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    sold = sell(shop)
    wallet.fail_with = DOWN
    wallet.settle(sold.invoice, 2100)
    clock.move(610)
    assert is_told_silence(look(client, f"/pay/{sold.id}"))
    wallet.fail_with = None
    clock.move(5)
    assert 'data-state="paid"' in look(client, f"/pay/{sold.id}")


def test_until_the_wallet_was_asked_about_the_end_there_is_no_second_invoice(
    cashier: Cashier, shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    sold = sell(shop)
    fields = cashier.open(f"/pay/{sold.id}")
    clock.move(600)
    wallet.fail_with = DOWN
    refused = cashier.send(f"/pay/{sold.id}/again", fields)
    assert refused.status_code == 502
    # The old one may be paid: nobody knows.
    assert f"Not known yet. {DO_NOT_PAY_AGAIN}" in refused.text
    assert "Nothing was charged" not in refused.text
    wallet.fail_with, wallet.identity = None, "fake:2"
    assert cashier.send(f"/pay/{sold.id}/again", fields).headers["Location"] == f"/pay/{sold.id}"
    assert "another wallet of the shop" in look(cashier.client, f"/pay/{sold.id}")
    assert len(wallet.made) == 1


def test_where_the_old_invoice_is_known_to_be_unpaid_and_there_is_no_new_one_nothing_was_charged(
    cashier: Cashier, shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    sold = sell(shop)
    fields = cashier.open(f"/pay/{sold.id}")
    clock.move(600)

    def down() -> None:
        wallet.fail_with = DOWN

    wallet.before_answer = down
    refused = cashier.send(f"/pay/{sold.id}/again", fields)
    assert f"{SILENT} Nothing was charged. Try again." in unescape(refused.text)


def test_the_display_says_the_same(client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock) -> None:
    versions = []

    def sees(*there: str, without: str = "New invoice") -> None:
        page = look(client, "/screen/till")
        versions.append(client.get("/screen/till/status").json["version"])  # type: ignore[index]
        assert [word for word in there if word not in page] == []
        assert without not in page

    sell(shop)
    sees('data-state="open"', without=' silent"')
    wallet.fail_with = DOWN
    clock.move(10)
    sees('data-state="open"', ' silent"', SILENT)
    clock.move(590)
    sees('data-state="open"', ' silent"', "Not known yet", without="has expired")
    clock.move(30)
    wallet.fail_with = None
    sees('data-state="expired"', "This invoice has expired", without=' silent"')
    assert len(set(versions)) == 4


def test_status_and_api_say_when_the_wallet_was_last_asked(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    sold = sell(shop)

    def facts() -> list[tuple[object, ...]]:
        answers = [
            client.get(f"/pay/{sold.id}/status").get_json(),
            client.get(f"/api/v1/charges/{sold.id}", headers={"Authorization": f"Bearer {TOKEN}"}).get_json(),
        ]
        return [(it["status"], it["asked_at"], it["silent"], it["known"]) for it in answers]

    wallet.fail_with = DOWN
    assert facts() == 2 * [("open", None, False, True)]
    wallet.fail_with = None
    clock.move(60)
    assert facts() == 2 * [("open", NOON + 60, False, True)]
    wallet.fail_with = DOWN
    clock.move(10)
    assert facts() == 2 * [("open", NOON + 60, True, True)]
    clock.move(600)
    assert facts() == 2 * [("expired", NOON + 60, True, False)]
    wallet.fail_with = None
    clock.move(5)
    assert facts() == 2 * [("expired", NOON + 675, False, True)]


@pytest.mark.parametrize(("page", "at_once"), [("/kiosk", False), ("/kiosk/rest", True), ("/tips", False)])
def test_a_face_that_nobody_attends_says_by_itself_that_it_is_out_of_order(
    client: FlaskClient, wallet: FakeWallet, clock: FakeClock, page: str, at_once: bool
) -> None:
    ask = f"/{page.split('/')[1]}/status"
    assert client.get(ask).get_json()["ready"] is True
    assert " data-out" not in look(client, page)
    wallet.fail_with = DOWN
    clock.move(5)
    # A page that somebody waits for does not wait for the wallet; it is told by what its script asks.
    assert (" data-out" in look(client, page)) == at_once
    assert client.get(ask).get_json()["ready"] is False
    out = look(client, page)
    assert ' data-state="trouble" data-out' in out
    assert "Please ask the staff." in out
    wallet.fail_with = None
    clock.move(5)
    assert client.get(ask).get_json()["ready"] is True
    assert " data-out" not in look(client, page)


def test_it_is_out_of_order_without_the_database_too(
    client: FlaskClient, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise StoreError("away")

    monkeypatch.setattr(shop.store, "check", away)
    assert client.get("/kiosk/status").get_json()["ready"] is False


def test_an_old_failure_closes_no_page(client: FlaskClient, wallet: FakeWallet, clock: FakeClock) -> None:
    wallet.fail_with = DOWN
    client.get("/tips/status")
    assert " data-out" in look(client, "/tips")
    clock.move(60)
    assert " data-out" not in look(client, "/tips")


def test_a_customer_never_reads_of_the_wallet_without_whose(cashier: Cashier, wallet: FakeWallet) -> None:
    wallet.fail_with = DOWN
    for face in ("/kiosk", "/tips"):
        assert f"{SILENT} Nothing was charged." in unescape(cashier.send(face, amount="1000").text)
