"""Several owners: one more by a link that is good once, and one less, but never the last."""

import re
from html import unescape
from typing import Any

import pytest

from pos.services.claim import LINK_IS_GOOD_FOR, invite
from pos.shop import Shop
from tests.conftest import Cashier
from tests.fakes import FakeClock
from tests.people import PASSWORD, People


@pytest.fixture
def marta(people: People) -> Cashier:
    return Cashier(people.owner("Marta"))


def link(marta: Cashier) -> str:
    answer = marta.send("/office/owners", marta.open("/office"), password=PASSWORD)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    (path,) = re.findall(r"http://localhost(/claim/[\w-]+)", answer.text)
    assert isinstance(path, str)
    return path


def test_a_link_makes_another_owner_once(marta: Cashier, people: People, shop: Shop) -> None:
    path = link(marta)
    assert path not in marta.client.get("/office/owners").text
    ana = Cashier(people.stranger())
    assert ana.send(path, name="Ana", password="a password of Ana's").status_code == 303
    assert ana.client.get("/office").status_code == 200
    assert people.stranger().get(path).status_code == 410
    assert sorted(it.name for it in shop.store.owners.listed()) == ["Ana", "Marta"]


def test_the_link_gives_nobody_who_is_there_a_new_password(marta: Cashier, people: People) -> None:
    path = link(marta)
    mallory = Cashier(people.stranger())
    answer = mallory.send(path, name=" MARTA", password="a password of Mallory's")
    assert (answer.status_code, "Another owner has this name." in answer.text) == (422, True)
    assert marta.client.get("/office").status_code == 200
    assert mallory.send(path, name="Mallory", password="a password of Mallory's").status_code == 303


def test_the_link_is_good_for_an_hour(marta: Cashier, people: People, clock: FakeClock) -> None:
    path = link(marta)
    clock.move(LINK_IS_GOOD_FOR)
    assert people.stranger().get(path).status_code == 410


def test_who_found_the_browser_open_makes_no_owner(marta: Cashier) -> None:
    answer = marta.send("/office/owners", marta.open("/office"), password="wrong")
    assert (answer.status_code, "That is not your password." in answer.text) == (403, True)
    assert "/claim/" not in answer.text


def test_an_owner_is_removed_with_ones_own_password_and_is_out_at_once(marta: Cashier, people: People) -> None:
    ana = people.owner("Ana")
    assert marta.send("/office/owners/remove", marta.open("/office"), owner="owner-Ana").status_code == 403
    assert ana.get("/office").status_code == 200
    for _ in range(2):
        answer = marta.send("/office/owners/remove", marta.open("/office"), owner="owner-Ana", password=PASSWORD)
        assert answer.headers["Location"] == "/office/owners"
    assert ana.get("/office").status_code == 403
    assert Cashier(people.stranger()).send("/sign-in", name="Ana", password=PASSWORD).status_code == 403


def test_the_last_owner_stays(marta: Cashier, shop: Shop) -> None:
    answer = marta.send("/office/owners/remove", marta.open("/office"), owner="owner-Marta", password=PASSWORD)
    assert (answer.status_code, "The last owner stays" in answer.text) == (409, True)
    assert len(shop.store.owners.listed()) == 1


def test_who_removes_themselves_is_signed_out(marta: Cashier, people: People) -> None:
    people.claim("Ana")
    answer = marta.send("/office/owners/remove", marta.open("/office"), owner="owner-Marta", password=PASSWORD)
    assert answer.headers["Location"] == "/sign-in"
    assert marta.client.get("/office").status_code == 403


@pytest.fixture
def offered_by_bob(people: People) -> list[str]:
    """Return the paths of what Bob has offered: a link for another owner, and a device."""
    bob = Cashier(people.owner("Bob"))
    page = unescape(bob.send("/office/devices/add", what="till till", name="Counter").text)
    (pairing,) = re.findall(r"/pair/[\w-]{43}", page)
    return [link(bob), pairing]


def opens(people: People, paths: list[str]) -> list[int]:
    return [people.stranger().get(path).status_code for path in paths]


def test_what_a_removed_owner_has_offered_is_good_no_more(
    marta: Cashier, people: People, offered_by_bob: list[str], shop: Shop
) -> None:
    assert opens(people, offered_by_bob) == [200, 200]
    eve = Cashier(people.stranger())
    form = eve.open(offered_by_bob[0])
    marta.send("/office/owners/remove", marta.open("/office"), owner="owner-Bob", password=PASSWORD)
    assert opens(people, offered_by_bob) == [410, 410]
    assert eve.send(offered_by_bob[0], form, name="Eve", password="a password of Eve's").status_code == 410
    assert [it.name for it in shop.store.owners.listed()] == ["Marta"]
    # What is offered from then on is good.
    assert opens(people, [link(marta)]) == [200]


def test_a_new_password_and_signing_out_everywhere_void_what_was_offered(people: People) -> None:
    for path, typed in (
        ("/office/account/end-others", {}),
        ("/office/account/password", {"password": PASSWORD, "new_password": "another long password"}),
    ):
        bob = Cashier(people.owner("Bob"))
        offered = link(bob)
        assert opens(people, [offered]) == [200]
        assert bob.send(path, bob.open("/office"), **typed).status_code == 303
        assert opens(people, [offered]) == [410], path


def test_a_new_password_by_a_link_voids_what_was_offered(people: People, offered_by_bob: list[str], shop: Shop) -> None:
    forgetful = Cashier(people.stranger())
    assert forgetful.send(f"/claim/{invite(shop)}", name="Bob", password="another long password").status_code == 303
    assert opens(people, offered_by_bob) == [410, 410]


def test_an_owner_who_is_removed_while_asking_for_a_link_gets_none(
    marta: Cashier, people: People, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = Cashier(people.owner("Bob"))
    invite_another = shop.store.accounts.invite

    def later(*asked: Any) -> None:
        marta.send("/office/owners/remove", marta.open("/office"), owner="owner-Bob", password=PASSWORD)
        invite_another(*asked)

    monkeypatch.setattr(shop.store.accounts, "invite", later)
    answer = bob.send("/office/owners", bob.open("/office"), password=PASSWORD)
    assert answer.status_code == 403
    assert "/claim/" not in answer.text


def test_an_owner_who_is_removed_while_adding_a_device_adds_none_and_is_led_to_sign_in(
    marta: Cashier, people: People, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob, add = Cashier(people.owner("Bob")), shop.store.pairings.add

    def later(*asked: Any) -> bool:
        marta.send("/office/owners/remove", marta.open("/office"), owner="owner-Bob", password=PASSWORD)
        return add(*asked)

    monkeypatch.setattr(shop.store.pairings, "add", later)
    answer = bob.send("/office/devices/add", bob.open("/office"), what="till till", name="Counter")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?back=/office/devices/add")
