"""A shop that somebody owns, from its link to a device that is taken off: with scripts, and without any."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from hashlib import sha256
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import expect

from pos.domain.money import Money, format_money
from pos.domain.z_report import ZReport, read_report
from pos.settings import Settings
from tests.browser.conftest import TABLET, OpenTill
from tests.browser.people import PAID, LiveShop, Till
from tests.browser.test_a_whole_day import received
from tests.browser.test_devices import AT_ONCE, add_device, claim, is_offered, offered, take_off
from tests.browser.test_shift import close_shift
from tests.browser.test_staff import type_pin
from tests.browser.test_till import charge_key
from tests.browser.test_without_javascript import looks_again, sees_it_paid
from tests.fakes import FakePrinter, FakeWallet

SAT_PER_CENT = 20
PINS = {"Ana": "2580", "Ben": "1470", "Mia": "90210"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, currency="EUR", rate_fixed=Decimal(50_000))


def euros(cents: int) -> str:
    return format_money(Money(cents, "EUR"))


class Counter(Till):
    """A till that is paired by its camera, and at which people sign in by its large keys."""

    def is_paired(self, owner: Till, name: str) -> None:
        self.page.clock.install()
        self.page.goto(offered(owner, "Till", name))
        is_offered(self, name)

    def types(self, pin: str) -> None:
        type_pin(self, pin)

    def turns_green(self) -> None:
        self.shows(PAID)

    def is_taken_off(self) -> None:
        """Its page, which stands open, turns within five seconds: here of its own time."""
        self.page.clock.fast_forward(AT_ONCE)


class PlainCounter(Counter):
    """One that runs no script: it is paired by a code, what is typed goes into fields, and it looks with each tap."""

    def is_paired(self, owner: Till, name: str) -> None:
        add_device(owner, "Till", name)
        self.open("/pair")
        self.page.get_by_label("Code").fill(owner.page.locator(".code-card b").inner_text())
        self.page.get_by_role("button", name="Next").click()
        is_offered(self, name)

    def types(self, pin: str) -> None:
        self.page.get_by_label("PIN").fill(pin)
        self.page.get_by_role("button", name="Go on").click()

    def turns_green(self) -> None:
        sees_it_paid(self)

    def is_taken_off(self) -> None:
        looks_again(self)


@dataclass
class Story:
    """What owner and staff do. `sold` is what each of them typed, in cents, and `charges` what became of that."""

    owner: Till
    counter: Counter
    printer: FakePrinter = field(default_factory=FakePrinter)
    sold: dict[str, list[int]] = field(default_factory=dict)
    charges: list[str] = field(default_factory=list)

    @property
    def live(self) -> LiveShop:
        return self.owner.live

    @property
    def cents(self) -> int:
        return sum(map(sum, self.sold.values()))

    def report(self, number: int) -> ZReport:
        kept = self.live.shop.store.shifts.get("till", number)
        assert kept
        return read_report(kept.text)

    def hires(self, name: str, role: str = "Cashier") -> None:
        page = self.owner.page
        self.owner.open("/office/staff/add")
        page.get_by_label("Name").fill(name)
        page.get_by_label("PIN").fill(PINS[name])
        page.locator(".roles label", has_text=role).click()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("link", name=name)).to_be_visible()

    def signs_in(self, name: str) -> None:
        self.counter.types(PINS[name])
        expect(self.counter.page.get_by_role("button", name=f"Lock: {name}")).to_be_visible()

    def locks(self, name: str) -> None:
        self.counter.page.get_by_role("button", name=f"Lock: {name}").click()
        self.counter.page.wait_for_url("**/pin**")

    def charges_for(self, name: str, cents: int, memo: str) -> str:
        """Somebody sells for so much, and the customer is asked. Return the id of the charge."""
        self.counter.page.get_by_label("Amount").fill(euros(cents).removeprefix("€"))
        self.counter.page.get_by_label("Memo").fill(memo)
        charge_key(self.counter).click()
        self.counter.asked()
        expect(self.counter.page.locator(".asked")).to_contain_text(euros(cents))
        self.sold.setdefault(name, []).append(cents)
        self.charges.append(self.counter.charge_id)
        return self.counter.charge_id

    def new_sale(self) -> None:
        self.counter.page.get_by_role("link", name="New sale").click()

    def gives_back(self, memo: str, cents: int, why: str) -> tuple[str, str]:
        """The owner gives a part of a sale back, by an invoice of the customer's. Return its payment hash and proof."""
        page, phone = self.owner.page, FakeWallet(self.live.clock)
        invoice = phone.sign(cents * SAT_PER_CENT, "", 3600).invoice
        self.owner.open("/sales")
        page.get_by_role("link", name=memo).click()
        page.get_by_role("link", name="Give back").click()
        page.get_by_label("Amount in EUR").fill(euros(cents).removeprefix("€"))
        page.get_by_label("Reason").fill(why)
        page.get_by_label("Invoice or Lightning address").fill(invoice.payment_request)
        page.get_by_role("button", name="Go on").click()
        expect(page.locator(".tag")).to_have_text("to be paid")
        page.get_by_label("Preimage").fill(phone.preimages[invoice.id])
        page.get_by_role("button", name="Prove it").click()
        expect(page.locator(".tag")).to_have_text("given back")
        return invoice.payment_hash, phone.preimages[invoice.id]


