"""The kiosk: a screen that nobody attends."""

from dataclasses import replace
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from pos.domain.sale import Line
from pos.domain.tax import TaxRate
from pos.settings import Settings
from pos.shop import Shop
from tests.conftest import Cashier, stored


def test_a_kiosk_at_rest_leads_to_the_amounts_and_sells_nothing_itself(client: FlaskClient) -> None:
    page = client.get("/kiosk/rest").text
    assert 'href="/kiosk"' in page
    assert "<form" not in page


class TestTax:
    """A shop whose usual tax comes on top of the prices at its till."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, tax_rates=(TaxRate(Decimal("8.25"), on_top=True), TaxRate(Decimal(4))))

    def test_a_tile_says_all_that_the_customer_pays_and_the_tax_is_in_it(self, cashier: Cashier, shop: Shop) -> None:
        made = stored(shop, cashier.send("/kiosk", amount="2100").headers["Location"].removeprefix("/pay/"))
        sale = shop.store.get_sale(made.sale_id)
        assert sale
        assert made.amount_sat == 2100
        assert sale.lines == (Line(2100, tax=TaxRate(Decimal("8.25"))),)

    def test_what_comes_into_the_tip_jar_is_not_taxed(self, cashier: Cashier, shop: Shop) -> None:
        made = stored(shop, cashier.send("/tips", amount="2100").headers["Location"].removeprefix("/pay/"))
        sale = shop.store.get_sale(made.sale_id)
        assert sale
        assert sale.lines == ()
