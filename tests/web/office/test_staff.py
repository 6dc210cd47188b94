"""The staff in the office: who sells, with a PIN, a role and limits, and who has left."""

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from pos.domain.device import Face
from pos.domain.money import SAT, Money
from pos.domain.staff import Role, Staff
from pos.shop import Shop
from pos.store.tables import devices, events, staff
from tests.fakes import FakeClock
from tests.people import People

ANA = "2580"
# A browser says so of every form of the till's own pages.
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def owner(people: People) -> FlaskClient:
    return people.owner()


def send(owner: FlaskClient, path: str = "add", **typed: str) -> TestResponse:
    form = {"name": "Ana", "role": "cashier", "pin": ANA, **typed}
    return owner.post(f"/office/staff/{path}", data=form, headers=OURS)


def listed(shop: Shop) -> list[Staff]:
    return shop.store.staff.listed()


def told(shop: Shop) -> list[str]:
    with shop.store.engine.begin() as connection:
        found = connection.execute(select(events.c.kind, events.c.data).where(events.c.kind.like("staff.%")))
        return [f"{kind} {data}" for kind, data in found]


def test_somebody_who_was_added_sells_with_the_pin(owner: FlaskClient, people: People, shop: Shop) -> None:
    assert "asks for no PIN" in owner.get("/office/staff").text
    assert send(owner, sale_limit="200", refund_limit="").headers["Location"] == "/office/staff"
    page = owner.get("/office/staff").text
    assert "Ana" in page
    assert "Cashier, sells up to 200\u00a0sat at once" in page
    assert people.device().post("/pin", data={"pin": ANA}, headers=OURS).status_code == 303
    assert told(shop) == ['staff.added {"name": "Ana", "role": "cashier", "by": "Marta"}']


def test_a_pin_is_kept_as_nobody_can_read_it(owner: FlaskClient, shop: Shop) -> None:
    send(owner)
    with shop.store.engine.begin() as connection:
        rows = [*connection.execute(select(staff)), *connection.execute(select(events))]
    assert ANA not in str(rows)
    assert ANA not in owner.get("/office/staff").text + owner.get(f"/office/staff/{listed(shop)[0].id}").text


