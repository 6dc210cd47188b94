"""The service worker of the shop's own devices, as the till hands it out: what it keeps, and how long it is kept."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from pos import close, create_app
from pos.domain.colour import Colour
from pos.domain.picture import Picture
from pos.settings import Settings
from tests.fakes import FakeClock, FakeWallet

# What it stores and reads is tried on both databases elsewhere.
pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")


@pytest.fixture
def own(settings: Settings, wallet: FakeWallet, clock: FakeClock) -> Iterator[FlaskClient]:
    """A shop that looks like itself."""
    look = replace(settings, accent=Colour(0x0B, 0x6E, 0x4F), logo=Picture("image/svg+xml", b"<svg/>"))
    app = create_app(look, wallet=wallet, clock=clock)
    yield app.test_client()
    close(app)


def address(client: FlaskClient, path: str = "/") -> str:
    """Read in a page which worker it wants."""
    found = re.search(r'data-worker="([^"]+)"', client.get(path).text)
    assert found
    return found[1].replace("&amp;", "&")


def kept(client: FlaskClient, worker: str) -> Any:
    """Read what a worker is told to keep."""
    first, second = client.get(worker).text.splitlines()
    told = json.loads(first.removeprefix("self.kept = ").removesuffix(";"))
    assert second == f'importScripts("{told["static"]}js/service_worker.js");'
    return told


def test_all_faces_want_the_same_one_and_it_lies_at_the_top(client: FlaskClient) -> None:
    (worker,) = {address(client, path) for path in ("/", "/kiosk", "/kiosk/rest", "/screen/till", "/sales")}
    answer = client.get(worker)
    assert worker.startswith("/service-worker.js?")
    assert answer.mimetype == "text/javascript"
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"].split("; ")


def test_what_it_keeps_is_files_alone_each_at_an_address_that_names_its_content(own: FlaskClient) -> None:
    told = kept(own, address(own))
    page = own.get("/").text
    for file in told["files"]:
        with own.get(file) as answer:
            assert answer.status_code == 200
            assert re.match(
                r"public, max-age=(86400|31536000)$|max-age=\d+, public, immutable", answer.headers["Cache-Control"]
            )
    # All that a till's first screen is made of.
    assert set(re.findall(r'(?:stylesheet|modulepreload)" href="([^"]+)"', page)) <= set(told["files"])
    assert set(re.findall(r'<script type="module" src="([^"]+)"', page)) <= set(told["files"])
    assert {"/accent.css?v=0b6e4f", re.findall(r'src="(/logo[^"]+)"', page)[0]} <= set(told["files"])


def test_the_page_without_a_connection_has_all_it_needs_among_them_and_leads_nowhere(own: FlaskClient) -> None:
    told = kept(own, address(own))
    page = own.get(told["page"]).text
    needed = re.findall(r'(?:stylesheet|modulepreload)" href="([^"]+)"', page) + re.findall(r' src="([^"]+)"', page)
    assert len(needed) >= 5
    assert set(needed) <= set(told["files"])
    for way_out in ("<a ", "<form", "<button", "manifest"):
        assert way_out not in page


def test_a_worker_is_kept_while_its_address_names_what_it_is_and_no_longer(client: FlaskClient) -> None:
    worker = address(client)
    assert client.get(worker).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    old = client.get(re.sub(r"v=\w+", "v=0123456789ab", worker))
    assert old.headers["Cache-Control"] == "no-store"
    assert old.text == client.get(worker).text


def test_another_page_or_another_look_is_another_worker_with_a_place_of_its_own(
    client: FlaskClient, own: FlaskClient
) -> None:
    before = address(client)
    places = {kept(client, before)["cache"], kept(own, address(own))["cache"]}
    client.set_cookie("language", "ar")
    speaks_arabic = address(client)
    places.add(kept(client, speaks_arabic)["cache"])
    assert len(places) == 3
    assert len({before, address(own), speaks_arabic}) == 3
    assert 'lang="ar" dir="rtl"' in client.get(kept(client, speaks_arabic)["page"]).text
    client.delete_cookie("language")
    assert 'lang="ar" dir="rtl"' in client.get(kept(client, speaks_arabic)["page"]).text


def test_no_page_of_a_sale_is_kept_by_any_browser(client: FlaskClient) -> None:
    for path in ("/", "/kiosk", "/sales", "/screen/till", "/offline", "/install"):
        assert client.get(path).headers["Cache-Control"] == "no-store"
