"""What a wallet is told of how a jar, or the shop, is paid: the first of the two questions of LUD-06."""

from base64 import b64encode
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from pos import close, create_app
from pos.domain.jar import Jar, JarPicture
from pos.domain.money import SAT, Money
from pos.environment.readers import site
from pos.settings import Settings
from pos.shop import Shop
from pos.wallets.base import InvoiceRefused
from tests.conftest import Cashier
from tests.fakes import FakeClock, FakeRates, FakeWallet
from tests.web.lnurl.payer import PUBLIC_URL, Payer, entries

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")

BAND = Jar(name="band", title="Café ☕", currency=SAT)


def test_the_answer_has_what_the_specification_names_and_nothing_else(payer: Payer) -> None:
    said = payer.scan()
    fingerprint = said["callback"].rpartition("/")[2]
    assert len(fingerprint) == 16
    assert said == {
        "tag": "payRequest",
        "callback": f"https://till.example.com/lnurlp/tips/{fingerprint}",
        "minSendable": 1000,
        "maxSendable": 10_000_000_000,
        "metadata": '[["text/plain","Marta\'s Stall"],["text/identifier","tips@till.example.com"]]',
        "commentAllowed": 140,
    }


def test_a_lightning_address_says_the_same(payer: Payer) -> None:
    assert payer.get("/.well-known/lnurlp/tips") == payer.scan()


@pytest.mark.parametrize("typed", ["TIPS", "Tips", "tips+lunch"])
def test_people_type_capitals_and_tags_and_mean_the_same(payer: Payer, typed: str) -> None:
    assert payer.get(f"/.well-known/lnurlp/{typed}") == payer.scan()


def test_the_shop_itself_is_paid_by_its_own_name(payer: Payer) -> None:
    said = payer.scan("shop")
    assert entries(said) == [["text/plain", "Marta's Stall"], ["text/identifier", "shop@till.example.com"]]
    assert said["callback"].startswith(f"{PUBLIC_URL}/lnurlp/shop/")


@pytest.mark.parametrize("audience", [{"shows_messages": True}, {"live_token": "t"}])
def test_a_jar_says_its_title_its_text_and_that_comments_are_shown(
    payer: Payer, shop: Shop, audience: dict[str, Any]
) -> None:
    shop.store.jars.add(replace(BAND, text="Strings\nand bows", **audience))
    assert entries(payer.scan("band")) == [
        ["text/plain", "Café ☕"],
        ["text/long-desc", "Strings\nand bows\nOthers may see comments."],
        ["text/identifier", "band@till.example.com"],
    ]


def test_it_is_the_same_whatever_language_the_payer_reads(payer: Payer, shop: Shop, client: FlaskClient) -> None:
    shop.store.jars.add(replace(BAND, shows_messages=True))
    german = client.get("/lnurlp/band", base_url=PUBLIC_URL, headers={"Accept-Language": "de"})
    assert german.get_json() == payer.scan("band")


def test_a_picture_goes_along_small(payer: Payer, shop: Shop, wallet: FakeWallet) -> None:
    shop.store.jars.add(BAND)
    shop.store.jars.set_picture("band", JarPicture("d1", b"large", b"small"))
    picture = ["image/jpeg;base64", b64encode(b"small").decode()]
    assert picture in entries(payer.scan("band"))
    wallet.advice = replace(wallet.advice, keeps_hashed_description=True)
    assert picture not in entries(payer.scan("band"))


def test_a_jar_that_is_bounded_says_so(payer: Payer, shop: Shop) -> None:
    shop.store.jars.add(replace(BAND, least_sat=100, most_sat=5000))
    said = payer.scan("band")
    assert (said["minSendable"], said["maxSendable"]) == (100_000, 5_000_000)


