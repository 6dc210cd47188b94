"""The receipt: all that stands on it, what it is of, and who gets none."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from html import unescape
from io import BytesIO
from itertools import count
from zoneinfo import ZoneInfo

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from pos import close, create_app
from pos.domain.charge import Channel, Charge
from pos.domain.kept_setting import Entered
from pos.domain.money import SAT, Money
from pos.domain.sale import Line, Sale, price_of
from pos.domain.tax import TaxRate
from pos.runtime.follower import LOOK_EVERY
from pos.services.cancel import cancel
from pos.services.charge import charge, charge_again
from pos.services.settle import settle
from pos.settings import Settings
from pos.shop import Shop
from pos.wallets.base import WalletUnreachable
from tests.conftest import in_sat, stored
from tests.fakes import FakeClock, FakeRates, FakeWallet
from tests.people import People

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")

FULL, REDUCED, ON_TOP = TaxRate(Decimal(19)), TaxRate(Decimal(7)), TaxRate(Decimal("8.25"), on_top=True)
LUNCH = (Line(380, 2, "", FULL), Line(250, 1, "Pretzel", REDUCED))
ADDRESS = "http://till.example"
KEYS = count()


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(
        settings,
        timezone=ZoneInfo("Europe/Berlin"),
        shop_address=("Arch Lane 4", "10115 Sampletown"),
        tax_id="DE123456789",
        receipt_footer=("Thank you,", "come again."),
    )


@pytest.fixture
def app(settings: Settings, wallet: FakeWallet, clock: FakeClock, rates: FakeRates) -> Iterator[Flask]:
    app = create_app(settings, wallet=wallet, clock=clock, running=clock, rates=rates)
    yield app
    close(app)


class Till:
    """Sells, and lets money come."""

    def __init__(self, shop: Shop, wallet: FakeWallet, client: FlaskClient) -> None:
        self.shop, self.wallet, self.client = shop, wallet, client

    def sell(self, sale: Sale, channel: Channel = Channel.TILL) -> Charge:
        return charge(self.shop, channel, sale, f"key-{next(KEYS)}")

    def pay(self, made: Charge, extra_sat: int = 0, **changes: object) -> Charge:
        self.wallet.settle(made.invoice, made.amount_sat + extra_sat, **changes)
        return settle(self.shop, made)

    def receipt(self, made: Charge, query: str = "") -> str:
        """Read a receipt: its words, with one space between them."""
        answer = self.client.get(f"/pay/{made.id}/receipt{query}")
        assert answer.status_code == 200
        main = re.search(r"(?s)<main>(.*)</main>", answer.text)
        assert main
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?(?:span|wbr|bdi)[^>]*>", "", main[1]))).split())


@pytest.fixture
def till(shop: Shop, wallet: FakeWallet, client: FlaskClient) -> Till:
    return Till(shop, wallet, client)


def of_lines(*lines: Line, tip: int = 0, currency: str = "EUR") -> Sale:
    return Sale(Money(price_of(lines), currency), "Table 3", tip, "till", lines)


def test_all_that_a_customer_and_a_tax_office_ask_for_is_on_it(till: Till) -> None:
    paid = till.pay(till.sell(of_lines(*LUNCH, tip=190)))
    text = till.receipt(paid)
    for part in (
        "Marta's Stall Arch Lane 4 10115 Sampletown Tax number DE123456789",
        "No. 2026-1",
        "(UTC+2)",
        "Table 3",
        "2 × 3.80 A 7.60",
        "Pretzel B 2.50",
        "Tip 1.90",
        "Total €12.00 24,000 sat",
        "1 BTC = €50,000.00, kraken, at",
        "A 19% 6.39 1.21 7.60",
        "B 7% 2.34 0.16 2.50",
        "Paid by Lightning",
        f"Payment hash {paid.invoice.payment_hash}",
        f"Preimage {till.wallet.preimages[paid.invoice.id]}",
        "The proof: SHA-256 of the preimage, read as 32 bytes, is the payment hash.",
        "Thank you, come again.",
    ):
        assert part in text
    assert "asked" not in text


def test_who_sold_it_is_named_where_the_shop_has_receipts_name_them(till: Till, app: Flask, clock: FakeClock) -> None:
    ana = People(app).somebody("Ana")
    sold = till.pay(till.sell(replace(in_sat(2100), staff=ana)))
    nobody = till.pay(till.sell(in_sat(2100)))
    assert "Ana" not in till.receipt(sold)
    named = {"POS_RECEIPT_CASHIER": Entered("on")}
    assert till.shop.store.settings.change(named, till.shop.store.settings.version(), till.shop.now(), "Marta")
    clock.move(LOOK_EVERY)
    assert "Served by Ana" in till.receipt(sold)
    assert "Served by" not in till.receipt(nobody)


def test_tax_that_comes_on_top_is_a_row_of_what_was_paid(till: Till) -> None:
    text = till.receipt(till.pay(till.sell(of_lines(Line(1000, 1, "Lamp", ON_TOP)))))
    assert "Lamp A 10.00 Tax 8.25% A 0.83 Total €10.83" in text
    assert "A 8.25% 10.00 0.83 10.83" in text


def test_a_sale_in_sat_says_what_it_was_worth(till: Till) -> None:
    text = till.receipt(till.pay(till.sell(in_sat(2100, "Coffee"))))
    assert "Coffee 2,100 Total 2,100 sat ≈ €1.05" in text


def test_without_a_rate_there_are_only_sat(till: Till, rates: FakeRates) -> None:
    rates.price = None
    text = till.receipt(till.pay(till.sell(in_sat(2100, "Coffee"))))
    assert "Total 2,100 sat Paid by Lightning" in text


def test_a_price_without_a_word_stands_for_itself(till: Till) -> None:
    assert "2,100 2,100 Total 2,100 sat" in till.receipt(till.pay(till.sell(in_sat(2100))))


def test_what_a_tip_jar_got_is_a_tip_and_its_memo_a_message(till: Till) -> None:
    text = till.receipt(till.pay(till.sell(in_sat(2100, "Lovely!"), Channel.TIPS)))
    assert "Lovely! What was sold Tax Price Tip 2,100 Total" in text


@pytest.mark.parametrize("channel", [Channel.TIPS, Channel.LNURL])
def test_a_thing_that_a_jar_sells_goes_by_its_name(till: Till, channel: Channel) -> None:
    sale = replace(Sale.all_told(Money(250, "EUR"), FULL, "Lovely!", "Espresso"), jar="espresso")
    assert "Lovely! What was sold Tax Price Espresso A 2.50 Total" in till.receipt(till.pay(till.sell(sale, channel)))


def test_what_was_taxed_was_no_tip_where_it_has_no_name(till: Till) -> None:
    sale = replace(Sale.all_told(Money(250, "EUR"), FULL, "Lovely!"), jar="espresso")
    text = till.receipt(till.pay(till.sell(sale, Channel.LNURL)))
    assert "Lovely! What was sold Tax Price 2.50 A 2.50 Total" in text


def test_what_is_paid_to_the_shop_by_its_own_name_is_no_tip(till: Till) -> None:
    sale = Sale(Money(2100, SAT), till="till")
    assert "What was sold Tax Price 2,100 2,100 Total" in till.receipt(till.pay(till.sell(sale, Channel.LNURL)))


@pytest.mark.parametrize(
    ("extra_sat", "words"), [(-100, "Less than asked Asked 2,100 sat Received 2,000 sat Missing 100 sat"), (1, "Extra")]
)
def test_money_that_was_less_or_more_is_told(till: Till, extra_sat: int, words: str) -> None:
    text = till.receipt(till.pay(till.sell(in_sat(2100)), extra_sat))
    assert words in text
    assert "Total 2,100 sat" in text


def test_money_that_was_late_is_told(till: Till, clock: FakeClock) -> None:
    made = till.sell(in_sat(2100))
    clock.move(700)
    assert "It came 1 minute after the invoice had expired." in till.receipt(till.pay(made))


@pytest.mark.parametrize("preimage", [None, "00" * 32])
def test_a_payment_that_is_not_proven_has_no_preimage_and_says_so(till: Till, preimage: str | None) -> None:
    text = till.receipt(till.pay(till.sell(in_sat(2100)), preimage=preimage))
    assert "showed no valid proof. The shop will look it up." in text
    assert "Preimage" not in text
    assert "The proof" not in text


def test_a_second_payment_of_a_sale_is_no_second_sale(till: Till, clock: FakeClock) -> None:
    """What was sold, and its tax, stand on one receipt: nobody may deduct a tax twice."""
    first = till.sell(of_lines(*LUNCH))
    clock.move(700)
    settle(till.shop, first)
    again = charge_again(till.shop, stored(till.shop, first.id))
    till.pay(again)
    late = till.receipt(till.pay(first))
    assert "This sale had been paid before. This payment came on top of it." in late
    assert "Total €10.10" in late
    assert "Pretzel" not in late
    assert "19%" not in late
    assert "paid before" not in till.receipt(again)
    assert "Pretzel B 2.50" in till.receipt(again)


def looks_again(till: Till, made: Charge) -> bool:
    """Tell whether the receipt's page loads itself again, with a script and without."""
    address = f"/pay/{made.id}/receipt"
    html = till.client.get(address).text
    marks = {f"url={address}" in html, f'data-url="{address}"' in html}
    assert len(marks) == 1
    return marks.pop()


