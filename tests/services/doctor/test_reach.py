"""What the doctor says of how others reach the till: a wallet its hook, wallets of customers a jar."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from pos import create_app
from pos.sandbox.settings import SandboxSettings
from pos.services.doctor import Finding, Unreached, Verdict
from pos.settings import Settings
from pos.shop import Shop
from pos.wallets.base import Hinting, WalletUnreachable
from tests.command import run
from tests.fakes import FakeClock, FakeWallet, HintingWallet
from tests.loopback import served
from tests.services.doctor.findings import answers, findings, says, with_hook


def test_the_doctor_says_what_to_give_the_wallet_when_the_hook_answers(shop: Shop) -> None:
    finding = findings(with_hook(shop))["webhook"]
    assert finding.verdict is Verdict.GOOD
    assert "https://till.example/hooks/lnpay" in finding.sentence


def test_the_doctor_says_how_to_open_a_hook_that_is_closed(shop: Shop) -> None:
    finding = findings(with_hook(shop, secret=None))["webhook"]
    assert finding.verdict is Verdict.WARNING
    assert "LNPAY_WEBHOOK_SECRET" in finding.sentence
    assert "https://till.example/hooks/lnpay" in finding.sentence


def test_play_money_needs_no_hook(settings: Settings, clock: FakeClock) -> None:
    sandbox_app = create_app(replace(settings, wallet="sandbox"), clock=clock)
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


@pytest.mark.parametrize(
    ("secret", "verdict", "told"),
    [("the hook's secret", Verdict.GOOD, "answers."), (None, Verdict.WARNING, "LNPAY_WEBHOOK_SECRET")],
)
def test_a_wallet_on_the_tills_own_machine_needs_no_address_from_outside(
    shop: Shop, secret: str | None, verdict: Verdict, told: str
) -> None:
    finding = findings(with_hook(shop, secret=secret, url=None, is_near=True))["webhook"]
    assert finding.verdict is verdict
    assert told in finding.sentence
    assert "POS_PUBLIC_URL" not in finding.sentence


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


@pytest.mark.parametrize(("status", "word"), [(403, "another secret"), (404, "not this till's"), (502, "HTTP 502")])
def test_the_doctor_finds_a_hook_that_is_not_ours(shop: Shop, status: int, word: str) -> None:
    finding = findings(with_hook(shop), answers(status))["webhook"]
    assert finding.verdict is Verdict.BAD
    assert word in finding.sentence


@pytest.mark.parametrize(
    ("near", "question"),
    [(False, "Is the till running, and POS_PUBLIC_URL right?"), (True, "Is the till running?")],
)
def test_the_doctor_finds_a_hook_that_does_not_answer(shop: Shop, near: bool, question: str) -> None:
    def nobody(_wallet: Hinting, _address: str) -> int:
        raise WalletUnreachable("ConnectionError")

    hooked = with_hook(shop, url=None, is_near=True) if near else with_hook(shop)
    finding = findings(hooked, nobody)["webhook"]
    assert finding.verdict is Verdict.WARNING
    assert "nothing answers" in finding.sentence
    assert finding.sentence.endswith(question)


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
