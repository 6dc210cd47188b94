"""The tip jar: choose or type an amount, say something, tip, and see at once what others say."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, expect

from pos.domain.charge import Channel
from pos.domain.jar import Goal, Jar, JarPicture, Tip, jar_topic
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.services.charge import charge
from pos.services.show_message import show_message
from pos.settings import Settings
from tests.browser.conftest import TABLET, OpenTill
from tests.browser.people import PAID, LiveShop, Till
from tests.browser.scenes.stage import LANDSCAPE
from tests.browser.scenes.tip_jar import PHOTO
from tests.fakes import FakeRates
from tests.processes import until

HAT = Jar(name="hat", title="Hat", currency=SAT, goal=Goal("Wheels", Money(9000, SAT)))


def test_a_tip_with_a_message_is_thanked_for(till: Till) -> None:
    till.open("/tips")
    till.page.get_by_text("5,000").click()
    till.page.get_by_label("Message").fill("Best coffee in town ☕")
    till.page.get_by_role("button", name="Tip").click()
    asked = till.asked()
    assert till.live.charge(till.charge_id).memo == "Best coffee in town ☕"
    expect(till.page.get_by_role("heading", level=1)).to_have_text("5,000 sat")
    till.pay(asked)
    till.shows(PAID)
    expect(till.page.get_by_role("heading", level=1)).to_have_text("Thank you!")
    expect(till.page.locator("main")).to_contain_text("Best coffee in town ☕")
    till.page.get_by_role("link", name="Tip jar", exact=True).click()
    expect(till.page.get_by_label("Message")).to_have_value("")


def test_another_amount_and_the_tiles_count_instead_of_each_other_and_too_much_comes_back_with_the_message(
    till: Till,
) -> None:
    till.may_fail("/tips")
    till.open("/tips")
    page, other = till.page, till.page.get_by_label("Or another")
    expect(page.get_by_role("radio", name="2,100")).to_be_checked()
    expect(page.get_by_role("button", name="Tip")).to_have_text("Tip 2,100 sat")
    other.fill("777")
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    page.get_by_text("10,000").click()
    expect(other).to_have_value("")
    expect(page.get_by_role("button", name="Tip")).to_have_text("Tip 10,000 sat")
    other.fill("10000001")
    page.get_by_label("Message").fill("All of it")
    page.get_by_role("button", name="Tip").click()
    expect(page.get_by_role("alert")).to_have_text("That is too much. The most for one sale is 10,000,000 sat.")
    expect(page.get_by_label("Message")).to_have_value("All of it")
    other.fill("777")
    page.get_by_role("button", name="Tip 777 sat").click()
    till.asked()
    expect(page.get_by_role("heading", level=1)).to_have_text("777 sat")


def test_one_step_back_from_another_amount_finds_the_jar_as_it_was_at_first(till: Till) -> None:
    till.open("/tips")
    tip, chosen = till.page.get_by_role("button", name="Tip"), till.page.locator("[name=amount]:checked")
    at_first = chosen.input_value()
    said = tip.text_content() or ""
    till.page.get_by_label("Or another").fill("700")
    expect(chosen).to_have_count(0)
    tip.click()
    till.asked()
    till.page.go_back()
    expect(till.page.get_by_label("Or another")).to_have_value("")
    expect(chosen).to_have_value(at_first)
    expect(tip).to_have_text(said)


def test_on_a_tablet_on_the_counter_the_next_visitor_finds_nothing_of_the_one_before(till: Till) -> None:
    page = till.page
    page.clock.install()
    till.open("/tips")
    # Its scripts run from here on, by a time that the test lets pass.
    page.wait_for_load_state()
    till.stops_its_clock()
    message = page.get_by_label("Message")
    message.fill("From Ada")
    page.get_by_text("5,000").click()
    page.clock.fast_forward(119_000)
    message.press("End")
    page.clock.fast_forward(119_000)
    expect(message).to_have_value("From Ada")
    page.clock.fast_forward(1_000)
    expect(message).to_have_value("")
    expect(page.get_by_role("radio", name="2,100")).to_be_checked()
    expect(page.get_by_role("button", name="Tip")).to_have_text("Tip 2,100 sat")


class TestPrices:
    """A jar of a shop with prices in euros."""

    @pytest.fixture
    def rates(self) -> FakeRates:
        return FakeRates()

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, currency="EUR")

    def test_on_a_tablet_on_the_counter_its_tiles_say_what_they_are_worth_by_now(
        self, till: Till, rates: FakeRates
    ) -> None:
        till.live.shop.store.jars.add(Jar(name="hat", title="Hat", currency="EUR", amounts=(Money(500, "EUR"),)))
        till.page.clock.install()
        till.open("/tips/hat")
        till.page.wait_for_load_state()
        tile = till.page.locator(".tile")
        expect(tile).to_have_text("€5.00≈ 10,000 sat")
        rates.price = Decimal(40_000)
        till.page.clock.fast_forward(120_000)
        expect(tile).to_have_text("€5.00≈ 12,500 sat")


@pytest.mark.asks_the_database
def test_two_phones_are_told_total_and_message_without_asking_and_show_no_more_of_it_once_it_is_hidden(
    live: LiveShop, open_till: OpenTill
) -> None:
    store = live.shop.store
    store.jars.add(
        Jar(name="hat", title="Hat", currency=SAT, goal=Goal("Wheels", Money(9000, SAT)), shows_messages=True)
    )
    phones = [open_till(live), open_till(live)]
    for phone in phones:
        phone.page.clock.install()
        with phone.page.expect_response("**/tips/hat/events"):
            phone.open("/tips/hat")
        # From here on it asks for nothing.
        phone.stops_its_clock()
    sale = Sale(Money(4500, SAT), "<i>Wow</i>", jar="hat", payer="Ana", shown=True)
    made = charge(live.shop, Channel.TIPS, sale, "k")
    live.pay(made.invoice.payment_request)
    live.pays_attention(made.id)
    for phone in phones:
        expect(phone.page.locator(".goal")).to_contain_text("4,500 sat of 9,000 sat")
        expect(phone.page.get_by_role("progressbar")).to_have_js_property("value", 50)
        expect(phone.page.get_by_role("listitem")).to_have_text("<i>Wow</i>Ana4,500 sat")
    (tip,) = store.jars.contents("hat", 1, shown_only=True).latest
    store.jars.show_message(tip.number, shown=False)
    live.shop.broker.publish(jar_topic("hat"))
    for phone in phones:
        expect(phone.page.get_by_role("heading", name="Latest messages")).to_be_hidden()
        expect(phone.page.get_by_role("listitem")).to_have_count(0)


def test_a_page_without_a_line_asks_and_one_of_a_jar_that_is_closed_gives_way(
    live: LiveShop, open_till: OpenTill
) -> None:
    live.shop.store.jars.add(HAT)
    phone = open_till(live)
    phone.may_fail("/tips/hat")
    phone.page.clock.install()
    phone.page.route("**/events", lambda route: route.abort())
    with phone.page.expect_event("requestfailed"):
        phone.open("/tips/hat")
    live.shop.store.jars.change(replace(HAT, goal=Goal("Wheels", Money(8000, SAT))))
    phone.page.clock.fast_forward(10_000)
    expect(phone.page.locator(".goal")).to_contain_text("0 sat of 8,000 sat")
    live.shop.store.jars.change(replace(HAT, closed_at=1))
    phone.page.clock.fast_forward(10_000)
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Closed")


def test_an_open_page_says_which_goal_there_is_by_now(live: LiveShop, open_till: OpenTill) -> None:
    store, broker = live.shop.store, live.shop.broker
    jar = replace(HAT, shows_messages=True)
    store.jars.add(jar)
    phone = open_till(live)
    with phone.page.expect_response("**/tips/hat/events"):
        phone.open("/tips/hat")
    goal = phone.page.locator(".goal")
    expect(goal).to_have_text("Wheels 0 sat of 9,000 sat")
    message = phone.page.get_by_role("textbox", name="Message")
    # What somebody types meanwhile stays.
    message.fill("From Ada")
    over = Goal("Strings", Money(500, SAT), live.shop.now())
    store.jars.change(replace(jar, goal=over))
    broker.publish(jar_topic("hat"))
    expect(goal).to_contain_text("Strings 0 sat of 500 sat")
    expect(goal).to_contain_text("Its time is over.")
    store.jars.change(replace(jar, goal=None))
    broker.publish(jar_topic("hat"))
    expect(goal).to_be_hidden()
    store.jars.change(jar)
    broker.publish(jar_topic("hat"))
    expect(goal).to_have_text("Wheels 0 sat of 9,000 sat")
    expect(message).to_have_value("From Ada")


def test_who_taps_an_amount_that_is_not_suggested_any_more_has_those_of_now_and_what_they_wrote(
    live: LiveShop, open_till: OpenTill
) -> None:
    jar = replace(HAT, goal=None, amounts=(Money(100, SAT), Money(200, SAT)))
    live.shop.store.jars.add(jar)
    phone = open_till(live)
    page = phone.page
    phone.open("/tips/hat")
    page.wait_for_load_state("load")
    page.get_by_label("Message").fill("From Ada")
    page.get_by_label("Name").fill("Ada")
    live.shop.store.jars.change(replace(jar, amounts=(Money(300, SAT), Money(400, SAT))))
    phone.may_fail("/tips/hat")
    page.get_by_role("button", name="Tip 200 sat").click()
    expect(page.locator("#tip[data-offered*='400']")).to_have_count(1)
    expect(page.locator("#says")).to_have_text("The amounts of this jar have changed. Choose again.")
    expect(page.get_by_label("Message")).to_have_value("From Ada")
    expect(page.get_by_label("Name")).to_have_value("Ada")
    page.wait_for_load_state("load")
    page.get_by_label("Or another").fill("350")
    page.get_by_text("400").click()
    expect(page.get_by_label("Or another")).to_have_value("")
    page.get_by_role("button", name="Try again 400 sat").click()
    phone.asked()
    assert live.charge(phone.charge_id).memo == "From Ada"


def test_on_a_tablet_nobody_has_to_scroll_to_tip(live: LiveShop, open_till: OpenTill) -> None:
    amounts = tuple(Money(sat, SAT) for sat in (1000, 2000, 5000))
    goal = Goal("Wheels", Money(9000, SAT), live.shop.now() + 86_400)
    live.shop.store.jars.add(replace(HAT, text="Every evening from six.", amounts=amounts, goal=goal))
    live.shop.store.jars.set_picture("hat", JarPicture("d1", PHOTO, PHOTO))
    tablet = open_till(live, viewport=TABLET)
    tablet.open("/tips/hat")
    for size in (TABLET, LANDSCAPE):
        tablet.page.set_viewport_size(size)
        expect(tablet.page.get_by_role("button", name="Tip")).to_be_in_viewport(ratio=1)


def test_who_has_tipped_shares_the_jar(till: Till) -> None:
    page = till.page
    page.add_init_script("navigator.share = undefined;")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    till.open("/tips")
    page.get_by_role("button", name="Tip").click()
    till.pay()
    till.shows(PAID)
    page.get_by_role("link", name="Share the jar").click()
    expect(page.locator("#shared")).to_have_text("The link is copied. Send it to whoever may like it.")
    assert page.evaluate("navigator.clipboard.readText()") == f"{till.live.address}/tips"
    page.evaluate("navigator.share = async (told) => { window.told = told; }")
    page.get_by_role("link", name="Share the jar").click()
    assert page.evaluate("told") == {"title": "Marta's Stall", "url": f"{till.live.address}/tips"}


@pytest.mark.asks_the_database
def test_tips_come_up_on_the_live_page_at_once_and_one_after_the_other_and_say_no_more_once_they_are_hidden(
    live: LiveShop, open_till: OpenTill
) -> None:
    shop = live.shop
    shop.store.jars.add(Jar(name="hat", title="Hat", currency=SAT, live_token="secret"))
    tip(live, "Before", "Zoe")
    screen = open_till(live)
    screen.may_fail("/live/secret")
    screen.page.clock.install()
    screen.page.add_init_script("rung = 0; AudioContext = class extends AudioContext { close = async () => rung++; };")
    with screen.page.expect_response("**/events"):
        screen.open("/tips/hat/live/secret")
    # From here on it asks for nothing, and each tip is up for as long as the test lets it.
    screen.stops_its_clock()
    stage, said = screen.page.locator("#stage"), screen.page.get_by_role("listitem")
    expect(said).to_have_text("BeforeZoe2,100 sat")
    expect(stage).to_be_empty()
    hint = screen.page.get_by_role("button", name="Tap for sound")
    hint.click()
    # What is told first has come by now.
    screen.page.clock.fast_forward(1_000)
    expect(hint).to_be_hidden()
    expect(stage).to_be_empty()
    tip(live, "<i>Wow</i>", "Ana")
    # It begins with the page's next moment.
    until(lambda: is_on(screen, stage))
    expect(stage).to_have_text("2,100 sat Ana <i>Wow</i>", use_inner_text=True)
    tip(live, "Bad word", "Bob")
    tip(live, "Me too", "Cleo")
    show_message(shop, latest(live)[1].number, shown=False)
    show_message(shop, latest(live)[2].number, shown=False)
    expect(stage).to_have_text("2,100 sat no name", use_inner_text=True)
    expect(said).to_have_count(1)
    screen.page.clock.fast_forward(3_000)
    expect(stage).to_have_text("2,100 sat no name", use_inner_text=True)
    screen.page.clock.fast_forward(3_000)
    expect(stage).to_contain_text("Me too")
    expect(screen.page.locator("#idle")).to_be_hidden()
    screen.page.clock.fast_forward(8_000)
    expect(stage).to_contain_text("Me too")
    screen.page.clock.fast_forward(3_000)
    expect(stage).to_be_empty()
    expect(said).to_have_text(["Me tooCleo2,100 sat", "no name2,100 sat", "no name2,100 sat"])
    expect(screen.page.get_by_text("What you say comes up here.")).to_be_visible()
    screen.page.wait_for_function("() => window.rung === 3")
    change(live, goal=Goal("Wheels", Money(16_800, SAT)))
    expect(screen.page.locator(".goal")).to_contain_text("Wheels 8,400 sat of 16,800 sat")
    expect(screen.page.get_by_role("progressbar")).to_have_js_property("value", 50)
    change(live, closed_at=1)
    expect(screen.page.get_by_text("Leave a tip")).to_be_hidden()
    expect(screen.page.get_by_text("This tip jar is closed at the moment.")).to_be_visible()
    change(live, live_token="another")
    expect(screen.page.get_by_role("heading", level=1)).to_have_text("Not here")


def is_on(screen: Till, stage: Locator) -> bool:
    """Let one more millisecond pass, and tell whether anything is up."""
    screen.page.clock.run_for(1)
    return stage.inner_text() != ""


def change(live: LiveShop, **changes: object) -> None:
    """Let the owner change the hat."""
    store = live.shop.store
    jar = store.jars.get("hat")
    assert jar
    store.jars.change(replace(jar, **changes))  # type: ignore[arg-type]
    live.shop.broker.publish(jar_topic("hat"))


def tip(live: LiveShop, message: str, payer: str) -> None:
    """Let somebody put something into the hat."""
    sale = Sale(Money(2100, SAT), message, jar="hat", payer=payer, shown=True)
    made = charge(live.shop, Channel.TIPS, sale, message)
    live.pay(made.invoice.payment_request)
    live.pays_attention(made.id)


def latest(live: LiveShop) -> Sequence[Tip]:
    return live.shop.store.jars.contents("hat", 9, shown_only=False).latest
