"""The kiosk: a screen that nobody attends, and that is always ready for the next customer."""

from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Route, expect

from pos.settings import Settings
from pos.settings.kiosk import entries
from tests.browser.people import EXPIRED, OPEN, PAID, LiveShop, Till, changes, presses
from tests.by_hand import write
from tests.fakes import FakeRates


@pytest.fixture
def kiosk(till: Till) -> Till:
    """The kiosk's first screen, in a browser whose time a test can move."""
    till.page.clock.install()
    till.open("/kiosk")
    return till


def charge(kiosk: Till, amount: str = "5,000") -> str:
    kiosk.page.get_by_role("button", name=f"{amount} sat").click()
    return kiosk.asked()


def is_back(kiosk: Till) -> None:
    """The first screen again, as if nobody had been here."""
    kiosk.page.wait_for_url("**/kiosk")
    expect(kiosk.page.get_by_role("heading", level=1)).to_have_text("How much?")
    expect(kiosk.page.get_by_role("link", name="Other amount")).to_be_visible()


def types(kiosk: Till, amount: str) -> Locator:
    """Go to the keypad, and press its keys."""
    kiosk.page.get_by_role("link", name="Other amount").click()
    kiosk.page.wait_for_url("**/kiosk/amount")
    for digit in amount:
        kiosk.page.get_by_role("button", name=digit, exact=True).click()
    return kiosk.page.get_by_label("Amount", exact=True)


def rests(kiosk: Till) -> None:
    """The picture that calls people over."""
    kiosk.page.wait_for_url("**/kiosk/rest")
    expect(kiosk.page.get_by_role("heading", level=1)).to_have_text("Pay here")


def test_a_tile_is_charged_once_paid_and_thanked_for_and_the_kiosk_is_back(kiosk: Till) -> None:
    sent = kiosk.taps_twice(kiosk.page.get_by_role("button", name="5,000 sat"))
    asked = kiosk.asked()
    assert len(sent) == 1
    kiosk.page.unroute_all()
    expect(kiosk.page.get_by_role("heading", level=1)).to_have_text("5,000 sat")
    # It offers nothing that belongs on the customer's own device.
    content = kiosk.page.content()
    for foreign in ("lightning:", "#copy", "Open in wallet", "Invoice as text", f">{asked}<"):
        assert foreign not in content
    kiosk.pay(asked)
    kiosk.shows(PAID)
    expect(kiosk.page.get_by_role("heading", level=1)).to_have_text("Thank you!")
    kiosk.page.clock.fast_forward(8000)
    is_back(kiosk)


def test_a_visit_leaves_nothing_to_step_back_to(kiosk: Till) -> None:
    page = kiosk.page
    kiosk.open("/kiosk/rest")
    before = page.evaluate("history.length")
    page.get_by_role("link", name="Touch to start").click()
    is_back(kiosk)
    page.get_by_role("link", name="Language").click()
    # Before its scripts run, a form leaves a step, as without scripts.
    page.wait_for_url("**/language**")
    page.get_by_role("button", name="English").click()
    is_back(kiosk)
    asked = charge(kiosk)
    page.get_by_role("button", name="Enlarge the QR code").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    kiosk.pay(asked)
    kiosk.shows(PAID)
    page.get_by_role("link", name="Done").click()
    is_back(kiosk)
    assert page.evaluate("history.length") == before


def test_while_the_till_is_gone_nothing_leads_to_the_browsers_own_page(kiosk: Till) -> None:
    page = kiosk.page
    kiosk.may_fail("/")
    lost = page.locator(".unsent")

    def leads_nowhere(*places: str) -> None:
        """Touch each of them while the network is gone, and the last one when it is back."""
        page.wait_for_function("() => document.documentElement?.dataset.live")
        page.context.set_offline(True)
        for place in places:
            page.locator(place).click()
            expect(lost).to_be_visible()
            lost.evaluate("it => it.remove()")
        page.context.set_offline(False)
        page.locator(places[-1]).click()

    leads_nowhere(".language-link")
    expect(page.get_by_role("heading", level=1)).to_have_text("Language")
    leads_nowhere("header a", "[value=de]")
    expect(page.get_by_role("heading", level=1)).to_have_text("Wie viel?")
    page.locator(".tile").first.click()
    kiosk.asked()
    leads_nowhere("#grow", "[action='/sandbox/pay'] button", "header a >> text=Von vorn")
    expect(page.get_by_role("heading", level=1)).to_have_text("Wie viel?")


