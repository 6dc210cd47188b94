"""The invoice that a wallet asks for: the second question of LUD-06, with the comment of LUD-12."""

import json
from dataclasses import dataclass, field, replace
from hashlib import sha256

import pytest
from flask.testing import FlaskClient

from pos.bolt11.decode import decode
from pos.domain.charge import Channel, Charge
from pos.domain.jar import Jar
from pos.domain.money import SAT, Money
from pos.domain.tax import parse_tax_rate
from pos.runtime.allowance import LIMITS
from pos.services.charge import MOST_OPEN, MOST_OPEN_OF_JAR, Promise, charge
from pos.services.recent import memos, recent
from pos.services.showing import showing
from pos.settings import Settings
from pos.shop import Shop
from pos.store import StoreError
from pos.wallets.base import InvoiceRequest, Offer, WalletTimeout
from tests.conftest import Cashier, in_sat
from tests.crowd import ask_too
from tests.fakes import FakeClock, FakeWallet
from tests.web.lnurl.payer import PUBLIC_URL, Payer

COUNTED = pytest.mark.only_on("sqlite", reason="who asked how often is counted in no database")
BAND = Jar(name="band", title="Café ☕", currency=SAT)


def charged(shop: Shop, paid: dict[str, str]) -> Charge:
    found = shop.store.find_by_verify_token(paid["verify"].rpartition("/")[2])
    assert found is not None
    return found


def test_the_answer_has_what_the_specification_names_and_nothing_else(payer: Payer, shop: Shop) -> None:
    paid = payer.pay(21_000)
    made = charged(shop, paid)
    assert paid == {
        "pr": made.invoice.payment_request,
        "routes": [],
        "disposable": False,
        "verify": f"{PUBLIC_URL}/lnurlp/verify/{made.verify_token}",
    }
    # Any onlooker of the code has the payment hash.
    assert made.invoice.payment_hash not in paid["verify"]
    assert made.id not in paid["verify"]


def test_the_invoice_holds_the_hash_of_the_metadata_as_it_was_sent(payer: Payer, shop: Shop) -> None:
    shop.store.jars.add(BAND)
    said = payer.scan("band")
    invoice = decode(payer.get(said["callback"], amount="21000", comment="hi")["pr"])
    assert invoice.description_hash == sha256(said["metadata"].encode()).hexdigest()
    assert invoice.amount_msat == 21_000


def test_it_is_a_charge_like_any_other_with_the_comment_as_its_memo(payer: Payer, shop: Shop) -> None:
    shop.store.jars.add(replace(BAND, shows_messages=True))
    made = charged(shop, payer.pay(21_000, "band", comment="Thanks & ü ☕"))
    assert (made.channel, made.amount_sat, made.memo, made.jar) == (Channel.LNURL, 21, "Thanks & ü ☕", "band")
    assert made.till == ""


@pytest.mark.parametrize(
    ("shows", "comment", "shown"), [(True, "hi", 1), (True, " ", 0), (False, "hi", 0), ("live", "hi", 1)]
)
def test_a_comment_is_shown_where_the_jar_shows_them(
    payer: Payer, shop: Shop, wallet: FakeWallet, cashier: Cashier, shows: bool | str, comment: str, shown: int
) -> None:
    shop.store.jars.add(replace(BAND, shows_messages=shows is True, live_token="t" if shows == "live" else ""))
    made = charged(shop, payer.pay(21_000, "band", comment=comment))
    wallet.settle(made.invoice, 21)
    cashier.status(made.id)
    contents = shop.store.jars.contents("band", 5, shown_only=True)
    assert (contents.tips, len(contents.latest)) == (1, shown)


@dataclass
class NotingWallet(FakeWallet):
    """A wallet that keeps what it was asked for."""

    asked: list[InvoiceRequest] = field(default_factory=list)

    def create_invoice(self, request: InvoiceRequest) -> Offer:
        self.asked.append(request)
        return super().create_invoice(request)


