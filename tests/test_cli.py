"""The `flask` commands, and how a till that cannot start says so."""

import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from pos import close, create_app
from pos.bolt11.decode import decode
from pos.cli import read_settings
from pos.domain.kept_setting import Entered
from pos.domain.printer import PrinterError, Trouble
from pos.environment import Given
from pos.lnpay.advice import SPENDS
from pos.lnpay.settings import LNPaySettings
from pos.rates import Fixed, Ignored, Report, SourcePrice
from pos.sandbox.settings import SandboxSettings
from pos.services.doctor import UNCLAIMED, Finding, Unreached, Verdict, examine
from pos.settings import Settings
from pos.settings.office import lay_over
from pos.shop import Shop
from pos.version import version
from pos.wallets.base import (
    Access,
    BadAnswer,
    Hinting,
    InvoiceRequest,
    KeyRefused,
    WalletBusy,
    WalletError,
    WalletTimeout,
    WalletUnreachable,
)
from tests.command import ROOT, flask
from tests.conftest import Cashier
from tests.fakes import NOON, FakeClock, FakePrinter, FakeRates, FakeWallet, HintingWallet, as_of_2019, make_node
from tests.loopback import served
from tests.people import People
from tests.processes import fails_to_start


@pytest.fixture
def sandbox_app(settings: Settings, clock: FakeClock) -> Flask:
    return create_app(replace(settings, wallet="sandbox"), clock=clock)


def run(app: Flask, *words: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=list(words))
    return result.exit_code, result.output + str(result.exception or "")


@pytest.mark.real_time
@pytest.mark.parametrize(
    ("program", "settings", "sentence"),
    [
        (["flask", "doctor"], {"POS_WALLET": ""}, "POS_WALLET is not set"),
        (["gunicorn"], {"POS_WALLET": "sandbox", "POS_PORT": "http"}, "POS_PORT must be a whole number"),
    ],
    ids=["a command", "a server"],
)
def test_a_till_with_a_bad_setting_does_not_start_and_says_why_in_one_sentence(
    tmp_path: Path, program: list[str], settings: dict[str, str], sentence: str
) -> None:
    assert sentence in fails_to_start(tmp_path, *program, **settings)


def test_the_commands_are_about_the_till_that_was_served_as_no_wallet_was_set(tmp_path: Path) -> None:
    flask(tmp_path, "sandbox", "keys", POS_WALLET="sandbox")
    done = flask(tmp_path, "doctor")
    assert done.exit_code == 0, done.output
    assert "play money" in done.output
    assert "POS_WALLET is not set" not in done.output


def test_a_command_reads_a_setting_as_the_till_does_whatever_flask_has_made_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("POS_WALLET=sandbox\nPOS_SHOP_NAME=Chez ${HOME}\nPOS_PORT=5001\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POS_SHOP_NAME", f"Chez {os.environ['HOME']}")
    monkeypatch.setenv("POS_PORT", "5002")
    settings = read_settings()
    assert (settings.shop_name, settings.port) == ("Chez ${HOME}", 5002)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_command_says_in_a_sentence_that_the_settings_cannot_be_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / ".env").write_text("POS_WALLET=sandbox\nPOS_SHOP_NAME=Café\n", encoding)
    done = flask(tmp_path, "doctor")
    assert done.exit_code == 1
    assert ".env cannot be read" in done.output
    assert "a text file in UTF-8" in done.output


