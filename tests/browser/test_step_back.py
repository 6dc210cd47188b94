"""One step back from where a sale leads is that sale, as it was typed, and not an empty till."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import Route, expect

from pos.settings import Settings
from tests.browser.conftest import OpenTill, live_shop
from tests.browser.people import PAID, LiveShop, TickingClock, Till
from tests.browser.test_till import amount, charge_key, tape


def types_lunch(till: Till) -> None:
    till.open()
    types_what_lunch_costs(till)


def types_what_lunch_costs(till: Till) -> None:
    keyboard = till.page.keyboard
    till.page.get_by_label("Amount").focus()
    keyboard.type("2.50+12.50+1.25")
    till.page.get_by_label("Memo").fill("Tea & cake")
    expect(charge_key(till)).to_have_text("Charge €16.25")


def stands_there(till: Till) -> None:
    expect(tape(till)).to_have_text(["2.50", "12.50"])
    expect(amount(till)).to_have_value("1.25")
    expect(till.page.get_by_label("Memo")).to_have_value("Tea & cake")
    expect(charge_key(till)).to_have_text("Charge €16.25")


def lives(till: Till) -> None:
    """Wait until real keys count at the till, to which a tap has led: its fields are there before that."""
    expect(till.page.locator("[data-live] .keys")).to_have_count(1)


def clears(till: Till) -> None:
    """Take off what is being typed, and then the tape."""
    for _ in range(2):
        till.page.keyboard.press("Escape")


def looks_at_the_sales(till: Till) -> None:
    till.page.get_by_role("link", name="Sales").click()
    till.page.get_by_role("link", name="Till", exact=True).click()


def in_euros(settings: Settings) -> Settings:
    return replace(settings, currency="EUR", rate_fixed=Decimal(50_000))


@pytest.fixture
def cafe(settings: Settings, clock: TickingClock) -> Iterator[LiveShop]:
    """A shop in which a cent is 20 sat. It is there for longer than the browsers before it, which would complain."""
    with live_shop(in_euros(settings), clock) as cafe:
        yield cafe


@pytest.fixture
def bar(settings: Settings, clock: TickingClock) -> Iterator[LiveShop]:
    """Another one, which asks for tips."""
    with live_shop(replace(in_euros(settings), tip_percent=(10,)), clock) as bar:
        yield bar


def test_cancel_and_back_lead_to_the_sale_until_it_is_paid(cafe: LiveShop, open_till: OpenTill) -> None:
    till = open_till(cafe)
    types_lunch(till)
    charge_key(till).click()
    till.asked()
    till.page.get_by_role("button", name="Cancel").click()
    stands_there(till)
    lives(till)
    till.page.keyboard.press("Backspace")
    till.page.keyboard.type("59")
    expect(amount(till)).to_have_value("1.259")
    till.page.keyboard.press("Backspace")
    # "And a muffin, please."
    till.page.keyboard.type("+3.00")
    expect(charge_key(till)).to_have_text("Charge €19.25")
    charge_key(till).click()
    asked = till.asked()
    expect(till.page.locator(".asked")).to_contain_text("€19.25")
    till.page.go_back()
    expect(tape(till)).to_have_text(["2.50", "12.50", "1.25"])
    till.page.go_forward()
    till.pay(asked)
    till.shows(PAID)
    till.page.go_back()
    expect(till.page.get_by_role("heading", level=1)).to_have_text("Till")
    expect(tape(till)).to_have_count(0)


def test_whoever_looks_something_up_comes_back_to_what_is_typed_and_to_nothing_that_was_sold(
    cafe: LiveShop, open_till: OpenTill
) -> None:
    till = open_till(cafe)
    with till.page.expect_event("requestfinished", lambda it: it.url.endswith("/js/typed.js")):
        types_lunch(till)
    looks_at_the_sales(till)
    stands_there(till)
    lives(till)
    till.page.reload()
    stands_there(till)
    lives(till)
    # What was taken off stays off.
    till.page.get_by_role("button", name="Remove €12.50").click()
    expect(charge_key(till)).to_have_text("Charge €3.75")
    looks_at_the_sales(till)
    expect(charge_key(till)).to_have_text("Charge €3.75")
    expect(tape(till)).to_have_text(["2.50"])
    lives(till)
    clears(till)
    types_what_lunch_costs(till)
    charge_key(till).click()
    till.asked()
    # As it was charged it can be taken up again. It is not typed besides, nor with more: it may be paid meanwhile.
    till.page.go_back()
    stands_there(till)
    lives(till)
    till.page.keyboard.type("+3.00")
    expect(charge_key(till)).to_have_text("Charge €19.25")
    looks_at_the_sales(till)
    expect(amount(till)).to_have_value("")
    expect(tape(till)).to_have_count(0)


def reads(till: Till, language: str) -> None:
    """Choose another language in the middle of a sale."""
    till.page.locator(".language-link").click()
    till.page.get_by_role("button", name=language).click()
    lives(till)


def test_whoever_chooses_another_language_goes_on_with_what_is_typed(cafe: LiveShop, open_till: OpenTill) -> None:
    till = open_till(cafe)
    with till.page.expect_event("requestfinished", lambda it: it.url.endswith("/js/typed.js")):
        types_lunch(till)
    reads(till, "Deutsch")
    lines, typed = till.page.locator(".tape li"), till.page.locator("#amount")
    expect(lines).to_have_text(["2,50", "12,50"])
    expect(typed).to_have_value("1,25")
    expect(till.page.locator("#memo")).to_have_value("Tea & cake")
    expect(charge_key(till)).to_have_text("Kassieren 16,25\N{NO-BREAK SPACE}€")
    # More is typed as if all of it had been in this language.
    for key in ("Letzte Ziffer löschen", "0", "0", "0"):
        till.page.get_by_role("button", name=key, exact=True).click()
    expect(typed).to_have_value("1,20")
    reads(till, "English")
    expect(lines).to_have_text(["2.50", "12.50"])
    expect(typed).to_have_value("1.20")
    charge_key(till).click()
    expect(till.page.get_by_role("heading", level=1)).to_have_text("€16.20")


def charges_without_an_answer(till: Till) -> None:
    """The shop makes the sale, and nobody hears of it."""
    address = f"{till.live.address}/"

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort()
        else:
            route.continue_()

    till.may_fail(address)
    till.page.route(address, lose)
    charge_key(till).click()
    expect(till.page.get_by_role("alert")).to_have_text("The till does not answer. Nothing is lost.")
    till.page.unroute(address)


def test_a_charge_whose_answer_was_lost_is_the_same_sale_after_the_page_was_loaded_again(
    cafe: LiveShop, open_till: OpenTill
) -> None:
    till = open_till(cafe)
    with till.page.expect_event("requestfinished", lambda it: it.url.endswith("/js/typed.js")):
        types_lunch(till)
    charges_without_an_answer(till)
    till.page.reload()
    stands_there(till)
    lives(till)
    charge_key(till).click()
    till.asked()
    assert len(cafe.shop.store.at_till("till", 0, 9)) == 1


def test_what_was_sold_once_more_after_its_key_was_used_is_typed_no_more(cafe: LiveShop, open_till: OpenTill) -> None:
    till = open_till(cafe)
    with till.page.expect_event("requestfinished", lambda it: it.url.endswith("/js/typed.js")):
        types_lunch(till)
    charges_without_an_answer(till)
    till.page.keyboard.type("+3.00")
    charge_key(till).click()
    till.page.get_by_role("button", name="New sale").click()
    till.pay()
    till.shows(PAID)
    assert till.page.evaluate("sessionStorage.typed") is None


def test_what_was_typed_in_sat_is_no_amount_in_a_currency_that_the_shop_has_since(
    cafe: LiveShop, open_till: OpenTill
) -> None:
    till = open_till(cafe)
    till.open("/sales")
    of_before = {"at": "/", "lines": [["2100"]], "amount": "350", "memo": "Tea"}
    till.page.evaluate("(typed) => { sessionStorage.typed = JSON.stringify(typed); }", of_before)
    till.open()
    till.page.wait_for_function("() => !sessionStorage.typed")
    expect(amount(till)).to_have_value("")
    expect(tape(till)).to_have_count(0)


def test_back_from_the_tip_question_leads_to_the_sale(bar: LiveShop, open_till: OpenTill) -> None:
    till = open_till(bar)
    for step in ("Back", "the link"):
        types_lunch(till)
        charge_key(till).click()
        till.page.wait_for_url("**/tip/**")
        if step == "Back":
            till.page.go_back()
        else:
            till.page.get_by_role("link", name="Till").click()
        stands_there(till)
        lives(till)
        clears(till)


def test_a_payment_for_another_sale_is_told_while_the_next_one_is_typed(live: LiveShop, open_till: OpenTill) -> None:
    till = open_till(live)
    till.page.clock.install()
    asked, charge_id = till.sell(2100, "Table 5"), till.charge_id
    till.page.get_by_role("link", name="Till").click()
    lives(till)
    till.page.get_by_label("Amount").focus()
    till.page.keyboard.type("350+9")
    toast = till.page.locator(".toast")
    till.page.clock.fast_forward(5000)
    expect(till.page.locator("#recents em.open").first).to_be_attached()
    till.live.pay(asked)
    till.live.pays_attention(charge_id)
    till.page.clock.fast_forward(5000)
    told = f"paid: 2,100 sat, Table 5, {till.live.number(charge_id)}"
    expect(toast).to_have_text(told)
    # By a voice of its own, over which the till does not talk.
    expect(till.page.locator("#payments[role=status]")).to_have_text(told)
    expect(till.announcer).to_have_text("Added 350 sat. Total 350 sat.")
    box, ticket = toast.bounding_box(), till.page.locator(".ticket").bounding_box()
    assert box
    assert ticket
    assert box["y"] >= 0
    assert box["height"] >= 48
    assert box["y"] + box["height"] <= ticket["y"]
    toast.click()
    till.shows(PAID)
    # What was typed waits at the till.
    till.page.get_by_role("link", name="New sale").click()
    expect(tape(till)).to_have_text(["350"])
    expect(amount(till)).to_have_value("9")


def test_a_payment_is_told_once_though_the_network_goes_just_then(live: LiveShop, open_till: OpenTill) -> None:
    till = open_till(live)
    till.page.clock.install()
    asked, charge_id = till.sell(), till.charge_id
    till.page.get_by_role("link", name="Till").click()
    till.page.clock.fast_forward(5000)
    expect(till.page.locator("#recents em.open").first).to_be_attached()
    till.may_fail("/toast.js")
    held: list[Route] = []
    till.page.route("**/toast.js", lambda route: held.append(route))
    till.page.route("**/toast.js", lambda route: route.abort(), times=1)
    # It may look, and see the payment, at any moment from here on.
    with till.page.expect_event("requestfailed", lambda it: it.url.endswith("/toast.js")):
        till.live.pay(asked)
        till.live.pays_attention(charge_id)
        till.page.clock.fast_forward(5000)
    with till.page.expect_request("**/toast.js"):
        till.page.clock.fast_forward(5000)
    # Somebody comes back to the window meanwhile, and it looks again.
    with till.page.expect_event("requestfinished"):
        till.page.evaluate("dispatchEvent(new Event('focus'))")
    held[0].continue_()
    toast = till.page.locator(".toast")
    expect(toast).to_have_count(1)
    till.page.clock.fast_forward(30_000)
    expect(toast).to_have_count(0)


def test_what_was_sold_is_not_typed_at_the_next_till_though_a_toast_was_tapped(
    live: LiveShop, open_till: OpenTill
) -> None:
    till = open_till(live)
    till.page.clock.install()
    asked, charge_id = till.sell(), till.charge_id
    till.page.get_by_role("link", name="Till").click()
    lives(till)
    till.page.get_by_label("Amount").focus()
    till.page.keyboard.type("350+9")
    till.page.clock.fast_forward(5000)
    expect(till.page.locator("#recents em.open").first).to_be_attached()
    live.pay(asked)
    live.pays_attention(charge_id)
    till.page.clock.fast_forward(5000)
    expect(till.page.locator(".toast")).to_be_visible()
    # The till is known to be gone just then.
    till.may_fail(charge_id)
    till.page.route(f"**/pay/{charge_id}", lambda route: route.abort())
    with till.page.expect_event("requestfailed"):
        till.page.evaluate("document.documentElement.dataset.lost = ''; document.querySelector('.toast').click()")
    charge_key(till).click()
    till.pay()
    till.shows(PAID)
    till.page.get_by_role("link", name="New sale").click()
    till.page.wait_for_url(f"{live.address}/")
    till.page.wait_for_load_state()
    assert till.page.evaluate("sessionStorage.typed") is None
    expect(tape(till)).to_have_count(0)


@pytest.mark.parametrize("changed", [False, True], ids=["as it was", "changed"])
def test_what_is_paid_after_a_step_back_stands_at_the_till_no_more_unless_it_was_changed(
    cafe: LiveShop, open_till: OpenTill, changed: bool
) -> None:
    till = open_till(cafe)
    till.page.clock.install()
    types_lunch(till)
    charge_key(till).click()
    asked, charge_id = till.asked(), till.charge_id
    till.page.go_back()
    stands_there(till)
    lives(till)
    if changed:
        till.page.keyboard.type("+3.00")
    till.page.clock.fast_forward(5000)
    expect(till.page.locator("#recents em.open").first).to_be_attached()
    cafe.pay(asked)
    cafe.pays_attention(charge_id)
    till.page.clock.fast_forward(5000)
    if changed:
        expect(till.page.locator(".toast")).to_be_visible()
        expect(charge_key(till)).to_have_text("Charge €19.25")
        return
    till.shows(PAID)
    assert till.charge_id == charge_id
    till.page.go_back()
    expect(till.page.get_by_role("heading", level=1)).to_have_text("Till")
    expect(tape(till)).to_have_count(0)
