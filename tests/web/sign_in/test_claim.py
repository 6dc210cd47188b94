"""Claiming the shop: a link makes whoever opens it first an owner, once and within an hour."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pos.cli.owner import owner_command
from pos.domain.owner import Owner
from pos.services.claim import LINK_IS_GOOD_FOR, claim, first_invitation, invite
from pos.services.tokens import digest_of
from pos.shop import Shop
from tests.conftest import Cashier
from tests.fakes import FakeClock
from tests.people import PASSWORD, PASSWORD_HASH, People
from tests.processes import until

TYPED = {"name": "Marta", "password": PASSWORD}


def link(shop: Shop) -> str:
    return f"/claim/{invite(shop)}"


def test_who_opens_the_link_owns_the_shop_and_is_signed_in(cashier: Cashier, shop: Shop) -> None:
    answer = cashier.send(link(shop), **TYPED)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/office")
    assert cashier.client.get("/office").status_code == 200
    assert cashier.client.get("/").status_code == 200


def test_from_then_on_strangers_are_turned_away(cashier: Cashier, shop: Shop, people: People) -> None:
    assert people.stranger().get("/").status_code == 200
    cashier.send(link(shop), **TYPED)
    assert people.stranger().get("/").status_code == 403


def test_a_link_is_good_once(cashier: Cashier, shop: Shop, people: People) -> None:
    path = link(shop)
    form = cashier.open(path)
    cashier.send(path, form, **TYPED)
    late = people.stranger()
    assert late.get(path).status_code == 410
    answer = late.post(path, data={"name": "Mallory", "password": PASSWORD}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 410
    assert [it.name for it in shop.store.owners.listed()] == ["Marta"]


def test_a_link_is_good_for_an_hour(client: FlaskClient, shop: Shop, clock: FakeClock) -> None:
    path = link(shop)
    clock.move(LINK_IS_GOOD_FOR - 1)
    assert client.get(path).status_code == 200
    clock.move(1)
    answer = client.get(path)
    assert (answer.status_code, "too old" in answer.text) == (410, True)


def test_a_link_that_nobody_made_opens_nothing(client: FlaskClient) -> None:
    for path in ("/claim/x", "/claim/%00", "/claim/%ED%A0%80", f"/claim/{'a' * 2000}"):
        assert client.get(path).status_code == 410, path


def test_what_cannot_be_a_name_or_a_password_is_told_and_the_link_stays_good(cashier: Cashier, shop: Shop) -> None:
    path = link(shop)
    for typed, said in (
        ({"name": " ", "password": PASSWORD}, "A name is missing."),
        ({"name": "x" * 61, "password": PASSWORD}, "The name is too long"),
        ({"name": "Marta", "password": "only nine"}, "The password is too short"),
        ({"name": "Marta", "password": "x" * 201}, "The password is too long"),
    ):
        answer = cashier.send(path, **typed)
        assert (answer.status_code, said in answer.text) == (422, True), said
        assert typed["password"] not in answer.text
    assert cashier.send(path, **TYPED).status_code == 303


def test_a_new_link_gives_an_owner_a_new_password_and_ends_all_sessions(shop: Shop, people: People) -> None:
    before = people.owner("Marta")
    assert before.get("/office").status_code == 200
    forgetful = Cashier(people.stranger())
    forgetful.send(link(shop), name="MARTA", password="another long password")
    assert before.get("/office").status_code == 403
    assert [it.name for it in shop.store.owners.listed()] == ["Marta"]
    signed_in = Cashier(people.stranger()).send("/sign-in", name="marta", password="another long password")
    assert signed_in.status_code == 303


def test_the_link_is_kept_from_other_pages_and_from_the_database(client: FlaskClient, shop: Shop) -> None:
    token = invite(shop)
    assert client.get(f"/claim/{token}").headers["Referrer-Policy"] == "no-referrer"
    with shop.store.engine.connect() as connection:
        assert token not in str(connection.exec_driver_sql("SELECT * FROM owner_link").all())


def test_a_form_that_is_refused_does_not_name_the_link_elsewhere(cashier: Cashier, shop: Shop) -> None:
    path = link(shop)
    cashier.open(path)
    for refused in ({}, {"Sec-Fetch-Site": "cross-site"}):
        page = cashier.client.post(path, data=TYPED, headers=refused)
        assert page.status_code == 400
        assert "/language?back=" not in page.text


def test_flask_owner_prints_a_link_to_open(app: Flask, client: FlaskClient) -> None:
    said = app.test_cli_runner().invoke(args=["owner"]).output
    found = re.search(r"http://127\.0\.0\.1:5000(/claim/\S+)", said)
    assert found
    assert client.get(found[1]).status_code == 200


@pytest.mark.parametrize(
    ("host", "public_url", "at"),
    [
        ("0.0.0.0", None, "http://127.0.0.1:5000"),
        ("::", None, "http://127.0.0.1:5000"),
        ("::1", None, "http://[::1]:5000"),
        ("192.168.1.7", None, "http://192.168.1.7:5000"),
        ("0.0.0.0", "https://till.example.com", "https://till.example.com"),
    ],
)
def test_the_link_that_is_printed_can_be_opened(shop: Shop, host: str, public_url: str | None, at: str) -> None:
    app = Flask("till")
    app.extensions["shop"] = replace(shop, settings=replace(shop.settings, host=host, public_url=public_url))
    said = app.test_cli_runner().invoke(owner_command(app), []).output
    assert f"  {at}/claim/" in said


def test_the_first_start_alone_prints_a_link_by_itself(shop: Shop) -> None:
    assert first_invitation(shop)
    assert first_invitation(shop) is None


def test_a_shop_that_has_an_owner_prints_none(shop: Shop, people: People) -> None:
    people.claim()
    assert first_invitation(shop) is None


def test_a_name_that_is_taken_while_a_link_is_used_is_not_given_another_password(shop: Shop, people: People) -> None:
    token = invite(shop)
    with ThreadPoolExecutor(1) as other:
        with shop.hashing.turn():
            late = other.submit(claim, shop, token, "marta", "another long password")
            until(lambda: shop.hashing.waiting == 1)
            people.claim("Marta")
        assert "Another owner has this name." in str(late.exception())
    found = shop.store.owners.find("Marta")
    assert found and found[1] == PASSWORD_HASH


def test_a_name_that_somebody_has_taken_at_the_last_moment_uses_no_link_up(shop: Shop, people: People) -> None:
    link = digest_of(invite(shop))
    people.claim("Ana")
    owners = shop.store.owners
    assert owners.claim(link, Owner("o2", "ana", shop.now()), PASSWORD_HASH, renews=False) is None
    assert owners.is_link_good(link, shop.now())
    assert owners.claim(link, Owner("o2", "Ben", shop.now()), PASSWORD_HASH, renews=False)
    assert not owners.is_link_good(link, shop.now())
