"""The shop's own colour and logo."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from pos import close, create_app
from pos.domain.colour import Colour
from pos.domain.picture import Picture
from pos.settings import Settings
from tests.conftest import Cashier
from tests.fakes import FakeClock, FakeWallet

# What it stores and reads is tried on both databases elsewhere.
pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")

GREEN = Colour(0x0B, 0x6E, 0x4F)
LOGO = Picture("image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')


@pytest.fixture
def own(settings: Settings, wallet: FakeWallet, clock: FakeClock) -> Iterator[FlaskClient]:
    """A shop that looks like itself."""
    app = create_app(replace(settings, accent=GREEN, logo=LOGO), wallet=wallet, clock=clock)
    yield app.test_client()
    close(app)


def test_a_shop_without_a_look_of_its_own_asks_for_nothing_more(client: FlaskClient) -> None:
    page = client.get("/").text
    assert "accent.css" not in page
    assert "<img" not in page
    assert client.get("/accent.css").status_code == client.get("/logo").status_code == 404


def test_the_accent_takes_the_place_of_our_blue(own: FlaskClient) -> None:
    page = own.get("/").text
    sheet = own.get("/accent.css?v=0b6e4f")
    assert 'href="/accent.css?v=0b6e4f"' in page
    assert page.index("/accent.css") > page.index("base.css")
    assert sheet.mimetype == "text/css"
    assert "--enamel: #0b6e4f;" in sheet.text
    assert "prefers-color-scheme: dark" in sheet.text


def test_the_browsers_own_bar_follows(own: FlaskClient) -> None:
    charge_id = Cashier(own).sell(2100)
    page = own.get(f"/pay/{charge_id}").text
    assert '<meta name="theme-color" content="#0b6e4f" media="(prefers-color-scheme:light)">' in page
    assert "2336e0" not in page


def test_the_logo_stands_beside_the_name_and_is_read_once(own: FlaskClient) -> None:
    page = own.get("/kiosk").text
    assert 'alt="Marta&#39;s Stall"' in page
    assert '<span dir="auto" aria-hidden="true">Marta&#39;s Stall</span>' in page


def test_a_logo_can_do_nothing(own: FlaskClient) -> None:
    answer = own.get("/logo")
    assert (answer.data, answer.mimetype) == (LOGO.data, "image/svg+xml")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "self" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/logo", "/accent.css"])
def test_what_never_changes_may_be_kept(own: FlaskClient, path: str) -> None:
    assert own.get(path).headers["Cache-Control"] == "public, max-age=86400"


@pytest.mark.parametrize("path", ["/", "/kiosk", "/language", "/nope"])
def test_a_page_is_one_of_a_reader_and_kept_by_nobody(own: FlaskClient, path: str) -> None:
    headers = own.get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert {"Accept-Language", "Cookie"} <= set(headers["Vary"].split(", "))