def test_the_silence_of_one_customer_is_not_the_next_ones(kiosk: Till) -> None:
    asked = charge(kiosk)
    sound = kiosk.page.get_by_role("button", name="Sound")
    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "false")
    kiosk.pay(asked)
    kiosk.shows(PAID)
    kiosk.page.get_by_role("link", name="Done").click()
    is_back(kiosk)
    charge(kiosk, "1,000")
    expect(sound).to_have_attribute("aria-pressed", "true")
    # Nor of one who went away without paying.
    sound.click()
    kiosk.open("/kiosk/rest")
    assert kiosk.page.evaluate("localStorage.sound") is None


def test_nothing_is_pulled_swiped_or_pressed_long_and_a_page_of_an_error_goes_home(kiosk: Till) -> None:
    kiosk.may_fail("/kiosk/nope")
    for path in ("/kiosk/rest", "/kiosk/nope", "/kiosk"):
        kiosk.open(path)
        kiosk.page.wait_for_load_state()
        assert kiosk.page.evaluate("getComputedStyle(document.documentElement).overscrollBehavior") == "none"
        assert not kiosk.page.evaluate("dispatchEvent(new Event('contextmenu', {cancelable: true}))")
    kiosk.open("/kiosk/nope")
    kiosk.page.wait_for_load_state()
    kiosk.page.mouse.click(10, 10)
    kiosk.page.clock.fast_forward(60_000)
    rests(kiosk)


def test_a_cancel_that_the_database_does_not_take_is_told_and_a_payment_that_comes_meanwhile_stays_on_the_screen(
    kiosk: Till,
) -> None:
    charge(kiosk)
    kiosk.may_fail("/pay/")
    with write(kiosk.live.shop.store) as connection:
        connection.exec_driver_sql("ALTER TABLE charge RENAME TO gone")
    kiosk.page.get_by_role("button", name="Cancel").click()
    expect(kiosk.page.get_by_role("alert")).to_contain_text("The till cannot read or write its database right now.")
    with write(kiosk.live.shop.store) as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO charge")
    # It can be pressed again.
    kiosk.page.get_by_role("button", name="Cancel").click()
    is_back(kiosk)
    asked = charge(kiosk)
    kiosk.may_fail("/cancel")
    held: list[Route] = []
    kiosk.page.route("**/cancel", lambda route: held.append(route))
    with kiosk.page.expect_request("**/cancel"):
        kiosk.page.get_by_role("button", name="Cancel").click()
    kiosk.pay(asked)
    kiosk.shows(PAID)
    failing = kiosk.page.request.get(f"{kiosk.live.address}/kiosk/nope")
    with kiosk.page.expect_event("requestfinished"):
        held[0].fulfill(response=failing, status=503)
    kiosk.shows(PAID)
    expect(kiosk.page.get_by_role("heading", level=1)).to_have_text("Thank you!")
    kiosk.page.clock.fast_forward(8000)
    is_back(kiosk)


def test_another_amount_is_typed_on_a_keypad_of_the_kiosks_own_and_one_over_the_limit_is_refused(kiosk: Till) -> None:
    typed = types(kiosk, "777")
    expect(typed).to_have_value("777")
    # The button says what it will ask for, as the shop's currency has it or in sat.
    expect(kiosk.page.get_by_role("button", name="Pay 777 sat")).to_be_visible()
    typed.press("Enter")
    kiosk.asked()
    expect(kiosk.page.get_by_role("heading", level=1)).to_have_text("777 sat")
    kiosk.page.get_by_role("link", name="Start again").click()
    is_back(kiosk)
    kiosk.may_fail("/kiosk")
    kiosk.may_fail("/kiosk/amount")
    typed = types(kiosk, "10000001")
    kiosk.page.get_by_role("button", name="Pay").click()
    expect(kiosk.page.get_by_role("alert")).to_have_text("That is too much. The most for one sale is 10,000,000 sat.")
    expect(typed).to_have_value("10000001")
    # The timer is only there when the script has run.
    kiosk.page.wait_for_load_state("load")
    kiosk.page.clock.fast_forward(60_000)
    rests(kiosk)