@pytest.mark.real_time
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make files for somebody else")
def test_what_root_makes_in_the_folder_of_the_till_belongs_to_the_user_of_the_till(tmp_path: Path) -> None:
    var, backup = tmp_path / "var", tmp_path / "backup.db"
    var.mkdir(mode=0o700)
    os.chown(var, 1234, 1234)
    (tmp_path / "of root").touch()
    (var / "two names").hardlink_to(tmp_path / "of root")
    (var / "a link").symlink_to(tmp_path / "of root")
    for words in (["owner"], ["backup", backup], ["restore", backup]):
        command = [Path(sys.executable).with_name("flask"), "--app", ROOT / "app.py", *words]
        settings = {"POS_WALLET": "sandbox", "POS_VAR": str(var)}
        done = subprocess.run(command, env=settings, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    made = {it.name: it.stat() for it in var.rglob("*") if it.name not in ("two names", "a link")}
    assert {"secret_key", "till.db", "migrate.lock", "static", "sandbox"} <= set(made)
    assert {(it.st_uid, it.st_gid) for it in made.values()} == {(1234, 1234)}
    assert (tmp_path / "of root").stat().st_uid == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make files for somebody else")
@pytest.mark.parametrize("owner", [1234, 0], ids=["the till's", "root's"])
def test_a_database_that_root_makes_in_another_folder_belongs_to_whoever_has_that(tmp_path: Path, owner: int) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    os.chown(disk, owner, owner)
    (disk / "photo.jpg").touch()
    settings = {"POS_WALLET": "sandbox", "POS_VAR": "var", "POS_DATABASE_URL": f"sqlite:///{disk}/till.db"}
    done = flask(tmp_path, "owner", **settings)
    assert done.exit_code == 0, done.output
    made = {it.name: (it.stat().st_uid, it.stat().st_gid) for it in disk.iterdir()}
    assert made.pop("photo.jpg") == (0, 0)
    assert made
    assert set(made.values()) == {(owner, owner)}


def test_a_setting_that_is_written_wrong_is_told_with_the_nearest_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    done = flask(tmp_path, "sandbox", "keys", POS_WALLET="sandbox", POS_SHOPNAME="Marta's Stall")
    assert done.exit_code == 0
    assert "POS_SHOPNAME is not a setting, and nobody reads it: is POS_SHOP_NAME meant?" in caplog.text


def test_a_database_that_cannot_be_opened_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    done = flask(tmp_path, "doctor", POS_WALLET="sandbox", POS_DATABASE_URL="sqlite:////nonexistent/till.db")
    assert done.exit_code != 0
    assert "database cannot be opened" in done.output


def test_the_doctor_is_content_with_the_sandbox_and_says_that_it_is_play_money(
    tmp_path: Path, database_url: str
) -> None:
    done = flask(tmp_path, "doctor", POS_WALLET="sandbox", POS_DATABASE_URL=database_url)
    assert done.exit_code == 0, done.output
    for part in ("settings", "database", "wallet", "invoice", "clock", "QR"):
        assert f" {part}: " in done.output
    assert "play money" in done.output
    assert "WRONG" not in done.output


def answers(status: int) -> Callable[[Hinting, str], int]:
    """A webhook that answers a ping with a status."""
    return lambda _wallet, _address: status


def says(answer: bytes) -> Callable[[str], bytes]:
    """What is answered wherever a wallet would ask."""
    return lambda _address: answer


def findings(
    shop: Shop, hook: Callable[[Hinting, str], int] | None = None, get: Callable[[str], bytes] | None = None
) -> dict[str, Finding]:
    return {
        finding.part: finding for finding in examine(shop, hook or answers(200), get or says(b'{"tag": "payRequest"}'))
    }


def verdicts(shop: Shop) -> dict[str, Verdict]:
    return {part: finding.verdict for part, finding in findings(shop).items()}


def test_the_doctor_finds_nothing_wrong_with_a_good_till(app: Flask, shop: Shop) -> None:
    People(app).claim()
    assert set(verdicts(with_hook(shop)).values()) == {Verdict.GOOD}


@pytest.mark.parametrize(
    ("reached_by", "verdict"),
    [
        ({}, Verdict.WARNING),
        ({"wallet": "sandbox"}, None),
        ({"wallet": "sandbox", "host": "0.0.0.0"}, Verdict.WARNING),
        ({"host": "0.0.0.0"}, Verdict.BAD),
        ({"proxies": 1}, Verdict.BAD),
        ({"public_url": "https://till.example.com"}, Verdict.BAD),
    ],
)
def test_the_doctor_says_that_nobody_owns_a_shop_that_others_reach(
    app: Flask, shop: Shop, reached_by: dict[str, Any], verdict: Verdict | None
) -> None:
    reached = replace(shop, settings=replace(shop.settings, **reached_by))
    assert verdicts(reached).get("owner") == verdict
    People(app).claim()
    assert verdicts(reached)["owner"] is Verdict.GOOD


@pytest.mark.parametrize("kind", ["lnpay", "sandbox"])
@pytest.mark.parametrize("left", ["a device", "somebody"])
def test_doctor_and_log_say_that_a_shop_with_devices_or_staff_has_lost_its_owners(
    app: Flask, shop: Shop, kind: str, left: str, caplog: pytest.LogCaptureFixture
) -> None:
    People(app).device() if left == "a device" else People(app).somebody()
    lost = replace(shop, settings=replace(shop.settings, wallet=kind))
    assert verdicts(lost)["owner"] is Verdict.BAD
    caplog.clear()
    close(create_app(lost.settings, wallet=shop.wallet))
    assert "has devices or staff, and no owner" in caplog.text
    People(app).claim()
    assert verdicts(lost)["owner"] is Verdict.GOOD


def test_the_doctor_misses_the_name_of_a_shop_that_sells_for_real(shop: Shop) -> None:
    nameless = replace(shop, settings=replace(shop.settings, shop_name="Lightning Till"))
    assert verdicts(nameless)["name"] is Verdict.WARNING
    assert "name" not in verdicts(replace(nameless, settings=replace(nameless.settings, wallet="sandbox")))


@pytest.mark.parametrize("claimed", [True, False])
def test_the_log_says_at_the_start_that_nobody_owns_a_shop_that_sells_for_real(
    app: Flask, shop: Shop, wallet: FakeWallet, caplog: pytest.LogCaptureFixture, claimed: bool
) -> None:
    if claimed:
        People(app).claim()
    caplog.clear()
    close(create_app(shop.settings, wallet=wallet))
    assert ("nobody owns this shop yet" in caplog.text) is not claimed


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


def test_the_doctor_names_a_key_that_is_refused(app: Flask, wallet: FakeWallet) -> None:
    wallet.fail_with = KeyRefused("invalid credentials")
    code, output = run(app, "doctor")
    assert code == 1
    assert "WRONG    wallet: it refuses the key (invalid credentials). Copy the key again." in output


def test_the_doctor_tells_a_wallet_that_is_down_from_a_bad_key(shop: Shop, wallet: FakeWallet) -> None:
    wallet.fail_with = WalletUnreachable("ConnectionError")
    sentences = [finding.sentence for finding in findings(shop).values() if finding.verdict is Verdict.BAD]
    assert any("plugged in" in sentence for sentence in sentences)


@pytest.mark.parametrize("known_before", [True, False])
def test_settings_with_a_key_that_can_spend_are_not_in_order(
    shop: Shop, wallet: FakeWallet, known_before: bool
) -> None:
    wallet.access = Access(spends=True)
    wallet.advice = replace(wallet.advice, warnings=(wallet.advice.spends,) if known_before else ())
    finding = findings(shop)["settings"]
    assert finding.verdict is Verdict.WARNING
    assert "in order" not in finding.sentence


def test_what_the_doctor_says_does_not_stand_in_the_log_above_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    keys = {"POS_WALLET": "lnpay", "LNPAY_API_KEY": "sak_1", "LNPAY_WALLET_KEY": "waka_1"}
    done = flask(tmp_path, "doctor", LNPAY_URL="https://127.0.0.1:1/v1", **keys)
    assert "a key can spend" in done.stdout
    assert done.stderr == ""
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (WalletUnreachable("nobody there"), "it does not answer: nobody there. Is the wallet plugged in?"),
        (WalletTimeout("no whole answer within 10 s"), "it does not answer: no whole answer within 10 s."),
        (WalletBusy("too many", 7), "it wants to be asked less often (too many). Ask the doctor again in 7 s."),
        (BadAnswer("it failed inside."), "it answers, but not as it should: it failed inside. Look into the wallet"),
    ],
)
def test_the_doctor_says_once_how_a_wallet_fails(
    app: Flask, wallet: FakeWallet, failure: WalletError, said: str
) -> None:
    wallet.fail_with = failure
    code, output = run(app, "doctor")
    assert code == 1
    assert f"WRONG    wallet: {said}" in output
    assert output.count("WRONG") == 1
    assert type(failure).__name__ not in output


