"""A shop from its first sale to the last: mistakes, a network that goes, a restart, midnight. All is accounted for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from pos.domain.charge import Channel
from pos.domain.money import Money, format_money
from pos.services.recent import outcome_of
from pos.settings import Settings
from tests.browser.conftest import TABLET, OpenTill, Shopkeeper
from tests.browser.observer import Observer
from tests.browser.people import EXPIRED, OPEN, PAID, Till
from tests.browser.test_till import amount, charge_key, place_of, tape

BERLIN = ZoneInfo("Europe/Berlin")
SAT_PER_CENT = 20
KEYS = {".": "Decimal sign", "+": "Add to the tape", "<": "Delete the last digit", "C": "Clear"}
# What the list has in the end, in cents: the latest news first.
LATEST = [
    (420, "paid"),
    (560, "late"),
    (3000, "paid"),
    (2000, "paid"),
    (1005, "paid"),
    (535, "paid"),
    (920, "paid"),
    (1800, "paid"),
    (1500, "cancelled"),
    (950, "paid"),
    (840, "expired"),
    (700, "paid"),
]
LAID_ASIDE = """() => {
    Object.defineProperty(document, "visibilityState", {configurable: true, get: () => "hidden"});
    document.dispatchEvent(new Event("visibilitychange"));
}"""
# All keys at once, as fast as a scanner, whatever else the machine does. The focus is on no field: the till types them.
SCANS = """(keys) => {
    for (const key of keys)
        document.body.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
}"""
TAKEN_UP = "() => { delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange')); }"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, currency="EUR", rate_fixed=Decimal(50_000), timezone=BERLIN)


def euros(cents: int) -> str:
    return format_money(Money(cents, "EUR"))


@dataclass
class Day:
    """What cashier and customers do. `asked` and `paid`: what a charge asks for or brought, in cents, by its id."""

    till: Till
    screen: Page
    asked: dict[str, int] = field(default_factory=dict)
    paid: dict[str, int] = field(default_factory=dict)

    @property
    def page(self) -> Page:
        return self.till.page

    @property
    def toast(self) -> Locator:
        return self.page.locator(".toast")

    def is_told(self, words: str, charge_id: str) -> None:
        """Read of a payment for a sale that is not on the screen, with the number of its charge."""
        expect(self.toast).to_have_text(f"{words}, {self.till.live.number(charge_id)}")

    def taps(self, keys: str) -> None:
        for key in keys:
            self.page.mouse.click(*place_of(self.till, KEYS.get(key, key)))

    def comes_to(self, cents: int) -> None:
        expect(charge_key(self.till)).to_have_text(f"Charge {euros(cents)}")

    def charges(self, cents: int) -> str:
        """Charge what was typed, which comes to so much. Return the id of the charge."""
        self.comes_to(cents)
        charge_key(self.till).click()
        return self.asks_for(cents)

    def asks_for(self, cents: int) -> str:
        """The pay page asks for so much, and so does the customer's screen."""
        self.till.asked()
        for page in (self.page, self.screen):
            expect(page.locator(".asked")).to_contain_text(euros(cents))
        self.asked[self.till.charge_id] = cents
        return self.till.charge_id

    def pays(self, charge_id: str, *, late: bool = False) -> None:
        """The customer pays, with a phone that has a network of its own."""
        asked = self.till.live.charge(charge_id).invoice.payment_request
        with requests.Session() as phone:
            phone.trust_env = False
            form = {"payment_request": asked, "late": int(late)}
            answer = phone.post(f"{self.till.live.address}/sandbox/pay", json=form, timeout=5)
        assert answer.status_code == 200, answer.text
        self.paid[charge_id] = self.asked[charge_id]

    def sells(self, cents: int) -> None:
        self.pays(self.charges(cents))
        self.goes_on()

    def goes_on(self) -> None:
        """The screen is green, and the next sale may come."""
        self.till.shows(PAID)
        self.page.get_by_role("link", name="New sale").click()
        expect(charge_key(self.till)).to_have_text("Charge")

    def passes(self, seconds: float) -> None:
        """Time goes by, in the shop and on its screens."""
        self.till.live.clock.move(seconds)
        self.page.clock.fast_forward(round(seconds * 1000))

    def becomes(self, hour: int, minute: int) -> None:
        now = datetime.fromtimestamp(self.till.live.clock(), BERLIN)
        then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        self.passes((then - now).total_seconds() % 86_400)

    def stays(self) -> None:
        """Somebody wants to leave the pay page, which says already that the till is gone."""
        expect(self.page.get_by_text("Connection lost, still checking.").first).to_be_visible()
        self.page.get_by_role("link", name="Till").click()
        expect(self.page.locator(".unsent")).to_be_attached()

    @contextmanager
    def network_gone(self) -> Iterator[None]:
        self.page.context.set_offline(True)
        yield
        self.page.context.set_offline(False)


