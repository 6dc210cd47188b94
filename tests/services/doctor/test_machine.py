"""What the doctor says of the till itself: version, settings, database, time, watch, printer."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from pos.domain.kept_setting import Entered
from pos.domain.printer import PrinterError, Trouble
from pos.environment import Given
from pos.services.doctor import Finding, Verdict, examine
from pos.settings import Settings
from pos.settings.office import lay_over
from pos.shop import Shop
from pos.version import version
from pos.wallets.base import Access
from tests.command import run
from tests.fakes import FakeClock, FakePrinter, FakeWallet
from tests.services.doctor.findings import answers, findings, says, verdicts


def test_the_doctor_misses_the_name_of_a_shop_that_sells_for_real(shop: Shop) -> None:
    nameless = replace(shop, settings=replace(shop.settings, shop_name="Lightning Till"))
    assert verdicts(nameless)["name"] is Verdict.WARNING
    assert "name" not in verdicts(replace(nameless, settings=replace(nameless.settings, wallet="sandbox")))


def test_the_doctor_says_whether_the_printer_could_print(shop: Shop) -> None:
    assert "printer" not in findings(shop)
    printer = FakePrinter()
    with_printer = replace(shop, printer=printer)
    assert findings(with_printer)["printer"].verdict is Verdict.GOOD
    printer.lacks = ["no font has all letters."]
    assert findings(with_printer)["printer"] == Finding(Verdict.WARNING, "printer", "no font has all letters.")
    printer.fail_with = PrinterError(Trouble.SILENT, "it cannot be opened: Connection refused")
    found = findings(with_printer)["printer"]
    assert found.verdict is Verdict.WARNING
    assert found.sentence.startswith("it cannot print now: it cannot be opened: Connection refused.")


def test_the_doctor_says_what_the_office_has_set_and_what_of_it_does_not_hold(settings: Settings, shop: Shop) -> None:
    assert "office" not in findings(shop)
    kept = {"POS_SHOP_NAME": "Ada's", "POS_SOUND": "off", "POS_TAX_RATES": "kinds", "POS_TAX_ID": ""}
    assert shop.store.settings.change({name: Entered(text) for name, text in kept.items()}, 0, 0, "")
    below = replace(settings, given={"sound": Given("POS_SOUND", "on")})
    laid = replace(shop, settings=lay_over(below, *shop.store.settings.read()))
    found = [it for it in examine(laid, answers(200), says(b"{}")) if it.part == "office"]
    assert [(it.verdict, it.sentence) for it in found] == [
        (Verdict.GOOD, "has set POS_SHOP_NAME."),
        (
            Verdict.WARNING,
            (
                "has set POS_TAX_RATES, which is left out: it must be at most 6 different percentages with commas"
                " between, each with a + before it if it comes on top of the price, not 'kinds'. Set it anew at"
                " /office/settings."
            ),
        ),
        (Verdict.WARNING, "has set POS_SOUND, and so has the environment or .env (POS_SOUND), which goes first."),
    ]


def test_the_doctor_says_which_version_it_looks_at(app: Flask) -> None:
    _, output = run(app, "doctor")
    assert f"ok       version: {version()}." in output


@pytest.mark.parametrize("known_before", [True, False])
def test_settings_with_a_key_that_can_spend_are_not_in_order(
    shop: Shop, wallet: FakeWallet, known_before: bool
) -> None:
    wallet.access = Access(spends=True)
    wallet.advice = replace(wallet.advice, warnings=(wallet.advice.spends,) if known_before else ())
    finding = findings(shop)["settings"]
    assert finding.verdict is Verdict.WARNING
    assert "in order" not in finding.sentence


def test_the_doctor_finds_a_database_that_takes_no_write(shop: Shop) -> None:
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE charge RENAME TO gone")
    assert verdicts(shop)["database"] is Verdict.BAD


def test_the_doctor_tells_the_time_and_by_which_time_zone(shop: Shop, clock: FakeClock) -> None:
    clock.time = datetime(2026, 11, 24, 3, 5, tzinfo=UTC).timestamp()
    there = replace(shop, settings=replace(shop.settings, timezone=ZoneInfo("Asia/Tokyo")))
    assert findings(there)["time"].sentence == "it is 12:05 in Asia/Tokyo."
    assert "POS_TIMEZONE" in findings(shop)["time"].sentence


def test_the_doctor_reminds_of_a_watch_that_is_turned_off(shop: Shop) -> None:
    off = replace(shop, settings=replace(shop.settings, watch="off"))
    assert findings(off)["watch"].verdict is Verdict.WARNING
    assert "watch" not in findings(shop)