@pytest.mark.parametrize("known_before", [True, False])
def test_the_doctor_warns_once_of_a_key_that_can_spend(app: Flask, wallet: FakeWallet, known_before: bool) -> None:
    wallet.access = Access(spends=True)
    wallet.advice = replace(wallet.advice, warnings=(wallet.advice.spends,) if known_before else ())
    code, output = run(app, "doctor")
    assert code == 0
    assert output.count("warning  wallet: a key can spend") == 1


@pytest.mark.parametrize("spends", [False, None])
def test_the_doctor_is_silent_about_a_key_that_cannot_spend_or_does_not_tell(
    app: Flask, wallet: FakeWallet, spends: bool | None
) -> None:
    wallet.access = Access(spends=spends)
    assert "spend" not in run(app, "doctor")[1]


def test_the_doctor_finds_a_wallet_that_says_it_is_on_another_network(app: Flask, wallet: FakeWallet) -> None:
    wallet.access = Access(network="tb")
    code, output = run(app, "doctor")
    assert code == 1
    assert "WRONG    wallet: it is on network tb, and POS_NETWORK is bcrt" in output


def test_the_doctor_finds_an_invoice_that_another_node_signed(shop: Shop, wallet: FakeWallet) -> None:
    wallet.lie = lambda offer: replace(offer, payee=None)
    wallet.access = Access(payee=wallet.node.pubkey)
    assert verdicts(shop)["invoice"] is Verdict.GOOD
    wallet.access = Access(payee=make_node().pubkey)
    assert verdicts(shop)["invoice"] is Verdict.BAD


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (KeyRefused("no right"), "the wallet makes none with this key (no right). "),
        (WalletUnreachable("it hung up."), "the wallet makes none: it hung up. Look into the wallet itself;"),
    ],
)
def test_the_doctor_finds_a_wallet_that_takes_the_key_and_makes_no_invoice(
    shop: Shop, wallet: FakeWallet, refusal: WalletError, told: str
) -> None:
    def refuse() -> None:
        raise refusal

    wallet.before_answer = refuse
    finding = findings(shop)["invoice"]
    assert finding.verdict is Verdict.BAD
    assert finding.sentence.startswith(told)


