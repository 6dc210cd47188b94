"""The second step of signing in: a code of the owner's phone, each good once."""

from typing import Any

import pyotp
import pytest

from pos.domain.device import Face
from pos.services.account import change_password
from pos.services.claim import invite
from pos.services.second_factor import new_secret, set_up
from pos.services.sign_in import From
from pos.shop import Shop
from tests.conftest import Cashier, hidden_fields
from tests.fakes import FakeClock
from tests.people import PASSWORD, People

WRONG = "000000"


class Phone:
    """Has the app that shows the codes of an owner."""

    def __init__(self, shop: Shop, people: People, clock: FakeClock) -> None:
        self.shop, self.clock = shop, clock
        owner = people.claim("Marta")
        secret, sealed = new_secret(shop, owner)
        self.secret, self._codes = secret, pyotp.TOTP(secret)
        set_up(shop, owner, sealed, self.shows(), PASSWORD, From("address 127.0.0.1"))
        clock.move(60)

    def shows(self, ago: int = 0) -> str:
        return self._codes.at(int(self.clock()) - ago)


@pytest.fixture
def phone(shop: Shop, people: People, clock: FakeClock) -> Phone:
    return Phone(shop, people, clock)


@pytest.fixture
def somebody(people: People) -> Cashier:
    return Cashier(people.stranger())


def second_step(somebody: Cashier, back: str = "") -> dict[str, str]:
    """Give the password, and return what the form for the code sends along."""
    answer = somebody.send(f"/sign-in{back}", name="Marta", password=PASSWORD)
    assert answer.status_code == 200
    return hidden_fields(answer.text)


@pytest.mark.usefixtures("phone")
def test_the_password_alone_opens_nothing(somebody: Cashier) -> None:
    page = somebody.send("/sign-in", name="Marta", password=PASSWORD)
    assert "And the code" in page.text
    assert PASSWORD not in page.text
    assert somebody.client.get("/office").status_code == 403


def test_with_the_code_one_comes_where_one_wanted(phone: Phone, somebody: Cashier) -> None:
    fields = second_step(somebody, "?back=/sales")
    code = phone.shows()
    answer = somebody.send("/sign-in/code?back=/sales", fields, code=f"{code[:3]} {code[3:]}")
    assert answer.headers["Location"] == "/sales"
    assert somebody.client.get("/office").status_code == 200


def test_a_code_is_typed_in_the_figures_of_any_script(phone: Phone, somebody: Cashier) -> None:
    code = phone.shows().translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert somebody.send("/sign-in/code", second_step(somebody), code=code).status_code == 303


def test_a_code_is_good_once(phone: Phone, somebody: Cashier, people: People) -> None:
    fields = second_step(somebody)
    code = phone.shows()
    assert somebody.send("/sign-in/code", fields, code=code).status_code == 303
    thief = Cashier(people.stranger())
    answer = thief.send("/sign-in/code", second_step(thief), code=code)
    assert (answer.status_code, "it was used already" in answer.text) == (403, True)
    # Nor is one of before, though its time is not over.
    assert thief.send("/sign-in/code", second_step(thief), code=phone.shows(30)).status_code == 403


@pytest.mark.parametrize(("ago", "status"), [(60, 403), (30, 303), (0, 303), (-30, 303), (-60, 403)])
def test_clocks_may_differ_by_one_step(phone: Phone, somebody: Cashier, ago: int, status: int) -> None:
    assert somebody.send("/sign-in/code", second_step(somebody), code=phone.shows(ago)).status_code == status


@pytest.mark.parametrize("code", ["", "x", "١٢٣٤٥٦", "\0", "9" * 5000])
@pytest.mark.usefixtures("phone")
def test_what_is_no_code_is_a_wrong_one(somebody: Cashier, code: str) -> None:
    assert somebody.send("/sign-in/code", second_step(somebody), code=code).status_code == 403


