"""A browser becomes a device of the shop: by a link or a code that is good once and for ten minutes."""

import re
from dataclasses import replace
from html import unescape
from threading import Barrier, Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pos.domain.device import Face
from pos.domain.event import Kind
from pos.domain.pairing import GOOD_FOR
from pos.settings import Settings
from pos.settings.kiosk import entries
from pos.shop import Shop
from tests.conftest import Cashier, hidden_fields
from tests.fakes import FakeClock
from tests.people import People

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, kiosks=(("laundry", entries("2100")),), tills=("till", "bar"))


def offered(people: People, what: str = "till bar", name: str = "Terrace") -> tuple[str, str]:
    """Add a device in the office, and return the path of its link and its code."""
    page = unescape(Cashier(people.owner()).send("/office/devices/add", what=what, name=name).text)
    path = re.search(r"/pair/[\w-]{43}", page)
    code = re.search(r">([A-Z0-9]{4} [A-Z0-9]{4})<", page)
    assert path and code, page
    return path[0], code[1]


def take(browser: FlaskClient, path: str) -> int:
    return Cashier(browser).send(path).status_code


@pytest.mark.parametrize(
    ("what", "home"),
    [
        ("till till", "/"),
        ("till bar", "/till/bar"),
        ("kiosk laundry", "/kiosk/laundry"),
        ("kiosk ", "/kiosk"),
        ("display bar", "/screen/bar"),
    ],
)
def test_whoever_opens_the_link_and_says_yes_is_that_device_from_then_on(people: People, what: str, home: str) -> None:
    path, _ = offered(people, what)
    tablet = people.stranger()
    assert "Terrace" in tablet.get(path).text
    answer = Cashier(tablet).send(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    came_up = tablet.get("/", follow_redirects=True)
    assert (came_up.status_code, came_up.request.path) == (200, home)


@pytest.mark.parametrize("by_code", [True, False])
def test_the_page_with_the_code_hears_which_device_has_come(people: People, by_code: bool) -> None:
    office, tablet = people.owner(), people.stranger()
    page = unescape(Cashier(office).send("/office/devices/add", what="till bar", name="Terrace").text)
    path, code, came = (
        re.search(it, page) for it in (r"/pair/[\w-]{43}", r">([A-Z0-9]{4} [A-Z0-9]{4})<", r'data-url="([^"]+)"')
    )
    assert path and code and came
    assert office.get(came[1]).status_code == 200
    if by_code:
        form = hidden_fields(Cashier(tablet).send("/pair", code=code[1]).text)
        Cashier(tablet).send("/pair", form, code=code[1])
    else:
        take(tablet, path[0])
    answer = office.get(came[1])
    assert answer.status_code == 303
    ready = office.get(answer.headers["Location"]).text
    assert ">Terrace</bdi></h1>" in ready
    assert "This device has come, and is ready." in ready


def test_the_cookie_is_kept_for_ten_years_and_by_no_script(people: People) -> None:
    path, _ = offered(people)
    tablet = people.stranger()
    made = Cashier(tablet).send(path).headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Max-Age=315360000"} <= set(made.split("; "))
    assert "Secure" not in made
    # No browser keeps one for so long: it gets it anew whenever it comes up.
    assert made.partition(";")[0] in tablet.get("/till/bar").headers["Set-Cookie"]
    assert "Set-Cookie" not in tablet.get("/recent?till=bar").headers


def test_over_https_the_cookie_never_goes_without_it(people: People) -> None:
    path, _ = offered(people)
    answer = people.stranger().post(path, headers=OURS, base_url="https://till.example")
    assert "Secure" in answer.headers["Set-Cookie"]


def test_a_preview_of_the_link_does_not_use_it_up(people: People) -> None:
    path, _ = offered(people)
    for _ in range(3):
        seen = people.stranger().get(path)
        assert (seen.status_code, seen.headers["Referrer-Policy"]) == (200, "no-referrer")
        assert "Set-Cookie" not in seen.headers or "_device" not in seen.headers["Set-Cookie"]
    assert take(people.stranger(), path) == 303


def test_the_code_does_what_the_link_does(people: People) -> None:
    path, code = offered(people)
    tablet = people.stranger()
    page = Cashier(tablet).send("/pair", code=code.lower())
    assert (page.status_code, "Terrace" in page.text) == (200, True)
    fields = dict(re.findall(r'name="(key|code|csrf_token)"[^>]*value="([^"]*)"', page.text))
    assert tablet.post("/pair", data=fields, headers=OURS).status_code == 303
    assert tablet.get("/").headers["Location"] == "/till/bar"
    # Once, by either of the two.
    assert people.stranger().get(path).status_code == 410


def test_a_used_an_old_and_a_foreign_one_are_answered_alike(people: People, clock: FakeClock) -> None:
    used, used_code = offered(people)
    take(people.stranger(), used)
    old, old_code = offered(people)
    clock.move(GOOD_FOR)
    late = people.stranger()
    said = {
        (answer.status_code, unescape(re.sub(r"\s+|\"[^\"]*\"", " ", answer.text)))
        for path in (used, old, f"/pair/{'a' * 43}", "/pair/x", "/pair/%00", "/pair/%ED%A0%80")
        for answer in (late.get(path), late.post(path, headers=OURS))
    }
    assert {status for status, _ in said} == {410}
    assert len(said) == 1
    for code in (used_code, old_code, "7H4K 2XM9"):
        answer = late.post("/pair", data={"code": code}, headers=OURS)
        assert (answer.status_code, "not good" in answer.text, "Terrace" in answer.text) == (410, True, False)


def test_wrong_codes_are_slower_each_time_and_a_good_one_has_to_wait_too(people: People) -> None:
    _, code = offered(people)
    guesser = people.stranger()
    statuses = [guesser.post("/pair", data={"code": "7H4K 2XM9"}, headers=OURS).status_code for _ in range(4)]
    assert statuses == [410, 410, 410, 429]
    for key in ("", "k"):
        answer = guesser.post("/pair", data={"code": code, "key": key}, headers=OURS)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
    elsewhere = people.stranger().post(
        "/pair", data={"code": code}, headers=OURS, environ_overrides={"REMOTE_ADDR": "203.0.113.9"}
    )
    assert elsewhere.status_code == 200


def test_a_guess_that_asks_for_no_page_first_is_as_slow(people: People) -> None:
    guesser = people.stranger()
    statuses = [
        guesser.post("/pair", data={"code": "7H4K 2XM9", "key": "k"}, headers=OURS).status_code for _ in range(4)
    ]
    assert statuses == [410, 410, 410, 429]


def test_the_same_form_twice_is_one_device(people: People) -> None:
    path, _ = offered(people)
    tablet = people.stranger()
    form = Cashier(tablet).open(path)
    cookies = {Cashier(tablet).send(path, form).headers["Set-Cookie"] for _ in range(2)}
    assert len(cookies) == 1
    assert len(people.told(Kind.DEVICE_PAIRED)) == 1


def test_of_two_browsers_at_once_one_becomes_the_device(people: People, app: Flask) -> None:
    path, _ = offered(people)
    at_once, statuses = Barrier(2), []

    def open_link() -> None:
        browser = app.test_client()
        form = Cashier(browser).open(path)
        at_once.wait()
        statuses.append(Cashier(browser).send(path, form).status_code)

    threads = [Thread(target=open_link) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 410]
    assert len(people.told(Kind.DEVICE_PAIRED)) == 1


def test_who_offered_it_is_written_down(people: People) -> None:
    path, _ = offered(people)
    take(people.stranger(), path)
    [told] = people.told(Kind.DEVICE_PAIRED)
    assert dict(told.data) == {"by": "Marta", "name": "Terrace", "face": "till", "place": "bar"}


@pytest.mark.parametrize(
    ("what", "name", "said"),
    [
        ("till cellar", "Terrace", "Choose what the device shall be."),
        ("kiosk till", "Terrace", "Choose what the device shall be."),
        ("safe ", "Terrace", "Choose what the device shall be."),
        ("", "Terrace", "Choose what the device shall be."),
        ("till bar", " \u202e ", "A name is missing."),
        ("till bar", "x" * 61, "too long"),
    ],
)
def test_what_no_device_can_be_is_told(people: People, what: str, name: str, said: str) -> None:
    answer = Cashier(people.owner()).send("/office/devices/add", what=what, name=name)
    assert (answer.status_code, said in answer.text) == (422, True)


def test_the_database_holds_neither_link_nor_code_nor_cookie(people: People, shop: Shop) -> None:
    path, code = offered(people)
    tablet = people.stranger()
    take(tablet, path)
    cookie = tablet.get_cookie(f"{people.app.config['SESSION_COOKIE_NAME']}_device")
    assert cookie
    with shop.store.engine.connect() as connection:
        rows = [str(row) for of in ("pairing", "device") for row in connection.exec_driver_sql(f"SELECT * FROM {of}")]
    for secret in (path.removeprefix("/pair/"), code, code.replace(" ", ""), cookie.value):
        assert not any(secret in row for row in rows)


@pytest.mark.parametrize("face", Face)
def test_a_device_whose_place_there_is_no_more_says_so_and_goes_nowhere(people: People, face: Face) -> None:
    gone = people.device(face, "cellar")
    people.claim()
    # The browser gives up where it is led round in circles.
    answer = gone.get("/", follow_redirects=True)
    assert answer.status_code == (404 if face is Face.DISPLAY else 403)
    if face is not Face.DISPLAY:
        assert "This device belongs to another place in the shop." in answer.text


def test_old_offers_are_forgotten(people: People, shop: Shop, clock: FakeClock) -> None:
    people.offer()
    clock.move(GOOD_FOR)
    people.offer()
    with shop.store.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM pairing").scalar() == 1


def test_a_browser_that_is_no_device_yet_is_led_to_where_it_becomes_one(people: People) -> None:
    people.claim()
    assert 'href="/pair"' in people.stranger().get("/").text
    assert 'href="/pair"' not in people.device(Face.TILL, "bar").get("/office").text