@pytest.mark.parametrize(("most", "told"), [(9_999_999, True), (10_000_000, False)])
def test_the_doctor_warns_of_a_wallet_that_sells_less_than_the_till(
    app: Flask, wallet: FakeWallet, most: int, told: bool
) -> None:
    wallet.access = Access(max_sat=most)
    assert ("it sells at most 9,999,999 sat at once" in run(app, "doctor")[1]) is told


def test_the_doctor_tells_what_keeps_the_wallet_from_being_paid(app: Flask, wallet: FakeWallet) -> None:
    wallet.access = Access(notes=("it has no channel.",))
    wallet.lie = lambda offer: replace(offer, notes=("it has no room.",))
    said = run(app, "doctor")[1]
    assert "wallet: it has no channel." in said
    assert "invoice: it has no room." in said


def test_the_doctor_tries_the_least_that_the_wallet_sells(app: Flask, wallet: FakeWallet) -> None:
    assert "the wallet made one over 1 sat" in run(app, "doctor")[1]
    wallet.access = Access(min_sat=1200)
    assert "the wallet made one over 1,200 sat" in run(app, "doctor")[1]


def test_the_doctor_finds_a_database_that_takes_no_write(shop: Shop) -> None:
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE charge RENAME TO gone")
    assert verdicts(shop)["database"] is Verdict.BAD


def test_the_doctor_finds_a_wrong_network(shop: Shop) -> None:
    mainnet = replace(shop, settings=replace(shop.settings, network="bc"))
    assert verdicts(mainnet)["invoice"] is Verdict.BAD


def test_the_doctor_says_of_invoices_that_no_phone_pays_what_to_do_about_the_node(
    shop: Shop, wallet: FakeWallet
) -> None:
    wallet.lie = as_of_2019
    finding = findings(shop)["invoice"]
    assert finding.verdict is Verdict.BAD
    assert "no payment secret" in finding.sentence
    assert "Bring the wallet's node up to date" in finding.sentence
    assert "POS_NETWORK" not in finding.sentence


