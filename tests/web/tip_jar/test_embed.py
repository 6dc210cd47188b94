"""A jar as a frame in pages of others, and the links that lead from elsewhere to an amount of a jar."""

import re
from dataclasses import replace
from html import unescape

import pytest
from flask.testing import FlaskClient

from pos import close, create_app
from pos.domain.jar import Goal, Jar
from pos.domain.money import SAT, Money
from pos.settings import Settings
from pos.shop import Shop
from tests.conftest import Cashier, stored
from tests.fakes import FakeRates, FakeWallet

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")

CELLO = Jar(
    name="cello",
    title="Cello <under> the Bridge",
    text="Every evening.",
    currency="EUR",
    amounts=(Money(100, "EUR"), Money(200, "EUR"), Money(500, "EUR")),
    goal=Goal("A new case", Money(30_000, "EUR")),
)
EMBED = "/tips/cello/embed"


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates()


@pytest.fixture(autouse=True)
def cello(shop: Shop) -> None:
    shop.store.jars.add(CELLO)


def change(shop: Shop, **changes: object) -> None:
    shop.store.jars.change(replace(CELLO, **changes))  # type: ignore[arg-type]


def links(client: FlaskClient) -> dict[str, str]:
    """Return where the links of the frame lead, by their words."""
    found = re.findall(r'<a[^>]*href="([^"]*)"[^>]*>(.*?)</a>', client.get(EMBED).text, re.DOTALL)
    return {unescape(" ".join(re.sub("<[^>]+>", " ", words).split())): unescape(url) for url, words in found}


def test_it_says_what_the_jar_is_for_and_leads_to_it(client: FlaskClient) -> None:
    page = client.get(EMBED).text
    assert "Cello &lt;under&gt; the Bridge" in page
    assert "A new case" in page
    assert "€0.00 of €300.00" in page
    assert links(client) == {
        "Tip €2.00": "/tips/cello?amount=200&unit=EUR",
        "Other amount, at localhost": "/tips/cello",
    }


def test_its_links_lead_out_of_the_frame_and_it_has_no_form_and_no_script(client: FlaskClient) -> None:
    answer = client.get(EMBED)
    assert len(re.findall(r'<a [^>]*target="_blank" rel="noopener"', answer.text)) == answer.text.count("<a ") == 2
    assert "<form" not in answer.text
    assert "<script" not in answer.text


@pytest.mark.parametrize("path", [EMBED, "/tips/nobody/embed"])
def test_it_keeps_nothing_in_the_readers_browser(settings: Settings, wallet: FakeWallet, path: str) -> None:
    app = create_app(replace(settings, opening_languages=(("tips", "de"),)), wallet=wallet)
    app.extensions["shop"].store.jars.change(replace(CELLO, currency=SAT, amounts=(), goal=None))
    client = app.test_client()
    assert "Set-Cookie" in client.get("/tips/cello").headers
    assert "Set-Cookie" not in app.test_client().get(path).headers
    close(app)


@pytest.mark.parametrize("path", [EMBED, "/tips/nobody/embed"])
def test_others_may_frame_it_and_nothing_else_of_its_policy_is_open(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert "X-Frame-Options" not in headers
    assert headers["Content-Security-Policy"].split("; ") == [
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors *",
    ]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("path", ["/tips/cello", "/tips", "/tips/cello/news", "/tips/nobody", "/", "/nope"])
def test_others_may_frame_nothing_else(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"


def test_it_is_good_for_a_minute_and_what_is_not_there_for_none(client: FlaskClient) -> None:
    assert client.get(EMBED).headers["Cache-Control"] == "public, max-age=60"
    assert client.get("/tips/nobody/embed").headers["Cache-Control"] == "no-store"


def test_a_jar_that_is_closed_or_not_there_says_so_in_the_frame(client: FlaskClient, shop: Shop) -> None:
    change(shop, closed_at=1)
    answer = client.get(EMBED)
    assert answer.status_code == 404
    assert "This tip jar is closed at the moment." in answer.text
    assert "<a " not in answer.text
    assert "There is no tip jar at this address." in client.get("/tips/nobody/embed").text


def test_without_a_goal_it_says_what_the_jar_says(client: FlaskClient, shop: Shop) -> None:
    change(shop, goal=None)
    page = client.get(EMBED).text
    assert "Every evening." in page
    assert "<progress" not in page


def test_without_amounts_it_leads_to_the_jar_alone(client: FlaskClient, shop: Shop) -> None:
    change(shop, amounts=())
    assert links(client)["Leave a tip"] == "/tips/cello"


def test_what_has_a_price_is_paid(client: FlaskClient, shop: Shop) -> None:
    change(shop, amounts=(), price=Money(350, "EUR"))
    assert links(client) == {"Pay €3.50": "/tips/cello", "localhost": "/tips/cello"}


def test_with_one_amount_it_is_that(client: FlaskClient, shop: Shop) -> None:
    change(shop, amounts=(Money(100, "EUR"),))
    assert "Tip €1.00" in links(client)


def test_the_first_jar_has_one_too(client: FlaskClient) -> None:
    assert 'href="/tips?amount=2100&amp;unit=SAT"' in client.get("/tips/tips/embed").text


class TestOfAPublicShop:
    """A shop that others know by its address."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, public_url="https://till.example")

    def test_it_says_at_which_host_the_jar_is(self, client: FlaskClient) -> None:
        assert "Other amount, at till.example" in links(client)


def checked(client: FlaskClient, query: str) -> str | None:
    """Return which of the jar's amounts is chosen on its page."""
    found = re.search(r'value="(\d+)" checked', client.get(f"/tips/cello?{query}").text)
    return found and found[1]


def test_a_link_chooses_one_of_the_amounts(client: FlaskClient) -> None:
    assert checked(client, "amount=500") == "500"
    assert checked(client, "amount=500&unit=EUR") == "500"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "amount=",
        "amount=0",
        "amount=-1",
        "amount=x",
        "amount=²",
        "amount=٥",
        "amount=500&unit=SAT",
        f"amount={10**12}",
    ],
)
def test_a_link_that_asks_for_no_amount_of_now_leaves_the_usual_one(client: FlaskClient, query: str) -> None:
    assert checked(client, query) == "200"
    assert 'id="other"' in client.get(f"/tips/cello?{query}").text


@pytest.mark.parametrize("language", ["en", "de", "ar", "ja"])
def test_a_link_may_ask_for_another_amount_which_is_typed_as_the_reader_would(
    client: FlaskClient, cashier: Cashier, shop: Shop, language: str
) -> None:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    assert checked(client, "amount=123456") is None
    typed = re.search(r'id="other"[^>]*value="([^"]*)"', client.get("/tips/cello?amount=123456").text)
    assert typed
    answer = cashier.send("/tips/cello", other=unescape(typed[1]), amount="")
    assert stored(shop, answer.headers["Location"].removeprefix("/pay/")).sale.price == Money(123456, "EUR")


def test_a_price_is_the_price_whatever_a_link_asks_for(client: FlaskClient, shop: Shop) -> None:
    change(shop, amounts=(), price=Money(350, "EUR"))
    assert "€3.50" in client.get("/tips/cello?amount=1").text


def test_a_jar_in_sat_takes_links_in_sat(client: FlaskClient, shop: Shop) -> None:
    change(shop, currency=SAT, amounts=(Money(500, SAT),), goal=None)
    assert checked(client, "amount=500&unit=SAT") == "500"
