"""Which language a page is in, and how to choose another one."""

import pytest
from flask.testing import FlaskClient

from pos.domain.charge import Channel
from pos.services.charge import charge
from pos.shop import Shop
from tests.conftest import Cashier, in_sat
from tests.fakes import FakeClock, FakeWallet

# What it stores and reads is tried on both databases elsewhere.
pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")

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
        ("is,fr;q=0.7,en;q=0.3", "fr"),
        ("is", "en"),
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
    assert "<a " not in page
    answer = cashier.send("/language", cashier.open("/language") | {"back": back}, language="de")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/language")


def chosen_at(cashier: Cashier, path: str) -> str:
    """Choose Arabic on a page, and return the cookie that keeps it."""
    fields = cashier.open(f"/language?back={path}")
    return cashier.send("/language", fields, language="ar").headers["Set-Cookie"]


def test_a_visitors_language_stays_for_no_longer_than_a_visit_and_the_sellers_for_a_year(
    cashier: Cashier, shop: Shop
) -> None:
    of_kiosk, of_till = (charge(shop, it, in_sat(21), "k").id for it in (Channel.KIOSK, Channel.TILL))
    for path in ("/kiosk", "/tips", f"/pay/{of_kiosk}"):
        assert "Max-Age=600" in chosen_at(cashier, path)
    for path in ("/", "/till/bar", f"/pay/{of_till}"):
        assert "Max-Age=31536000" in chosen_at(cashier, path)


def test_the_resting_kiosk_speaks_the_browsers_own_language_again(cashier: Cashier) -> None:
    chosen_at(cashier, "/kiosk")
    assert language(cashier.client, "de") == "ar"
    assert language(cashier.client, "de", "/kiosk/rest") == "de"
    assert language(cashier.client, "de") == "de"
    # Chosen there it is for the page that a touch leads to.
    assert 'href="/language?back=/kiosk"' in cashier.client.get("/kiosk/rest").text


@pytest.mark.parametrize(("channel", "path"), [(Channel.KIOSK, "/kiosk"), (Channel.TIPS, "/tips")])
def test_who_has_paid_leaves_no_language_to_the_next_one(
    cashier: Cashier, shop: Shop, wallet: FakeWallet, clock: FakeClock, channel: Channel, path: str
) -> None:
    made = charge(shop, channel, in_sat(21), "k")
    chosen_at(cashier, path)
    assert language(cashier.client, "de", f"/pay/{made.id}") == "ar"
    assert language(cashier.client, "de", path) == "ar"
    wallet.settle(made.invoice, 21)
    clock.move(1)
    assert language(cashier.client, "de", f"/pay/{made.id}") == "ar"
    assert language(cashier.client, "de", path) == "de"


def test_the_seller_keeps_the_chosen_language_when_a_sale_is_paid(
    cashier: Cashier, wallet: FakeWallet, clock: FakeClock
) -> None:
    made = cashier.sell(21)
    chosen_at(cashier, "/")
    wallet.settle(wallet.made[0].invoice, 21)
    clock.move(1)
    assert language(cashier.client, "de", f"/pay/{made}") == "ar"
    assert language(cashier.client, "de", "/") == "ar"
