"""What one process changes in the office is what all processes go by from then on, without a restart."""

import logging
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from pos import close, create_app
from pos.domain.charge import Channel
from pos.domain.kept_setting import Entered
from pos.domain.money import SAT, Money
from pos.domain.printer import parse_printer
from pos.domain.sale import Sale
from pos.opened import printer_of_now
from pos.printing.printer import PicturePrinter
from pos.runtime.follower import LOOK_EVERY
from pos.services.ask_tip import ask_on_display
from pos.services.change_settings import change_settings
from pos.services.charge import charge
from pos.services.close_shift import close_shift
from pos.services.follow_till import follow_till
from pos.services.settle import settle
from pos.services.verify import verify
from pos.settings import Settings
from pos.shop import Shop
from pos.store import StoreError
from pos.web.context import current_shop, shop_of_now
from pos.web.sale_token import seal
from tests.conftest import Cashier, stored
from tests.fakes import FakeClock, FakeWallet

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


@dataclass
class Tills:
    """The processes of one till: each is an app of its own on the same database."""

    settings: Settings
    wallet: FakeWallet
    clock: FakeClock
    opened: ExitStack
    apps: list[Flask] = field(default_factory=list)

    def start(self) -> Flask:
        app = create_app(self.settings, wallet=self.wallet, clock=self.clock, running=self.clock)
        self.opened.callback(close, app)
        self.apps.append(app)
        return app

    def set(self, **texts: str) -> None:
        """An owner changes settings, by way of the first process; half a second goes by."""
        self.enter(**{field: Entered(text) for field, text in texts.items()})

    def enter(self, **entered: Entered) -> None:
        shop: Shop = self.apps[0].extensions["shop"]
        change_settings(shop, entered, shop.store.settings.version(), "Marta")
        self.clock.move(LOOK_EVERY)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A shop whose prices are in euros as long as the office does not say otherwise."""
    return replace(settings, currency="EUR", rate_fixed=Decimal(50_000))


@pytest.fixture
def tills(settings: Settings, wallet: FakeWallet, clock: FakeClock) -> Iterator[Tills]:
    with ExitStack() as opened:
        tills = Tills(settings, wallet, clock, opened)
        tills.start()
        yield tills


@pytest.fixture
def other(tills: Tills) -> Flask:
    """A second process, that has answered before anything was changed."""
    other = tills.start()
    assert other.test_client().get("/").status_code == 200
    return other


def test_both_processes_show_what_was_set_within_half_a_second(tills: Tills, other: Flask) -> None:
    tills.set(shop_name="Ada's Stall", accent="#0b6e4f", sound="off")
    for app in (tills.apps[0], other):
        page = app.test_client().get("/").text
        assert "Ada&#39;s Stall" in page
        assert "Marta" not in page
        assert "/accent.css?v=0b6e4f" in page
        assert "--enamel: #0b6e4f" in app.test_client().get("/accent.css").text
        assert shop_of_now(app).settings.sound == "off"


def test_who_has_to_see_it_at_once_does(tills: Tills, other: Flask) -> None:
    shop_of_now(other)
    shop: Shop = tills.apps[0].extensions["shop"]
    change_settings(shop, {"shop_name": Entered("Ada's")}, 0, "")
    assert shop_of_now(other).settings.shop_name == "Marta's Stall"
    other.extensions["settings"].look_now()
    assert shop_of_now(other).settings.shop_name == "Ada's"


def test_a_process_that_starts_later_begins_with_it(tills: Tills) -> None:
    tills.set(shop_name="Ada's", currency="USD")
    shop: Shop = tills.start().extensions["shop"]
    assert (shop.settings.shop_name, shop.settings.currency, shop.rates.currency) == ("Ada's", "USD", "USD")


def test_the_default_comes_back(tills: Tills, other: Flask) -> None:
    tills.set(shop_name="Ada's")
    tills.set(shop_name="")
    assert "Marta&#39;s Stall" in other.test_client().get("/").text


def test_a_logo_is_shown_and_taken_off_again(tills: Tills, other: Flask) -> None:
    browser = other.test_client()
    tills.enter(logo=Entered("ab12", SVG))
    assert "/logo?v=" in browser.get("/kiosk").text
    assert browser.get("/logo").data == SVG
    tills.set(logo="")
    assert "/logo?v=" not in browser.get("/kiosk").text
    assert browser.get("/logo").status_code == 404


def test_an_installed_face_has_the_name_and_the_icon_of_now(tills: Tills, other: Flask) -> None:
    browser = other.test_client()
    before = browser.get("/manifest/till/till").get_json()
    tills.set(shop_name="Ada's", accent="#0b6e4f")
    now = browser.get("/manifest/till/till").get_json()
    assert now["name"].startswith("Ada's")
    assert now["theme_color"] == "#0b6e4f"
    assert now["icons"][0]["src"] != before["icons"][0]["src"]
    assert browser.get(now["icons"][0]["src"]).status_code == 200


def test_a_request_sees_one_shop_from_its_beginning_to_its_end(tills: Tills, other: Flask) -> None:
    with other.test_request_context("/"):
        begun = current_shop()
        tills.set(shop_name="Ada's", currency="USD")
        assert shop_of_now(other) is not begun
        assert current_shop() is begun
        assert (begun.settings.currency, begun.rates.currency) == ("EUR", "EUR")
    with other.test_request_context("/"):
        assert (current_shop().settings.currency, current_shop().rates.currency) == ("USD", "USD")


def test_the_parts_of_the_shop_stay_the_same(tills: Tills, other: Flask) -> None:
    before = shop_of_now(other)
    tills.set(currency="USD")
    now = shop_of_now(other)
    assert now.broker is before.broker
    assert now.single_flight is before.single_flight
    assert now.rates is not before.rates
    tills.set(sound="off")
    assert shop_of_now(other).rates is now.rates


def test_tips_and_amounts_are_those_of_now(tills: Tills, other: Flask) -> None:
    browser = other.test_client()
    tills.set(kiosk_amounts="Wash:4.00", tip_amounts="21,42", tax_rates="19,7")
    assert "Wash" in browser.get("/kiosk").text
    assert 'value="42"' in browser.get("/tips").text
    assert "19" in browser.get("/").text


def test_a_sale_under_way_keeps_its_currency_and_its_rate(tills: Tills, other: Flask) -> None:
    made = charge(shop_of_now(other), Channel.TILL, Sale(Money(1250, "EUR"), till="till"), "key")
    tills.set(currency="USD")
    browser = other.test_client()
    assert "€12.50" in browser.get(f"/pay/{made.id}").text
    tills.wallet.settle(made.invoice, made.amount_sat)
    tills.clock.move(5)
    assert Cashier(browser).status(made.id)["status"] == "paid"
    paid = stored(shop_of_now(other), made.id)
    assert paid.fiat and paid.fiat.rate.currency == "EUR"
    assert "€12.50" in browser.get(f"/pay/{made.id}/receipt").text


@pytest.mark.parametrize("currency", ["USD", "JPY"])
def test_a_till_page_of_before_another_currency_sells_nothing(tills: Tills, other: Flask, currency: str) -> None:
    cashier = Cashier(other.test_client())
    fields = cashier.open("/")
    tills.set(currency=currency)
    answer = cashier.send("/", fields, unit="EUR", amount="5000", memo="Tomatoes")
    assert answer.status_code == 422
    assert "Load it again" in answer.text
    assert 'value="Tomatoes"' in answer.text
    assert tills.wallet.made == []


def test_a_tip_page_of_before_another_currency_sells_nothing(tills: Tills, other: Flask) -> None:
    cashier = Cashier(other.test_client())
    tills.set(tip_percent="5")
    with other.test_request_context():
        address = f"/tip/{seal(Sale(Money(1250, 'EUR'), till='till'), 'key')}"
    fields = cashier.open(address)
    tills.set(currency="USD")
    answer = cashier.send(address, fields, tip="5")
    assert answer.status_code == 409
    assert "This sale is in EUR, which the till takes no more." in unescape(answer.text)
    assert tills.wallet.made == []


def test_a_kiosks_tile_of_before_another_currency_sells_nothing(tills: Tills, other: Flask) -> None:
    cashier = Cashier(other.test_client())
    tills.set(kiosk_amounts="Wash:4.00")
    fields = cashier.open("/kiosk")
    tills.set(currency="USD", kiosk_amounts="Wash:4.00")
    answer = cashier.send("/kiosk", fields, offer="400 EUR Wash")
    assert answer.status_code == 422
    assert tills.wallet.made == []


def test_what_goes_on_being_typed_in_another_currency_is_not_taken_for_this_one(tills: Tills, other: Flask) -> None:
    browser = other.test_client()
    tills.set(currency="USD")
    typed = {"browser": "browser-1", "unit": "EUR", "amount": "500"}
    answer = browser.post("/till/till/draft", data=typed, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 400
    draft = shop_of_now(other).store.drafts.last("till")
    assert draft is None or not draft.lines
    assert "500" not in browser.get("/screen/till").text


def test_a_resting_kiosk_and_an_idle_display_hear_that_they_look_otherwise_now(tills: Tills, other: Flask) -> None:
    browser = other.test_client()
    pages = ("/kiosk/status", "/screen/till/status")
    before = [browser.get(it).get_json()["version"] for it in pages]
    tills.set(shop_name="Ada's")
    now = [browser.get(it).get_json()["version"] for it in pages]
    assert all(one != two for one, two in zip(before, now, strict=True))
    assert f'data-version="{now[0]}"' in browser.get("/kiosk/rest").text
    assert f'data-version="{now[1]}"' in browser.get("/screen/till").text


def test_a_display_that_waits_is_told_that_it_looks_otherwise_and_asks_for_tips_from_then_on(
    tills: Tills, other: Flask
) -> None:
    shop = shop_of_now(other)
    sent = follow_till(shop, "till", of_now=lambda: shop_of_now(other), heartbeat=0)
    first = next(it for it in islice(sent, 9) if it)
    tills.set(tip_percent="5", tip_at="display")
    tills.clock.move(5)
    later = next(it for it in islice(sent, 9) if it)
    assert later.is_idle
    assert later.version != first.version
    with other.test_request_context():
        token = seal(Sale(Money(1250, "EUR"), till="till"), "key")
    ask_on_display(shop_of_now(other), "till", token, "key")
    tills.clock.move(1)
    assert next(it for it in islice(sent, 9) if it).question
    sent.close()


def test_a_receipt_is_printed_with_the_name_of_now(
    settings: Settings, wallet: FakeWallet, clock: FakeClock, tmp_path: Path
) -> None:
    with ExitStack() as opened:
        printer = parse_printer(f"file://{tmp_path / 'paper'}")
        tills = Tills(replace(settings, printer=printer), wallet, clock, opened)
        tills.start()
        other = tills.start()
        before = printer_of_now(other)
        tills.set(shop_name="Ada's", shop_address="Arch Lane 4|10115 Sampletown", receipt_footer="Bye")
        now = printer_of_now(other)
        assert isinstance(before, PicturePrinter)
        assert isinstance(now, PicturePrinter)
        assert before.slip.head.shop_name == "Marta's Stall"
        assert now.slip.head.shop_name == "Ada's"
        assert now.slip.head.address == ("Arch Lane 4", "10115 Sampletown")
        assert now.slip.head.footer == ("Bye",)


class TestTimeZone:
    """The night of 25 October 2026, in which Berlin puts its clocks back, in a till on a machine that goes by UTC."""

    SOLD = ("2026-10-24T22:30", "2026-10-25T00:30", "2026-10-25T01:30", "2026-10-25T22:30")

    @pytest.fixture
    def settings(self, settings: Settings, tmp_path: Path) -> Settings:
        printer = parse_printer(f"file://{tmp_path / 'paper'}")
        return replace(settings, timezone=ZoneInfo("UTC"), printer=printer)

    @pytest.fixture
    def charges(self, tills: Tills) -> list[str]:
        """Sell once at each of these times, close the shift, and return the ids of the charges."""
        shop: Shop = tills.apps[0].extensions["shop"]
        charges = []
        for at in self.SOLD:
            tills.clock.time = datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp()
            made = charge(shop, Channel.TILL, Sale(Money(250, "EUR"), till="till"), at)
            tills.wallet.settle(made.invoice, made.amount_sat)
            settle(shop, made)
            charges.append(made.id)
        tills.clock.move(60)
        close_shift(shop, "till", 1, "Ana")
        return charges

    def test_a_sale_is_of_the_day_that_the_shop_had(self, tills: Tills, other: Flask, charges: list[str]) -> None:
        def sold(day: str) -> list[str]:
            return re.findall(r"\d+ sales? paid", other.test_client().get(f"/sales?day={day}").text)

        assert sold("2026-10-24") + sold("2026-10-25") == ["1 sale paid", "3 sales paid"]
        tills.set(timezone="Europe/Berlin")
        assert sold("2026-10-24") + sold("2026-10-25") == ["0 sales paid", "4 sales paid"]
        tills.set(timezone="")
        assert sold("2026-10-24") + sold("2026-10-25") == ["1 sale paid", "3 sales paid"]

    def test_receipts_say_which_half_past_two_it_was(self, tills: Tills, other: Flask, charges: list[str]) -> None:
        def times() -> list[str]:
            pages = [other.test_client().get(f"/pay/{it}/receipt").text for it in charges]
            return [re.sub(r"\s", " ", *re.findall(r"Oct \d+, 2026, [^<]*\)", unescape(it))) for it in pages]

        assert times()[1] == "Oct 25, 2026, 12:30 AM (UTC)"
        tills.set(timezone="Europe/Berlin")
        assert times() == [
            "Oct 25, 2026, 12:30 AM (UTC+2)",
            "Oct 25, 2026, 2:30 AM (UTC+2)",
            "Oct 25, 2026, 2:30 AM (UTC+1)",
            "Oct 25, 2026, 11:30 PM (UTC+1)",
        ]

    def test_paper_and_files_say_the_same(self, tills: Tills, other: Flask, charges: list[str]) -> None:
        tills.set(timezone="Europe/Berlin")
        sales = other.test_client().get("/sales.json?from=2026-10-25&to=2026-10-25").get_json(force=True)
        assert [it["paid_at"] for it in sales] == [
            "2026-10-25T00:30:00+02:00",
            "2026-10-25T02:30:00+02:00",
            "2026-10-25T02:30:00+01:00",
            "2026-10-25T23:30:00+01:00",
        ]
        printer, shop = printer_of_now(other), shop_of_now(other)
        assert isinstance(printer, PicturePrinter)
        paid_at = [stored(shop, it).created_at for it in charges]
        assert [f"{printer.slip.words.local_time(it):%H:%M%z}" for it in paid_at[1:3]] == ["02:30+0200", "02:30+0100"]

    def test_no_report_of_a_shift_is_another_one_by_it(self, tills: Tills, other: Flask, charges: list[str]) -> None:
        browser = other.test_client()
        written = browser.get("/shifts/till/1.json").data
        tills.set(timezone="Pacific/Auckland")
        assert browser.get("/shifts/till/1.json").data == written
        assert [it.wrong for it in verify(shop_of_now(other))] == [()]
        # Its page tells the same moments by the clock of now.
        page = re.sub(r"\s", " ", unescape(browser.get("/shifts/till/1").text))
        assert "Oct 25, 2026, 11:30 AM (UTC+13)" in page
        assert "2026-10-26T11:31:00+13:00" in browser.get("/shifts/till/1.csv").text


def test_what_a_newer_version_has_set_stops_no_start_and_is_told_in_the_log(
    tills: Tills, caplog: pytest.LogCaptureFixture
) -> None:
    shop: Shop = tills.apps[0].extensions["shop"]
    odd = {"POS_TAX_RATES": Entered("19 kinds"), "POS_FLAVOUR": Entered("sweet"), "POS_SHOP_NAME": Entered("Ada's")}
    assert shop.store.settings.change(odd, 0, 0, "")
    with caplog.at_level(logging.WARNING):
        later = tills.start()
    assert "Ada&#39;s" in later.test_client().get("/").text
    assert "what the office has set is left out: POS_TAX_RATES must be at most 6" in caplog.text


def test_what_the_environment_sets_stays(settings: Settings, wallet: FakeWallet, clock: FakeClock) -> None:
    with ExitStack() as opened:
        tills = Tills(settings, wallet, clock, opened)
        shop: Shop = tills.start().extensions["shop"]
        assert shop.store.settings.change({"POS_SHOP_NAME": Entered("Ada's")}, 0, 0, "")
        tills.settings = Settings.from_env(
            {
                "POS_WALLET": "sandbox",
                "POS_VAR": str(settings.var),
                "POS_SHOP_NAME": "Set outside",
                "POS_DATABASE_URL": settings.database_url,
            },
            settings.var / "no.env",
        )
        assert "Set outside" in tills.start().test_client().get("/").text


def test_while_the_database_does_not_answer_all_goes_on_as_it_was(tills: Tills, other: Flask) -> None:
    shop: Shop = other.extensions["shop"]

    def gone() -> int:
        raise StoreError("gone")

    tills.set(shop_name="Ada's")
    follower = other.extensions["settings"]
    assert "Ada&#39;s" in other.test_client().get("/").text
    follower._version, there = gone, follower._version
    tills.clock.move(LOOK_EVERY)
    assert shop_of_now(other).settings.shop_name == "Ada's"
    follower._version = there
    assert shop.store.settings.version() > 0


def test_a_sale_in_sat_goes_on_whatever_the_currency(tills: Tills, other: Flask) -> None:
    cashier = Cashier(other.test_client())
    fields = cashier.open("/")
    tills.set(currency="USD")
    answer = cashier.send("/", fields, unit=SAT, amount="2100")
    assert stored(shop_of_now(other), answer.location.removeprefix("/pay/")).amount_sat == 2100