def test_no_jar_takes_more_than_the_shop(payer: Payer, shop: Shop) -> None:
    shop.store.jars.add(replace(BAND, least_sat=shop.settings.max_sat, most_sat=30_000_000))
    said = payer.scan("band")
    assert said["minSendable"] == said["maxSendable"] == shop.settings.max_sat * 1000


def test_a_jar_whose_least_nobody_may_pay_is_refused(payer: Payer, shop: Shop, wallet: FakeWallet) -> None:
    shop.store.jars.add(replace(BAND, least_sat=20_000))
    callback = payer.scan("band")["callback"]
    wallet.fail_with = InvoiceRefused("Receiving is limited to: 10000 satoshi per invoice", 10_000)
    assert "limited to" in payer.refusal(callback, amount="20000000")
    wallet.fail_with = None
    assert "The most for one sale is 10,000" in payer.refusal("/lnurlp/band")
    assert "The most for one sale is 10,000" in payer.refusal(callback, amount="10000000")
    assert wallet.made == []


def test_what_the_wallet_takes_at_most_is_offered_from_then_on(payer: Payer, wallet: FakeWallet) -> None:
    wallet.fail_with = InvoiceRefused("Receiving is limited to: 10000 satoshi per invoice", 10_000)
    assert "limited to: 10000 satoshi" in payer.pay(20_000_000)["reason"]
    wallet.fail_with = None
    assert payer.scan()["maxSendable"] == 10_000_000
    assert "pr" in payer.pay(10_000_000)
    assert payer.scan()["maxSendable"] == 10_000_000


@pytest.mark.parametrize(("sold", "offered"), [(10_000, 10_000_000), (10_001, 10_000_000_000)])
def test_a_wallet_that_takes_more_again_is_offered_it(
    payer: Payer, shop: Shop, cashier: Cashier, sold: int, offered: int
) -> None:
    shop.ceiling.refused(10_000)
    cashier.sell(sold)
    assert payer.scan()["maxSendable"] == offered


def test_a_price_in_sat_is_all_that_is_taken(payer: Payer, shop: Shop) -> None:
    shop.store.jars.add(replace(BAND, price=Money(2100, SAT)))
    said = payer.scan("band")
    assert said["minSendable"] == said["maxSendable"] == 2_100_000


@pytest.mark.parametrize("path", ["/lnurlp/band", "/.well-known/lnurlp/band"])
def test_a_closed_jar_says_so_and_opens_again_by_the_same_link(payer: Payer, shop: Shop, path: str) -> None:
    shop.store.jars.add(BAND)
    before = payer.get(path)
    shop.store.jars.change(replace(BAND, closed_at=shop.now()))
    assert payer.refusal(path) == "This tip jar is closed at the moment."
    assert "closed" in payer.refusal(before["callback"], amount="1000")
    shop.store.jars.change(BAND)
    assert payer.get(path) == before


@pytest.mark.parametrize("name", ["nobody", "nobody+tag", "tips+", "tips+" + "a" * 65, "%00", "a" * 900])
def test_what_nobody_has_set_up_is_an_error_with_its_reason(payer: Payer, name: str) -> None:
    assert payer.refusal(f"/lnurlp/{name}") == "There is no tip jar at this address."


@pytest.mark.parametrize(
    ("public_url", "reason"),
    [
        (None, "POS_PUBLIC_URL is not set"),
        ("http://till.example.com", "POS_PUBLIC_URL has to be https"),
    ],
)
def test_a_till_that_wallets_cannot_find_says_what_is_missing(
    settings: Settings, wallet: FakeWallet, public_url: str | None, reason: str
) -> None:
    app = create_app(replace(settings, public_url=public_url), wallet=wallet)
    payer = Payer(app.test_client())
    for path in ("/lnurlp/tips", "/lnurlp/tips/0123456789abcdef", "/lnurlp/verify/x"):
        assert reason in payer.refusal(path, amount="1000")
    close(app)


