"""The kiosk: a screen that nobody attends."""

import re
from dataclasses import replace
from decimal import Decimal
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image

from pos.domain.charge import Channel, Charge
from pos.domain.money import SAT, Money
from pos.domain.sale import Line
from pos.domain.tax import TaxRate
from pos.settings import Settings
from pos.settings.kiosk import entries, kiosks
from pos.shop import Shop
from tests.conftest import Cashier, stored
from tests.fakes import FakeRates, FakeWallet

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and takes")


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def tiles(page: str) -> list[tuple[str, str]]:
    """Return what each tile sends, and all of its words."""
    found = re.findall(r'<button class="tile" name="offer" value="([^"]+)">(.*?)</button>', page, re.DOTALL)
    return [(unescape(key), words(text)) for key, text in found]


def sold(cashier: Cashier, shop: Shop, path: str, page: str = "", /, **typed: str) -> Charge:
    answer = cashier.send(path, cashier.open(page or path), **typed)
    assert answer.status_code == 303, words(answer.text)
    return stored(shop, answer.headers["Location"].removeprefix("/pay/"))


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


class TestGoods:
    """A laundry with a kiosk of goods, one more in its bar, and a rate at which a cent is 20 sat."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(
            settings,
            currency="EUR",
            tills=("till",),
            kiosk_amounts=entries("Wash:4.00,Dry 60:2.50,Coffee:2100 sat,1.20"),
            kiosks=kiosks("bar=Beer:3.00;mill=Flour:1.00"),
        )

    @pytest.fixture
    def rates(self) -> FakeRates:
        return FakeRates(Decimal(50_000))

    def test_a_tile_says_what_it_is_and_what_it_costs_in_both_units(self, client: FlaskClient) -> None:
        page = client.get("/kiosk").text
        assert tiles(page) == [
            ("400 EUR Wash", "Wash €4.00 ≈ 8,000 sat"),
            ("250 EUR Dry 60", "Dry 60 €2.50 ≈ 5,000 sat"),
            ("2100 SAT Coffee", "Coffee 2,100 sat ≈ €1.05"),
            ("120 EUR", "€1.20 ≈ 2,400 sat"),
        ]
        assert "What would you like?" in page

    def test_without_a_rate_a_tile_says_its_price_and_cannot_be_sold(
        self, cashier: Cashier, rates: FakeRates, wallet: FakeWallet
    ) -> None:
        rates.price = None
        assert ("400 EUR Wash", "Wash €4.00") in tiles(cashier.client.get("/kiosk").text)
        answer = cashier.send("/kiosk", offer="400 EUR Wash")
        assert answer.status_code == 503
        assert "no exchange rate right now" in answer.text
        assert wallet.made == []

    def test_a_sale_says_what_was_bought_at_the_price_that_stood_there(self, cashier: Cashier, shop: Shop) -> None:
        made = sold(cashier, shop, "/kiosk", offer="400 EUR Wash")
        assert (made.channel, made.amount_sat, made.till) == (Channel.KIOSK, 8000, "")
        assert (made.sale.price, made.memo) == (Money(400, "EUR"), "Wash")

    @pytest.mark.parametrize("key", ["300 EUR Wash", "400 EUR Dry 60", "400 EUR", "400", "300 EUR Beer", "20 EUR"])
    def test_what_is_not_on_offer_any_more_is_refused_and_not_sold_at_another_price(
        self, cashier: Cashier, wallet: FakeWallet, key: str
    ) -> None:
        answer = cashier.send("/kiosk", offer=key)
        assert answer.status_code == 422
        assert "What is offered here has changed. Choose again." in answer.text
        assert wallet.made == []

    def test_what_costs_more_than_the_shop_takes_by_the_rate_of_now_is_told(
        self, cashier: Cashier, rates: FakeRates
    ) -> None:
        rates.price = Decimal(20)
        answer = cashier.send("/kiosk", offer="400 EUR Wash")
        assert answer.status_code == 422
        assert "Too much: €4.00 is 20,000,000 sat." in words(answer.text)

    def test_each_kiosk_has_its_own_offers_and_no_other_is_there(self, client: FlaskClient) -> None:
        assert tiles(client.get("/kiosk/bar").text) == [("300 EUR Beer", "Beer €3.00 ≈ 6,000 sat")]
        for path in ("/kiosk/nowhere", "/kiosk/nowhere/rest", "/kiosk/nowhere/amount", "/kiosk/till"):
            answer = client.get(path)
            assert answer.status_code == 404
            assert 'href="/kiosk"' in answer.text

    def test_the_pages_of_a_kiosk_lead_to_that_one(self, cashier: Cashier, shop: Shop) -> None:
        made = sold(cashier, shop, "/kiosk/bar", offer="300 EUR Beer")
        assert made.till == "bar"
        pages = ["/kiosk/bar", "/kiosk/bar/rest", "/kiosk/bar/amount", f"/pay/{made.id}", "/kiosk/bar/nope"]
        pages += ["/language?back=/kiosk/bar", f"/language?back=/pay/{made.id}"]
        for path in pages:
            page = cashier.client.get(path).text
            assert 'data-kiosk="/kiosk/bar/rest"' in page, path
            for link in filter(None, re.findall(r'<a[^>]* href="([^"]*)"', page)):
                assert link.startswith(("/kiosk/bar", "/language?back=/kiosk/bar", "/language?back=/pay/", "/pay/")), (
                    path,
                    link,
                )

    def test_the_sales_tell_which_kiosk_it_was(self, cashier: Cashier, shop: Shop) -> None:
        first = sold(cashier, shop, "/kiosk", offer="400 EUR Wash")
        second = sold(cashier, shop, "/kiosk/bar", offer="300 EUR Beer")
        of_bar = cashier.client.get("/sales?channel=kiosk&till=bar").text
        of_all = cashier.client.get("/sales?channel=kiosk").text
        assert ("Beer" in of_bar, "Wash" in of_bar) == (True, False)
        assert ("Beer" in of_all, "Wash" in of_all) == (True, True)
        assert "Beer" in cashier.client.get("/sales?channel=kiosk&q=beer").text
        assert 'href="/sales?channel=kiosk&amp;till=mill"' in of_all
        assert "Kiosk bar" in words(cashier.client.get(f"/sales/{second.number}").text)
        assert "Kiosk bar" not in words(cashier.client.get(f"/sales/{first.number}").text)

    def test_a_kiosk_shows_on_no_customers_display_and_no_till_even_where_one_has_its_name_today(
        self, cashier: Cashier, shop: Shop
    ) -> None:
        app = cashier.client.application
        made = sold(cashier, shop, "/kiosk/bar", offer="300 EUR Beer")
        renamed = replace(shop.settings, tills=("till", "bar"), kiosks=())
        app.extensions["shop"] = replace(shop, settings=renamed)
        for path in ("/screen/till", "/screen/bar", "/till/bar", "/"):
            page = cashier.client.get(path)
            assert page.status_code == 200
            assert made.id not in page.text
            assert "Beer" not in page.text
        # What was sold at a kiosk that there is no more goes on at the first one.
        assert 'data-kiosk="/kiosk/rest"' in cashier.client.get(f"/pay/{made.id}").text


class TestAmount:
    """A shop with prices in euros, where a cent is 20 sat."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, currency="EUR")

    @pytest.fixture
    def rates(self) -> FakeRates:
        return FakeRates(Decimal(50_000))

    def test_unset_it_offers_round_prices_and_sells_one_whatever_the_rate_is_by_then(
        self, cashier: Cashier, shop: Shop, rates: FakeRates
    ) -> None:
        assert [words for _, words in tiles(cashier.client.get("/kiosk").text)] == [
            "€0.50 ≈ 1,000 sat",
            "€1.00 ≈ 2,000 sat",
            "€2.00 ≈ 4,000 sat",
            "€5.00 ≈ 10,000 sat",
        ]
        rates.price = Decimal(500)
        assert sold(cashier, shop, "/kiosk", offer="50 EUR").amount_sat == 100_000
        assert cashier.send("/kiosk", offer="30 EUR").status_code == 422
        # As a page from before an update has it.
        rates.price = None
        assert sold(cashier, shop, "/kiosk", amount="2100").amount_sat == 2100

    def test_another_amount_is_typed_in_either_unit(self, cashier: Cashier, shop: Shop) -> None:
        assert 'href="/kiosk/amount"' in cashier.client.get("/kiosk").text
        made = sold(cashier, shop, "/kiosk/amount", other="3.20", unit="EUR")
        assert (made.sale.price, made.amount_sat) == (Money(320, "EUR"), 6400)
        assert sold(cashier, shop, "/kiosk/amount", other="320", unit="SAT").sale.price == Money(320, SAT)

    def test_the_usual_unit_is_the_shops_own_while_there_is_a_rate(self, client: FlaskClient, rates: FakeRates) -> None:
        def chosen() -> list[str]:
            return re.findall(r'name="unit" value="(\w+)"[^>]* checked', client.get("/kiosk/amount").text)

        assert chosen() == ["EUR"]
        # A browser that loads the page anew brings no other one back, beside a word that says this one.
        assert len(re.findall(r'type="radio"[^>]* autocomplete="off"', client.get("/kiosk/amount").text)) == 2
        rates.price = None
        assert chosen() == ["SAT"]

    def test_a_bad_amount_comes_back_as_it_was_typed_with_a_sentence(
        self, cashier: Cashier, wallet: FakeWallet
    ) -> None:
        for typed, unit, sentence in (
            ("3,2.0", "EUR", "Type the amount as a number"),
            ("600000", "EUR", "Too much: "),
            ("10000001", "SAT", "That is too much. The most for one sale is 10,000,000 sat."),
        ):
            answer = cashier.send("/kiosk/amount", other=typed, unit=unit)
            assert answer.status_code == 422
            assert sentence in words(answer.text)
            assert f'value="{typed}"' in answer.text
        assert wallet.made == []

    def test_what_was_typed_in_another_currency_is_told_and_stands_there_as_no_amount_of_this_one(
        self, cashier: Cashier, wallet: FakeWallet
    ) -> None:
        answer = cashier.send("/kiosk/amount", other="5.75", unit="USD")
        assert answer.status_code == 422
        assert "What is offered here has changed. Choose again." in words(answer.text)
        assert "5.75" not in answer.text
        assert wallet.made == []

    def test_a_number_that_comes_without_a_unit_comes_back_as_the_sat_that_it_would_be_sold_for(
        self, cashier: Cashier
    ) -> None:
        answer = cashier.send("/kiosk/amount", other="10000001")
        assert answer.status_code == 422
        assert re.findall('name="unit" value="([A-Z]+)"[^>]* checked', answer.text) == ["SAT"]
        assert 'value="10000001"' in answer.text

    def test_a_page_in_another_currency_hears_that_and_not_that_the_shop_is_gone(self, client: FlaskClient) -> None:
        said = self.quote(client, "5.75", "USD")
        assert said["error"] == "What is offered here has changed. Choose again."
        assert said["total"] == ""
        assert said["other"] is None

    def quote(self, client: FlaskClient, other: str, unit: str) -> dict[str, str]:
        said: dict[str, str] = client.get("/kiosk/quote", query_string={"other": other, "unit": unit}).get_json()
        return said

    @pytest.mark.parametrize(
        ("typed", "unit", "other"),
        [
            ("3.20", "EUR", "6400"),
            ("1234", "EUR", "2468000"),
            ("321", "SAT", "0.16"),
            ("10000000", "SAT", "5000.00"),
            ("", "SAT", ""),
            ("0.", "EUR", ""),
            # It is told what is wrong, and stays what it is.
            ("3,2.0", "EUR", None),
            ("600000", "EUR", None),
        ],
    )
    def test_another_unit_takes_along_what_is_typed(
        self, client: FlaskClient, typed: str, unit: str, other: str | None
    ) -> None:
        assert self.quote(client, typed, unit)["other"] == other

    def test_it_is_converted_as_the_reader_types(self, client: FlaskClient) -> None:
        client.set_cookie("language", "de")
        assert self.quote(client, "12345678", "SAT")["error"]
        assert self.quote(client, "1234567", "SAT")["other"] == "617,28"

    def test_without_a_rate_what_was_typed_in_sat_stays_and_what_has_no_price_is_typed_anew(
        self, client: FlaskClient, rates: FakeRates
    ) -> None:
        rates.price = None
        assert self.quote(client, "320", "SAT")["other"] is None
        assert self.quote(client, "99999999", "SAT")["other"] is None
        assert self.quote(client, "3.20", "EUR")["other"] == ""

    def test_what_is_typed_comes_to_something_in_the_other_unit(self, client: FlaskClient, rates: FakeRates) -> None:
        def quoted(other: str, unit: str) -> tuple[str, str, str]:
            said = self.quote(client, other, unit)
            return said["total"], said["worth"], said["error"]

        assert quoted("3.20", "EUR") == ("€3.20", "≈ 6,400\u00a0sat", "")
        assert quoted("320", "SAT") == ("320\u00a0sat", "≈ €0.16", "")
        assert quoted("", "EUR") == quoted("0", "EUR") == ("", "", "")
        assert quoted("600000", "EUR")[2].startswith("Too much: ")
        rates.price = None
        assert quoted("320", "SAT") == ("320\u00a0sat", "No exchange rate right now: sat only.", "")
        assert quoted("3.20", "EUR")[2]

    def test_where_no_other_amount_is_taken_there_is_no_page_for_it(
        self, cashier: Cashier, settings: Settings, shop: Shop
    ) -> None:
        fields = cashier.open("/kiosk/amount")
        shut = replace(shop, settings=replace(shop.settings, kiosk_other_amount="off"))
        cashier.client.application.extensions["shop"] = shut
        assert "/kiosk/amount" not in cashier.client.get("/kiosk").text
        assert cashier.client.get("/kiosk/amount").status_code == 404
        assert cashier.send("/kiosk/amount", fields, other="3.20", unit="EUR").status_code == 404
        assert cashier.send("/kiosk", offer="12345").status_code == 422