def test_before_it_is_paid_there_is_none(till: Till) -> None:
    made = till.sell(in_sat(2100))
    assert "No receipt This invoice is not paid yet." in till.receipt(made)
    # It says that the receipt will be here.
    assert looks_again(till, made)
    assert till.client.get(f"/pay/{made.id}/receipt.png").status_code == 404


def test_who_opens_it_as_the_money_comes_gets_it(till: Till, clock: FakeClock) -> None:
    made = till.sell(in_sat(2100))
    clock.move(2)
    till.wallet.settle(made.invoice, 2100)
    assert "Paid by Lightning" in till.receipt(made)


def test_one_that_has_expired_or_was_cancelled_has_none(till: Till, clock: FakeClock) -> None:
    cancelled, expired = cancel(till.shop, till.sell(in_sat(2100))), till.sell(in_sat(2100))
    clock.move(700)
    assert "No receipt This sale was cancelled. Nothing was paid." in till.receipt(cancelled)
    assert "No receipt Invoice expired. Nothing was paid." in till.receipt(expired)
    assert not any(looks_again(till, it) for it in (cancelled, expired))


def test_of_which_nobody_knows_whether_it_is_paid_does_not_say_that_nothing_was(till: Till, clock: FakeClock) -> None:
    made = till.sell(in_sat(2100))
    till.wallet.fail_with = WalletUnreachable("down")
    clock.move(601)
    text = till.receipt(made)
    assert "Paid already? Do not pay again." in text
    assert "Nothing was paid" not in text