def types(app: Flask, *command: str) -> str:
    """Somebody types a command on the till's machine."""
    done = app.test_cli_runner().invoke(args=command)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def printer(live: LiveShop) -> FakePrinter:
    printer = FakePrinter()
    live.app.extensions["shop"] = replace(live.shop, printer=printer)
    live.app.jinja_env.globals["has_printer"] = True
    return printer


@pytest.mark.parametrize("hands", [Counter, PlainCounter], ids=["with scripts", "without a script"])
def test_what_was_sold_reported_and_given_back_agrees_from_the_claim_to_the_last_device(
    live: LiveShop, open_till: OpenTill, printer: FakePrinter, hands: type[Counter]
) -> None:
    browser = {"java_script_enabled": hands is Counter}
    owner, other = open_till(live, **browser), open_till(live, viewport=TABLET, **browser)
    counter = hands(live, other.page, other.watch)
    counter.may_fail("/")
    story = Story(owner, counter)

    # An owner, three who work there, and a device.
    claim(owner, urlsplit(types(live.app, "owner").split()[-1]).path)
    story.hires("Ana")
    story.hires("Ben")
    story.hires("Mia", "Manager")
    counter.is_paired(owner, "Terrace")
    expect(counter.page.get_by_role("heading", level=1)).to_have_text("Who sells?")

    # Ana sells. The second customer takes long: she locks the till, and it turns green all the same.
    story.signs_in("Ana")
    story.charges_for("Ana", 1250, "Table 1")
    counter.pay()
    counter.turns_green()
    story.new_sale()
    story.charges_for("Ana", 420, "Table 2")
    asked = counter.asked()
    counter.page.get_by_role("link", name="Till").click()
    story.locks("Ana")
    counter.page.get_by_role("link", name="Table 2 is waiting for payment").click()
    counter.pay(asked)
    counter.turns_green()
    story.new_sale()

    # Ben takes over.
    story.signs_in("Ben")
    story.charges_for("Ben", 700, "Table 3")
    counter.pay()
    counter.turns_green()
    story.new_sale()
    story.locks("Ben")

    # A manager closes the shift, and has its report printed.
    story.signs_in("Mia")
    counter.page.get_by_role("link", name="Sales").click()
    close_shift(counter.page)
    expect(counter.page.locator(".slip .fit")).to_have_text(euros(story.cents))
    expect(counter.page.get_by_text("Closed by Mia.")).to_be_visible()
    counter.page.get_by_role("button", name="Print on the receipt printer").click()
    expect(counter.page.get_by_role("status")).to_have_text("The report is printed")
    assert printer.printed == [("till/1", False)]
    counter.page.get_by_role("link", name="To the till").click()
    story.locks("Mia")

    # The owner gives a part of a sale back.
    back = 500
    payment_hash, preimage = story.gives_back("Table 1", back, "One was cold")
    assert sha256(bytes.fromhex(preimage)).hexdigest() == payment_hash
    owner.page.get_by_role("link", name="Receipt").click()
    for proof in (euros(back), payment_hash, preimage):
        expect(owner.page.locator(".slip")).to_contain_text(proof)
    owner.page.get_by_role("link", name="Receipt").click()
    expect(owner.page.locator(".given-back")).to_contain_text(euros(back))

    # The tablet is sold.
    take_off(owner, "Terrace")
    counter.is_taken_off()
    expect(counter.page.get_by_role("heading", level=1)).to_have_text("Ask the owner")

    # The next shift has nothing but what was given back; and all agrees.
    owner.open("/sales")
    expect(owner.page.locator(".sums .fit")).to_have_text(euros(story.cents - back))
    close_shift(owner.page, 2)
    expect(owner.page.locator(".slip .fit")).to_have_text(euros(-back))
    first, second = story.report(1), story.report(2)
    assert {it.name: it.money for it in first.shift.takings.sellers} == {
        name: Money(sum(cents), "EUR") for name, cents in story.sold.items()
    }
    assert [it.shift.balance("EUR").total.minor for it in (first, second)] == [story.cents, -back]
    assert second.shift.balance("EUR").returned.sat == back * SAT_PER_CENT
    assert sum(received(owner).values()) == first.shift.takings.received_sat == story.cents * SAT_PER_CENT
    said = f"2 reports, {len(story.charges)} payments: all as it was when the shifts were closed.\n"
    assert types(live.app, "verify") == said
