"""The tip step: what the customer is offered before a sale of the till is charged, and what the shop makes of it."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from decimal import Decimal
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pos.domain.charge import Channel, Charge
from pos.domain.device import Face
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.services.charge import charge
from pos.settings import Settings
from pos.shop import Shop
from pos.wallets.base import WalletUnreachable
from pos.web.sale_token import seal
from tests.conftest import Cashier, hidden_fields, stored
from tests.fakes import FakeClock, FakeRates, FakeWallet
from tests.people import People

# What it stores and reads is tried on both databases elsewhere.
pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")

DAY = 24 * 60 * 60


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, tip_percent=(5, 10, 15), currency="EUR", tills=("till", "bar"))


@pytest.fixture
def rates() -> FakeRates:
    # A cent is 20 sat.
    return FakeRates(Decimal(50_000))


@pytest.fixture
def lunch(client: FlaskClient) -> str:
    """The address at which the customer of a lunch for €12.50 is asked for a tip."""
    return offered(client, Sale(Money(1250, "EUR"), "Lunch", till="till"))


def offered(client: FlaskClient, sale: Sale, key: str = "key") -> str:
    with client.application.test_request_context():
        return f"/tip/{seal(sale, key)}"


def made(shop: Shop, address: str) -> Charge:
    return stored(shop, address.removeprefix("/pay/"))


def tiles(page: str) -> list[tuple[str, str]]:
    """Return the value of each tile and all of its words."""
    found = re.findall(r'<button class="tile" name="tip" value="(\d+)">(.*?)</button>', page)
    return [(value, unescape(re.sub(r"<[^>]+>", " ", words))) for value, words in found]


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_a_sale_at_the_till_leads_to_the_tip_and_charges_nothing_yet(cashier: Cashier, wallet: FakeWallet) -> None:
    answer = cashier.send(amount="2100", unit="SAT", memo="Coffee")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/tip/")
    assert wallet.made == []
    page = cashier.client.get(answer.headers["Location"]).text
    assert "2,100\u00a0sat" in page
    assert "Coffee" in page


@pytest.mark.parametrize(("path", "channel"), [("/kiosk", Channel.KIOSK), ("/tips", Channel.TIPS)])
def test_only_the_till_asks_for_a_tip_where_the_shop_does_not_say(
    cashier: Cashier, shop: Shop, path: str, channel: Channel
) -> None:
    charge = made(shop, cashier.send(path, amount="2100").headers["Location"])
    assert (charge.channel, charge.tip_sat) == (channel, 0)


def test_what_is_wrong_with_the_sale_shows_on_the_till_and_not_to_the_customer(cashier: Cashier) -> None:
    for amount in ("x", "10000001"):
        answer = cashier.send(amount=amount, memo="Tomatoes")
        assert answer.status_code == 422
        assert 'value="Tomatoes"' in answer.text


def test_each_tile_says_what_it_comes_to_in_both_units(client: FlaskClient, lunch: str) -> None:
    shown = [(value, words(text)) for value, text in tiles(client.get(lunch).text)]
    assert shown == [
        ("0", "No tip €12.50 · 25,000 sat"),
        ("5", "5% €13.13 · 26,260 sat"),
        ("10", "10% €13.75 · 27,500 sat"),
        ("15", "15% €14.38 · 28,760 sat"),
    ]


def test_every_form_that_makes_an_invoice_can_say_whom_it_waits_for(
    client: FlaskClient, shop: Shop, clock: FakeClock, lunch: str
) -> None:
    made = charge(shop, Channel.TILL, Sale(Money(2100, SAT)), "k")
    clock.move(600)
    for page, forms in (("/", 1), (lunch, 2), ("/kiosk", 1), ("/kiosk/amount", 1), (f"/pay/{made.id}", 1)):
        assert client.get(page).text.count('data-asking="Asking the wallet"') == forms, page


def test_where_sat_lead_they_do_on_a_tile_too(client: FlaskClient, app: Flask, lunch: str) -> None:
    shop = app.extensions["shop"]
    app.extensions["shop"] = replace(shop, settings=replace(shop.settings, leading_unit="sat"))
    assert words(tiles(client.get(lunch).text)[2][1]) == "10% 27,500 sat · €13.75"


def test_a_sale_in_sat_is_offered_in_sat_first(client: FlaskClient) -> None:
    page = client.get(offered(client, Sale(Money(4200, SAT)))).text
    assert words(tiles(page)[2][1]) == "10% 4,620 sat · €2.31"


def test_a_sale_in_sat_needs_no_rate_for_its_tip(client: FlaskClient, cashier: Cashier, rates: FakeRates) -> None:
    rates.price = None
    address = offered(client, Sale(Money(4200, SAT)))
    assert words(tiles(client.get(address).text)[2][1]) == "10% 4,620 sat"
    assert cashier.send(address, tip="10").status_code == 303


@pytest.mark.parametrize(("share", "cents"), [("0", 0), ("5", 63), ("10", 125), ("15", 188)])
def test_a_tile_makes_the_charge_with_its_tip(cashier: Cashier, shop: Shop, lunch: str, share: str, cents: int) -> None:
    answer = cashier.send(lunch, tip=share)
    assert answer.status_code == 303
    charge = made(shop, answer.headers["Location"])
    assert charge.sale == Sale(Money(1250, "EUR"), "Lunch", cents, "till")
    assert (charge.channel, charge.amount_sat, charge.tip_sat) == (Channel.TILL, 25_000 + 20 * cents, 20 * cents)


def test_another_tip_is_read_as_the_customer_writes_it(cashier: Cashier, shop: Shop, lunch: str) -> None:
    assert made(shop, cashier.send(lunch, other="1.50").headers["Location"]).sale.tip == 150


def test_another_tip_in_sat(client: FlaskClient, cashier: Cashier, shop: Shop) -> None:
    address = offered(client, Sale(Money(4200, SAT)))
    assert made(shop, cashier.send(address, other="800").headers["Location"]).tip_sat == 800


@pytest.mark.parametrize("typed", ["", " ", "x", "-1", "1.505", "1e3", "12.51", "9" * 30, "\x00"])
def test_a_tip_that_cannot_be_is_a_sentence_and_the_next_one_works(
    cashier: Cashier, wallet: FakeWallet, lunch: str, typed: str
) -> None:
    answer = cashier.send(lunch, other=typed)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert len(tiles(answer.text)) == 4
    assert wallet.made == []
    assert cashier.send(lunch, hidden_fields(answer.text), other="1").status_code == 303


def test_a_tip_of_more_than_the_price_is_most_likely_a_slip(cashier: Cashier, lunch: str) -> None:
    answer = cashier.send(lunch, other="125")
    assert "A tip can be at most as much as the price, €12.50." in words(answer.text)
    assert 'value="125"' in answer.text


@pytest.mark.parametrize("tip", ["", "7", "20", "-10", "010", "10.0", "1e1", "١٠", "100", "x", "10 "])
def test_only_the_percentages_of_the_settings_are_taken(
    cashier: Cashier, wallet: FakeWallet, lunch: str, tip: str
) -> None:
    answer = cashier.send(lunch, tip=tip)
    assert answer.status_code == 400
    assert "not one of those offered" in answer.text
    assert wallet.made == []


def test_what_is_sent_along_with_a_tip_changes_nothing(cashier: Cashier, shop: Shop, lunch: str) -> None:
    lies = {"amount": "1", "currency": "JPY", "rate": "1", "price": "1", "total": "1", "tip_sat": "0", "till": "bar"}
    charge = made(shop, cashier.send(lunch, tip="10", **lies).headers["Location"])
    assert charge.fiat
    assert (charge.amount_sat, charge.fiat.rate.price, charge.till) == (27_500, Decimal(50_000), "till")


@pytest.mark.parametrize(("truth", "lie"), [(b"1250", b"1"), (b"EUR", b"JPY"), (b"Lunch", b"Other"), (b"till", b"bar")])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_sale_that_somebody_changed_in_the_address_is_refused(
    cashier: Cashier, wallet: FakeWallet, lunch: str, truth: bytes, lie: bytes, method: str
) -> None:
    fields = cashier.open(lunch)
    sale, signed = lunch.removeprefix("/tip/").split(".", 1)
    written = urlsafe_b64decode(sale + "==")
    assert truth in written
    changed = urlsafe_b64encode(written.replace(truth, lie)).decode().rstrip("=")
    answer = cashier.client.open(f"/tip/{changed}.{signed}", method=method, data={**fields, "tip": "10"})
    assert answer.status_code == 400
    assert "damaged. Nothing was charged." in answer.text
    assert 'href="/"' in answer.text
    assert wallet.made == []


def test_a_page_from_yesterday_sells_nothing(
    cashier: Cashier, wallet: FakeWallet, lunch: str, clock: FakeClock
) -> None:
    fields = cashier.open(lunch)
    clock.move(DAY + 1)
    for answer in (cashier.client.get(lunch), cashier.send(lunch, fields, tip="10")):
        assert answer.status_code == 410
        assert "too old" in answer.text
        assert 'href="/"' in answer.text
    assert wallet.made == []


def test_a_tip_needs_a_token(cashier: Cashier, wallet: FakeWallet, lunch: str) -> None:
    assert cashier.send(lunch, {"x": "y"}, tip="10").status_code == 400
    assert wallet.made == []


def test_the_same_tip_twice_is_one_charge(cashier: Cashier, wallet: FakeWallet, lunch: str) -> None:
    places = {cashier.send(lunch, tip="10").headers["Location"] for _ in range(2)}
    assert len(places) == 1
    # The same amount, typed.
    assert cashier.send(lunch, other="1.25").headers["Location"] in places
    assert len(wallet.made) == 1


def test_another_tip_after_the_sale_leads_to_that_sale(cashier: Cashier, wallet: FakeWallet, lunch: str) -> None:
    first = cashier.send(lunch, tip="10").headers["Location"]
    answer = cashier.send(lunch, tip="15")
    assert answer.status_code == 409
    assert f'href="{first}"' in answer.text
    assert len(wallet.made) == 1


def test_the_rate_is_that_of_the_moment_in_which_it_is_charged(
    cashier: Cashier, shop: Shop, lunch: str, rates: FakeRates
) -> None:
    fields = cashier.open(lunch)
    rates.price = Decimal(25_000)
    charge = made(shop, cashier.send(lunch, fields, tip="10").headers["Location"])
    assert (charge.amount_sat, charge.tip_sat) == (55_000, 5_000)


def test_a_rate_that_is_gone_is_told_and_nothing_is_charged_at_an_old_one(
    cashier: Cashier, wallet: FakeWallet, lunch: str, rates: FakeRates
) -> None:
    fields = cashier.open(lunch)
    rates.price = None
    for answer in (cashier.client.get(lunch), cashier.send(lunch, fields, tip="10")):
        assert answer.status_code == 503
        assert "no exchange rate right now" in answer.text
    assert wallet.made == []
    rates.price = Decimal(50_000)
    assert cashier.send(lunch, fields, tip="10").status_code == 303


def test_a_tip_over_the_limit_is_not_offered_and_not_taken(client: FlaskClient, cashier: Cashier) -> None:
    dear = offered(client, Sale(Money(460_000, "EUR")))
    assert [value for value, _ in tiles(client.get(dear).text)] == ["0", "5"]
    answer = cashier.send(dear, tip="10")
    assert answer.status_code == 422
    assert "Too much: €5,060.00 is 10,120,000 sat. At most 10,000,000 sat, about €5,000.00." in words(answer.text)


def test_a_sale_that_has_outgrown_the_limit_says_so_and_leads_back(
    client: FlaskClient, lunch: str, rates: FakeRates
) -> None:
    rates.price = Decimal(1)
    answer = client.get(lunch)
    assert answer.status_code == 422
    assert "Too much: " in answer.text
    assert tiles(answer.text) == []
    assert f'href="{lunch.replace("/tip/", "/?sale=")}"' in answer.text


def test_a_wallet_that_is_down_is_told_and_the_same_tip_sells_later(
    cashier: Cashier, wallet: FakeWallet, lunch: str
) -> None:
    wallet.fail_with = WalletUnreachable("down")
    answer = cashier.send(lunch, tip="10")
    assert answer.status_code == 502
    assert "does not answer" in answer.text
    wallet.fail_with = None
    assert cashier.send(lunch, hidden_fields(answer.text), tip="10").status_code == 303


def test_the_way_back_is_to_the_till_that_asked(client: FlaskClient, lunch: str) -> None:
    assert f'href="{lunch.replace("/tip/", "/?sale=")}"' in client.get(lunch).text
    other = client.get(offered(client, Sale(Money(1250, "EUR"), till="bar"))).text
    assert re.search(r'href="/till/bar\?sale=[^"]+"', other)
    assert 'href="/"' not in other


def test_html_in_a_memo_is_shown_as_text(client: FlaskClient) -> None:
    page = client.get(offered(client, Sale(Money(1250, "EUR"), "<b>Lunch</b>"))).text
    assert "<b>Lunch" not in page
    assert "&lt;b&gt;Lunch" in page


def test_every_page_that_asks_for_a_tip_looks_whether_its_device_is_still_one(
    people: People, app: Flask, shop: Shop
) -> None:
    app.extensions["shop"] = replace(shop, settings=replace(shop.settings, tip_at=("till", "kiosk", "display")))
    people.claim()
    till, kiosk = people.device(), people.device(Face.KIOSK, "")
    sale = Sale(Money(1250, "EUR"), till="till")
    with app.test_request_context():
        for_kiosk = f"/kiosk/tip/{seal(Sale(Money(1250, 'EUR')), 'k', Channel.KIOSK)}"
    offer = till.get(offered(till, sale)).text
    people.device(Face.DISPLAY).get("/screen/till")
    choosing = till.get(Cashier(till).send(amount="2100", unit="SAT").headers["Location"]).text
    assert ("Add a tip?" in offer, "The customer is choosing" in choosing) == (True, True)
    for page in (offer, choosing, kiosk.get(for_kiosk).text):
        # A till that locks while its customer chooses is asked for the PIN once they have.
        assert '<i id="device" data-status="/pin/status" data-stays hidden>' in page
    assert 'id="device"' not in people.owner().get(offered(till, sale)).text


class TestOnKiosk:
    """A shop that asks for tips at its kiosk, and no longer at the till."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, tip_at=("kiosk",))

    def test_the_customer_is_asked_before_the_charge_and_what_is_chosen_comes_on_top(
        self, cashier: Cashier, shop: Shop, wallet: FakeWallet
    ) -> None:
        address = cashier.send("/kiosk", amount="2100").headers["Location"]
        assert address.startswith("/kiosk/tip/")
        assert wallet.made == []
        charge = made(shop, cashier.send(address, tip="10").headers["Location"])
        assert (charge.channel, charge.amount_sat, charge.tip_sat) == (Channel.KIOSK, 2310, 210)

    def test_left_alone_the_page_goes_home_and_nothing_leads_to_the_till(self, cashier: Cashier) -> None:
        page = cashier.client.get(cashier.send("/kiosk", amount="2100").headers["Location"]).text
        assert 'data-kiosk="/kiosk/rest"' in page
        assert 'content="60;url=/kiosk/rest"' in page
        assert re.findall(r'<a[^>]* href="([^"]*)"', page)[0] == "/kiosk"
        assert 'href="/"' not in page

    def test_a_page_from_yesterday_leads_to_the_kiosk(self, cashier: Cashier, clock: FakeClock) -> None:
        address = cashier.send("/kiosk", amount="2100").headers["Location"]
        clock.move(DAY + 1)
        page = cashier.client.get(address)
        assert page.status_code == 410
        assert 'href="/kiosk"' in page.text
        assert 'href="/"' not in page.text

    def test_the_till_asks_nobody(self, cashier: Cashier) -> None:
        page = cashier.client.get("/").text
        assert cashier.send(amount="2100", unit="SAT").headers["Location"].startswith("/pay/")
        assert "tip" not in words(page).lower()

    def test_what_the_kiosk_sealed_is_no_sale_of_the_till(self, cashier: Cashier, wallet: FakeWallet) -> None:
        address = cashier.send("/kiosk", amount="2100").headers["Location"]
        assert cashier.client.get(address.removeprefix("/kiosk")).status_code == 400
        assert wallet.made == []