def test_wrong_codes_wait_longer_whatever_password_is_given_between(
    phone: Phone, somebody: Cashier, clock: FakeClock
) -> None:
    for _ in range(3):
        assert somebody.send("/sign-in/code", second_step(somebody), code=WRONG).status_code == 403
    answer = somebody.send("/sign-in/code", second_step(somebody), code=phone.shows())
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
    clock.move(2)
    assert somebody.send("/sign-in/code", second_step(somebody), code=phone.shows()).status_code == 303


@pytest.mark.usefixtures("phone")
def test_at_a_stolen_device_wrong_codes_wait_too(people: People) -> None:
    tablet = Cashier(people.device(Face.TILL))
    for _ in range(3):
        assert tablet.send("/sign-in/code", second_step(tablet), code=WRONG).status_code == 403
    assert tablet.send("/sign-in/code", second_step(tablet), code=WRONG).status_code == 429


@pytest.mark.usefixtures("phone")
def test_a_good_code_of_a_new_device_forgives_no_wrong_ones_of_the_phone(people: People) -> None:
    tablet, (_, good) = Cashier(people.device(Face.TILL)), people.offer()
    for _ in range(3):
        assert tablet.send("/sign-in/code", second_step(tablet), code=WRONG).status_code == 403
        assert tablet.send("/pair", code=good).status_code == 200
    assert tablet.send("/sign-in/code", second_step(tablet), code=WRONG).status_code == 429


def test_at_a_device_a_code_waits_for_no_stranger(phone: Phone, people: People, shop: Shop) -> None:
    tablet = Cashier(people.device(Face.TILL))
    with shop.hashing.turn():
        shop.hashing._patience = 0
        assert tablet.send("/sign-in/code", second_step(tablet), code=phone.shows()).status_code == 303


def test_who_takes_too_long_begins_again(phone: Phone, somebody: Cashier, clock: FakeClock) -> None:
    fields = second_step(somebody)
    clock.move(5 * 60 + 1)
    answer = somebody.send("/sign-in/code", fields, code=phone.shows())
    assert (answer.status_code, "Begin again." in answer.text) == (410, True)
    assert somebody.client.get("/sign-in/code?back=/sales").headers["Location"] == "/sign-in?back=/sales"


@pytest.mark.parametrize("ticket", ["", "x", "gAAAA", "\0é"])
def test_without_the_password_no_code_helps(phone: Phone, somebody: Cashier, ticket: str) -> None:
    fields = {**second_step(somebody), "ticket": ticket}
    assert somebody.send("/sign-in/code", fields, code=phone.shows()).status_code == 410


def test_a_step_that_waits_ends_with_a_new_password(phone: Phone, somebody: Cashier, shop: Shop) -> None:
    fields = second_step(somebody)
    Cashier(somebody.client).send(f"/claim/{invite(shop)}", name="Marta", password="another long password")
    assert somebody.send("/sign-in/code", fields, code=phone.shows()).status_code == 410


def test_a_code_opens_nothing_once_the_password_is_another(
    phone: Phone, somebody: Cashier, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields, (marta,) = second_step(somebody), shop.store.owners.listed()
    begin = shop.store.owners.begin_session

    def later(*session: Any) -> bool:
        change_password(shop, marta, PASSWORD, "a wholly new password", "", From("address 192.0.2.9"))
        return begin(*session)

    monkeypatch.setattr(shop.store.owners, "begin_session", later)
    answer = somebody.send("/sign-in/code", fields, code=phone.shows())
    assert (answer.status_code, 'name="password"' in answer.text) == (403, True)
    assert somebody.client.get("/office").status_code == 403


@pytest.mark.usefixtures("phone")
def test_a_link_of_the_machine_turns_the_codes_off(people: People, shop: Shop) -> None:
    Cashier(people.stranger()).send(f"/claim/{invite(shop)}", name="Marta", password="another long password")
    answer = Cashier(people.stranger()).send("/sign-in", name="Marta", password="another long password")
    assert answer.status_code == 303


def test_the_secret_lies_nowhere_as_it_is(phone: Phone, shop: Shop) -> None:
    with shop.store.engine.connect() as connection:
        for table in ("owner", "event"):
            assert phone.secret not in str(connection.exec_driver_sql(f"SELECT * FROM {table}").all())
