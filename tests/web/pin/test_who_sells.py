"""Who sells? A till of a shop with staff asks for a PIN, keeps what was typed, and is slow for who guesses."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from pos.domain.device import Face
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.domain.staff import Role
from pos.services.pins import digest_of_pin
from pos.services.settle import settle
from pos.settings import Settings
from pos.shop import Shop
from pos.store.tables import charges, devices, events, sales, staff
from pos.web.sale_token import seal
from tests.conftest import stored, without_chance
from tests.fakes import FakeClock, FakeWallet
from tests.people import People

ANA, BEN, MIA = "2580", "1470", "90210"
# A browser says so of every form of the till's own pages.
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, lock_after=300)


@pytest.fixture
def till(people: People) -> FlaskClient:
    """The till of a shop with two cashiers and a manager, at which nobody has said who they are."""
    people.claim()
    people.somebody("Ana", pin=ANA)
    people.somebody("Ben", pin=BEN)
    people.somebody("Mia", Role.MANAGER, pin=MIA)
    return people.device()


def type_pin(browser: FlaskClient, pin: str, back: str = "") -> TestResponse:
    return browser.post("/pin", query_string={"back": back} if back else None, data={"pin": pin}, headers=OURS)


def sell(browser: FlaskClient, amount: str = "2100", key: str = "a" * 22, **more: str) -> TestResponse:
    return browser.post("/", data={"amount": amount, "memo": "", "key": key, **more}, headers=OURS)


def told_of(answer: TestResponse) -> str:
    """Return what a page says of a PIN, but for how long one waits now."""
    found = re.search(r'role="alert".*?</p>', answer.text, re.DOTALL)
    assert found
    return re.sub(r"\d+", "", found[0])


def seller_at(shop: Shop) -> list[str]:
    with shop.store.engine.begin() as connection:
        return list(connection.execute(select(devices.c.staff_id)).scalars())


def told(shop: Shop, kind: str) -> int:
    with shop.store.engine.begin() as connection:
        return len(connection.execute(select(events.c.seq).where(events.c.kind == kind)).all())


def count_charges(shop: Shop) -> int:
    with shop.store.engine.begin() as connection:
        return len(connection.execute(select(charges.c.id)).all())


def test_a_till_asks_who_sells_and_goes_on_where_one_was(till: FlaskClient, shop: Shop) -> None:
    answer = till.get("/sales?day=2026-01-05")
    assert answer.status_code == 303
    page = till.get(answer.headers["Location"])
    assert "Who sells?" in page.text
    back = type_pin(till, ANA, back="/sales?day=2026-01-05")
    assert (back.status_code, back.headers["Location"]) == (303, "/sales?day=2026-01-05")
    assert "Lock: Ana" in till.get("/").text
    assert seller_at(shop) == ["ana"]
    assert told(shop, "device.unlocked") == 1


def test_nothing_of_the_till_opens_before(till: FlaskClient) -> None:
    for path in ("/", "/till/till/shift", "/sales", "/shifts", "/sales.csv", "/tip/x"):
        assert till.get(path).headers["Location"].startswith("/pin"), path
    for path in ("/quote?amount=1", "/recent"):
        assert till.get(path).status_code == 423, path
    assert till.post("/till/till/draft", data={"browser": "b"}, headers=OURS).status_code == 423


def test_where_nobody_has_a_pin_none_is_asked_for(people: People) -> None:
    people.claim()
    till = people.device()
    page = till.get("/")
    assert page.status_code == 200
    assert "lock" not in without_chance(page.text).replace("block", "").replace("clock", "").replace("unlock", "")
    assert till.get("/pin").headers["Location"] == "/"


@pytest.mark.usefixtures("till")
def test_an_owner_is_not_asked_at_the_own_browser(people: People) -> None:
    owner = people.owner()
    assert owner.get("/").status_code == 200
    assert owner.get("/pin").headers["Location"] == "/"
    assert "Lock:" not in owner.get("/").text


def test_a_locked_till_sells_nothing_and_keeps_what_was_typed(till: FlaskClient, shop: Shop) -> None:
    answer = sell(till, line="380", unit="SAT", memo="table 5")
    assert answer.status_code == 303
    assert count_charges(shop) == 0
    asked = till.get(answer.headers["Location"])
    assert "A sale is kept: 2 items" in asked.text
    page = till.get(type_pin(till, BEN, back_of(answer)).headers["Location"])
    assert 'value="2100"' in page.text
    assert 'value="380"' in page.text
    assert 'value="table 5"' in page.text


def back_of(answer: TestResponse) -> str:
    return parse_qs(urlsplit(answer.headers["Location"]).query)["back"][0]


def test_one_tap_locks_and_another_cashier_takes_over_what_was_typed(till: FlaskClient, shop: Shop) -> None:
    type_pin(till, ANA)
    locked = sell(till, do="lock")
    assert locked.headers["Location"].startswith("/pin")
    assert (seller_at(shop), count_charges(shop)) == ([""], 0)
    page = till.get(type_pin(till, BEN, back_of(locked)).headers["Location"])
    assert 'value="2100"' in page.text
    assert "Lock: Ben" in page.text
    assert told(shop, "device.locked") == 1


@pytest.mark.parametrize("before", ["", MIA])
def test_what_a_locked_till_has_kept_is_sold_by_who_goes_on_with_it(till: FlaskClient, shop: Shop, before: str) -> None:
    with shop.store.engine.begin() as connection:
        connection.execute(update(staff).where(staff.c.id == "ana").values(sale_limit=2099))
    if before:
        type_pin(till, before)
    token = back_of(sell(till, do="lock")).partition("?sale=")[2]
    type_pin(till, ANA)
    refused = till.post(f"/tip/{token}", data={"other": "0"}, headers=OURS)
    assert (refused.status_code, count_charges(shop)) == (422, 0)
    till.post("/pin/lock", headers=OURS)
    type_pin(till, BEN)
    assert till.post(f"/tip/{token}", data={"other": "0"}, headers=OURS).status_code == 303
    with shop.store.engine.begin() as connection:
        assert list(connection.execute(select(sales.c.staff)).scalars()) == ["ben"]


def test_whoever_sends_a_form_to_a_till_that_has_locked_stands_before_it_again_after_the_pin(
    till: FlaskClient, shop: Shop
) -> None:
    with till.application.test_request_context():
        tip = f"/tip/{seal(Sale(Money(2100, SAT), till='till', staff='ana'), 'k')}"
    for form, page in (
        (tip, tip),
        ("/till/till/shift", "/till/till/shift"),
        ("/refunds/1", "/refunds/1"),
        # What has no page of its own was sent from the one above.
        ("/refunds/1/2/by-hand", "/refunds/1/2"),
        ("/sales/1/print", "/sales/1"),
        ("/shifts/till/1/print", "/shifts/till/1"),
    ):
        sent = till.post(form, data={"tip": "0", "number": "1"}, headers=OURS)
        assert (sent.status_code, back_of(sent)) == (303, page), form
    # Nothing is done by that: what was tapped is tapped again.
    assert type_pin(till, ANA, tip).headers["Location"] == tip
    assert "Add a tip?" in till.get(tip).text
    assert count_charges(shop) == 0


class TestWithTwoTills:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, tills=("till", "bar"))

    def test_a_locked_till_keeps_nothing_for_another_one(self, till: FlaskClient) -> None:
        typed = {"amount": "2100", "memo": "", "key": "a" * 22}
        answer = till.post("/till/bar", data=typed, headers=OURS)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/pin")
        assert "?sale=" in back_of(till.post("/", data=typed, headers=OURS))


def test_every_page_of_the_shop_s_own_locks_by_a_tap(till: FlaskClient, shop: Shop, wallet: FakeWallet) -> None:
    type_pin(till, MIA)
    made = stored(shop, sell(till).headers["Location"].rsplit("/", 1)[1])
    wallet.settle(made.invoice, made.amount_sat)
    number = settle(shop, made).number
    assert till.post("/till/till/shift", data={"number": 1}, headers=OURS).status_code == 303
    asked = {"amount": "100", "reason": "cold", "to": "", "key": "k"}
    assert till.post(f"/refunds/{number}", data=asked, headers=OURS).status_code == 303
    for path in ("/", "/sales", f"/sales/{number}", "/shifts", "/till/till/shift", "/shifts/till/1"):
        assert "Lock: Mia" in till.get(path).text, path
    for path in ("/refunds", f"/refunds/{number}", f"/refunds/{number}/1"):
        assert "Lock: Mia" in till.get(path).text, path
        locked = till.post("/pin/lock", query_string={"back": path}, headers=OURS)
        # Who may not give money back is led to the till.
        assert type_pin(till, ANA, back_of(locked)).headers["Location"] == "/"
        refused = till.get(path)
        assert refused.status_code == 403
        assert '<a href="/">' in refused.text
        till.post("/pin/lock", headers=OURS)
        assert type_pin(till, MIA, path).headers["Location"] == path


def test_what_is_no_sale_yet_is_no_reason_not_to_lock(till: FlaskClient, shop: Shop) -> None:
    type_pin(till, ANA)
    locked = sell(till, amount="", do="lock")
    assert back_of(locked) == "/"
    assert seller_at(shop) == [""]


def test_a_till_that_nobody_touches_locks(till: FlaskClient, clock: FakeClock) -> None:
    type_pin(till, ANA)
    clock.time += 200
    assert till.get("/").status_code == 200
    clock.time += 299
    assert till.get("/pin/status").get_json() == {"locked": False, "wait": 0, "waiting": []}
    # What a page asks by itself is nobody's touch.
    assert till.get("/recent").status_code == 200
    clock.time += 1
    assert till.get("/pin/status").get_json() == {"locked": True, "wait": 0, "waiting": []}
    assert till.get("/").headers["Location"].startswith("/pin")


def test_what_the_pages_of_sales_look_at_by_themselves_is_nobodys_touch(till: FlaskClient, clock: FakeClock) -> None:
    type_pin(till, ANA)
    sell(till)
    page = re.search(r'href="(/sales/[^"]*)"', till.get("/sales").text)
    assert page
    asked = re.search(r'<main id="sale" data-page="([^"]*)" data-due', till.get(page[1]).text)
    assert asked
    clock.time += 299
    for path in (asked[1], "/sales?looked=now"):
        assert till.get(path).status_code == 200, path
    clock.time += 1
    for path in (asked[1], "/sales?looked=now"):
        assert till.get(path).status_code == 423, path
    assert till.get(page[1]).headers["Location"].startswith("/pin")


def test_whoever_types_a_long_tape_is_there(till: FlaskClient, clock: FakeClock) -> None:
    type_pin(till, ANA)
    for _ in range(4):
        clock.time += 200
        assert till.get("/pin/status?touched").get_json() == {"locked": False, "wait": 0, "waiting": []}
    clock.time += 300
    assert till.get("/pin/status?touched").get_json() == {"locked": True, "wait": 0, "waiting": []}


def test_a_clock_that_is_set_back_keeps_no_till_open(till: FlaskClient, clock: FakeClock) -> None:
    type_pin(till, ANA)
    clock.time -= 299
    assert till.get("/pin/status").get_json()["locked"] is False
    clock.time -= 1
    assert till.get("/pin/status").get_json()["locked"] is True


def test_whoever_goes_on_after_a_clock_was_set_back_is_there(till: FlaskClient, clock: FakeClock) -> None:
    type_pin(till, ANA)
    clock.time -= 200
    assert till.get("/").status_code == 200
    clock.time += 299
    assert till.get("/pin/status").get_json()["locked"] is False
    clock.time += 1
    assert till.get("/pin/status").get_json()["locked"] is True


def test_an_owner_who_is_signed_in_at_a_till_sells_without_a_pin(till: FlaskClient, people: People, shop: Shop) -> None:
    cookie = people.owner().get_cookie(f"{people.app.config['SESSION_COOKIE_NAME']}_owner")
    assert cookie
    till.set_cookie(cookie.key, cookie.value)
    assert sell(till).headers["Location"].startswith("/pay/")
    assert count_charges(shop) == 1


class TestWithoutATime:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, lock_after=0)

    def test_a_till_may_stay_open_all_day(self, till: FlaskClient, clock: FakeClock) -> None:
        type_pin(till, ANA)
        clock.time += 100_000
        assert till.get("/").status_code == 200

    @pytest.mark.usefixtures("till")
    def test_but_no_kiosk_is_left_all_day(self, people: People, clock: FakeClock) -> None:
        kiosk = people.device(Face.KIOSK, "")
        type_pin(kiosk, MIA)
        clock.time += 300
        assert kiosk.get("/sales").headers["Location"].startswith("/pin")


@pytest.mark.usefixtures("till")
def test_what_a_display_asks_by_itself_keeps_no_manager_in(people: People, clock: FakeClock) -> None:
    display = people.device(Face.DISPLAY, "till")
    type_pin(display, MIA)
    for _ in range(3):
        clock.time += 100
        display.get("/screen/till/status")
    assert display.get("/sales").headers["Location"].startswith("/pin")


@pytest.mark.usefixtures("till")
@pytest.mark.parametrize("path", ["/kiosk", "/kiosk/rest", "/kiosk/amount"])
def test_a_kiosk_that_comes_up_again_is_a_kiosk(people: People, path: str) -> None:
    kiosk = people.device(Face.KIOSK, "")
    type_pin(kiosk, MIA)
    assert kiosk.get("/sales").status_code == 200
    assert kiosk.get(path).status_code == 200
    assert kiosk.get("/sales").headers["Location"].startswith("/pin")


def test_a_sale_turns_green_while_the_till_is_locked(till: FlaskClient) -> None:
    type_pin(till, ANA)
    pay_page = sell(till, memo="Table 5").headers["Location"]
    till.post("/pin/lock", headers=OURS)
    page = till.get("/pin")
    assert "Table 5" in page.text
    assert "is waiting for payment" in page.text
    # Without a script it looks again by itself.
    assert '<noscript><meta http-equiv="refresh" content="30;url=/pin">' in page.text
    assert till.get(pay_page).status_code == 200
    assert till.get(f"{pay_page}/status").get_json()["status"] == "open"


def test_a_wrong_pin_lets_nobody_in_and_is_told(till: FlaskClient, shop: Shop) -> None:
    answer = type_pin(till, "9999")
    assert (answer.status_code, answer.headers["Retry-After"]) == (403, "1")
    assert "Not a PIN of this shop." in answer.text
    assert "9999" not in answer.text
    assert (seller_at(shop), told(shop, "pin.wrong")) == ([""], 1)


def test_the_right_pin_is_refused_too_while_one_waits(till: FlaskClient, clock: FakeClock, shop: Shop) -> None:
    type_pin(till, "9999")
    clock.time += 1
    type_pin(till, "9999")
    answer = type_pin(till, ANA)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
    assert seller_at(shop) == [""]
    clock.time += 2
    assert type_pin(till, ANA).status_code == 303


def test_a_right_pin_forgives_none_of_those_before(till: FlaskClient, clock: FakeClock) -> None:
    for _ in range(3):
        type_pin(till, "9999")
        clock.time += 10
        assert type_pin(till, ANA).status_code == 303
        till.post("/pin/lock", headers=OURS)
        clock.time += 10
    # Else who has a PIN could guess those of others between two of it.
    assert type_pin(till, "9999").headers["Retry-After"] == "8"


def test_a_right_pin_makes_nobody_wait_at_the_next_one(till: FlaskClient) -> None:
    for pin in (ANA, BEN, MIA, ANA):
        assert type_pin(till, pin).status_code == 303
        till.post("/pin/lock", headers=OURS)


def test_a_pin_that_nobody_had_the_time_to_look_at_makes_nobody_wait(
    till: FlaskClient, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shop.hashing_at_devices.turn(), monkeypatch.context() as crowd:
        crowd.setattr(shop.hashing_at_devices, "_patience", 0)
        assert type_pin(till, ANA).status_code == 503
    assert type_pin(till, ANA).status_code == 303


def test_a_copied_cookie_is_the_same_device_from_wherever_it_comes(
    till: FlaskClient, people: People, shop: Shop
) -> None:
    cookie = till.get_cookie(f"{people.app.config['SESSION_COOKIE_NAME']}_device")
    assert cookie
    for last in range(20):
        copy = people.with_cookie("device", cookie.value)
        copy.post("/pin", data={"pin": f"99{last:02}"}, headers=OURS, environ_base={"REMOTE_ADDR": f"10.0.0.{last}"})
    assert told(shop, "pin.wrong") == 1


def test_wrong_pins_at_one_device_are_nothing_to_another(till: FlaskClient, people: People) -> None:
    for _ in range(3):
        type_pin(till, "9999")
    assert type_pin(people.device(), ANA).status_code == 303


def test_a_form_of_another_page_types_no_pin(till: FlaskClient, shop: Shop) -> None:
    answer = till.post("/pin", data={"pin": ANA}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400
    assert seller_at(shop) == [""]


@pytest.mark.parametrize("pin", ["", "x", "12", "123456789", "\x00", "2580 ", "²⁵⁸⁰"])
def test_what_is_no_pin_is_wrong(till: FlaskClient, pin: str) -> None:
    assert type_pin(till, pin).status_code == 403


@pytest.mark.parametrize("pin", ["٢٥٨٠", "２５８０"])
def test_a_pin_is_typed_in_the_figures_of_any_script(till: FlaskClient, shop: Shop, pin: str) -> None:
    assert type_pin(till, pin).status_code == 303
    assert seller_at(shop) == ["ana"]


def test_nobody_is_led_to_another_host(till: FlaskClient) -> None:
    assert type_pin(till, ANA, back="//evil.example").headers["Location"] == "/"


def test_whoever_has_left_is_locked_out_at_once(till: FlaskClient, shop: Shop) -> None:
    type_pin(till, ANA)
    with shop.store.engine.begin() as connection:
        connection.execute(update(staff).where(staff.c.id == "ana").values(removed_at=1))
    assert till.get("/").headers["Location"].startswith("/pin")
    assert type_pin(till, ANA).status_code == 403


def test_a_device_that_was_taken_off_takes_no_pin(till: FlaskClient, shop: Shop) -> None:
    with shop.store.engine.begin() as connection:
        connection.execute(update(devices).values(revoked_at=1))
    assert type_pin(till, ANA).status_code == 403
    assert seller_at(shop) == [""]


@pytest.mark.usefixtures("till")
def test_leaving_a_kiosk_or_a_display_takes_a_manager(people: People, clock: FakeClock) -> None:
    for face, place, home in ((Face.KIOSK, "", "/kiosk"), (Face.DISPLAY, "till", "/screen/till")):
        device = people.device(face, place)
        assert device.get(home).status_code == 200
        # Nor does it sell what a till sells.
        assert sell(device).headers["Location"].startswith("/pin")
        assert count_charges(people.shop) == 0
        asked = device.get("/sales")
        assert asked.headers["Location"].startswith("/pin")
        assert "a manager" in device.get("/pin").text
        answer = type_pin(device, BEN)
        assert (answer.status_code, "takes a manager" in answer.text) == (403, True)
        clock.time += 5
        # A PIN of nobody's is told in the same words: whose it is, customers do not learn there.
        assert told_of(type_pin(device, "7391")) == told_of(answer)
        clock.time += 5
        assert type_pin(device, MIA).headers["Location"] == "/sales"
        assert device.get("/sales").status_code == 200
        # And back: it is a kiosk again.
        assert device.post("/pin/lock", headers=OURS).headers["Location"] == home
        assert device.get("/sales").headers["Location"].startswith("/pin")
        assert device.get(home).status_code == 200
        assert device.get("/office").status_code == 403


@pytest.mark.usefixtures("till")
@pytest.mark.parametrize(
    ("face", "place", "home"), [(Face.KIOSK, "", "/kiosk"), (Face.DISPLAY, "till", "/screen/till")]
)
def test_a_cashier_who_stands_in_a_kiosk_or_a_display_that_was_left_is_asked_for_a_managers_pin(
    people: People, face: Face, place: str, home: str
) -> None:
    device = people.device(face, place, sells="ana")
    for path in ("/sales", "/till/till"):
        assert device.get(path).headers["Location"].startswith("/pin")
    # There it ends: nothing leads on from the question.
    assert device.get("/pin?back=/sales").status_code == 200
    assert device.get("/").headers["Location"] == home
    assert sell(device).headers["Location"].startswith("/pin")
    assert type_pin(device, MIA).headers["Location"] == "/sales"
    assert device.get("/sales").status_code == 200


def test_a_pin_is_kept_with_the_shops_own_key(shop: Shop) -> None:
    kept = digest_of_pin(shop, ANA)
    assert kept == digest_of_pin(shop, ANA)
    assert kept != digest_of_pin(shop, BEN)
    assert ANA not in kept
    other = replace(shop, settings=replace(shop.settings, secret_key="another one, as long"))
    assert kept != digest_of_pin(other, ANA)


@pytest.mark.parametrize("path", ["/pin", "/sales", "/office", "/sign-in", "/nope"])
def test_a_kiosk_or_a_display_is_that_again_where_somebody_leaves_another_page_open(people: People, path: str) -> None:
    people.claim()
    people.somebody("Mia", Role.MANAGER, MIA)

    def leads_home(browser: FlaskClient) -> str:
        page = browser.get(path, follow_redirects=True).text
        home = re.search(r'data-kiosk="([^"]*)"', page)
        assert bool(re.search(r"js/(left_alone|kiosk_left)\.js", page)) == (home is not None)
        return home[1] if home else ""

    assert leads_home(people.device(Face.KIOSK, "")) == "/kiosk/rest"
    assert leads_home(people.device(Face.DISPLAY)) == "/screen/till"
    assert leads_home(people.device()) == leads_home(people.stranger()) == ""