class TestWhatTheWalletLearns:
    """What a stranger wrote stays in the shop's book: it would not be in the invoice anyway."""

    @pytest.fixture
    def wallet(self, clock: FakeClock) -> FakeWallet:
        return NotingWallet(clock)

    def test_it_is_not_told_the_comment(self, payer: Payer, wallet: NotingWallet) -> None:
        said = payer.scan()
        payer.get(said["callback"], amount="21000", comment="Thanks")
        assert [(it.memo, it.hashed_description) for it in wallet.asked] == [("", said["metadata"])]


def test_what_the_shop_itself_is_paid_stands_in_the_list_of_its_first_till(
    payer: Payer, shop: Shop, wallet: FakeWallet, client: FlaskClient
) -> None:
    made = charged(shop, payer.pay(21_000, "shop", comment="Table 7"))
    assert (made.jar, made.till) == ("", shop.settings.tills[0])
    # Nobody of the shop has asked for it, and whoever did may never pay.
    assert "Table 7" not in client.get("/").text
    wallet.settle(made.invoice, 21)
    client.get(f"/pay/{made.id}/status")
    assert "Table 7" in client.get("/").text
    assert memos(recent(shop, made.till)) == []


@pytest.mark.parametrize("asked", ["", "&show=paid"])
def test_what_the_shop_itself_is_paid_is_among_the_sales_of_its_posters(
    payer: Payer, shop: Shop, wallet: FakeWallet, client: FlaskClient, asked: str
) -> None:
    """Though it has the name of the first till, and what a jar is paid has none."""
    shop.store.jars.add(replace(BAND, shows_messages=True))
    for name, comment in (("shop", "Table 7"), ("band", "Encore")):
        made = charged(shop, payer.pay(21_000, name, comment=comment))
        wallet.settle(made.invoice, 21)
        client.get(f"/pay/{made.id}/status")
    page = client.get(f"/sales?channel=lnurl{asked}").text
    assert ("Table 7" in page, "Encore" in page, "42\u00a0sat" in page) == (True, True, True)
    assert "Table 7" not in client.get(f"/sales?till={shop.settings.tills[0]}").text


def test_what_strangers_ask_for_is_never_on_the_screen_before_a_customer(
    payer: Payer, shop: Shop, wallet: FakeWallet, cashier: Cashier, clock: FakeClock
) -> None:
    till = shop.settings.tills[0]
    sold = cashier.sell(2100)
    clock.move(1)
    made = charged(shop, payer.pay(21_000, "shop"))
    shown = showing(shop, till).charge
    assert shown is not None
    assert shown.id == sold
    wallet.settle(made.invoice, 21)
    cashier.status(made.id)
    assert showing(shop, till).charge == shown