class TestFixedPrice:
    """A kiosk that sells one thing."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, kiosk_amounts=entries("Wash:2100 sat"), kiosk_other_amount="off")

    def test_a_touch_of_the_resting_screen_leads_to_the_pay_page_and_twice_to_the_same(
        self, cashier: Cashier, shop: Shop, wallet: FakeWallet
    ) -> None:
        page = cashier.client.get("/kiosk/rest").text
        assert "Wash" in words(page)
        assert "2,100 sat" in words(page)
        form = re.search(r'<form method="post" action="([^"]+)"[^>]*>.*name="offer" value="([^"]+)"', page, re.DOTALL)
        assert form
        assert form[1] == "/kiosk"
        fields = cashier.open("/kiosk/rest")
        places = {cashier.send(form[1], fields, offer=form[2]).headers["Location"] for _ in range(2)}
        assert len(places) == len(wallet.made) == 1
        assert stored(shop, places.pop().removeprefix("/pay/")).memo == "Wash"


class TestPictures:
    """A kiosk with pictures of what it sells."""

    @pytest.fixture
    def settings(self, settings: Settings, tmp_path: Path) -> Settings:
        files = {"wash 30": tmp_path / "wash_30.png", "idle": tmp_path / "idle.jpg"}
        Image.new("RGBA", (960, 480), (255, 0, 0, 0)).save(files["wash 30"])
        Image.new("RGB", (3000, 1500)).save(files["idle"], exif=b"Exif\x00\x00secret place")
        (tmp_path / "wash_30.png").touch()
        return replace(settings, kiosk_amounts=entries("Wash 30:21 sat,Dry:42 sat"), kiosk_pictures=files)

    def test_a_tile_has_the_picture_of_its_name_drawn_small_and_kept_for_ever(self, client: FlaskClient) -> None:
        [address] = re.findall(r'<img src="(/kiosk/picture/[0-9a-f]{16}\.webp)" alt="">', client.get("/kiosk").text)
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
        assert "immutable" in answer.headers["Cache-Control"]
        with Image.open(BytesIO(answer.data)) as drawn:
            assert (drawn.size, drawn.mode) == ((480, 240), "RGBA")
        assert client.get("/kiosk/picture/0123456789abcdef.webp").status_code == 404

    def test_the_shops_own_picture_greets_in_place_of_ours(self, client: FlaskClient) -> None:
        page = client.get("/kiosk/rest").text
        found = re.search(r'<img class="greeting" src="([^"]+)" width="1200" height="600" alt="">', page)
        assert found
        assert b"secret place" not in client.get(found[1]).data
        assert '<svg class="picture"' not in page

    def test_a_picture_that_is_gone_stops_no_sale(self, client: FlaskClient, settings: Settings) -> None:
        for file in (settings.kiosk_pictures or {}).values():
            file.unlink()
        assert client.get("/kiosk/rest").status_code == 200
        assert [key for key, _ in tiles(client.get("/kiosk").text)] == ["21 SAT Wash 30", "42 SAT Dry"]


def test_the_resting_screen_learns_of_an_update(client: FlaskClient) -> None:
    page = client.get("/kiosk/rest").text
    said = client.get("/kiosk/status").get_json()
    assert said["ready"] is True
    assert f'data-version="{said["version"]}"' in page
    assert said["version"].rpartition("-")[2] in re.findall(r'href="/static/([0-9a-f]{12})/', page)
