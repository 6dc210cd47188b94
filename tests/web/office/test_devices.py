"""The devices in the office: which there are, another name, and taking one off at once."""

import re
from dataclasses import replace
from html import unescape

import pytest
from flask.testing import FlaskClient

from pos.domain.device import SILENT_AFTER, TOLD_FOR, Face
from pos.domain.event import Kind
from pos.services.doctor import Verdict, examine
from pos.services.follow_till import HEARTBEAT
from pos.settings import Settings
from pos.shop import Shop
from tests.conftest import Cashier
from tests.fakes import FakeClock
from tests.people import People

OURS = {"Sec-Fetch-Site": "same-origin"}
PHONE = {"REMOTE_ADDR": "198.51.100.7"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, tills=("till", "bar"))


@pytest.fixture
def office(people: People) -> FlaskClient:
    return people.owner()


def rows(office: FlaskClient) -> list[str]:
    """What the list says of each device."""
    page = office.get("/office/devices").text
    return [" ".join(unescape(re.sub("<[^>]+>", " ", it)).split()) for it in re.findall("<li>.*?</li>", page, re.S)]


def page_of(office: FlaskClient, name: str) -> str:
    path = re.search(
        rf'href="(/office/devices/[^"]+)">(?:(?!</a>).)*<bdi>{name} ?</bdi>', office.get("/office/devices").text, re.S
    )
    assert path
    return path[1]


def test_the_list_says_what_each_is_and_when_it_was_seen(office: FlaskClient, people: People, clock: FakeClock) -> None:
    bar = people.device(Face.TILL, "bar")
    people.device(Face.KIOSK, "")
    clock.move(3600)
    bar.get("/recent?till=bar")
    assert rows(office) == ["the kiosk Kiosk 1 hour ago away", "the till bar Till · bar 1 second ago on"]
    clock.move(SILENT_AFTER)
    assert all(row.endswith("silent") for row in rows(office))


def test_the_list_says_who_sells_and_which_till_is_locked(office: FlaskClient, people: People) -> None:
    people.device(Face.TILL, "bar", sells=people.somebody("Ana"))
    people.device(Face.TILL, "till")
    people.device(Face.DISPLAY, "till")
    display, bar, till = rows(office)
    assert bar == "the till bar Till · bar · Ana sells 1 second ago on"
    assert (till[-6:], display[-2:]) == ("locked", "on")


def test_that_it_is_there_is_written_down_twice_a_minute_at_most(people: People, shop: Shop, clock: FakeClock) -> None:
    people.claim()
    bar = people.device(Face.TILL, "bar")
    seen = []
    for _ in range(8):
        clock.move(10)
        bar.get("/recent?till=bar")
        seen.append(shop.store.devices.listed()[0].seen_at)
    assert len(set(seen)) == 3


def test_a_device_gets_another_name(office: FlaskClient, people: People) -> None:
    people.device(Face.TILL, "bar")
    page = page_of(office, "the till bar")
    answer = Cashier(office).send(f"{page}/name", Cashier(office).open(page), name="  Terrace ")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/office/devices")
    assert rows(office)[0].startswith("Terrace Till")
    [told] = people.told(Kind.DEVICE_RENAMED)
    assert dict(told.data) == {"by": "Marta", "was": "the till bar", "name": "Terrace"}


def test_what_is_no_name_is_told_and_stands_there_as_it_was_typed(office: FlaskClient, people: People) -> None:
    people.device(Face.TILL, "bar")
    page = page_of(office, "the till bar")
    for name in (" ", "x" * 61):
        answer = Cashier(office).send(f"{page}/name", Cashier(office).open(page), name=name)
        assert (answer.status_code, 'role="alert"' in answer.text, f'value="{name}"' in answer.text) == (
            422,
            True,
            True,
        )
    assert people.told(Kind.DEVICE_RENAMED) == []


@pytest.mark.parametrize(
    ("face", "path"), [(Face.TILL, "/till/bar"), (Face.KIOSK, "/kiosk"), (Face.DISPLAY, "/screen/bar")]
)
def test_a_device_that_is_taken_off_opens_nothing_from_then_on(
    office: FlaskClient, people: People, face: Face, path: str
) -> None:
    device = people.device(face, "" if face is Face.KIOSK else "bar")
    assert device.get(path).status_code == 200
    page = page_of(office, f"the {face} {'' if face is Face.KIOSK else 'bar'}".strip())
    assert Cashier(office).send(f"{page}/off", Cashier(office).open(page)).status_code == 303
    for asked in (
        path,
        "/",
        {"till": "/recent?till=bar", "kiosk": "/kiosk/status", "display": "/screen/bar/status"}[face],
    ):
        assert device.get(asked).status_code == 403, asked
    assert "was taken off" in device.get("/").text
    assert rows(office) == []
    [told] = people.told(Kind.DEVICE_REVOKED)
    assert (told.data["by"], told.data["face"]) == ("Marta", face.value)


def test_a_device_is_taken_off_once(office: FlaskClient, people: People) -> None:
    people.device(Face.TILL, "bar")
    page = page_of(office, "the till bar")
    form = Cashier(office).open(page)
    assert [Cashier(office).send(f"{page}/off", form).status_code for _ in range(2)] == [303, 404]
    assert Cashier(office).send(f"{page}/name", form, name="Back").status_code == office.get(page).status_code == 404
    assert len(people.told(Kind.DEVICE_REVOKED)) == 1


