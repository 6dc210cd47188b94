"""The poster of a jar: what is on it, that phones read it, and what is missing before there can be one."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from io import BytesIO

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageChops
from pyzbar import pyzbar

from pos import close, create_app
from pos.domain.jar import Jar
from pos.domain.jar_picture import make_picture
from pos.domain.lnurl import encode_lnurl
from pos.domain.money import SAT, Money
from pos.domain.poster import Size
from pos.runtime.allowance import LIMITS
from pos.runtime.turns import Turns
from pos.settings import Settings
from pos.shop import Shop
from tests.fakes import FakeClock, FakeWallet

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a poster says and shows")

CELLO = Jar(name="cello", title="Cello under the <Bridge>", text="Every evening from six.", currency=SAT)
FOR_CELLO = encode_lnurl("https://till.example.com/lnurlp/cello").upper()
# How many codes are on a sheet, and how large it is in mm.
SHEETS = {"a4": (1, 210, 297), "a6": (1, 105, 148), "stickers": (12, 210, 297), "tent": (2, 210, 297)}


@pytest.fixture
def public_url() -> str | None:
    return "https://till.example.com"


@pytest.fixture
def app(settings: Settings, public_url: str | None, wallet: FakeWallet, clock: FakeClock) -> Iterator[Flask]:
    app = create_app(replace(settings, public_url=public_url), wallet=wallet, clock=clock, running=clock)
    app.extensions["shop"].store.jars.add(CELLO)
    yield app
    close(app)


def drawn(client: FlaskClient, path: str) -> Image.Image:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    return Image.open(BytesIO(answer.data))


def by_zxing(image: Image.Image) -> list[str]:
    return [it.text for it in zxingcpp.read_barcodes(image)]


def by_zbar(image: Image.Image) -> list[str]:
    return [it.data.decode() for it in pyzbar.decode(image)]


@pytest.mark.parametrize("size", SHEETS)
def test_every_code_on_the_picture_is_read_and_none_is_smaller_than_40_mm(client: FlaskClient, size: str) -> None:
    image = drawn(client, f"/tips/cello/poster.png?size={size}")
    codes, width, height = SHEETS[size]
    found = zxingcpp.read_barcodes(image)
    assert [it.text for it in found] == by_zbar(image) == [FOR_CELLO] * codes
    assert image.size == (round(width / 25.4 * 300), round(height / 25.4 * 300))
    assert [round(it) for it in image.info["dpi"]] == [300, 300]
    for it in found:
        across = abs(it.position.top_right.x - it.position.top_left.x)
        assert across / 300 * 25.4 >= 39.9


def test_a_picture_stands_on_it_where_there_is_room(client: FlaskClient, shop: Shop) -> None:
    file = BytesIO()
    Image.new("RGB", (300, 200), "red").save(file, "PNG")
    shop.store.jars.set_picture("cello", make_picture(file.getvalue()))
    for size, has_picture in {"a4": True, "a6": True, "stickers": False, "tent": True}.items():
        red, green, _ = drawn(client, f"/tips/cello/poster.png?size={size}").convert("RGB").split()
        is_red = ImageChops.darker(red.point(lambda it: 255 * (it > 200)), green.point(lambda it: 255 * (it < 60)))
        assert bool(is_red.getbbox()) == has_picture
        svg = client.get(f"/tips/cello/poster.svg?size={size}").text
        assert ("data:image/jpeg;base64," in svg) == has_picture


def test_the_words_stand_on_it_as_text(client: FlaskClient) -> None:
    answer = client.get("/tips/cello/poster.svg")
    assert answer.mimetype == "image/svg+xml"
    for words in ("Cello under the <Bridge>", "Every evening from six.", "cello@till.example.com"):
        assert words in unescape(answer.text)
    assert "<Bridge>" not in answer.text
    assert "Scan with any Lightning wallet" in answer.text
    german = client.get("/tips/cello/poster.svg", headers={"Accept-Language": "de"}).text
    assert "Mit jeder Lightning-Wallet scannen" in german


def test_a_product_says_its_price(client: FlaskClient, shop: Shop) -> None:
    shop.store.jars.change(replace(CELLO, price=Money(2100, SAT)))
    for size in SHEETS:
        assert "2,100 sat" in client.get(f"/tips/cello/poster.svg?size={size}").text


def test_a_text_that_runs_from_the_right_does_so_on_it(client: FlaskClient) -> None:
    arabic = client.get("/tips/cello/poster.svg", headers={"Accept-Language": "ar"}).text
    assert [it for it in arabic.splitlines() if 'direction="rtl"' in it] == [
        it for it in arabic.splitlines() if "محفظة" in it
    ]
    assert 'direction="rtl"' not in client.get("/tips/cello/poster.svg").text


def test_whoever_sits_at_the_other_side_of_a_tent_sees_the_same(client: FlaskClient) -> None:
    tent = drawn(client, "/tips/cello/poster.png?size=tent").convert("L")
    width, half = tent.width, tent.height // 2
    # The fold itself is left out.
    upper, lower = tent.crop((0, 0, width, half - 10)), tent.crop((0, half + 10, width, 2 * half))
    assert upper.rotate(180).tobytes() == lower.tobytes()
    svg = client.get("/tips/cello/poster.svg?size=tent").text
    assert re.findall(r'<use href="#face" transform="(.*?)"/>', svg) == [
        "translate(210 148.5) rotate(180)",
        "translate(0 148.5)",
    ]


def test_the_page_shows_the_paper_that_was_chosen(client: FlaskClient) -> None:
    answer = client.get("/tips/cello/poster?size=a6")
    assert answer.headers["X-Robots-Tag"] == "noindex"
    page = answer.text
    assert 'class="posters paper-a6"' in page
    for kind in ("svg", "png"):
        assert f"/tips/cello/poster.{kind}?size=a6" in page
    assert "paper-a4" in client.get("/tips/cello/poster?size=a5").text


def test_the_shop_itself_has_one(client: FlaskClient) -> None:
    assert "Marta&#39;s Stall" in client.get("/poster").text
    for image in (drawn(client, "/poster.png"), drawn(client, "/poster.png?size=a6")):
        assert by_zxing(image) == [encode_lnurl("https://till.example.com/lnurlp/shop").upper()]


def test_the_first_jar_has_one_before_anybody_has_set_it_up(client: FlaskClient) -> None:
    assert "tips@till.example.com" in client.get("/tips/tips/poster.svg").text


def test_it_changes_with_its_jar(client: FlaskClient, shop: Shop) -> None:
    before = client.get("/tips/cello/poster.png").data
    assert client.get("/tips/cello/poster.png").data == before
    shop.store.jars.change(replace(CELLO, title="Cello"))
    assert client.get("/tips/cello/poster.png").data != before


def test_a_stranger_has_few_drawn_and_each_by_turns(app: Flask, client: FlaskClient, shop: Shop) -> None:
    """What is drawn already costs nothing."""
    rests: list[float] = []
    app.extensions["shop"] = replace(shop, turns=Turns(rests.append))
    most, _ = LIMITS[0]
    for _ in range(most - 1):
        shop.allowance.take("address 127.0.0.1")
    # What is drawn is kept by the process, and so by the other tests.
    shop.store.jars.change(replace(CELLO, title="Cello for the test of turns"))
    for _ in range(2):
        assert client.get("/tips/cello/poster.png?size=a6").status_code == 200
    assert len(rests) == 2
    assert client.get("/tips/cello/poster.png?size=stickers").status_code == 429
    assert client.get("/tips/cello/poster.svg?size=a6").status_code == 200
    assert len(rests) == 3


@pytest.mark.parametrize("public_url", ["https://till.example.com:8443"])
def test_without_a_lightning_address_the_code_is_there_alone(client: FlaskClient) -> None:
    assert "@" not in client.get("/tips/cello/poster.svg").text.replace("@till", "")
    assert "For a Lightning address, POS_PUBLIC_URL" in unescape(client.get("/tips/cello/poster").text)
    assert by_zxing(drawn(client, "/tips/cello/poster.png")) == [
        encode_lnurl("https://till.example.com:8443/lnurlp/cello").upper()
    ]


@pytest.mark.parametrize(
    ("public_url", "missing"),
    [(None, "POS_PUBLIC_URL is not set"), ("http://till.example.com", "POS_PUBLIC_URL has to be https")],
)
def test_without_https_it_says_what_is_missing(client: FlaskClient, missing: str) -> None:
    for path in ("/tips/cello/poster", "/tips/cello/poster.png", "/tips/cello/poster.svg", "/poster"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert missing in answer.text
        assert "<figure" not in answer.text


def test_a_wallet_that_cannot_be_paid_so_is_told(client: FlaskClient, wallet: FakeWallet) -> None:
    wallet.advice = replace(wallet.advice, no_hashed_description="It takes no hash.")
    answer = client.get("/tips/cello/poster")
    assert answer.status_code == 404
    assert "cannot be paid by a poster" in answer.text


@pytest.mark.parametrize("path", ["/tips/nobody/poster", "/tips/nobody/poster.png"])
def test_there_is_none_of_a_jar_that_is_not_there(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_whoever_closes_at_night_can_print_then(client: FlaskClient, shop: Shop) -> None:
    shop.store.jars.add(replace(CELLO, name="closed", closed_at=1))
    assert client.get("/tips/closed/poster").status_code == 200
    code = encode_lnurl("https://till.example.com/lnurlp/closed").upper()
    assert code in by_zxing(drawn(client, "/tips/closed/poster.png"))


def test_every_paper_is_tested() -> None:
    assert set(SHEETS) == set(Size)
