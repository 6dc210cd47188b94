"""The picture of a jar as browsers get it."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image

from pos.domain.jar import Jar, JarPicture
from pos.domain.jar_picture import make_picture
from pos.domain.money import SAT
from pos.shop import Shop

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and takes")


def drawn(colour: str) -> JarPicture:
    file = BytesIO()
    Image.new("RGB", (30, 20), colour).save(file, "PNG")
    return make_picture(file.getvalue())


@pytest.fixture
def picture(shop: Shop) -> JarPicture:
    shop.store.jars.add(Jar(name="cello", title="Cello", currency=SAT))
    shop.store.jars.set_picture("cello", drawn("red"))
    return drawn("red")


def test_a_browser_keeps_it(client: FlaskClient, picture: JarPicture) -> None:
    answer = client.get(f"/tips/cello/picture/{picture.digest}.jpg")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, picture.page, "image/jpeg")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_only_the_one_of_now_is_there(client: FlaskClient, shop: Shop, picture: JarPicture) -> None:
    shop.store.jars.set_picture("cello", drawn("blue"))
    assert client.get(f"/tips/cello/picture/{picture.digest}.jpg").status_code == 404
    assert client.get(f"/tips/cello/picture/{drawn('blue').digest}.jpg").status_code == 200
    shop.store.jars.set_picture("cello", None)
    assert client.get(f"/tips/cello/picture/{drawn('blue').digest}.jpg").status_code == 404


@pytest.mark.usefixtures("picture")
@pytest.mark.parametrize("path", ["nobody/picture/0123456789abcdef.jpg", "cello/picture/.jpg", "c%00/picture/0.jpg"])
def test_any_other_address_has_none(client: FlaskClient, path: str) -> None:
    assert client.get(f"/tips/{path}").status_code == 404
