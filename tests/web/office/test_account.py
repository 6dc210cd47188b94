"""An owner's account: a new name and password, a second factor, and the browsers in which they are signed in."""

import re

import pyotp
import pytest

from pos.domain.event import Kind
from pos.services.second_factor import new_secret, set_up
from pos.services.sign_in import From
from pos.shop import Shop
from tests.conftest import Cashier, hidden_fields
from tests.fakes import FakeClock
from tests.people import PASSWORD, People

NEW = "another long password"


@pytest.fixture
def marta(people: People) -> Cashier:
    return Cashier(people.owner("Marta"))


def told(shop: Shop) -> list[str]:
    with shop.store.engine.connect() as connection:
        return [kind for (kind,) in connection.exec_driver_sql("SELECT kind FROM event ORDER BY seq")]


def test_a_new_password_ends_all_other_sessions_and_opens_the_office(
    marta: Cashier, people: People, shop: Shop
) -> None:
    other = people.owner("Marta")
    answer = marta.send("/office/account/password", marta.open("/office"), password=PASSWORD, new_password=NEW)
    assert answer.headers["Location"] == "/office/account?done=password"
    assert "The password is new." in marta.client.get(answer.headers["Location"]).text
    assert other.get("/office").status_code == 403
    again = Cashier(people.stranger())
    assert again.send("/sign-in", name="Marta", password=PASSWORD).status_code == 403
    assert again.send("/sign-in", name="Marta", password=NEW).status_code == 303
    assert Kind.OWNER_NEW_WORD in told(shop)
    # The same form once more: its old password is none any more.
    twice = marta.send("/office/account/password", marta.open("/office"), password=PASSWORD, new_password=NEW)
    assert twice.status_code == 403


@pytest.mark.parametrize(
    ("old", "new", "status", "said"),
    [
        ("wrong", NEW, 403, "That is not your password."),
        ("x" * 500, NEW, 403, "That is not your password."),
        (PASSWORD, "only nine", 422, "The password is too short"),
        (PASSWORD, "x" * 201, 422, "The password is too long"),
    ],
)
def test_without_the_old_password_or_a_good_new_one_nothing_changes(
    marta: Cashier, people: People, old: str, new: str, status: int, said: str
) -> None:
    answer = marta.send("/office/account/password", marta.open("/office"), password=old, new_password=new)
    assert (answer.status_code, said in answer.text, new in answer.text) == (status, True, False)
    assert Cashier(people.stranger()).send("/sign-in", name="Marta", password=PASSWORD).status_code == 303


def test_who_has_the_browser_and_guesses_the_password_waits(marta: Cashier) -> None:
    form = marta.open("/office")
    for _ in range(3):
        marta.send("/office/account/password", form, password="wrong", new_password=NEW)
    assert marta.send("/office/account/password", form, password=PASSWORD, new_password=NEW).status_code == 429


def test_another_name_signs_in(marta: Cashier, people: People, shop: Shop) -> None:
    people.claim("Ana")
    assert marta.send("/office/account/name", marta.open("/office"), name="  Martha ").status_code == 303
    assert Cashier(people.stranger()).send("/sign-in", name="martha", password=PASSWORD).status_code == 303
    taken = marta.send("/office/account/name", marta.open("/office"), name="ANA")
    assert (taken.status_code, "Another owner has this name." in taken.text) == (422, True)
    assert "A name is missing." in marta.send("/office/account/name", marta.open("/office"), name=" ").text
    assert [it.name for it in shop.store.owners.listed()].count("Martha") == 1


def test_the_browsers_are_listed_and_one_is_signed_out(marta: Cashier, people: People, clock: FakeClock) -> None:
    clock.move(3600)
    phone = people.stranger()
    phone.post(
        "/sign-in",
        data={"name": "Marta", "password": PASSWORD},
        headers={"Sec-Fetch-Site": "same-origin", "User-Agent": "Mozilla/5.0 (Android 14; Mobile) Firefox/140.0"},
    )
    page = marta.client.get("/office/account").text
    assert "Firefox, Android" in page
    (session,) = re.findall(r'name="session" value="(\w+)"', page)
    for _ in range(2):
        assert marta.send("/office/account/end", marta.open("/office"), session=session).status_code == 303
    assert phone.get("/office").status_code == 403
    assert marta.client.get("/office").status_code == 200