@pytest.mark.parametrize(("seconds", "way"), [(40, "ahead of"), (-40, "behind")])
def test_the_doctor_finds_a_clock_that_is_wrong(shop: Shop, seconds: int, way: str) -> None:
    wrong = FakeClock()
    wrong.move(seconds)
    finding = findings(replace(shop, clock=wrong))["clock"]
    assert finding.verdict is Verdict.BAD
    assert f"40 s {way}" in finding.sentence


def test_the_doctor_blames_a_clock_that_is_far_ahead_and_neither_wallet_nor_network(shop: Shop) -> None:
    found = [*examine(replace(shop, clock=FakeClock(NOON + 600)), answers(200), says(b""))]
    parts = [finding.part for finding in found]
    assert parts.index("clock") < parts.index("invoice")
    bad = {finding.part: finding.sentence for finding in found if finding.verdict is Verdict.BAD}
    assert set(bad) == {"clock", "invoice"}
    assert "600 s ahead of" in bad["clock"]
    assert "clock" in bad["invoice"]
    assert "POS_NETWORK" not in bad["invoice"]


def test_the_doctor_passes_on_what_the_wallet_warns_of(app: Flask, wallet: FakeWallet) -> None:
    wallet.advice = replace(wallet.advice, warnings=("its address is not https.",))
    assert "warning  wallet: its address is not https." in run(app, "doctor")[1]


def test_the_sandboxs_keys_are_printed_one_a_line_with_their_names(sandbox_app: Flask) -> None:
    _, output = run(sandbox_app, "sandbox", "keys")
    prefixes = [re.fullmatch(r"\w+ ([a-z]+_)\w+", line) for line in output.split("\n") if line]
    assert [match and match[1] for match in prefixes] == ["pak_", "sak_", "wal_", "waki_", "wakr_", "waka_"]


def test_an_invoice_is_paid_from_the_command_line_once(sandbox_app: Flask) -> None:
    shop: Shop = sandbox_app.extensions["shop"]
    invoice = shop.wallet.create_invoice(InvoiceRequest(21, "", 600, "c1")).invoice
    code, output = run(sandbox_app, "sandbox", "pay", f"lightning:{invoice.payment_request.upper()}")
    assert (code, output.startswith("paid 21 sat")) == (0, True)
    assert shop.wallet.look_up(invoice)
    code, output = run(sandbox_app, "sandbox", "pay", invoice.payment_request)
    assert code != 0
    assert "already" in output


def test_there_is_no_sandbox_where_there_is_real_money(app: Flask) -> None:
    code, output = run(app, "sandbox", "keys")
    assert code != 0
    assert "no sandbox" in output


def test_a_till_on_the_sandbox_sells_real_signed_invoices_on_regtest(sandbox_app: Flask) -> None:
    shop: Shop = sandbox_app.extensions["shop"]
    offer = shop.wallet.create_invoice(InvoiceRequest(21, "", 600, "c1"))
    assert decode(offer.invoice.payment_request).network == "bcrt"
    assert decode(offer.invoice.payment_request).payee == offer.payee


def test_every_page_says_that_it_is_play_money(sandbox_app: Flask) -> None:
    client = sandbox_app.test_client()
    for path in ("/", "/kiosk", "/tips", "/nope"):
        assert "Play money" in client.get(path).text