def test_the_line_of_a_display_ends_when_it_is_taken_off(office: FlaskClient, people: People, clock: FakeClock) -> None:
    display = people.device(Face.DISPLAY, "bar")
    page = page_of(office, "the display bar")
    line = display.get("/screen/bar/events", buffered=False)
    news = line.iter_encoded()
    next(news)
    Cashier(office).send(f"{page}/off", Cashier(office).open(page))
    clock.move(HEARTBEAT)
    assert len(list(news)) <= 1
    line.close()


def test_the_line_of_an_owners_display_goes_on(office: FlaskClient, clock: FakeClock) -> None:
    line = office.get("/screen/bar/events", buffered=False)
    news = line.iter_encoded()
    for _ in range(3):
        clock.move(HEARTBEAT)
        next(news)
    line.close()


def test_a_cookie_that_is_used_from_two_places_at_once_is_told(
    office: FlaskClient, people: People, clock: FakeClock
) -> None:
    bar = people.device(Face.TILL, "bar")
    for _ in range(20):
        for place in ({}, PHONE):
            clock.move(5)
            assert bar.get("/recent?till=bar", environ_overrides=place).status_code == 200
    assert "two places at once" in rows(office)[0]
    assert "Take it off" in office.get(page_of(office, "the till bar")).text
    assert len(people.told(Kind.DEVICE_SHARED)) == 1
    clock.move(TOLD_FOR)
    assert "two places" not in rows(office)[0]


def test_another_browser_in_the_same_network_is_another_place(
    office: FlaskClient, people: People, clock: FakeClock
) -> None:
    bar = people.device(Face.TILL, "bar")
    for nth in range(4):
        clock.move(5)
        bar.get("/recent?till=bar", headers={"User-Agent": ("tablet", "laptop")[nth % 2]})
    assert "two places at once" in rows(office)[0]


def test_a_tablet_that_goes_over_to_another_network_is_no_news(
    office: FlaskClient, people: People, clock: FakeClock
) -> None:
    bar = people.device(Face.TILL, "bar")
    for place in ({}, {}, PHONE, PHONE, PHONE):
        clock.move(5)
        bar.get("/recent?till=bar", environ_overrides=place)
    assert "two places" not in rows(office)[0]
    assert people.told(Kind.DEVICE_SHARED) == []


def test_no_address_is_kept(people: People, shop: Shop) -> None:
    people.claim()
    people.device(Face.TILL, "bar").get("/recent?till=bar", environ_overrides=PHONE)
    with shop.store.engine.connect() as connection:
        assert "198.51" not in str(connection.exec_driver_sql("SELECT * FROM device").all())


def warned(shop: Shop) -> list[str]:
    """What the doctor warns of as to devices."""
    found = examine(shop, lambda *_: 200, lambda _: b"")
    return [it.sentence for it in found if it.part == "devices" and it.verdict is Verdict.WARNING]


def test_the_doctor_names_who_is_silent_for_90_days(people: People, shop: Shop, clock: FakeClock) -> None:
    people.claim()
    people.device(Face.TILL, "bar")
    kiosk = people.device(Face.KIOSK)
    people.device(Face.DISPLAY, "bar", revoked=True)
    clock.move(SILENT_AFTER - 1)
    assert warned(shop) == []
    clock.move(1)
    kiosk.get("/kiosk/status")
    [sentence] = warned(shop)
    assert sentence.startswith("not heard of for 90 days: the till bar. ")


def test_the_doctor_names_whose_cookie_somebody_else_has(people: People, shop: Shop, clock: FakeClock) -> None:
    people.claim()
    bar = people.device(Face.TILL, "bar")
    for nth in range(4):
        clock.move(5)
        bar.get("/recent?till=bar", environ_overrides=(PHONE, {})[nth % 2])
    [sentence] = warned(shop)
    assert sentence.startswith("used from two places at once: the till bar. ")


def test_the_owner_ends_the_wait_after_wrong_pins_and_that_is_told(
    office: FlaskClient, people: People, clock: FakeClock
) -> None:
    people.somebody("Ana", pin="7316")
    bar = people.device(Face.TILL, "bar")
    path = page_of(office, "the till bar")
    assert "wrong PIN" not in office.get(path).text
    for _ in range(5):
        bar.post("/pin", data={"pin": "9999"}, headers=OURS)
        clock.move(8)
    assert bar.post("/pin", data={"pin": "7316"}, headers=OURS).status_code == 429
    assert bar.get("/pin/status").get_json() == {"locked": True, "wait": 8, "waiting": []}
    page = office.get(path).text
    assert "5 wrong PINs" in page
    assert "Take PINs at once" in page
    assert office.post(f"{path}/pins", headers=OURS).headers["Location"] == path
    assert bar.get("/pin/status").get_json() == {"locked": True, "wait": 0, "waiting": []}
    assert bar.post("/pin", data={"pin": "7316"}, headers=OURS).status_code == 303
    assert "wrong PIN" not in office.get(path).text
    # Once more there is nothing to forget, and so nothing to be told.
    office.post(f"{path}/pins", headers=OURS)
    (told,) = people.told(Kind.PINS_FORGOTTEN)
    assert told.data == {"device": "the till bar", "by": "Marta"}
    for none in ("none", "%00"):
        assert office.post(f"/office/devices/{none}/pins", headers=OURS).status_code == 404