def test_all_others_are_signed_out_and_nobody_elses(marta: Cashier, people: People) -> None:
    others, ana = [people.owner("Marta") for _ in range(2)], people.owner("Ana")
    marta.send("/office/account/end-others", marta.open("/office"))
    assert [it.get("/office").status_code for it in (*others, ana, marta.client)] == [403, 403, 200, 200]


def test_nobody_ends_a_session_of_another_owner(marta: Cashier, people: People) -> None:
    ana = people.owner("Ana")
    page = Cashier(people.owner("Ana")).client.get("/office/account").text
    (session,) = re.findall(r'name="session" value="(\w+)"', page)
    marta.send("/office/account/end", marta.open("/office"), session=session)
    assert ana.get("/office").status_code == 200


def test_a_second_factor_is_set_up_by_its_first_code(marta: Cashier, clock: FakeClock, shop: Shop) -> None:
    page = marta.client.get("/office/account/code").text
    secret = re.findall(r"<code dir=\"ltr\">([A-Z2-7]{32})</code>", page)[0]
    fields = hidden_fields(page)
    wrong = marta.send("/office/account/code", fields, code="000000", password=PASSWORD)
    assert (wrong.status_code, secret in wrong.text) == (403, True)
    code = pyotp.TOTP(secret).at(int(clock()))
    done = marta.send("/office/account/code", fields, code=code, password=PASSWORD)
    assert done.headers["Location"] == "/office/account?done=code"
    assert shop.store.owners.listed()[0].asks_code
    assert secret not in marta.client.get("/office/account").text


def test_who_has_the_browser_and_not_the_password_keeps_no_owner_out(
    marta: Cashier, clock: FakeClock, shop: Shop
) -> None:
    page = marta.client.get("/office/account/code").text
    assert "Your password" in page
    secret = re.findall(r"<code dir=\"ltr\">([A-Z2-7]{32})</code>", page)[0]
    code, fields = pyotp.TOTP(secret).at(int(clock())), hidden_fields(page)
    wrong = marta.send("/office/account/code", fields, code=code, password="wrong")
    assert (wrong.status_code, "That is not your password." in wrong.text, secret in wrong.text) == (403, True, True)
    assert marta.send("/office/account/code", fields, code=code).status_code == 403
    assert not shop.store.owners.listed()[0].asks_code
    # And the owner who has mistyped it goes on with the same picture.
    assert marta.send("/office/account/code", fields, code=code, password=PASSWORD).status_code == 303
    assert shop.store.owners.listed()[0].asks_code


def test_a_secret_is_for_whom_it_was_made_and_not_for_long(marta: Cashier, people: People, clock: FakeClock) -> None:
    ana = Cashier(people.owner("Ana"))
    page = marta.client.get("/office/account/code").text
    secret = re.findall(r"<code dir=\"ltr\">([A-Z2-7]{32})</code>", page)[0]
    code = pyotp.TOTP(secret).at(int(clock()))
    fields = hidden_fields(page)
    foreign = ana.send("/office/account/code", ana.open("/office"), ticket=fields["ticket"], code=code)
    assert (foreign.status_code, secret in foreign.text) == (410, False)
    clock.move(15 * 60 + 1)
    late = marta.send("/office/account/code", fields, code=pyotp.TOTP(secret).at(int(clock())))
    assert (late.status_code, "Begin again." in late.text) == (410, True)


def test_it_is_turned_off_with_the_password_alone(marta: Cashier, shop: Shop, clock: FakeClock) -> None:
    (owner,) = shop.store.owners.listed()
    secret, sealed = new_secret(shop, owner)
    set_up(shop, owner, sealed, pyotp.TOTP(secret).at(int(clock())), PASSWORD, From("address 127.0.0.1"))
    assert marta.send("/office/account/code/off", marta.open("/office"), password="wrong").status_code == 403
    assert shop.store.owners.listed()[0].asks_code
    assert marta.send("/office/account/code/off", marta.open("/office"), password=PASSWORD).status_code == 303
    assert not shop.store.owners.listed()[0].asks_code
    assert told(shop)[-2:] == [Kind.OWNER_CODE_ON, Kind.OWNER_CODE_OFF]
