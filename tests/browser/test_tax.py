"""The choice of a rate of tax at the till: one tap for what is being typed, with keys, and without a script."""

from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, expect

from pos.domain.sale import Line
from pos.domain.tax import TaxRate
from pos.settings import Settings
from tests.browser.conftest import PHONE, OpenTill
from tests.browser.people import PAID, LiveShop, Till, changes
from tests.browser.test_till import add, charge_key, tap, tape
from tests.web.till.test_tape import FROM_BEFORE

USUAL, FOOD, ON_TOP = TaxRate(Decimal(19)), TaxRate(Decimal(7)), TaxRate(Decimal("8.25"), on_top=True)


@pytest.fixture
def tax_rates() -> tuple[TaxRate, ...]:
    return USUAL, FOOD


@pytest.fixture
def settings(settings: Settings, tax_rates: tuple[TaxRate, ...]) -> Settings:
    """A shop in which a cent is 20 sat."""
    return replace(settings, currency="EUR", rate_fixed=Decimal(50_000), tax_rates=tax_rates)


@pytest.fixture
def till(live: LiveShop, open_till: OpenTill) -> Till:
    till = open_till(live, viewport=PHONE, has_touch=True, is_mobile=True)
    till.open()
    return till


def rate(till: Till, name: str) -> Locator:
    return till.page.get_by_role("group", name="Tax").get_by_role("radio", name=name)


def choose(till: Till, name: str) -> None:
    till.page.locator(".taxes").get_by_text(name, exact=True).tap()


def shown(till: Till) -> list[str | None]:
    """Read the rates that stand on the tape."""
    return [it.get_attribute("data-tax") for it in tape(till).locator("b").all()]


def is_charged(till: Till, *lines: Line) -> None:
    till.asked()
    sale = till.live.shop.store.get_sale(till.live.charge(till.charge_id).sale_id)
    assert sale
    assert sale.lines == lines


def test_one_tap_chooses_the_rate_of_what_is_typed_and_the_next_is_at_the_usual_one(till: Till) -> None:
    tap(till, "2")
    choose(till, "7%")
    add(till, "5")
    expect(rate(till, "19%")).to_be_checked()
    add(till, "3")
    expect(tape(till).first).to_have_accessible_name("Remove €25.00 with 7% tax")
    assert shown(till) == ["7%", "19%"]
    tap(till, "4")
    choose(till, "7%")
    charge_key(till).tap()
    is_charged(till, Line(2500, tax=FOOD), Line(300, tax=USUAL), Line(400, tax=FOOD))


def test_what_was_added_last_is_on_the_tape_as_a_whole_once_it_is_written_out(till: Till) -> None:
    add(till, "1", "2", "0", "0")
    add(till, "1", "3", "0", "0")
    expect(tape(till).last).to_have_text("1,300.00")
    hidden = "(tape) => Math.round(tape.scrollWidth - tape.clientWidth - tape.scrollLeft)"
    assert till.page.get_by_role("list", name="Tape").evaluate(hidden) == 0


def test_a_line_keeps_its_rate_when_another_one_goes_and_in_the_other_unit(till: Till) -> None:
    add(till, "1")
    choose(till, "7%")
    add(till, "2")
    tape(till).first.tap()
    till.page.locator(".chips").get_by_text("sat", exact=True).tap()
    expect(tape(till)).to_have_accessible_name("Remove 4,000 sat with 7% tax")
    assert shown(till) == ["7%"]
    charge_key(till).tap()
    is_charged(till, Line(4000, tax=FOOD))


def test_keys_alone_choose_the_rate(till: Till) -> None:
    till.page.keyboard.type("450")
    till.page.keyboard.press("Shift+Tab")
    till.page.keyboard.press("Shift+Tab")
    till.page.keyboard.press("ArrowRight")
    expect(rate(till, "7%")).to_be_checked()
    till.page.keyboard.press("+")
    till.page.keyboard.type("3")
    till.page.keyboard.press("Enter")
    is_charged(till, Line(45000, tax=FOOD), Line(300, tax=USUAL))