def test_what_somebody_typed_and_left_is_forgotten_after_a_minute_and_a_touch_starts_anew(kiosk: Till) -> None:
    typed = types(kiosk, "777")
    kiosk.page.clock.fast_forward(30_000)
    # A real key, wherever the focus is.
    kiosk.page.keyboard.press("8")
    kiosk.page.clock.fast_forward(40_000)
    expect(typed).to_have_value("7778")
    kiosk.page.clock.fast_forward(20_000)
    rests(kiosk)
    kiosk.page.mouse.click(10, 600)
    is_back(kiosk)


def test_whoever_touches_the_kiosk_as_it_is_about_to_rest_stays_with_what_they_type(kiosk: Till) -> None:
    typed = types(kiosk, "777")
    held: list[Route] = []
    kiosk.page.route("**/kiosk/rest", lambda it: held.append(it), times=1)
    with kiosk.page.expect_request("**/kiosk/rest"):
        kiosk.page.clock.fast_forward(60_000)
    kiosk.page.get_by_role("button", name="8", exact=True).click()
    held[0].fulfill(response=held[0].fetch())
    for _ in range(2):
        # By the second answer whatever the first one led to has begun.
        with kiosk.page.expect_response("**/kiosk/status"):
            kiosk.page.clock.fast_forward(5000)
    expect(typed).to_have_value("7778")
    kiosk.page.clock.fast_forward(60_000)
    rests(kiosk)


def test_while_the_shop_is_not_there_the_kiosk_stays_where_it_is_and_a_touch_says_so(kiosk: Till) -> None:
    kiosk.page.route("**/kiosk/rest", lambda route: route.abort())
    kiosk.may_fail("/kiosk/rest")
    with kiosk.page.expect_event("requestfailed"):
        kiosk.page.clock.fast_forward(60_000)
    expect(kiosk.page.get_by_role("heading", level=1)).to_have_text("How much?")
    kiosk.page.unroute("**/kiosk/rest")
    kiosk.page.clock.fast_forward(60_000)
    rests(kiosk)
    kiosk.may_fail("/kiosk")
    kiosk.page.wait_for_load_state()
    kiosk.page.route("**/kiosk", lambda route: route.abort())
    kiosk.page.get_by_role("link", name="Touch to start").click()
    expect(kiosk.page.get_by_text("Connection lost, still checking.")).to_be_visible()
    kiosk.page.unroute("**/kiosk")
    kiosk.page.get_by_role("link", name="Touch to start").click()
    is_back(kiosk)


def test_a_kiosk_loads_itself_anew_after_an_update_while_it_rests_and_never_while_it_is_in_use(kiosk: Till) -> None:
    words, version = kiosk.live.app.jinja_env.globals, kiosk.page.locator(".version")
    old = version.inner_text()
    words["till_version"] = "98.0"
    for _ in range(2):
        # By the second answer whatever the first one led to has begun.
        with kiosk.page.expect_response("**/kiosk/status"):
            kiosk.page.clock.fast_forward(5000)
    expect(version).to_have_text(old)
    kiosk.page.clock.fast_forward(60_000)
    rests(kiosk)
    expect(version).to_have_text("Lightning Till 98.0")
    words["till_version"] = "99.0"
    kiosk.page.clock.fast_forward(5000)
    expect(version).to_have_text("Lightning Till 99.0")
    rests(kiosk)