def test_a_till_whose_key_can_spend_says_so_when_it_starts_and_asks_nobody(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    # Nobody listens at port 1: had the wallet been asked, the start would say that it failed.
    keys = LNPaySettings(url="https://127.0.0.1:1", api_key="sak_1", wallet_key="waki_1")
    create_app(replace(settings, wallet_settings=keys))
    said = [record.message for record in caplog.records if record.levelname != "INFO"]
    assert said == [f"wallet: {SPENDS}", f"owner: {UNCLAIMED}"]


@pytest.mark.parametrize("sold", [True, False], ids=["with sales", "without a sale"])
@pytest.mark.only_on("sqlite", reason="what is left behind is a file")
def test_a_start_with_another_database_says_that_the_sales_of_before_do_not_move(
    cashier: Cashier, shop: Shop, settings: Settings, caplog: pytest.LogCaptureFixture, *, sold: bool
) -> None:
    if sold:
        cashier.sell(21)
    shop.store.close()
    create_app(replace(settings, database_url=f"sqlite:///{settings.var / 'another.db'}"))
    left = f"database: {settings.var / 'till.db'} holds sales, and POS_DATABASE_URL names another database"
    assert (left in caplog.text) == sold
    caplog.clear()
    create_app(settings)
    assert "holds sales" not in caplog.text


def test_the_sandbox_sells_as_much_as_the_till(settings: Settings, clock: FakeClock) -> None:
    shop: Shop = create_app(replace(settings, wallet="sandbox", max_sat=50_000_000), clock=clock).extensions["shop"]
    assert shop.wallet.create_invoice(InvoiceRequest(50_000_000, "", 600, "c1")).invoice


def with_hook(shop: Shop, secret: str | None = "the hook's secret", url: str | None = "https://till.example") -> Shop:
    wallet = HintingWallet(FakeClock(), hook_secret=secret)
    return replace(shop, settings=replace(shop.settings, public_url=url), wallet=wallet)


def test_the_doctor_says_what_to_give_the_wallet_when_the_hook_answers(shop: Shop) -> None:
    finding = findings(with_hook(shop))["webhook"]
    assert finding.verdict is Verdict.GOOD
    assert "https://till.example/hooks/lnpay" in finding.sentence


def test_the_doctor_says_how_to_open_a_hook_that_is_closed(shop: Shop) -> None:
    finding = findings(with_hook(shop, secret=None))["webhook"]
    assert finding.verdict is Verdict.WARNING
    assert "LNPAY_WEBHOOK_SECRET" in finding.sentence
    assert "https://till.example/hooks/lnpay" in finding.sentence


def test_play_money_needs_no_hook(sandbox_app: Flask) -> None:
    _, output = run(sandbox_app, "doctor")
    assert "webhook" not in output
    assert "LNPay" not in output


def test_nobody_is_told_to_give_away_an_address_of_this_machine_alone(shop: Shop) -> None:
    finding = findings(with_hook(shop, secret=None, url=None))["webhook"]
    assert finding.verdict is Verdict.WARNING
    assert "closed" in finding.sentence
    assert "POS_PUBLIC_URL" in finding.sentence
    assert "127.0.0.1" not in finding.sentence


def test_nobody_has_to_tell_the_sandbox_of_a_hook(settings: Settings, clock: FakeClock) -> None:
    hooked = SandboxSettings(webhook_secret="the hook's secret")
    play = create_app(replace(settings, wallet="sandbox", wallet_settings=hooked), clock=clock).extensions["shop"]
    assert "by itself" in findings(play)["webhook"].sentence
    assert "Give" not in findings(play)["webhook"].sentence


def test_the_doctor_does_not_speak_of_a_hook_where_the_wallet_has_none(shop: Shop) -> None:
    assert "webhook" not in findings(shop)


def test_the_doctor_says_that_the_wallet_cannot_know_the_address(shop: Shop) -> None:
    finding = findings(with_hook(shop, url=None))["webhook"]
    assert finding.verdict is Verdict.WARNING
    assert "POS_PUBLIC_URL" in finding.sentence


OUTSIDE = "https://till.example.com"


def of_lnurl(shop: Shop, public_url: str | None, get: Callable[[str], bytes] | None = None) -> dict[str, Finding]:
    """What the doctor says of LNURL to the shop at an address."""
    found = findings(replace(shop, settings=replace(shop.settings, public_url=public_url)), get=get)
    return {part: found[part] for part in ("lnurl", "address") if part in found}


def test_the_doctor_asks_where_wallets_do_and_says_that_they_find_it(shop: Shop) -> None:
    asked: list[str] = []

    def get(address: str) -> bytes:
        asked.append(address)
        return b'{"tag": "payRequest"}'

    found = of_lnurl(shop, OUTSIDE, get)
    assert {it.verdict for it in found.values()} == {Verdict.GOOD}
    assert found["address"].sentence.startswith("tips@till.example.com is found")
    assert asked == [f"{OUTSIDE}/lnurlp/shop", f"{OUTSIDE}/.well-known/lnurlp/tips"]


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (b'{"status": "ERROR", "reason": "It is closed."}', "refuses wallets: It is closed."),
        (b"<html>Password, please", "a proxy has to pass it"),
        (b"[]", "a proxy has to pass it"),
        (b"[" * 100_000, "a proxy has to pass it"),
    ],
)
def test_the_doctor_warns_of_what_wallets_would_not_understand(shop: Shop, answer: bytes, word: str) -> None:
    for finding in of_lnurl(shop, OUTSIDE, says(answer)).values():
        assert finding.verdict is Verdict.WARNING
        assert word in finding.sentence