def test_what_is_typed_while_the_sale_before_is_paid_waits_with_its_rates(till: Till) -> None:
    till.page.clock.install()
    asked, charge_id = till.sell(5), till.charge_id
    till.page.get_by_role("link", name="Till").tap()
    choose(till, "7%")
    add(till, "2")
    tap(till, "3")
    choose(till, "7%")
    till.page.clock.fast_forward(5000)
    expect(till.page.locator("#recents em.open").first).to_be_attached()
    till.pay(asked)
    till.live.pays_attention(charge_id)
    till.page.clock.fast_forward(5000)
    till.page.locator(".toast").tap()
    till.shows(PAID)
    till.page.get_by_role("link", name="New sale").tap()
    expect(tape(till)).to_have_accessible_name("Remove €2.00 with 7% tax")
    assert shown(till) == ["7%"]
    charge_key(till).tap()
    is_charged(till, Line(200, tax=FOOD), Line(300, tax=FOOD))


def test_what_waits_at_a_rate_that_the_shop_has_no_more_is_typed_anew(till: Till) -> None:
    kept: list[tuple[str, list[list[str]], int]] = [
        ("7", [["2", "7"]], 1),
        ("16", [["2", "7"]], 0),
        ("7", [["2", "7"], ["3", "16"]], 0),
        ("7", [["2"]], 0),
    ]
    for tax, lines, shown_again in kept:
        waiting = {"at": "/", "unit": "EUR", "tax": tax, "lines": lines, "amount": "", "memo": ""}
        till.open("/sales")
        till.page.evaluate("(typed) => { sessionStorage.typed = JSON.stringify(typed); }", waiting)
        till.open()
        till.page.wait_for_function("() => !sessionStorage.typed")
        expect(tape(till), str(waiting)).to_have_count(shown_again)


def test_without_a_script_the_rate_is_chosen_and_kept(live: LiveShop, open_till: OpenTill) -> None:
    till = open_till(live, java_script_enabled=False, has_touch=True)
    till.open()
    till.page.get_by_label("Amount").fill("2.50")
    choose(till, "7%")
    till.page.get_by_role("button", name="Add to the tape").tap()
    expect(rate(till, "19%")).to_be_checked()
    assert shown(till) == ["7%"]
    till.page.get_by_label("Amount").fill("3")
    charge_key(till).tap()
    is_charged(till, Line(250, tax=FOOD), Line(300, tax=USUAL))


class TestOnTop:
    @pytest.fixture
    def tax_rates(self) -> tuple[TaxRate, ...]:
        return USUAL, ON_TOP

    def test_the_total_follows_the_choice_and_says_how_much_tax_comes_to_it(self, till: Till) -> None:
        tap(till, "1", "0")
        expect(charge_key(till)).to_have_text("Charge €10.00")
        choose(till, "+8.25%")
        expect(charge_key(till)).to_have_text("Charge €10.83")
        expect(till.page.get_by_text("+ 8.25% tax €0.83")).to_be_visible()
        choose(till, "19%")
        expect(charge_key(till)).to_have_text("Charge €10.00")
        expect(till.page.get_by_text("1 BTC")).to_be_visible()


class TestOneRate:
    @pytest.fixture
    def tax_rates(self) -> tuple[TaxRate, ...]:
        return ()

    def test_what_was_typed_before_it_came_or_went_is_charged_once_the_key_has_counted_it(self, till: Till) -> None:
        till.may_fail("/")
        for rates, before, after in (("+7", "€10.00", "€10.70"), ("+8", "€10.70", "€10.80"), ("", "€10.80", "€10.00")):
            till.open()
            tap(till, "1", "0")
            expect(charge_key(till)).to_have_text(f"Charge {before}")
            changes(till.live, tax_rates=rates)
            charge_key(till).tap()
            expect(till.page.get_by_role("alert")).to_have_text(FROM_BEFORE)
            # By now another tap would charge that.
            assert before not in (charge_key(till).text_content() or "")
            expect(charge_key(till)).to_have_text(f"Charge {after}")
            charge_key(till).tap()
            till.asked()
            expect(till.page.locator(".asked")).to_contain_text(after)
