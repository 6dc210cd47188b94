"""Between two sales the display shows the code of a tip jar that the shop has set up, as its poster does."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from pos.domain.jar import Jar
from pos.settings import Settings
from pos.shop import Shop
from tests.conftest import Cashier
from tests.fakes import NOON, FakeClock

pytestmark = pytest.mark.only_on("sqlite", reason="how a jar is kept is tried on both elsewhere")

CELLO = Jar(name="cello", title="Cello <Bridge>", currency="SAT")
CODE = '<figure class="jar-code">'


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, public_url="https://till.example")


def test_the_code_of_an_open_jar_greets_with_the_words_of_its_poster(client: FlaskClient, shop: Shop) -> None:
    assert CODE not in client.get("/screen/till").text
    shop.store.jars.add(replace(CELLO, name="hat", closed_at=NOON))
    # The shop has another currency by now.
    shop.store.jars.add(replace(CELLO, name="box", currency="JPY"))
    assert CODE not in client.get("/screen/till").text
    shop.store.jars.add(CELLO)
    page = client.get("/screen/till").text
    for text in (CODE, "Cello &lt;Bridge&gt;", "Scan with any Lightning wallet", "data:image/png;base64,"):
        assert text in page


def test_during_a_sale_there_is_no_other_code(
    client: FlaskClient, cashier: Cashier, shop: Shop, clock: FakeClock
) -> None:
    shop.store.jars.add(CELLO)
    clock.move(1)
    cashier.sell(2100)
    assert CODE not in client.get("/screen/till").text


class TestWithoutAPublicAddress:
    """A shop that no wallet finds."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, public_url=None)

    def test_no_code_is_shown_that_cannot_be_paid(self, client: FlaskClient, shop: Shop) -> None:
        shop.store.jars.add(CELLO)
        page = client.get("/screen/till").text
        assert CODE not in page
        assert '<svg class="picture"' in page