class TestAShopThatReckonsTax:
    """What the shop takes for a thing is taxed as what it usually sells; what is given to a jar is not."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        rate = parse_tax_rate("19")
        assert rate
        return replace(settings, tax_rates=(rate,))

    @pytest.mark.parametrize(("name", "taxed"), [("shop", True), ("poster", True), ("band", False)])
    def test_a_thing_is_taxed_and_a_tip_is_not(self, payer: Payer, shop: Shop, name: str, taxed: bool) -> None:
        shop.store.jars.add(BAND)
        shop.store.jars.add(replace(BAND, name="poster", price=Money(21, SAT)))
        sale = shop.store.get_sale(charged(shop, payer.pay(21_000, name)).sale_id)
        assert sale is not None
        assert (sum(it.gross for it in sale.taxes) == 21) is taxed
        assert [it.text for it in sale.lines if it.text] == ([BAND.title] if name == "poster" else [])


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("", "one amount"),
        ("amount=", "one amount"),
        ("amount=0", "from 1\u00a0sat to 10,000,000\u00a0sat"),
        ("amount=-1000", "one amount"),
        ("amount=%2B1000", "one amount"),
        ("amount=1000.0", "one amount"),
        ("amount=1000&amount=1000", "one amount"),
        ("amount=1500", "Whole sat only"),
        ("amount=10000001000", "from 1\u00a0sat to 10,000,000\u00a0sat"),
        ("amount=9999999999999999999999", "one amount"),
        ("amount=1000&comment=" + "x" * 141, "at most 140 characters"),
        ("amount=1000&comment=https://evil.example/x", "No links"),
    ],
)
def test_what_was_not_offered_is_an_error_with_its_reason(
    payer: Payer, wallet: FakeWallet, asked: str, reason: str
) -> None:
    assert reason in payer.refusal(f"{payer.scan()['callback']}?{asked}")
    assert wallet.made == []


@pytest.mark.parametrize(
    "asked",
    [
        "nonce=7&amount=21000",
        "amount=21000&lnurl=LNURL1&nostr={}&payerdata={}&fromnodes=02&proofofpayer=x",
        "amount=21000&comment=",
        "amount=21000&comment=" + "%F0%9F%8D%85" * 140,
    ],
)
def test_what_other_wallets_send_along_is_left_aside(payer: Payer, asked: str) -> None:
    assert decode(payer.get(f"{payer.scan()['callback']}?{asked}")["pr"]).amount_msat == 21_000


def test_a_link_that_was_changed_meanwhile_is_not_paid(payer: Payer, shop: Shop, wallet: FakeWallet) -> None:
    shop.store.jars.add(BAND)
    callback = payer.scan("band")["callback"]
    shop.store.jars.change(replace(BAND, title="For the drummer"))
    assert payer.refusal(callback, amount="1000") == "This link has changed. Scan it again."
    assert wallet.made == []


def test_an_invoice_with_another_hash_does_not_leave_the_till(payer: Payer, shop: Shop, wallet: FakeWallet) -> None:
    wallet.lie = lambda _offer: wallet.sign(21, "Tips", 600)
    assert "wrong invoice" in payer.pay(21_000)["reason"]
    assert shop.store.count_open(Channel.LNURL, shop.now(), 5) == 0


def test_a_wallet_that_is_down_is_an_error_and_never_a_null(payer: Payer, wallet: FakeWallet) -> None:
    wallet.fail_with = WalletTimeout("no answer in 10 s")
    assert "took too long" in payer.refusal(payer.scan()["callback"], amount="21000")


def test_a_database_that_fails_is_an_error_too(payer: Payer, wallet: FakeWallet, shop: Shop) -> None:
    callback = payer.scan()["callback"]
    wallet.before_answer = shop.store.close
    wallet.fail_with = StoreError("the disk is full")
    assert payer.refusal(callback, amount="21000") == str(StoreError("the disk is full").sentence)


def test_so_is_what_nobody_has_foreseen(payer: Payer, wallet: FakeWallet, caplog: pytest.LogCaptureFixture) -> None:
    wallet.fail_with = ZeroDivisionError("a bug")
    assert payer.refusal(payer.scan()["callback"], amount="21000") == "It is our fault, not yours."
    assert "ZeroDivisionError" in caplog.text


def test_a_query_that_is_too_long_is_an_error_too(payer: Payer) -> None:
    assert "more than the till takes" in payer.refusal("/lnurlp/tips/x", amount="1000", comment="x" * 5000)


@pytest.mark.parametrize("path", ["/lnurlp/tips", "/.well-known/lnurlp/tips", "/lnurlp/verify/x"])
def test_who_only_looks_makes_nothing(client: FlaskClient, wallet: FakeWallet, payer: Payer, path: str) -> None:
    for looked_at in (path, f"{payer.scan()['callback'].removeprefix(PUBLIC_URL)}?amount=1000"):
        answer = client.head(looked_at, base_url=PUBLIC_URL)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")
    assert wallet.made == []


@pytest.mark.parametrize("path", ["/lnurlp/tips", "/lnurlp/nobody", "/lnurlp/tips/x?amount=1000", "/lnurlp/verify/x"])
def test_every_answer_is_for_any_page_and_for_no_cache_and_leaves_no_cookie(client: FlaskClient, path: str) -> None:
    answer = client.get(path, base_url=PUBLIC_URL)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in answer.headers


@COUNTED
def test_one_address_may_ask_so_often_in_a_minute_and_then_reads_why_not(
    payer: Payer, wallet: FakeWallet, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    most, seconds = LIMITS[0]
    callback = payer.scan()["callback"]
    caplog.set_level("INFO")
    for _ in range(most):
        assert "pr" in payer.get(callback, amount="1000")
    assert "too often from one connection" in payer.refusal(callback, amount="1000")
    assert "refused as 429" in caplog.text
    assert len(wallet.made) == most
    assert "pr" in Payer(payer.client, "192.0.2.2").get(callback, amount="1000")
    clock.move(seconds)
    assert "pr" in payer.get(callback, amount="1000")


def test_a_jar_keeps_so_many_open_and_leaves_the_others_alone(payer: Payer, shop: Shop, clock: FakeClock) -> None:
    shop.store.jars.add(BAND)
    sale = replace(in_sat(21), jar="band")
    for channel in (Channel.TIPS, Channel.LNURL):
        ask_too(shop, charge(shop, channel, sale, "first"), ["band"] * (MOST_OPEN_OF_JAR // 2 - 2))
        charge(shop, channel, sale, "last")
    callback = payer.scan("band")["callback"]
    assert "Too many people ask at once" in payer.refusal(callback, amount="1000")
    assert "pr" in payer.pay(1000)
    clock.move(shop.settings.invoice_expiry)
    assert "pr" in payer.get(callback, amount="1000")


@COUNTED
def test_one_visitor_alone_keeps_nobody_from_a_jar(payer: Payer, clock: FakeClock) -> None:
    callback = payer.scan()["callback"]
    (_, _), (most, seconds) = LIMITS
    for _ in range(most):
        assert "pr" in payer.get(callback, amount="1000")
        clock.move(seconds // most - 1)
    assert "too often" in payer.refusal(callback, amount="1000")
    assert "pr" in Payer(payer.client, "192.0.2.2").get(callback, amount="1000")


def test_the_shop_itself_keeps_as_many_open_as_a_jar(payer: Payer, shop: Shop, cashier: Cashier) -> None:
    ask_too(shop, charge(shop, Channel.LNURL, in_sat(21), "first"), [""] * (MOST_OPEN_OF_JAR - 2))
    charge(shop, Channel.LNURL, in_sat(21), "last")
    assert "Too many people ask at once" in payer.pay(1000, "shop")["reason"]
    assert "pr" in payer.pay(1000)
    assert cashier.sell(21)


def test_all_together_keep_so_many_open(payer: Payer, shop: Shop) -> None:
    jars = [f"j{number // MOST_OPEN_OF_JAR}" for number in range(MOST_OPEN)]
    first = charge(shop, Channel.LNURL, replace(in_sat(21), jar=jars[0]), "first")
    ask_too(shop, first, jars[1:-1])
    charge(shop, Channel.LNURL, replace(in_sat(21), jar=jars[-1]), "last")
    assert "Too many people ask at once" in payer.pay(1000)["reason"]


def test_a_promise_is_what_makes_a_token(shop: Shop) -> None:
    assert charge(shop, Channel.TIPS, in_sat(21), "k1").verify_token is None
    tokens = {charge(shop, Channel.LNURL, in_sat(21), f"k{it}", Promise(json.dumps([]))).verify_token for it in (2, 3)}
    assert len(tokens) == 2
    assert all(token and len(token) >= 22 for token in tokens)
