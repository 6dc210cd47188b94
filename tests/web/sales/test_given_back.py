"""What was given back, as sales, office, shifts and exports tell it of the same sales: each has the same figures."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from html import unescape
from itertools import count

import pytest
from flask.testing import FlaskClient

from pos.domain.charge import Channel
from pos.domain.export import BOM
from pos.domain.money import SAT, Money
from pos.domain.refund import received, rest_of
from pos.domain.report import Entry
from pos.domain.sale import Sale
from pos.services.cancel_refund import cancel_refund
from pos.services.charge import charge
from pos.services.invoice_for_refund import give_invoice
from pos.services.refund import Wish, refund
from pos.services.settle import settle
from pos.services.settle_refund import settle_refund_by_hand
from pos.settings import Settings
from pos.shop import Shop
from tests.fakes import FakeClock, FakeRates, FakeWallet
from tests.people import People

BITCOIN = {"EUR": Decimal("61803.40"), "CHF": Decimal("59000.50"), None: None}


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, currency="EUR")


@dataclass
class Counter:
    """Who sells and gives back, and a customer with a wallet of their own."""

    shop: Shop
    wallet: FakeWallet
    phone: FakeWallet
    rates: FakeRates
    keys: Iterator[int] = field(default_factory=count)

    def sell(self, price: Money, tip: int = 0, books: str | None = "EUR") -> Entry:
        """Sell something while the shop's books are in a currency; None: there is no rate."""
        self.rates.currency, self.rates.price = books, BITCOIN[books]
        made = charge(self.shop, Channel.TILL, Sale(price, "Tea", tip, "till"), f"{next(self.keys)}")
        self.wallet.settle(made.invoice, made.amount_sat)
        number = settle(self.shop, made).number
        assert number
        entry = self.shop.store.entry(number)
        assert entry
        return entry

    def give(self, entry: Entry, minor: int | None, *, cancelled: bool = False) -> None:
        """Give so much of a sale back, or all that is left."""
        left = rest_of(received(entry), self.shop.store.refunds.of_sale(entry.sale_id)).amount
        amount = left if minor is None else Money(minor, entry.sale.price.currency)
        asked = refund(self.shop, entry, Wish(amount, "Cold"), f"{next(self.keys)}")
        if cancelled:
            cancel_refund(self.shop, asked)
            return
        invoice = self.phone.sign(asked.amount_sat, "", 600).invoice.payment_request
        give_invoice(self.shop, asked, invoice)
        found = self.shop.store.refunds.get(asked.id)
        assert found
        settle_refund_by_hand(self.shop, found)


@pytest.fixture
def counter(shop: Shop, wallet: FakeWallet, rates: FakeRates, clock: FakeClock) -> Counter:
    return Counter(shop, wallet, FakeWallet(clock), rates)


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", re.sub(r"</?(?:span|wbr|bdi|b)\b[^>]*>", "", html))).split())


def totals(page: str) -> list[str]:
    """Read the large sums of a page, with those in sat below them."""
    return [words(it) for it in re.findall(r'(?s)<p class="fit">.*?(?=<dl|<table)', page)]


def given_back(page: str) -> list[str]:
    found = re.findall(r"(?s)<dt>Given back\b.*?</dt>\s*<dd>(.*?)</dd>", page)
    return [words(it) for it in found]


def exported(client: FlaskClient, currency: str) -> tuple[Decimal, Decimal]:
    """Add up what an export says was sold and given back in a currency of the books."""
    rows = [
        it
        for it in csv.DictReader(client.get("/sales.csv").text.removeprefix(BOM).splitlines())
        if it["books_currency"] == currency
    ]
    sold, back = (sum(Decimal(it[column]) for it in rows) for column in ("books_total", "books_refunded"))
    return Decimal(sold), Decimal(back)


def test_sales_office_and_shift_agree_on_what_is_left_when_some_was_given_back(
    people: People, counter: Counter
) -> None:
    counter.give(counter.sell(Money(1250, "EUR"), tip=125), 475)
    in_sat = counter.sell(Money(3333, SAT))
    # In parts, which come to what the whole was worth; one that is cancelled is worth nothing.
    counter.give(in_sat, 777)
    counter.give(in_sat, 1111, cancelled=True)
    counter.give(in_sat, 333)
    counter.give(counter.sell(Money(2223, SAT), tip=100, books="CHF"), 1500)
    counter.give(counter.sell(Money(5000, SAT), books=None), None)
    counter.sell(Money(100, "EUR"))
    owner = people.owner()
    sales, shift = owner.get("/sales").text, owner.get("/till/till/shift").text
    # 13.75 + 2.06 + 1.00, less 4.75 and 0.48 and 0.21: so much 777 and 333 of the 3,333 sat were worth.
    assert totals(sales) == totals(shift) == ["€11.37 18,404 sat", "CHF 0.49 823 sat", "0 sat"]
    assert given_back(sales) == ["-€5.44 -8,796 sat", "-CHF 0.88 -1,500 sat", "-5,000 sat"]
    assert given_back(shift) == [it.partition(" -")[0] for it in given_back(sales)]
    assert "€11.37 + CHF 0.49 + 0 sat today" in words(owner.get("/office").text)
    assert exported(owner, "EUR") == (Decimal("16.81"), Decimal("5.44"))
