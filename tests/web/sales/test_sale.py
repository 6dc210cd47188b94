"""The page of a sale: what was sold, what became of it and when, and the proof of it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from html import unescape
from itertools import count

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pos import close, create_app
from pos.domain.charge import Channel, Charge
from pos.domain.money import Money
from pos.domain.sale import Line, Sale, price_of
from pos.domain.tax import TaxRate
from pos.services.cancel import cancel
from pos.services.charge import charge, charge_again
from pos.services.settle import settle
from pos.settings import Settings
from pos.shop import Shop
from pos.wallets.base import WalletUnreachable
from tests.conftest import in_sat, stored
from tests.fakes import FakeClock, FakeRates, FakeWallet

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")

FULL, ON_TOP = TaxRate(Decimal(19)), TaxRate(Decimal("8.25"), on_top=True)
KEYS = count()
CLOCK = r"\d+:\d\d:\d\d.[AP]M"


@pytest.fixture
def tills() -> tuple[str, ...]:
    return ("counter", "bar")


@pytest.fixture
def app(settings: Settings, tills: tuple[str, ...], wallet: FakeWallet, clock: FakeClock) -> Iterator[Flask]:
    shop = replace(settings, tills=tills)
    app = create_app(shop, wallet=wallet, clock=clock, running=clock, rates=FakeRates())
    yield app
    close(app)


class Books:
    """Sells, lets money come, and reads the page of a sale."""

    def __init__(self, shop: Shop, wallet: FakeWallet, client: FlaskClient) -> None:
        self.shop, self.wallet, self.client = shop, wallet, client

    def sell(self, sale: Sale, channel: Channel = Channel.TILL) -> Charge:
        return charge(self.shop, channel, sale, f"key-{next(KEYS)}")

    def pay(self, made: Charge, extra_sat: int = 0, **changes: object) -> Charge:
        self.wallet.settle(made.invoice, made.amount_sat + extra_sat, **changes)
        return settle(self.shop, made)

    def page(self, made: Charge) -> str:
        """Read a page: its words, with one space between them."""
        answer = self.client.get(f"/sales/{made.number}")
        assert answer.status_code == 200
        main = re.search(r"(?s)<main [^>]*>(.*)</main>", answer.text)
        assert main
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?(?:span|wbr|bdi)[^>]*>", "", main[1]))).split())

    def steps(self, made: Charge) -> list[str]:
        """Return what became of it, without the times of day."""
        told = re.search(r"What became of it (.*?) Invoice 1 ", self.page(made))
        assert told
        return [step.strip() for step in re.split(CLOCK, told[1]) if step]


@pytest.fixture
def books(shop: Shop, wallet: FakeWallet, client: FlaskClient) -> Books:
    return Books(shop, wallet, client)


def test_what_was_sold_is_told_with_tip_tax_and_total(books: Books) -> None:
    lines = (Line(380, 2, "Tea", FULL), Line(250, 1, "", FULL), Line(100, 1, "Lamp", ON_TOP))
    paid = books.pay(books.sell(Sale(Money(price_of(lines), "EUR"), "Table 3", 100, "bar", lines)))
    page = books.page(paid)
    assert "Sale 1 paid €12.18 24,360 sat Table 3 · Till bar · " in page
    assert "Tea 2 × 3.80 A €7.60 Price A €2.50 Lamp B €1.00 Tax B 8.25% €0.08 Tip €1.00 Total €12.18" in page
    assert "Tax A 19% in €10.10 €1.61 Tax B 8.25% in €1.08 €0.08" in page


def test_the_proof_is_there_with_rate_wallet_and_invoice(books: Books) -> None:
    paid = books.pay(books.sell(in_sat(2100, "Tea")))
    page = books.page(paid)
    assert "Invoice 1 Amount 2,100 sat Wallet fake:1 1 BTC = €50,000.00, kraken, at" in page
    assert f"Payment hash {paid.invoice.payment_hash}" in page
    assert f"Preimage {books.wallet.preimages[paid.invoice.id]}" in page
    assert paid.invoice.payment_request in page
    html = books.client.get(f"/sales/{paid.number}").text
    assert f'href="/pay/{paid.id}/receipt"' in html
    assert f'href="/pay/{paid.id}"' in html


def test_a_sale_that_was_paid_was_made_first(books: Books, clock: FakeClock) -> None:
    made = books.sell(in_sat(2100))
    clock.move(10)
    assert books.steps(books.pay(made)) == ["Invoice made 2,100 sat", "Paid 2,100 sat Proven by the preimage"]


def test_an_open_sale_has_neither_proof_nor_receipt(books: Books) -> None:
    made = books.sell(in_sat(2100))
    assert "Sale 1 open 2,100 sat" in books.page(made)
    assert books.steps(made) == ["Invoice made 2,100 sat"]
    assert "Preimage" not in books.page(made)
    assert "/receipt" not in books.client.get(f"/sales/{made.number}").text


def test_the_page_of_a_sale_looks_again_while_money_may_come(books: Books, clock: FakeClock) -> None:
    made = books.sell(in_sat(2100))

    def is_due() -> bool:
        return "data-due" in books.client.get(f"/sales/{made.number}").text

    assert is_due()
    clock.move(made.invoice.expires_at - clock())
    books.wallet.fail_with = WalletUnreachable("down")
    assert is_due()
    books.wallet.fail_with = None
    clock.move(60)
    assert not is_due()
    books.pay(made)
    assert not is_due()


def test_who_looks_as_the_money_comes_sees_it(books: Books, clock: FakeClock) -> None:
    made = books.sell(in_sat(2100))
    clock.move(2)
    books.wallet.settle(made.invoice, 2100)
    assert "Sale 1 paid" in books.page(made)
    assert f"Preimage {books.wallet.preimages[made.invoice.id]}" in books.page(made)


def test_late_money_that_is_less_and_not_proven_is_told(books: Books, clock: FakeClock) -> None:
    made = books.sell(in_sat(2100))
    clock.move(660)
    books.pay(made, -100, preimage=None)
    assert books.steps(made) == [
        "Invoice made 2,100 sat",
        "Expired",
        "Paid late 2,000 sat Not proven It came 1 minute after the invoice had expired.",
    ]
    assert "Less than asked Asked 2,100 sat Received 2,000 sat Missing 100 sat" in books.page(made)
    assert "Look it up in the wallet." in books.page(made)
    assert "Preimage" not in books.page(made)


def test_cancelled_then_paid_is_told_in_that_order(books: Books, clock: FakeClock) -> None:
    made = cancel(books.shop, books.sell(in_sat(2100)))
    assert "Sale 1 cancelled" in books.page(made)
    clock.move(5)
    books.pay(made)
    assert books.steps(made) == [
        "Invoice made 2,100 sat",
        "Cancelled",
        "Paid late 2,100 sat Proven by the preimage It came 5 seconds after the sale had been cancelled.",
    ]


def test_all_charges_of_a_sale_are_there_and_what_came_on_top(books: Books, clock: FakeClock) -> None:
    first = books.sell(in_sat(2100))
    clock.move(600)
    settle(books.shop, first)
    again = charge_again(books.shop, stored(books.shop, first.id))
    clock.move(10)
    books.pay(again)
    books.pay(first)
    page = books.page(first)
    assert books.steps(first)[:3] == ["Invoice made 2,100 sat", "Expired", "New invoice 2,100 sat"]
    assert [step.split(" 2,100")[0] for step in books.steps(first)[3:]] == ["Paid", "Paid once more"]
    assert "2,100 sat came when it was paid already." in page
    for it in (first, again):
        assert f"Payment hash {it.invoice.payment_hash}" in page
        assert f'href="/pay/{it.id}/receipt"' in books.client.get(f"/sales/{it.number}").text


def test_one_whose_wallet_was_not_heard_is_not_said_to_have_expired(books: Books, clock: FakeClock) -> None:
    made = books.sell(in_sat(2100))
    clock.move(600)
    books.wallet.identity = "another:1"
    assert "Sale 1 not known yet" in books.page(made)
    assert books.steps(made) == ["Invoice made 2,100 sat", "Not known yet"]


def test_what_happened_on_another_day_has_its_day(books: Books, clock: FakeClock) -> None:
    made = books.sell(in_sat(2100))
    clock.move(3 * 86400)
    books.pay(made)
    assert re.match(r"Paid late Sep 24, 2026, .* 2,100 sat", books.steps(made)[-1])


@pytest.mark.parametrize(
    ("channel", "where"), [(Channel.KIOSK, "Kiosk"), (Channel.TIPS, "Tip jar"), (Channel.API, "Program")]
)
def test_sales_of_all_channels_have_a_page_that_says_which(books: Books, channel: Channel, where: str) -> None:
    page = books.page(books.sell(in_sat(2100, "Hi"), channel))
    assert f"2,100 sat ≈ €1.05 {'Hi · ' if channel is Channel.TIPS else ''}{where} · " in page


@pytest.mark.parametrize("tills", [("till",)])
def test_the_only_till_is_called_so_and_one_that_a_shop_has_no_more_by_its_name(books: Books) -> None:
    only, former = (books.sell(Sale(Money(2100, "SAT"), till=till)) for till in ("till", "bar"))
    assert "Till · " in books.page(only)
    assert "Till bar · " in books.page(former)
    sellers = re.findall('class="what"><b><bdi>(.*?)<', books.client.get("/sales").text)
    assert sorted(sellers) == ["Till", "bar"]


def test_a_memo_is_text_whatever_it_says(books: Books) -> None:
    made = books.sell(in_sat(2100, "<script>alert(1)</script>"))
    assert "<script>alert" not in books.client.get(f"/sales/{made.number}").text
    assert "<script>alert(1)</script>" in books.page(made)


def test_a_number_of_no_sale_is_told_where_another_can_be_typed(books: Books) -> None:
    answer = books.client.get("/sales/47")
    assert answer.status_code == 404
    assert "There is no sale with that number." in answer.text
    assert 'value="47"' in answer.text