@pytest.mark.parametrize(
    "path",
    ["/lnurlp/tips/", "/.well-known/lnurlp/tips/", "/.well-known/lnurlp/a%2fb", "/lnurlp/a/b/c/d"],
)
def test_a_link_that_was_copied_wrong_is_an_error_with_its_reason_too(payer: Payer, path: str) -> None:
    assert payer.refusal(path, amount="1000") == "There is no tip jar at this address."
    assert payer.answers[-1].headers["Access-Control-Allow-Origin"] == "*"


def test_links_are_made_of_what_the_owner_set_and_of_no_header(settings: Settings, wallet: FakeWallet) -> None:
    app = create_app(replace(settings, public_url="https://Till.Example.com:8443/pos"), wallet=wallet)
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "Forwarded": "host=evil.example"}
    answer = app.test_client().get("/lnurlp/tips", base_url="http://till.example.com:8443", headers=headers)
    said = answer.get_json()
    assert said["callback"].startswith("https://till.example.com:8443/pos/lnurlp/tips/")
    # Nobody would find it there.
    assert entries(said) == [["text/plain", "Marta's Stall"]]
    close(app)


@pytest.mark.parametrize("path", ["/lnurlp/tips", "/lnurlp/tips/0123456789abcdef?amount=1000", "/lnurlp/verify/x"])
def test_a_host_that_is_not_ours_is_refused(client: FlaskClient, wallet: FakeWallet, path: str) -> None:
    answer = client.get(path, base_url="https://evil.example")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "ERROR")
    assert "not the shop's address" in answer.get_json()["reason"]
    assert wallet.made == []


@pytest.mark.parametrize("host", ["TILL.example.com", "till.example.com", "till.example.com:443"])
def test_our_host_is_known_however_a_proxy_writes_it(client: FlaskClient, host: str) -> None:
    assert client.get("/lnurlp/tips", headers={"Host": host}).get_json()["tag"] == "payRequest"


def test_a_host_with_an_umlaut_is_known_as_wallets_write_it(
    settings: Settings, wallet: FakeWallet, clock: FakeClock
) -> None:
    address = site("https://bäckerei.example")
    app = create_app(replace(settings, public_url=address), wallet=wallet, clock=clock, running=clock)
    said = app.test_client().get("/lnurlp/tips", base_url="https://xn--bckerei-5wa.example").get_json()
    assert said["callback"].startswith("https://xn--bckerei-5wa.example/lnurlp/tips/")
    assert ["text/identifier", "tips@xn--bckerei-5wa.example"] in entries(said)
    close(app)


def test_a_wallet_that_cannot_put_a_hash_into_an_invoice_is_not_asked(payer: Payer, wallet: FakeWallet) -> None:
    callback = payer.scan()["callback"]
    wallet.advice = replace(wallet.advice, no_hashed_description="It is a box of coins.")
    for path in ("/lnurlp/tips", "/lnurlp/shop", callback):
        assert "cannot be paid in this way" in payer.refusal(path, amount="1000")
    assert wallet.made == []


def test_the_reason_is_in_the_language_of_the_payer(client: FlaskClient) -> None:
    answer = client.get("/lnurlp/nobody", base_url=PUBLIC_URL, headers={"Accept-Language": "de"})
    assert answer.get_json()["reason"] != "There is no tip jar at this address."


def test_a_sticker_goes_on_taking_sat_where_the_shop_has_left_the_currency_of_the_page(
    payer: Payer, shop: Shop
) -> None:
    shop.store.jars.add(replace(BAND, currency="JPY", amounts=(Money(900, "JPY"),)))
    assert "pr" in payer.pay(21_000, "band")