def received(till: Till) -> dict[str, int]:
    """Return what the wallet has taken for each invoice, in sat, as it tells it itself."""
    keys = till.live.app.extensions["hosted"].keys
    address = f"{till.live.address}/sandbox/v1/wallet/{keys.read_key}/transactions"
    with requests.Session() as session:
        session.trust_env = False
        took = session.get(address, headers={"X-Api-Key": keys.public_key}, timeout=5).json()
    return {each["lnTx"]["id"]: each["num_satoshis"] for each in took}


def test_every_sale_of_a_day_is_accounted_for(keeper: Shopkeeper, open_till: OpenTill) -> None:
    till = open_till(keeper.live, viewport=TABLET)
    # The network goes, and Chromium complains of each request that it took along.
    till.may_fail("/")
    screen = till.page.context.new_page()
    observer = Observer(keeper.live, SAT_PER_CENT)
    for page in (till.page, screen):
        observer.over(page)
    till.page.clock.install()
    till.open()
    screen.goto(f"{keeper.live.address}/screen/till")
    day = Day(till, screen)

    # A wrong digit is put right.
    day.taps("3.9<80")
    day.sells(380)

    # A tape is cleared, and typed anew; Charge is tapped twice.
    day.taps("4+5+6CC")
    expect(tape(till)).to_have_count(0)
    day.taps("6+.50")
    day.comes_to(650)
    sent = till.taps_twice(charge_key(till))
    pay_page = day.asks_for(650)
    assert len(sent) == 1
    till.page.unroute_all()
    day.pays(pay_page)
    day.goes_on()

    # A barcode in the middle of an amount.
    day.taps("7")
    day.passes(1)
    till.page.evaluate(SCANS, [*"4012345678901", "Enter"])
    expect(till.page.get_by_label("Memo")).to_have_value("4012345678901")
    day.sells(700)

    # Charged too early: back from the pay page, and one more on it.
    day.taps("8+.40")
    day.charges(840)
    till.page.go_back()
    expect(amount(till)).to_have_value("0.40")
    day.taps("+1.10")
    day.sells(950)

    # "And a muffin, please."
    day.taps("2.50+12.50")
    day.charges(1500)
    till.page.get_by_role("button", name="Cancel").click()
    expect(amount(till)).to_have_value("12.50")
    day.taps("+3")
    day.sells(1800)

    # A memo that never ends; the network goes while it is charged.
    day.taps("9.20")
    till.page.get_by_label("Memo").focus()
    till.page.keyboard.insert_text("Cake, " * 50)
    day.comes_to(920)
    with day.network_gone():
        charge_key(till).click()
        lost = till.page.get_by_role("alert").get_by_text("The till does not answer. Nothing is lost.")
        expect(lost).to_be_visible()
        day.taps("<5")
        expect(charge_key(till)).to_have_text("Charge")
        day.taps("<0")
    day.sells(920)

    # The network goes while the customer pays.
    day.taps("5.35")
    paying = day.charges(535)
    with day.network_gone():
        day.passes(5)
        day.stays()
        day.pays(paying)
        keeper.live.pays_attention(paying)
        till.shows(OPEN)
    day.goes_on()

    # The tablet sleeps, out of the network, and wakes up after the customer has paid.
    day.taps("10.05")
    paying = day.charges(1005)
    till.page.evaluate(LAID_ASIDE)
    with day.network_gone():
        day.pays(paying)
        keeper.live.pays_attention(paying)
        day.passes(300)
        till.shows(OPEN)
    till.page.evaluate(TAKEN_UP)
    day.goes_on()

    # Nobody pays in time. With a new invoice on the screen the till is started anew.
    day.taps("20")
    day.charges(2000)
    keeper.live.expires()
    till.shows(EXPIRED)
    till.page.get_by_role("button", name="New invoice, same amount").click()
    expect(till.page.get_by_role("img", name="QR code")).to_be_visible()
    paying = day.asks_for(2000)
    keeper.closes()
    day.passes(5)
    day.stays()
    keeper.opens()
    day.pays(paying)
    day.passes(15)
    day.goes_on()

    # The bar goes on. One customer is too late, and one of before midnight pays after it, while the next sale is typed.
    day.becomes(23, 50)
    day.taps("5.60")
    late = day.charges(560)
    till.page.get_by_role("link", name="Till").click()
    day.becomes(23, 58)
    day.taps("30")
    last = day.charges(3000)
    till.page.get_by_role("link", name="Till").click()
    day.taps("4+.20")
    day.becomes(0, 1)
    day.pays(last)
    day.passes(5)
    day.is_told(f"paid: {euros(3000)}", last)
    day.passes(30)
    expect(day.toast).to_have_count(0)
    day.pays(late, late=True)
    day.passes(30)
    day.is_told(f"late: {euros(560)}", late)
    day.sells(420)

    # The shop closes.
    made = {charge.id: charge for charge in keeper.live.shop.store.at_till("till", 0, 1000)}
    assert {key: charge.amount_sat for key, charge in made.items()} == {
        key: cents * SAT_PER_CENT for key, cents in day.asked.items()
    }
    took = {key: charge.payment.received_sat for key, charge in made.items() if charge.payment}
    assert took == {key: cents * SAT_PER_CENT for key, cents in day.paid.items()}
    assert received(till) == {made[key].invoice.id: sat for key, sat in took.items()}
    tally = next(it for it in keeper.live.shop.store.tally(keeper.live.shop.now()) if it.channel is Channel.TILL)
    assert (tally.made, tally.paid, tally.late, tally.open) == (len(made), len(took), 1, 0)
    assert tally.received_sat == sum(took.values())
    listed = [it.locator("b, em").all_text_contents() for it in till.page.locator("#all a:has(em)").all()]
    assert listed == [[euros(cents), outcome] for cents, outcome in LATEST]
    # A sale that was tried twice is told by the charge that was paid, or else by the last.
    for charge in {
        it.sale_id: it for it in sorted(made.values(), key=lambda it: (it.payment is not None, it.attempt))
    }.values():
        till.open(f"/sales/{till.live.number(charge.id)}")
        expect(till.page.locator(".tag")).to_have_class(f"tag {outcome_of(charge, till.live.shop.now())}")
        expect(till.page.get_by_text(charge.invoice.payment_hash)).to_be_visible()
    # From there, too, nothing leads to the browser's own page.
    for path, touched in ((urlsplit(till.page.url).path, ".bar a"), ("/sales", ".go")):
        till.open(path)
        expect(till.page.locator("html[data-live]")).to_have_count(1)
        with day.network_gone():
            till.page.locator(touched).first.click()
            expect(lost).to_be_visible()
    assert observer.faults() == []
    assert len(observer.seen) > 100