def test_an_unknown_one_is_not_found(client: FlaskClient) -> None:
    for path in ("receipt", "receipt.png"):
        assert client.get(f"/pay/nope/{path}").status_code == 404


@pytest.mark.parametrize("memo", ["<script>alert(1)</script>", "a\nb", "\u202e12 €"])
def test_a_memo_is_text_whatever_it_says(till: Till, memo: str) -> None:
    paid = till.pay(till.sell(in_sat(2100, memo)))
    page = till.client.get(f"/pay/{paid.id}/receipt").text
    assert "<script>alert" not in page
    assert f"<bdi>{memo.replace('<', '&lt;').replace('>', '&gt;')}</bdi>" in page


@pytest.mark.parametrize(("query", "paper"), [("", "A4"), ("?paper=58", "58"), ("?paper=80", "80"), ("?paper=x", "A4")])
def test_the_paper_is_chosen_in_the_address(till: Till, query: str, paper: str) -> None:
    paid = till.pay(till.sell(in_sat(2100)))
    page = till.client.get(f"/pay/{paid.id}/receipt{query}").text
    assert f'<body class="receipt paper-{paper}">' in page
    assert page.count("aria-current") == 1


def test_no_search_engine_is_to_keep_it(till: Till) -> None:
    paid = till.pay(till.sell(in_sat(2100)))
    for path in ("receipt", "receipt.png"):
        assert till.client.get(f"/pay/{paid.id}/{path}", base_url=ADDRESS).headers["X-Robots-Tag"] == "noindex"


