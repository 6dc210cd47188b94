"""Between two sales the display shows the shop's own pictures, drawn anew, at addresses that change with them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from pos import close, create_app
from pos.domain.kiosk_picture import IDLE_SIDE
from pos.settings import Settings
from tests.conftest import Cashier
from tests.fakes import FakeClock, FakeWallet

pytestmark = pytest.mark.only_on("sqlite", reason="nothing of it is in the database")

SHOWN = re.compile(r'<img src="(/screen/picture/\w+\.webp)" alt=""( class="shown")?>')


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, ...]:
    """Two photographs, one of which is larger than any screen."""
    files = (tmp_path / "one.png", tmp_path / "two.png")
    for file, width in zip(files, (300, 2 * IDLE_SIDE), strict=True):
        Image.new("RGB", (width, 200), "teal").save(file)
    return files


@pytest.fixture
def app(settings: Settings, wallet: FakeWallet, clock: FakeClock, files: tuple[Path, ...]) -> Iterator[Flask]:
    app = create_app(replace(settings, display_pictures=files), wallet=wallet, clock=clock)
    yield app
    close(app)


def test_they_are_shown_the_first_one_without_a_script(client: FlaskClient) -> None:
    shown = SHOWN.findall(client.get("/screen/till").text)
    assert [bool(first) for _, first in shown] == [True, False]
    for url, _ in shown:
        answer = client.get(url)
        with Image.open(BytesIO(answer.data)) as image:
            assert image.format == "WEBP"
            assert max(image.size) <= IDLE_SIDE
        assert "immutable" in answer.headers["Cache-Control"]


def test_another_picture_has_another_address(client: FlaskClient, files: tuple[Path, ...]) -> None:
    before = SHOWN.findall(client.get("/screen/till").text)
    Image.new("RGB", (300, 210), "navy").save(files[0])
    after = SHOWN.findall(client.get("/screen/till").text)
    assert before[0] != after[0]
    assert before[1] == after[1]
    assert client.get(before[0][0]).status_code == 404


def test_one_that_is_gone_or_broken_is_left_out(client: FlaskClient, files: tuple[Path, ...]) -> None:
    files[0].unlink()
    files[1].write_bytes(b"no picture")
    ((url, _),) = SHOWN.findall(client.get("/screen/till").text)
    assert client.get(url).status_code == 404


def test_a_sale_needs_none(client: FlaskClient, cashier: Cashier) -> None:
    cashier.sell(2100)
    assert "/screen/picture/" not in client.get("/screen/till").text


def test_without_them_a_market_stall_greets(client: FlaskClient, app: Flask) -> None:
    shop = app.extensions["shop"]
    app.extensions["shop"] = replace(shop, settings=replace(shop.settings, display_pictures=()))
    page = client.get("/screen/till").text
    assert not SHOWN.search(page)
    assert '<svg class="picture"' in page