def test_a_customer_who_went_away_is_asked_once_and_then_forgotten_but_a_touch_keeps_the_pay_page(kiosk: Till) -> None:
    charge(kiosk)
    asks = kiosk.page.get_by_text("Still there?", exact=True)
    kiosk.page.clock.fast_forward(60_000)
    expect(asks).to_be_visible()
    kiosk.page.get_by_role("heading", level=1).click()
    expect(asks).to_be_hidden()
    kiosk.page.clock.fast_forward(45_000)
    kiosk.shows(OPEN)
    kiosk.notes_what_is_said()
    kiosk.page.clock.fast_forward(15_000)
    expect(asks).to_be_visible()
    # A minute that goes by in a moment looks like a lost connection, too, and that is told as well.
    kiosk.was_told("Still there? Touch the screen or press a key to stay.")
    kiosk.page.clock.fast_forward(30_000)
    rests(kiosk)
    # It rests as well after an invoice that expired.
    kiosk.open("/kiosk")
    charge(kiosk)
    kiosk.live.expires()
    kiosk.shows(EXPIRED)
    kiosk.page.clock.fast_forward(20_000)
    rests(kiosk)


def test_a_payment_that_comes_as_the_kiosk_is_about_to_leave_is_seen(kiosk: Till) -> None:
    asked = charge(kiosk)
    # It goes back when the test lets the time pass, however long the machine takes.
    kiosk.stops_its_clock()
    kiosk.page.clock.fast_forward(60_000)
    held: list[Route] = []
    kiosk.page.route("**/kiosk/rest", lambda it: held.append(it), times=1)
    with kiosk.page.expect_request("**/kiosk/rest"):
        kiosk.page.clock.fast_forward(30_000)
    kiosk.pay(asked)
    kiosk.shows(PAID)
    with kiosk.page.expect_response("**/status"):
        held[0].continue_()
    kiosk.page.wait_for_timeout(0)
    kiosk.page.clock.fast_forward(5000)
    kiosk.shows(PAID)
    kiosk.page.clock.fast_forward(3000)
    is_back(kiosk)


def test_a_payment_for_a_charge_that_was_left_does_not_interrupt_the_next_customer_but_wakes_the_resting_kiosk(
    kiosk: Till,
) -> None:
    asked, charge_id = charge(kiosk), kiosk.charge_id
    kiosk.page.get_by_role("link", name="Start again").click()
    is_back(kiosk)
    typed = types(kiosk, "777")
    kiosk.pay(asked)
    kiosk.live.pays_attention(charge_id)
    kiosk.page.clock.fast_forward(2000)
    thanks = kiosk.page.get_by_text("The customer before has paid. Thank you!")
    expect(thanks).to_be_visible()
    expect(typed).to_have_value("777")
    kiosk.page.clock.fast_forward(8000)
    expect(thanks).to_be_hidden()
    kiosk.open("/kiosk")
    asked = charge(kiosk)
    page, charge_id = kiosk.page.url, kiosk.charge_id
    kiosk.open("/kiosk/rest")
    kiosk.pay(asked)
    kiosk.live.pays_attention(charge_id)
    kiosk.page.clock.fast_forward(2000)
    kiosk.page.wait_for_url(page)
    kiosk.shows(PAID)


def test_the_kiosk_does_not_leave_for_a_shop_that_is_not_there(kiosk: Till) -> None:
    kiosk.may_fail("/")
    kiosk.pay(charge(kiosk))
    kiosk.shows(PAID)
    kiosk.stops_its_clock()
    # Neither without a word about the charge, nor for a page that is not there.
    for gone in ("**/status", "**/kiosk"):
        kiosk.page.route(gone, lambda route: route.abort())
        with kiosk.page.expect_event("requestfailed"):
            kiosk.page.clock.fast_forward(8000)
        kiosk.shows(PAID)
        kiosk.page.unroute(gone)
    kiosk.page.clock.fast_forward(5000)
    is_back(kiosk)