def test_the_doctor_warns_of_an_address_at_which_nobody_is(shop: Shop) -> None:
    def get(_address: str) -> bytes:
        raise Unreached("nothing listens at that port of its host")

    assert "nothing listens" in of_lnurl(shop, OUTSIDE, get)["lnurl"].sentence


@pytest.mark.parametrize(
    ("public_url", "verdict", "word"),
    [
        (None, Verdict.GOOD, "POS_PUBLIC_URL is not set"),
        ("http://till.example.com", Verdict.WARNING, "by https alone"),
    ],
)
def test_the_doctor_says_what_lnurl_lacks(shop: Shop, public_url: str | None, verdict: Verdict, word: str) -> None:
    found = of_lnurl(shop, public_url)
    assert found.keys() == {"lnurl"}
    assert found["lnurl"].verdict is verdict
    assert word in found["lnurl"].sentence


@pytest.mark.parametrize("public_url", [f"{OUTSIDE}:8443", f"{OUTSIDE}/till"])
def test_the_doctor_says_what_a_lightning_address_lacks(shop: Shop, public_url: str) -> None:
    found = of_lnurl(shop, public_url)
    assert (found["lnurl"].verdict, found["address"].verdict) == (Verdict.GOOD, Verdict.WARNING)
    assert "without port and path" in found["address"].sentence


def test_the_doctor_says_why_lnurl_does_not_go_with_a_wallet(shop: Shop, wallet: FakeWallet) -> None:
    wallet.advice = replace(wallet.advice, no_hashed_description="it is a box of coins.")
    assert of_lnurl(shop, OUTSIDE) == {"lnurl": Finding(Verdict.WARNING, "lnurl", "off: it is a box of coins.")}


def test_the_doctor_asks_over_the_network_for_lnurl(settings: Settings, wallet: FakeWallet, clock: FakeClock) -> None:
    with served(create_app(settings, wallet=wallet, clock=clock)) as nobody:
        own = replace(settings, public_url=nobody)
        assert f"warning  lnurl: {nobody}/lnurlp/shop refuses" in run(create_app(own, wallet=wallet), "doctor")[1]
    assert f"nothing answers at {nobody}/lnurlp/shop" in run(create_app(own, wallet=wallet), "doctor")[1]


def test_the_doctor_tells_the_time_and_by_which_time_zone(shop: Shop, clock: FakeClock) -> None:
    clock.time = datetime(2026, 11, 24, 3, 5, tzinfo=UTC).timestamp()
    there = replace(shop, settings=replace(shop.settings, timezone=ZoneInfo("Asia/Tokyo")))
    assert findings(there)["time"].sentence == "it is 12:05 in Asia/Tokyo."
    assert "POS_TIMEZONE" in findings(shop)["time"].sentence


@pytest.mark.parametrize(
    ("host", "public_url", "warned"),
    [
        ("127.0.0.1", None, False),
        ("::1", None, False),
        ("localhost", None, False),
        ("0.0.0.0", None, True),
        ("192.168.1.7", None, True),
        ("0.0.0.0", "https://till.example", False),
        ("127.0.0.1", "http://till.lan", True),
    ],
)
def test_the_doctor_warns_of_screens_that_go_dark(shop: Shop, host: str, public_url: str | None, warned: bool) -> None:
    there = replace(shop, settings=replace(shop.settings, host=host, public_url=public_url))
    assert ("screens" in findings(there)) is warned


def test_the_doctor_reminds_of_a_watch_that_is_turned_off(shop: Shop) -> None:
    off = replace(shop, settings=replace(shop.settings, watch="off"))
    assert findings(off)["watch"].verdict is Verdict.WARNING
    assert "watch" not in findings(shop)


