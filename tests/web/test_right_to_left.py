"""Languages that run from right to left and that nobody has translated yet: a catalog is all that they need."""

from dataclasses import replace

import pytest
from babel.support import NullTranslations
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from pos.printing.words import Words
from tests.conftest import Cashier
from tests.printing.receipts import receipt, slip

# What it stores and reads is tried on both databases elsewhere.
pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and a printer draws")

SOON = ["he", "fa"]


class InEnglish(Words):
    """Words of a language that has none yet, on paper."""

    def gettext(self, words: str, **values: object) -> str:
        return words % values if values else words


@pytest.fixture
def app(app: Flask) -> Flask:
    app.extensions["catalogs"] = lambda _: NullTranslations()
    return app


@pytest.mark.parametrize("language", SOON)
def test_a_page_runs_from_the_right(client: FlaskClient, cashier: Cashier, language: str) -> None:
    reader = {"till.language": language}
    for path in ("/", "/sales", "/kiosk", "/tips", "/language", "/screen/till", f"/pay/{cashier.sell(2100)}"):
        page = client.get(path, environ_overrides=reader).text
        assert f'<html lang="{language}" dir="rtl"' in page, path
    quoted = client.get("/quote?unit=SAT&amount=25000", environ_overrides=reader).get_json()
    assert quoted["total"] == "25,000\u00a0sat"


def in_black(picture: Image.Image) -> tuple[int, int]:
    """Return how much of the left and of the right third of a picture is black."""
    third, height = picture.width // 3, picture.height
    left, right = picture.crop((0, 0, third, height)), picture.crop((2 * third, 0, picture.width, height))
    return left.convert("L").histogram()[0], right.convert("L").histogram()[0]


@pytest.mark.parametrize("language", SOON)
def test_a_receipt_runs_from_the_right(language: str) -> None:
    """There is more where its lines begin than where they end."""
    english = slip("en")
    left, right = in_black(english.draw(receipt(), again=False))
    assert left > right
    turned = replace(english, words=InEnglish(language, english.words.local_time))
    left, right = in_black(turned.draw(receipt(), again=False))
    assert left < right