def test_a_pin_that_somebody_has_is_refused_and_not_whose_it_is(owner: FlaskClient, shop: Shop) -> None:
    send(owner)
    answer = send(owner, name="Ben")
    assert (answer.status_code, [it.name for it in listed(shop)]) == (409, ["Ana"])
    shown = re.sub("<template.*?</template>", "", answer.text, flags=re.DOTALL)
    said = re.findall(r'role="alert"[^>]*>.*?<span>(.*?)</span>', shown, re.DOTALL)
    assert said == ["That PIN cannot be taken: choose another one."]
    # What was typed stands there, but for the PIN.
    assert 'value="Ben"' in answer.text
    assert ANA not in answer.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"pin": "1234"}, "too easy to guess"),
        ({"pin": "0000"}, "too easy to guess"),
        ({"pin": "12"}, "4 to 8 figures"),
        ({"pin": ""}, "4 to 8 figures"),
        ({"name": "  "}, "A name is missing."),
        ({"name": "a" * 61}, "The name is too long"),
        ({"sale_limit": "lots"}, "lots"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    owner: FlaskClient, shop: Shop, typed: dict[str, str], sentence: str
) -> None:
    answer = send(owner, **typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert listed(shop) == []


def test_two_of_the_staff_have_two_names(owner: FlaskClient, shop: Shop) -> None:
    send(owner)
    answer = send(owner, name="ANA", pin="1470")
    assert (answer.status_code, "There is a ANA already" in answer.text) == (409, True)
    assert len(listed(shop)) == 1


def test_role_and_limits_can_be_changed_and_the_pin_stays(owner: FlaskClient, people: People, shop: Shop) -> None:
    send(owner)
    known = listed(shop)[0]
    till = people.device(sells=known.id)
    answer = send(owner, known.id, name="Anna", role="manager", pin="", refund_limit="50")
    assert answer.status_code == 303
    changed = listed(shop)[0]
    assert (changed.id, changed.name, changed.role) == (known.id, "Anna", Role.MANAGER)
    assert "gives back up to 50\u00a0sat" in owner.get("/office/staff").text
    # What they have open at a device ends with the role, and the PIN opens it again.
    assert till.get("/").headers["Location"].startswith("/pin")
    assert till.post("/pin", data={"pin": ANA}, headers=OURS).status_code == 303
    # Another limit alone ends nothing.
    send(owner, known.id, name="Anna", role="manager", pin="", refund_limit="60")
    assert till.get("/").status_code == 200
    assert told(shop)[1].startswith("staff.changed")


def test_with_a_new_pin_every_device_asks_again(owner: FlaskClient, people: People, shop: Shop) -> None:
    send(owner)
    known = listed(shop)[0]
    till = people.device(sells=known.id)
    send(owner, known.id, pin="1470")
    assert till.get("/").headers["Location"].startswith("/pin")
    assert till.post("/pin", data={"pin": "1470"}, headers=OURS).status_code == 303


@pytest.mark.parametrize(
    ("face", "place", "home"), [(Face.KIOSK, "", "/kiosk"), (Face.DISPLAY, "till", "/screen/till")]
)
def test_a_manager_who_becomes_a_cashier_is_inside_no_kiosk_or_display_any_more(
    owner: FlaskClient, people: People, shop: Shop, face: Face, place: str, home: str
) -> None:
    send(owner, role="manager")
    ana = listed(shop)[0].id
    left = people.device(face, place, sells=ana)
    # At another device somebody else goes on.
    people.device(sells="ben")
    assert left.get("/sales").status_code == 200
    send(owner, ana, role="cashier", pin="")
    with shop.store.engine.begin() as connection:
        assert sorted(connection.execute(select(devices.c.staff_id)).scalars()) == ["", "ben"]
    assert left.get("/sales").headers["Location"].startswith("/pin")
    assert left.get(home).status_code == 200


def test_who_was_removed_is_locked_out_at_once_and_the_pin_is_free(
    owner: FlaskClient, people: People, shop: Shop, clock: FakeClock
) -> None:
    send(owner)
    clock.time += 60
    send(owner, name="Ben", pin="1470")
    known = listed(shop)[0]
    till = people.device(sells=known.id)
    assert owner.post(f"/office/staff/{known.id}/remove", headers=OURS).status_code == 303
    assert [it.name for it in listed(shop)] == ["Ben"]
    assert till.get("/").headers["Location"].startswith("/pin")
    assert till.post("/pin", data={"pin": ANA}, headers=OURS).status_code == 403
    with shop.store.engine.begin() as connection:
        assert connection.execute(select(devices.c.staff_id)).scalars().all() == [""]
    assert told(shop)[-1] == 'staff.removed {"name": "Ana", "role": "cashier", "by": "Marta"}'
    assert owner.get(f"/office/staff/{known.id}").status_code == 404
    # Another one may have the PIN, and the name.
    assert send(owner).status_code == 303


def test_the_owner_is_told_of_wrong_pins(owner: FlaskClient, people: People, clock: FakeClock) -> None:
    send(owner)
    terrace = people.device(place="till")
    for _ in range(3):
        terrace.post("/pin", data={"pin": "9999"}, headers=OURS)
        clock.time += 5
    assert "3 wrong PINs at the till till" in owner.get("/office/staff").text
    clock.time += 24 * 60 * 60
    assert "wrong PIN" not in owner.get("/office/staff").text


def test_somebody_who_was_never_there_is_not_found(owner: FlaskClient) -> None:
    for name in ("nobody", "\x00", "%ed%a0%80"):
        assert owner.get(f"/office/staff/{name}").status_code == 404, name
        assert send(owner, name).status_code == 404
        assert owner.post(f"/office/staff/{name}/remove", headers=OURS).status_code == 404


def test_the_form_says_that_a_cashier_closes_the_shift_and_so_it_is(owner: FlaskClient, people: People) -> None:
    assert "Sells, and closes the shift of the till." in owner.get("/office/staff/add").text
    till = people.device(sells=people.somebody(role=Role.CASHIER))
    assert till.get("/till/till/shift").status_code == 200


def test_a_form_without_a_role_is_none_of_ours(owner: FlaskClient, shop: Shop) -> None:
    assert send(owner, role="king").status_code == 400
    assert listed(shop) == []


def left_from(shop: Shop, currency: str) -> Staff:
    """Return Ana, whose limits are from when the shop had another currency."""
    with shop.store.engine.begin() as connection:
        connection.execute(update(staff).values(currency=currency, sale_limit=5000, refund_limit=2000))
    return listed(shop)[0]


def test_a_limit_in_a_currency_that_the_shop_has_left_stays_until_another_is_typed(
    owner: FlaskClient, shop: Shop
) -> None:
    send(owner)
    ana = left_from(shop, "EUR")
    page = owner.get(f"/office/staff/{ana.id}").text
    assert 'value="50.00 EUR"' in page
    assert "It is in EUR, and the shop sells in sat now" in page
    as_they_were = {"name": "Anna", "pin": "", "sale_limit": "50.00 EUR", "refund_limit": " 20.00 EUR"}
    assert send(owner, ana.id, **as_they_were).status_code == 303
    assert listed(shop) == [replace(ana, name="Anna")]
    # In two currencies they cannot be kept.
    both = send(owner, ana.id, **{**as_they_were, "sale_limit": "700"})
    assert (both.status_code, "Both limits are in one currency: type them in sat." in both.text) == (422, True)
    assert send(owner, ana.id, **{**as_they_were, "sale_limit": "700", "refund_limit": ""}).status_code == 303
    assert listed(shop) == [replace(ana, name="Anna", sale_limit=Money(700, SAT), refund_limit=None)]
    assert "It is in" not in owner.get(f"/office/staff/{ana.id}").text


def test_no_limit_is_typed_in_a_currency_of_ones_own(owner: FlaskClient, shop: Shop) -> None:
    assert send(owner, sale_limit="50.00 EUR").status_code == 422
    assert listed(shop) == []
