"""What a device reads of a face that is installed on it: a name, a start, an icon; and of none that is public."""

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
from pos.settings.kiosk import kiosks
from pos.translations.languages import LANGUAGES
from tests.conftest import Cashier
from tests.fakes import FakeClock, FakeWallet
from tests.web.installed.test_icons import CLEAR

# What it stores and reads is tried on both databases elsewhere.
pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")

INSTALLED = {
    "/": "till/till",
    "/till/bar": "till/bar",
    "/kiosk": "kiosk",
    "/kiosk/rest": "kiosk",
    "/kiosk/laundry": "kiosk/laundry",
    "/kiosk/laundry/rest": "kiosk/laundry",
    "/screen/till": "screen/till",
    "/screen/bar": "screen/bar",
    "/sales": "sales",
}


@pytest.fixture
def logo() -> Picture | None:
    return None


@pytest.fixture
def client(settings: Settings, wallet: FakeWallet, clock: FakeClock, logo: Picture | None) -> Iterator[FlaskClient]:
    """A shop with two tills, two kiosks and a colour of its own."""
    faces = {"tills": ("till", "bar"), "kiosks": kiosks("laundry=Wash:2100 sat")}
    look = {"accent": Colour(0x0B, 0x6E, 0x4F), "logo": logo}
    app = create_app(replace(settings, **faces, **look), wallet=wallet, clock=clock)  # type: ignore[arg-type]
    yield app.test_client()
    close(app)


def manifest(client: FlaskClient, face: str, language: str = "en") -> Any:
    return client.get(f"/manifest/{face}?language={language}").get_json(force=True)


@pytest.mark.parametrize(("path", "face"), INSTALLED.items())
def test_a_page_of_the_shops_own_names_what_it_is_installed_with(client: FlaskClient, path: str, face: str) -> None:
    page = client.get(path).text
    # A proxy may ask who wants to know it.
    assert f'<link rel="manifest" href="/manifest/{face}?language=en" crossorigin="use-credentials"' in page
    touched = re.search(r'<link rel="apple-touch-icon" href="([^"]+)">', page)
    assert touched
    assert client.get(touched[1]).mimetype == "image/png"


def test_what_is_public_is_no_app(client: FlaskClient) -> None:
    charge_id = Cashier(client).sell(2100)
    for path in (f"/pay/{charge_id}", "/tips", "/nowhere", f"/sales/none/{charge_id}", "/language"):
        page = client.get(path).text
        assert "manifest" not in page
        assert "service-worker" not in page
        assert "apple-touch" not in page


def test_an_app_starts_where_it_stands_and_is_called_so(client: FlaskClient) -> None:
    faces = {
        face: [said[it] for it in ("id", "start_url", "scope", "short_name", "display", "background_color")]
        for face in sorted(set(INSTALLED.values()))
        if (said := manifest(client, face))
    }
    assert faces == {
        "till/till": ["/", "/", "/", "Till", "standalone", "#fdf0d5"],
        "till/bar": ["/till/bar", "/till/bar", "/", "Till bar", "standalone", "#fdf0d5"],
        "kiosk": ["/kiosk", "/kiosk", "/", "Kiosk", "fullscreen", "#0b6e4f"],
        "kiosk/laundry": ["/kiosk/laundry", "/kiosk/laundry", "/", "Kiosk laundry", "fullscreen", "#0b6e4f"],
        "screen/till": ["/screen/till"] * 3 + ["Customer display", "fullscreen", "#fdf0d5"],
        "screen/bar": ["/screen/bar"] * 3 + ["Customer display bar", "fullscreen", "#fdf0d5"],
        "sales": ["/sales", "/sales", "/", "Sales", "standalone", "#fdf0d5"],
    }


@pytest.mark.parametrize(
    "face", ["till", "till/none", "screen", "screen/none", "kiosk/none", "sales/none", "tips", "pay"]
)
def test_there_is_none_of_what_there_is_not(client: FlaskClient, face: str) -> None:
    assert client.get(f"/manifest/{face}").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_the_language_of_the_page_that_names_it(client: FlaskClient, language: str) -> None:
    client.set_cookie("language", language)
    page = client.get("/").text
    address = re.search(r'rel="manifest" href="([^"]+)"', page)
    assert address
    client.delete_cookie("language")
    said = client.get(address[1]).get_json(force=True)
    assert (said["lang"], said["dir"]) == tuple(re.findall(r'<html lang="([\w-]+)" dir="(\w+)"', page)[0])
    assert said["name"] == f"Marta's Stall · {said['short_name']}"
    # It is called what the page is.
    assert f"<title>{said['short_name']}</title>" in page


def test_its_bar_has_the_shops_colour_and_no_other_site_may_have_it(client: FlaskClient) -> None:
    answer = client.get("/manifest/kiosk")
    assert answer.get_json(force=True)["theme_color"] == "#0b6e4f"
    assert answer.mimetype == "application/manifest+json"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert "Set-Cookie" not in answer.headers
    assert "manifest-src 'self'" in client.get("/").headers["Content-Security-Policy"].split("; ")


@pytest.mark.parametrize("logo", [None, CLEAR], ids=["ours", "the shop's"])
def test_its_icons_are_what_it_says_and_are_kept_for_ever(client: FlaskClient) -> None:
    icons = manifest(client, "till/till")["icons"]
    assert [(it["sizes"], it["purpose"]) for it in icons] == [
        ("192x192", "any"),
        ("512x512", "any"),
        ("192x192", "maskable"),
        ("512x512", "maskable"),
    ]
    for it in icons:
        answer = client.get(it["src"])
        assert answer.mimetype == it["type"] == "image/png"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert len({client.get(it["src"]).data for it in icons}) == 4
    _, _, digest, name = icons[0]["src"].split("/")
    for path in (f"/icon/{digest[::-1]}/{name}", f"/icon/{digest}/193.png"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("logo", [Picture("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>")])
def test_a_logo_that_is_a_drawing_is_left_to_the_device_and_ours_never_takes_its_place(client: FlaskClient) -> None:
    own, *others = manifest(client, "till/till")["icons"]
    assert {name: own[name] for name in ("sizes", "type", "purpose")} == {
        "sizes": "any",
        "type": "image/svg+xml",
        "purpose": "any",
    }
    assert client.get(own["src"]).mimetype == "image/svg+xml"
    assert [it["purpose"] for it in others] == ["any", "any"]


def test_how_it_is_installed_is_told_in_the_language_of_the_page(client: FlaskClient) -> None:
    page = client.get("/", headers={"Accept-Language": "de"}).text
    address = re.search(r'data-hint="([^"]+)"', page)
    assert address
    told = client.get(address[1]).text
    assert "Diese Kasse installieren" in told
    assert "Zum Home-Bildschirm" in told
