"""Signing in: with a name and a password, slower after wrong ones, until one signs out or a month has passed."""

import sys
from types import FrameType
from typing import Any

import pytest
from argon2 import PasswordHasher

from pos import close, create_app
from pos.domain.device import Face
from pos.services.account import change_password
from pos.services.sign_in import SESSION_IS_GOOD_FOR, From
from pos.shop import Shop
from tests.conftest import Cashier
from tests.fakes import FakeClock, FakeWallet
from tests.people import PASSWORD, People

WRONG = "not the password"


@pytest.fixture
def somebody(people: People) -> Cashier:
    people.claim("Marta")
    return Cashier(people.stranger())


def test_name_and_password_open_the_office(somebody: Cashier) -> None:
    answer = somebody.send("/sign-in", name="marta", password=PASSWORD)
    assert answer.headers["Location"] == "/office"
    assert somebody.client.get("/office").status_code == 200


def test_who_was_turned_away_comes_where_they_wanted(somebody: Cashier) -> None:
    page = somebody.client.get("/sales?q=1").text
    assert 'href="/sign-in?back=/sales?q%3D1"' in page
    answer = somebody.send("/sign-in?back=/sales?q%3D1", name="Marta", password=PASSWORD)
    assert answer.headers["Location"] == "/sales?q=1"


def test_so_do_they_after_they_have_changed_the_language(somebody: Cashier) -> None:
    page = somebody.client.get("/sign-in?back=/sales").text
    assert 'href="/language?back=/sign-in?back%3D/sales"' in page
    fields = somebody.open("/language?back=/sign-in?back%3D/sales")
    answer = somebody.send("/language", fields, language="de")
    assert answer.headers["Location"] == "/sign-in?back=/sales"


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", "/%0aX", ""])
def test_nobody_is_led_elsewhere(somebody: Cashier, back: str) -> None:
    answer = somebody.send(f"/sign-in?back={back}", name="Marta", password=PASSWORD)
    assert answer.headers["Location"] == "/office"