def read_qr(png: bytes) -> str:
    return str(zxingcpp.read_barcodes(Image.open(BytesIO(png)).convert("L"))[0].text)


def test_its_qr_is_its_address_as_a_phone_finds_it(till: Till) -> None:
    paid = till.pay(till.sell(in_sat(2100)))
    path = f"/pay/{paid.id}/receipt"
    for base in (ADDRESS, "http://192.168.1.20:5000", "http://[2001:db8::1]:5000", "https://till.local"):
        assert read_qr(till.client.get(f"{path}.png", base_url=base).data) == f"{base}{path}"
        assert f'src="{path}.png"' in till.client.get(path, base_url=base).text


@pytest.mark.parametrize("host", ["localhost:5000", "127.0.0.1:5000", "127.1.2.3", "[::1]:5000", "till.localhost"])
def test_an_address_of_this_machine_alone_is_no_qr(till: Till, host: str) -> None:
    paid = till.pay(till.sell(in_sat(2100)))
    path = f"/pay/{paid.id}/receipt"
    assert till.client.get(f"{path}.png", base_url=f"http://{host}").status_code == 404
    assert "receipt.png" not in till.client.get(path, base_url=f"http://{host}").text


@pytest.mark.parametrize("channel", [Channel.TILL, Channel.KIOSK])
def test_a_paid_screen_of_the_shop_has_the_qr_of_the_receipt(till: Till, channel: Channel) -> None:
    made = till.sell(in_sat(2100), channel)
    image = f'src="/pay/{made.id}/receipt.png"'
    page = f"/pay/{made.id}"
    assert image not in till.client.get(page, base_url=ADDRESS).text
    till.pay(made)
    assert image in till.client.get(page, base_url=ADDRESS).text
    assert image not in till.client.get(page, base_url="http://localhost").text
    led_there = f'href="/pay/{made.id}/receipt"' in till.client.get(page, base_url=ADDRESS).text
    # Nobody leads back from there on a kiosk.
    assert led_there == (channel is Channel.TILL)


@pytest.mark.parametrize("channel", [Channel.TIPS, Channel.API])
def test_the_customers_own_phone_has_a_link_to_the_receipt(till: Till, channel: Channel) -> None:
    made = till.sell(in_sat(2100), channel)
    link = f'href="/pay/{made.id}/receipt"'
    assert link not in till.client.get(f"/pay/{made.id}").text
    till.pay(made)
    page = till.client.get(f"/pay/{made.id}", base_url=ADDRESS).text
    assert link in page
    assert "receipt.png" not in page


def test_the_customers_screen_has_the_qr_of_the_receipt(till: Till) -> None:
    made = till.sell(Sale(Money(2100, "SAT"), till="till"))
    assert "receipt.png" not in till.client.get("/screen/till", base_url=ADDRESS).text
    till.pay(made)
    assert f'src="/pay/{made.id}/receipt.png"' in till.client.get("/screen/till", base_url=ADDRESS).text
    assert "Thank you!" in till.client.get("/screen/till", base_url="http://localhost").text


class TestWithAPublicAddress:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, public_url="https://till.example")

    def test_the_qr_leads_there_wherever_the_till_was_opened(self, till: Till) -> None:
        paid = till.pay(till.sell(in_sat(2100)))
        path = f"/pay/{paid.id}/receipt"
        assert (
            read_qr(till.client.get(f"{path}.png", base_url="http://127.0.0.1").data) == f"https://till.example{path}"
        )