class TestAPriceInACurrency:
    """Five euros are what they come to in sat when the code is scanned, and for a few minutes after that."""

    @pytest.fixture
    def rates(self) -> FakeRates:
        return FakeRates()

    @pytest.fixture(autouse=True)
    def _poster(self, shop: Shop) -> None:
        shop.store.jars.add(replace(BAND, currency="EUR", price=Money(500, "EUR")))

    def test_it_is_what_it_comes_to_now(self, payer: Payer) -> None:
        said = payer.scan("band")
        assert said["minSendable"] == said["maxSendable"] == 10_000_000
        assert "?" not in said["callback"]

    def test_what_was_quoted_is_charged_at_its_own_rate(self, payer: Payer, shop: Shop, rates: FakeRates) -> None:
        callback = payer.scan("band")["callback"]
        rates.price = Decimal(100_000)
        paid = payer.get(callback, amount="10000000")
        made = shop.store.find_by_verify_token(paid["verify"].rpartition("/")[2])
        assert made is not None
        assert made.amount_sat == 10_000
        assert made.sale.price == Money(500, "EUR")
        assert made.fiat is not None
        assert made.fiat.rate.price == 50_000

    @pytest.mark.parametrize("amount", ["9999000", "10001000"])
    def test_nothing_else_is_taken(self, payer: Payer, amount: str) -> None:
        assert payer.refusal(payer.scan("band")["callback"], amount=amount) == "The amount has to be 10,000\u00a0sat."

    def test_it_is_good_for_some_minutes(self, payer: Payer, clock: FakeClock) -> None:
        callback = payer.scan("band")["callback"]
        clock.move(300)
        assert "pr" in payer.get(callback, amount="10000000")
        clock.move(1)
        assert payer.refusal(callback, amount="10000000") == "The price has changed. Scan again."

    def test_a_clock_that_is_set_back_by_a_second_changes_no_price(self, payer: Payer, clock: FakeClock) -> None:
        callback = payer.scan("band")["callback"]
        clock.move(-1)
        assert "pr" in payer.get(callback, amount="10000000")

    def test_nobody_can_make_up_a_rate(self, payer: Payer) -> None:
        callback = payer.scan("band")["callback"]
        for forged in (callback[:-1] + ("A" if callback[-1] != "A" else "B"), callback.rpartition("/")[0]):
            assert payer.refusal(forged, amount="10000000") == "The price has changed. Scan again."

    def test_a_rate_goes_with_a_price_alone(self, payer: Payer) -> None:
        quoted = payer.scan("band")["callback"].rpartition("/")[2]
        assert "Scan again" in payer.refusal(f"{payer.scan()['callback']}/{quoted}", amount="10000000")

    def test_a_new_price_is_not_sold_by_the_old_quote(self, payer: Payer, shop: Shop) -> None:
        callback = payer.scan("band")["callback"]
        shop.store.jars.change(replace(BAND, currency="EUR", price=Money(600, "EUR")))
        assert payer.refusal(callback, amount="10000000") == "The amount has to be 12,000\u00a0sat."

    def test_without_a_rate_there_is_a_reason(self, payer: Payer, rates: FakeRates) -> None:
        rates.price = None
        assert "no exchange rate" in payer.refusal("/lnurlp/band")

    def test_a_price_in_what_the_shop_takes_no_more_is_refused(self, payer: Payer, rates: FakeRates) -> None:
        callback = payer.scan("band")["callback"]
        rates.currency = "CHF"
        assert "takes no more" in payer.refusal("/lnurlp/band")
        assert "takes no more" in payer.refusal(callback, amount="10000000")

    def test_a_quote_in_another_currency_is_none(self, payer: Payer, shop: Shop, rates: FakeRates) -> None:
        callback = payer.scan("band")["callback"]
        rates.currency = "CHF"
        shop.store.jars.change(replace(BAND, currency="CHF", price=Money(500, "CHF")))
        assert payer.refusal(callback, amount="10000000") == "The price has changed. Scan again."

    def test_a_price_over_the_limit_is_refused(self, payer: Payer, shop: Shop) -> None:
        shop.ceiling.refused(9_999)
        assert "9,999\u00a0sat" in payer.refusal("/lnurlp/band")
