"""The languages that the shop's faces open in, where the browser's own is not the shop's."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from pos.settings import Settings
from tests.conftest import Cashier

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def opening() -> dict[str, str]:
    return {"kiosk": "de", "display": "fr"}


@pytest.fixture
def settings(settings: Settings, opening: dict[str, str]) -> Settings:
    return replace(settings, opening_languages=tuple(opening.items()))


def language(client: FlaskClient, path: str) -> str:
    page = client.get(path, headers=ENGLISH).text
    return page.partition('<html lang="')[2].partition('"')[0]


def test_a_face_opens_in_the_language_that_the_shop_has_for_it(client: FlaskClient) -> None:
    assert [language(client, it) for it in ("/kiosk", "/kiosk/rest", "/screen/till")] == ["de", "de", "fr"]


def test_where_the_shop_has_none_it_is_the_browsers(client: FlaskClient) -> None:
    assert [language(client, it) for it in ("/", "/tips", "/sales")] == ["en", "en", "en"]


def test_what_somebody_chooses_there_goes_first_until_the_kiosk_rests(client: FlaskClient) -> None:
    client.set_cookie("language", "es")
    assert language(client, "/kiosk") == "es"
    assert language(client, "/kiosk/rest") == "de"
    assert language(client, "/kiosk") == "de"


def test_what_is_paid_on_a_kiosk_is_said_in_its_language_and_on_a_phone_in_its_own(
    client: FlaskClient,
) -> None:
    answer = Cashier(client).send("/kiosk", amount="1000")
    page = answer.headers["Location"]
    assert language(client, page) == "de"
    assert language(client.application.test_client(), page) == "en"


def test_a_till_that_has_no_language_of_its_own_keeps_nothing_in_the_browser(client: FlaskClient) -> None:
    client.get("/tips")
    assert client.get_cookie("face") is None
    client.get("/kiosk")
    kept = client.get_cookie("face")
    assert kept
    assert kept.value == "kiosk"


@pytest.mark.parametrize("opening", [{"till": "de", "display": "ja"}, {"till": "de", "kiosk": "ja"}])
def test_a_till_speaks_its_own_language_while_another_face_is_open_in_the_same_browser(
    client: FlaskClient, opening: dict[str, str]
) -> None:
    for path in ("/", "/screen/till", "/kiosk"):
        client.get(path, headers=ENGLISH)
    shown = client.get("/quote", query_string={"unit": "SAT", "amount": "1.234"}, headers=ENGLISH).get_json()
    assert shown["total"] == "1.234\N{NO-BREAK SPACE}sat"
    page = Cashier(client).send(amount="1234").headers["Location"]
    for path in ("/screen/till", "/kiosk"):
        client.get(path, headers=ENGLISH)
    assert language(client, page) == "de"
    assert "1.234\N{NO-BREAK SPACE}sat" in client.get("/recent", headers=ENGLISH).text
    # What has no address of its face is in the language of the last one that sells.
    assert language(client, "/sales") == opening.get("kiosk", "de")


def test_what_is_paid_at_a_till_without_a_language_is_in_the_browsers_though_a_kiosk_was_open_there(
    client: FlaskClient,
) -> None:
    page = Cashier(client).send(amount="1234").headers["Location"]
    for path in ("/kiosk", "/screen/till"):
        client.get(path, headers=ENGLISH)
    assert language(client, page) == "en"
    assert language(client, f"{page}/receipt") == "en"


@pytest.mark.parametrize("opening", [{"till": "ja", "tips": "de"}])
def test_a_phone_that_has_seen_the_tip_jar_reads_what_is_paid_elsewhere_in_its_own_language(
    client: FlaskClient, opening: dict[str, str]
) -> None:
    phone = client.application.test_client()
    assert language(phone, "/tips") == opening["tips"]
    tip = Cashier(phone).send("/tips", amount="1000").headers["Location"]
    assert language(phone, tip) == opening["tips"]
    assert language(phone, Cashier(client).send(amount="1234").headers["Location"]) == "en"


def test_a_display_keeps_nothing_in_the_browser(client: FlaskClient) -> None:
    client.get("/screen/till")
    assert client.get_cookie("face") is None


@pytest.mark.parametrize("face", ["", "office", "x" * 3000])
def test_a_face_that_is_none_is_nobodys(client: FlaskClient, face: str) -> None:
    client.set_cookie("face", face)
    assert language(client, "/pay/none") == "en"
