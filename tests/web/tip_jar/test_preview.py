"""What chats and social networks are told of a jar, and the picture that they show beside its address."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from pos import close, create_app
from pos.domain.charge import Channel
from pos.domain.jar import Goal, Jar
from pos.domain.jar_picture import make_picture
from pos.domain.money import SAT, Money
from pos.domain.preview import Preview
from pos.domain.sale import Sale
from pos.runtime.turns import Turns
from pos.services.charge import charge
from pos.services.jars import find_jar
from pos.services.previews import preview_of
from pos.services.settle import settle
from pos.settings import Settings
from pos.shop import Shop
from tests.fakes import FakeClock, FakeWallet

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and takes")

CELLO = Jar(
    name="cello", title='Cello "under" the Bridge', text="From six.", currency=SAT, goal=Goal("Case", Money(9000, SAT))
)


@pytest.fixture
def public_url() -> str | None:
    return "https://till.example"


@pytest.fixture
def app(settings: Settings, public_url: str | None, wallet: FakeWallet, clock: FakeClock) -> Iterator[Flask]:
    app = create_app(replace(settings, public_url=public_url), wallet=wallet, clock=clock, running=clock)
    app.extensions["shop"].store.jars.add(CELLO)
    yield app
    close(app)


def tags(client: FlaskClient, path: str = "/tips/cello") -> dict[str, str]:
    """Return what the page says to whoever shows it elsewhere."""
    found = re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]*)" content="([^"]*)"', client.get(path).text)
    return {name: unescape(said) for name, said in found}


def put_in(shop: Shop, wallet: FakeWallet, amount_sat: int = 3000) -> None:
    made = charge(shop, Channel.TIPS, Sale(Money(amount_sat, SAT), jar="cello"), f"k{len(wallet.made)}")
    wallet.settle(made.invoice, made.amount_sat)
    settle(shop, made)


def change(shop: Shop, **changes: object) -> None:
    shop.store.jars.change(replace(find_jar(shop, "cello"), **changes))  # type: ignore[arg-type]


def drawn(client: FlaskClient) -> bytes:
    answer = client.get("/tips/cello/preview.png")
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    png: bytes = answer.data
    return png


def test_the_page_says_what_it_is_by_its_public_address_alone(client: FlaskClient) -> None:
    assert tags(client) == {
        "og:type": "website",
        "og:site_name": "Marta's Stall",
        "og:title": 'Cello "under" the Bridge',
        "og:description": "From six.",
        "og:url": "https://till.example/tips/cello",
        "og:image": "https://till.example/tips/cello/preview.png?v=0.0",
        "og:image:type": "image/png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "twitter:card": "summary_large_image",
    }


def test_the_first_jar_has_its_own_too_and_one_without_a_text_says_what_its_page_says(client: FlaskClient) -> None:
    said = tags(client, "/tips")
    assert said["og:url"] == "https://till.example/tips"
    assert said["og:image"] == "https://till.example/tips/tips/preview.png?v=0.0"
    assert said["og:description"] == "Thank you! Pay with any Lightning wallet."


def test_the_address_of_the_picture_is_another_one_after_each_change(
    client: FlaskClient, shop: Shop, wallet: FakeWallet
) -> None:
    put_in(shop, wallet)
    assert tags(client)["og:image"].endswith("?v=0.1")
    change(shop, title="Cello")
    assert tags(client)["og:image"].endswith("?v=1.1")


def test_the_picture_is_as_large_as_it_is_said_to_be(client: FlaskClient) -> None:
    with Image.open(BytesIO(drawn(client))) as image:
        assert image.size == (1200, 630)
    assert client.get("/tips/cello/preview.png").headers["Cache-Control"] == "public, max-age=300"


def test_it_says_how_far_the_goal_is_where_the_jar_is_and_what_it_is_for(shop: Shop, wallet: FakeWallet) -> None:
    put_in(shop, wallet)
    there = "till.example/tips/cello"
    expected = Preview('Cello "under" the Bridge', "From six.", "Case", "3,000 sat / 9,000 sat", 33, there, b"")
    assert preview_of(shop, find_jar(shop, "cello"), there) == expected
    change(shop, goal=None)
    assert preview_of(shop, find_jar(shop, "cello"), there) == replace(expected, goal="", raised="", percent=0)


def test_the_picture_of_the_jar_is_on_it(shop: Shop) -> None:
    file = BytesIO()
    Image.new("RGB", (30, 20), "red").save(file, "PNG")
    picture = make_picture(file.getvalue())
    shop.store.jars.set_picture("cello", picture)
    assert preview_of(shop, find_jar(shop, "cello"), "").picture == picture.page


def test_it_is_drawn_once_for_what_it_says_by_turns_and_anew_when_that_changes(
    app: Flask, client: FlaskClient, shop: Shop, wallet: FakeWallet
) -> None:
    rests: list[float] = []
    app.extensions["shop"] = replace(shop, turns=Turns(rests.append))
    # What is drawn is kept by the process, and so by the other tests.
    change(shop, title="Cello for the test of turns")
    first = drawn(client)
    assert drawn(client) == first
    # In any language, and however it is asked for.
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "ar"
    assert client.get("/tips/cello/preview.png?v=anything").data == first
    assert len(rests) == 1
    put_in(shop, wallet, 4000)
    assert drawn(client) != first
    assert len(rests) == 2


@pytest.mark.parametrize("name", ["nobody", "cello"])
def test_a_jar_that_takes_nothing_has_none(client: FlaskClient, shop: Shop, name: str) -> None:
    change(shop, closed_at=1)
    answer = client.get(f"/tips/{name}/preview.png")
    assert answer.status_code == 404
    assert "tip jar" in answer.text


class TestWithoutAPublicAddress:
    """A shop that nobody else can reach."""

    @pytest.fixture
    def public_url(self) -> str | None:
        return None

    def test_nothing_is_said_that_others_could_not_follow(self, client: FlaskClient) -> None:
        assert tags(client) == {}
        assert client.get("/tips/cello/preview.png").status_code == 404
