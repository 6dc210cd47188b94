"""Which language a page is in, and how to choose another one."""

import pytest
from flask.testing import FlaskClient

from tests.conftest import Cashier

# What leads somewhere else when a browser is sent there.
ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "https://evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    "javascript:alert(1)",
    "evil.example",
    "",
]


def language(client: FlaskClient, wanted: str, path: str = "/kiosk") -> str:
    page = client.get(path, headers={"Accept-Language": wanted} if wanted else {}).text
    return page.split('<html lang="', 1)[1].split('"', 1)[0]


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-CH", "de"),
        ("pt-BR", "pt"),
        ("pt-BR,pt;q=0.9,en;q=0.8", "pt"),
        ("es-419", "es"),
        ("ja-JP", "ja"),
        ("ar-EG,en;q=0.5", "ar"),
        ("ko,fr;q=0.7,en;q=0.3", "fr"),
        ("ko", "en"),
        ("de;q=0,fr;q=0.1", "fr"),
        ("DE-at", "de"),
        ("*", "en"),
        ("x" * 500, "en"),
        (";q=;,", "en"),
    ],
)
def test_a_page_is_in_a_language_that_the_browser_asks_for(client: FlaskClient, wanted: str, spoken: str) -> None:
    assert language(client, wanted) == spoken


@pytest.mark.parametrize(("code", "direction"), [("ar", "rtl"), ("ja", "ltr"), ("en", "ltr")])
def test_a_page_runs_as_its_language_does(client: FlaskClient, code: str, direction: str) -> None:
    assert f'<html lang="{code}" dir="{direction}"' in client.get("/tips", headers={"Accept-Language": code}).text


def test_the_chosen_language_goes_before_the_browsers_own(cashier: Cashier) -> None:
    fields = cashier.open("/language")
    answer = cashier.send("/language", fields | {"back": "/tips"}, language="ar")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tips")
    assert language(cashier.client, "de", "/tips") == "ar"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("kept", ["xx", "", "../de", "en-US"])
def test_a_cookie_with_another_language_counts_for_nothing(client: FlaskClient, kept: str) -> None:
    client.set_cookie("language", kept)
    assert language(client, "de") == "de"


def test_a_language_that_the_till_does_not_speak_cannot_be_chosen(cashier: Cashier) -> None:
    answer = cashier.send("/language", cashier.open("/language"), language="xx")
    assert answer.status_code == 404
    assert "does not speak that language" in answer.text


def test_every_page_leads_to_the_choice_and_back(client: FlaskClient) -> None:
    assert 'href="/language?back=/tips"' in client.get("/tips").text
    page = client.get("/language?back=/tips").text
    assert '<a href="/tips">' in page
    assert 'lang="ja"' in page


@pytest.mark.parametrize("back", ELSEWHERE)
def test_the_choice_leads_to_no_other_host(cashier: Cashier, back: str) -> None:
    page = cashier.client.get("/language", query_string={"back": back}).text
    assert '<a href="/">' in page
    answer = cashier.send("/language", cashier.open("/language") | {"back": back}, language="de")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