def with_report(shop: Shop, *prices: str, ignored: str = "") -> Shop:
    reported = tuple(SourcePrice(f"source{number}", Decimal(price)) for number, price in enumerate(prices))
    said = Report(reported, (Ignored("kraken", ignored),) if ignored else ())
    return replace(shop, rates=FakeRates(said=said))


def test_the_doctor_does_not_speak_of_rates_where_the_till_takes_sat_only(shop: Shop) -> None:
    assert "rate" not in findings(shop)


def test_the_doctor_says_what_a_bitcoin_costs_and_who_says_so(shop: Shop) -> None:
    finding = findings(with_report(shop, "50000.50", "50100", "50200"))["rate"]
    assert finding.verdict is Verdict.GOOD
    assert finding.sentence == "1 bitcoin is 50,100 EUR, the median of: source0, source1, source2."


def test_the_doctor_says_that_the_rate_is_the_shops_own(shop: Shop) -> None:
    finding = findings(replace(shop, rates=Fixed("EUR", Decimal(50_000), lambda: NOON)))["rate"]
    assert finding.sentence == "1 bitcoin is 50,000 EUR, from POS_RATE_FIXED."


def test_the_doctor_warns_of_a_source_that_is_ignored_and_says_why(shop: Shop) -> None:
    finding = findings(with_report(shop, "50000", "50000", ignored="answers HTTP 500"))["rate"]
    assert finding.verdict is Verdict.WARNING
    assert "1 bitcoin is 50,000 EUR" in finding.sentence
    assert "Ignored: kraken answers HTTP 500." in finding.sentence


def test_the_doctor_finds_that_too_few_sources_agree(shop: Shop) -> None:
    finding = findings(with_report(shop, ignored="answers HTTP 500"))["rate"]
    assert finding.verdict is Verdict.BAD
    assert "sat only: kraken answers HTTP 500." in finding.sentence


def test_sources_that_fail_alike_are_named_together(shop: Shop) -> None:
    ignored = tuple(Ignored(name, "cannot be reached", "no network") for name in ("kraken", "coinbase"))
    finding = findings(replace(shop, rates=FakeRates(said=Report((), ignored))))["rate"]
    assert "sat only: kraken, coinbase cannot be reached (no network)." in finding.sentence


def test_the_doctor_knows_the_shops_own_price(settings: Settings, wallet: FakeWallet, clock: FakeClock) -> None:
    own = replace(settings, currency="EUR", rate_fixed=Decimal(50_000))
    _, output = run(create_app(own, wallet=wallet, clock=clock), "doctor")
    assert "rate: 1 bitcoin is 50,000 EUR" in output


@pytest.mark.parametrize(("status", "word"), [(403, "another secret"), (404, "not this till's"), (502, "HTTP 502")])
def test_the_doctor_finds_a_hook_that_is_not_ours(shop: Shop, status: int, word: str) -> None:
    finding = findings(with_hook(shop), answers(status))["webhook"]
    assert finding.verdict is Verdict.BAD
    assert word in finding.sentence


def test_the_doctor_finds_a_hook_that_does_not_answer(shop: Shop) -> None:
    def nobody(_wallet: Hinting, _address: str) -> int:
        raise WalletUnreachable("ConnectionError")

    finding = findings(with_hook(shop), nobody)["webhook"]
    assert finding.verdict is Verdict.WARNING
    assert "nothing answers" in finding.sentence


@pytest.mark.parametrize(("secret", "mark"), [("the same one", "ok "), ("its own one", "WRONG ")])
def test_the_doctor_pings_the_hook_of_the_till_that_runs(
    settings: Settings, clock: FakeClock, secret: str, mark: str
) -> None:
    running = create_app(settings, wallet=HintingWallet(clock, hook_secret="the same one"), clock=clock)
    with served(running) as address:
        mine = HintingWallet(clock, hook_secret=secret)
        _, output = run(create_app(replace(settings, public_url=address), wallet=mine, clock=clock), "doctor")
    assert re.search(rf"^{mark} +webhook: ", output, re.MULTILINE)
    assert secret not in output