def test_a_step_back_to_the_charge_of_another_one_leads_to_the_kiosk_once_it_is_there(kiosk: Till) -> None:
    kiosk.may_fail("/kiosk")
    charge(kiosk)
    kiosk.page.route("**/kiosk", lambda route: route.abort())
    with kiosk.page.expect_event("requestfailed", lambda it: it.url.endswith("/kiosk")):
        # As from the browser's memory.
        kiosk.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    kiosk.shows(OPEN)
    kiosk.page.unroute("**/kiosk")
    kiosk.page.clock.fast_forward(5000)
    is_back(kiosk)


def test_a_step_back_that_loads_the_charge_of_another_one_leads_to_the_kiosk(till: Till) -> None:
    till.open("/kiosk")
    charge(till)
    till.open("/kiosk/rest")
    till.page.go_back()
    is_back(till)


class TestUnits:
    """A kiosk of a shop with prices in euros."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, currency="EUR", rate_fixed=Decimal(50_000))

    def test_what_is_typed_changes_with_its_unit_as_the_server_converts_it_once_however_often_it_is_tapped(
        self, kiosk: Till
    ) -> None:
        typed = types(kiosk, "320")
        expect(kiosk.page.get_by_role("button", name="Pay €320.00")).to_be_visible()
        held: list[Route] = []
        kiosk.page.route("**/kiosk/quote?*unit=EUR", lambda route: held.append(route))
        for _ in range(2):
            with kiosk.page.expect_request("**/kiosk/quote?*"):
                kiosk.page.locator(".units").get_by_text("sat", exact=True).click()
        # Until it is converted it is what it was.
        expect(kiosk.page.get_by_role("radio", name="EUR")).to_be_checked()
        held[0].continue_()
        expect(typed).to_have_value("640000")
        with kiosk.page.expect_event("requestfinished"):
            held[1].continue_()
        kiosk.page.keyboard.press("0")
        expect(kiosk.page.get_by_role("button", name="Pay 6,400,000 sat")).to_be_visible()
        expect(kiosk.page.get_by_role("radio", name="sat")).to_be_checked()

    def test_what_real_keys_type_is_asked_for_or_refused_and_never_another_amount(self, kiosk: Till) -> None:
        typed = types(kiosk, "")
        kiosk.page.wait_for_load_state("load")
        kiosk.page.locator(".units").get_by_text("sat", exact=True).click()
        kiosk.page.keyboard.type("12.50")
        expect(typed).to_have_value("12.50")
        expect(kiosk.page.locator("#worth")).to_have_text("Type the amount in whole sat, with the digits 0 to 9 only.")

    def test_there_and_back_into_a_unit_leaves_what_was_typed_as_it_was(self, kiosk: Till) -> None:
        typed = types(kiosk, "")
        chips = kiosk.page.locator(".units")
        kiosk.page.wait_for_load_state("load")
        chips.get_by_text("sat", exact=True).click()
        kiosk.page.keyboard.type("2107")
        chips.get_by_text("EUR", exact=True).click()
        expect(typed).to_have_value("1.05")
        chips.get_by_text("sat", exact=True).click()
        expect(typed).to_have_value("2107")
        expect(kiosk.page.get_by_role("button", name="Pay 2,107 sat")).to_be_visible()

    def test_real_keys_of_another_script_count(self, kiosk: Till) -> None:
        types(kiosk, "")
        kiosk.page.wait_for_load_state("load")
        presses(kiosk.page, "٣٫٥")
        expect(kiosk.page.get_by_role("button", name="Pay €3.50")).to_be_visible()


class TestOneThing:
    """A kiosk that offers one thing, which is asked for as soon as it is touched."""

    @pytest.fixture
    def rates(self) -> FakeRates:
        return FakeRates()

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, currency="EUR", kiosk_amounts=entries("Wash:4.00"), kiosk_other_amount="off")

    def test_while_it_rests_it_says_each_minute_what_the_thing_is_worth_by_now(
        self, till: Till, rates: FakeRates
    ) -> None:
        till.page.clock.install()
        till.open("/kiosk/rest")
        price = till.page.locator("#kiosk .lead")
        expect(price).to_have_text("Wash · €4.00 · ≈ 8,000 sat")
        till.page.wait_for_load_state()
        rates.price = Decimal(40_000)
        till.page.clock.fast_forward(60_000)
        expect(price).to_have_text("Wash · €4.00 · ≈ 10,000 sat")

    def test_whoever_has_touched_it_is_not_led_away_while_the_wallet_is_asked(self, till: Till, live: LiveShop) -> None:
        till.page.clock.install()
        till.open("/kiosk/rest")
        till.page.wait_for_load_state()
        till.page.clock.fast_forward(50_000)
        held: list[Route] = []
        till.page.route("**/kiosk", lambda route: held.append(route))
        with till.page.expect_request("**/kiosk"):
            till.page.get_by_role("button", name="Touch to pay").click()
        anew: list[str] = []
        till.page.on("request", lambda it: anew.append(it.url) if it.url.endswith("/rest") else None)
        for _ in range(2):
            # By the second answer whatever the first one led to has begun.
            with till.page.expect_response("**/kiosk/status"):
                till.page.clock.fast_forward(10_000)
        assert anew == []
        held[0].continue_()
        till.page.wait_for_url("**/pay/*")
        till.asked()
        assert live.charge(till.charge_id).amount_sat == 8000


class TestWhatIsOfferedChanges:
    """The office changes what a kiosk offers while somebody stands before what it was."""

    @pytest.fixture
    def rates(self) -> FakeRates:
        return FakeRates()

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, currency="EUR", kiosk_amounts=entries("Wash:4.00,Dry:2.50"))

    def test_who_taps_what_is_not_offered_any_more_has_what_is_to_choose_from(self, kiosk: Till) -> None:
        page = kiosk.page
        page.wait_for_load_state("load")
        changes(kiosk.live, kiosk_amounts="Wash:5.00,Dry:2.50")
        kiosk.may_fail("/kiosk")
        page.get_by_role("button", name="Wash").click()
        expect(page.locator("#says")).to_have_text("What is offered here has changed. Choose again.")
        page.get_by_role("button", name="Wash €5.00").click()
        kiosk.asked()
        expect(page.get_by_role("heading", level=1)).to_have_text("€5.00")

    def test_the_keypad_types_in_the_currency_of_now(self, kiosk: Till) -> None:
        page = kiosk.page
        types(kiosk, "7")
        page.wait_for_load_state("load")
        changes(kiosk.live, currency="USD", kiosk_amounts="Wash:5.00")
        kiosk.may_fail("/kiosk/amount")
        page.get_by_role("button", name="Pay").click()
        # It is another page by then, and hears keys once its scripts run.
        expect(page.locator("#sale[data-offered*=USD]")).to_have_count(1)
        page.wait_for_load_state()
        for digit in "777":
            page.get_by_role("button", name=digit, exact=True).click()
        page.get_by_role("button", name="Pay 777 sat").click()
        kiosk.asked()

    def test_what_a_touch_of_the_resting_screen_buys_is_told_before_it_is_bought(self, kiosk: Till) -> None:
        changes(kiosk.live, kiosk_amounts="Wash:4.00", kiosk_other_amount="off")
        page = kiosk.page
        # Left alone it would soon hear of another version, and load what is offered now.
        page.route("**/kiosk/status", lambda route: route.fulfill(json={"ready": True}))
        kiosk.open("/kiosk/rest")
        page.wait_for_load_state("load")
        changes(kiosk.live, kiosk_amounts="Wash:5.00")
        kiosk.may_fail("/kiosk")
        page.get_by_role("button", name="Touch to pay").click()
        expect(page.locator("#says")).to_have_text("What is offered here has changed. Choose again.")
        page.get_by_role("button", name="Wash €5.00").click()
        kiosk.asked()


def test_a_window_in_which_the_till_was_used_becomes_a_kiosk(till: Till) -> None:
    with till.page.expect_event("requestfinished", lambda it: it.url.endswith("/js/typed.js")):
        till.open()
    till.page.get_by_label("Amount").fill("7")
    till.open("/kiosk")
    charge(till)
    lives = "document.documentElement.dataset.live === `${document.querySelectorAll('[type=module]').length}`"
    till.page.wait_for_function(lives)
