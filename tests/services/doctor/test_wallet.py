"""What the doctor says of the wallet, and of the invoice that it has it make."""

from dataclasses import replace

import pytest
from flask import Flask

from pos.services.doctor import Verdict, examine
from pos.shop import Shop
from pos.wallets.base import Access, BadAnswer, KeyRefused, WalletBusy, WalletError, WalletTimeout, WalletUnreachable
from tests.command import run
from tests.fakes import NOON, FakeClock, FakeWallet, as_of_2019, make_node
from tests.services.doctor.findings import answers, findings, says, verdicts


def test_the_doctor_names_a_key_that_is_refused(app: Flask, wallet: FakeWallet) -> None:
    wallet.fail_with = KeyRefused("invalid credentials")
    code, output = run(app, "doctor")
    assert code == 1
    assert "WRONG    wallet: it refuses the key (invalid credentials). Copy the key again." in output


def test_the_doctor_tells_a_wallet_that_is_down_from_a_bad_key(shop: Shop, wallet: FakeWallet) -> None:
    wallet.fail_with = WalletUnreachable("ConnectionError")
    sentences = [finding.sentence for finding in findings(shop).values() if finding.verdict is Verdict.BAD]
    assert any("plugged in" in sentence for sentence in sentences)


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


def test_the_doctor_says_of_a_key_that_cannot_spend_that_it_is_so(app: Flask, wallet: FakeWallet) -> None:
    wallet.access = Access(spends=False)
    assert "ok       wallet: answers, and takes the till's keys. They cannot spend." in run(app, "doctor")[1]


@pytest.mark.parametrize("unsure", ["Look whether it can spend.", ""])
def test_the_doctor_says_of_a_key_that_does_not_tell_how_to_be_sure_and_warns_of_nothing(
    app: Flask, wallet: FakeWallet, unsure: str
) -> None:
    wallet.access = Access(spends=None)
    wallet.advice = replace(wallet.advice, unsure=unsure)
    output = run(app, "doctor")[1]
    assert f"ok       wallet: answers, and takes the till's keys. {unsure}".strip() in output
    assert "warning  wallet" not in output
    assert output.count("spend") == (1 if unsure else 0)


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
    ("is_named_by_owner", "to_look_at"), [(True, "What may be wrong: POS_PAYEE."), (False, "may not be your wallet")]
)
def test_the_doctor_names_the_node_that_signed_and_not_the_network(
    shop: Shop, wallet: FakeWallet, is_named_by_owner: bool, to_look_at: str
) -> None:
    other = make_node().pubkey
    wallet.lie = lambda offer: replace(offer, payee=None)
    wallet.access = Access(payee=None if is_named_by_owner else other)
    named = replace(shop, settings=replace(shop.settings, payee=other if is_named_by_owner else None))
    sentence = findings(named)["invoice"].sentence
    assert f"{wallet.node.pubkey}, and not {other}" in sentence
    assert to_look_at in sentence
    assert "POS_NETWORK" not in sentence


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


@pytest.mark.parametrize(("least", "told"), [(1001, True), (1000, False), (None, False)])
def test_the_doctor_warns_of_a_wallet_that_sells_nothing_small(
    app: Flask, wallet: FakeWallet, least: int | None, told: bool
) -> None:
    wallet.access = Access(min_sat=least)
    warning = "warning  wallet: it sells at least 1,001 sat at once: what costs less cannot be sold."
    assert (warning in run(app, "doctor")[1]) is told


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