def test_a_password_that_is_changed_while_it_is_looked_at_opens_nothing(
    somebody: Cashier, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, (marta,) = shop.store.owners.begin_session, shop.store.owners.listed()

    def later(*session: Any) -> bool:
        change_password(shop, marta, PASSWORD, "a wholly new password", "", From("address 192.0.2.9"))
        return begin(*session)

    monkeypatch.setattr(shop.store.owners, "begin_session", later)
    answer = somebody.send("/sign-in", name="Marta", password=PASSWORD)
    assert (answer.status_code, "Name and password do not go together." in answer.text) == (403, True)
    assert somebody.client.get("/office").status_code == 403


@pytest.mark.parametrize("name", ["Marta", "nobody", "\0", "x" * 100])
def test_nobody_learns_whether_there_is_such_a_name(somebody: Cashier, name: str) -> None:
    answer = somebody.send("/sign-in", name=name, password=WRONG)
    assert answer.status_code == 403
    assert "Name and password do not go together." in answer.text
    assert WRONG not in answer.text


def test_the_processes_of_a_till_count_wrong_passwords_together(
    somebody: Cashier, shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    other = create_app(shop.settings, wallet=wallet, clock=clock, running=clock)
    elsewhere = Cashier(other.test_client())
    for each in (somebody, elsewhere, somebody):
        assert each.send("/sign-in", name="Marta", password=WRONG).status_code == 403
    assert elsewhere.send("/sign-in", name="Marta", password=PASSWORD).status_code == 429
    close(other)


def test_each_wrong_password_makes_the_next_try_wait_longer(somebody: Cashier, clock: FakeClock) -> None:
    for _ in range(3):
        assert somebody.send("/sign-in", name="Marta", password=WRONG).status_code == 403
    for seconds in (2, 4, 8, 16, 32, 60, 60):
        answer = somebody.send("/sign-in", name="Marta", password=PASSWORD)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, str(seconds))
        clock.move(seconds)
        assert somebody.send("/sign-in", name="Marta", password=WRONG).status_code == 403
    clock.move(60)
    assert somebody.send("/sign-in", name="Marta", password=PASSWORD).status_code == 303
    assert somebody.send("/sign-in", name="Marta", password=WRONG).status_code == 403


def test_each_way_of_writing_a_name_is_counted_for_its_owner(people: People) -> None:
    people.claim("Marta")
    strangers = [Cashier(people.stranger()) for _ in range(4)]
    for at, stranger in enumerate(strangers):
        stranger.client.environ_base["REMOTE_ADDR"] = f"198.51.100.{at}"
    ways = ("Marta", "  mARTA ", "\uff2darta", "Marta\t")
    told = [it.send("/sign-in", name=name, password=WRONG) for it, name in zip(strangers, ways, strict=True)]
    assert [it.status_code for it in told] == [403, 403, 403, 429]


def test_strangers_who_try_a_name_do_not_keep_its_owner_out_at_a_device_of_the_shop(
    somebody: Cashier, people: People
) -> None:
    tablet = Cashier(people.device(Face.TILL))
    for _ in range(5):
        somebody.send("/sign-in", name="Marta", password=WRONG)
    assert somebody.send("/sign-in", name="Marta", password=PASSWORD).status_code == 429
    assert tablet.send("/sign-in", name="Marta", password=PASSWORD).status_code == 303


def test_at_a_device_wrong_ones_are_counted_for_that_device(somebody: Cashier, people: People) -> None:
    stolen, other = Cashier(people.device(Face.KIOSK)), Cashier(people.device(Face.TILL))
    for _ in range(3):
        assert stolen.send("/sign-in", name="Marta", password=WRONG).status_code == 403
    assert stolen.send("/sign-in", name="nobody", password=WRONG).status_code == 429
    assert somebody.send("/sign-in", name="Marta", password=PASSWORD).status_code == 303
    assert other.send("/sign-in", name="Marta", password=PASSWORD).status_code == 303


@pytest.mark.parametrize("name", ["Marta", "nobody"])
def test_a_wrong_password_costs_one_look_whether_or_not_a_name_exists(somebody: Cashier, name: str) -> None:
    looked = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal looked
        looked += event == "call" and frame.f_code is PasswordHasher.verify.__code__

    fields = somebody.open("/sign-in")
    sys.setprofile(count)
    try:
        somebody.send("/sign-in", fields, name=name, password=WRONG)
    finally:
        sys.setprofile(None)
    assert looked == 1


@pytest.mark.parametrize("cookie", ["swapped", "of another shop"])
def test_a_cookie_in_the_place_of_another_opens_nothing(people: People, cookie: str) -> None:
    owner = people.owner()
    token = owner.get_cookie(f"{people.app.config['SESSION_COOKIE_NAME']}_owner")
    assert token
    if cookie == "swapped":
        thief = people.with_cookie("device", token.value)
    else:
        thief = people.stranger()
        thief.set_cookie("till_01234567_owner", token.value)
    assert thief.get("/office").status_code == thief.get("/").status_code == 403


def test_a_form_of_somebody_elses_page_signs_nobody_in(somebody: Cashier) -> None:
    answer = somebody.client.post(
        "/sign-in", data={"name": "Marta", "password": PASSWORD}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert (answer.status_code, PASSWORD in answer.text) == (400, False)
    assert somebody.client.get("/office").status_code == 403


def test_a_crowd_of_tries_is_sent_away_before_anything_is_reckoned(somebody: Cashier, shop: Shop) -> None:
    with shop.hashing.turn():
        # Nobody's turn comes while somebody has it, and here nobody may wait.
        shop.hashing._patience = 0
        answer = somebody.send("/sign-in", name="Marta", password=PASSWORD)
    assert answer.status_code == 503
    assert "Too many want to be let in at once." in answer.text


def test_at_a_device_of_the_shop_an_owner_stands_behind_no_stranger(people: People, shop: Shop) -> None:
    people.claim("Marta")
    tablet = Cashier(people.device(Face.TILL))
    with shop.hashing.turn():
        shop.hashing._patience = 0
        assert tablet.send("/sign-in", name="Marta", password=PASSWORD).status_code == 303
        changed = {"password": PASSWORD, "new_password": "another long password"}
        assert tablet.send("/office/account/password", tablet.open("/office"), **changed).status_code == 303
    with shop.hashing_at_devices.turn():
        shop.hashing_at_devices._patience = 0
        assert tablet.send("/sign-in", name="Marta", password=PASSWORD).status_code == 503


def test_signing_out_ends_the_session_for_good(somebody: Cashier) -> None:
    somebody.send("/sign-in", name="Marta", password=PASSWORD)
    kept = somebody.client.get_cookie(f"{somebody.client.application.config['SESSION_COOKIE_NAME']}_owner")
    assert kept and kept.http_only and kept.same_site == "Lax"
    form = somebody.open("/office")
    somebody.send("/sign-out", form)
    assert somebody.client.get("/office").status_code == 403
    somebody.client.set_cookie(kept.key, kept.value)
    assert somebody.client.get("/office").status_code == 403


def test_a_session_ends_after_a_month(people: People, clock: FakeClock) -> None:
    owner = people.owner()
    clock.move(SESSION_IS_GOOD_FOR - 1)
    assert owner.get("/office").status_code == 200
    clock.move(1)
    assert owner.get("/office").status_code == 403


def test_a_form_of_a_session_that_has_ended_does_nothing(people: People, clock: FakeClock, shop: Shop) -> None:
    owner = Cashier(people.owner())
    form = owner.open("/")
    clock.move(SESSION_IS_GOOD_FOR)
    assert owner.send("/", form, amount="1000").status_code == 403
    assert shop.store.tally(shop.now())[0].made == 0
