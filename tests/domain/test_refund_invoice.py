"""The invoice that a customer gives: what is paid, and what is refused by a sentence."""

from collections.abc import Callable

import pytest
from bech32 import bech32_decode
from coincurve import PrivateKey

from pos.bolt11 import encode
from pos.bolt11.decode import SIGNATURE_WORDS
from pos.domain.refund import RefundInvoice
from pos.domain.refund_invoice import (
    LONGEST,
    TIME_TO_PAY,
    RefundInvoiceRefused,
    check_refund_invoice,
    payment_request_in,
)
from tests.fakes import NOON, FakeClock, FakeWallet, as_of_2019

PHONE = FakeWallet(FakeClock())
ASKED = "Ask for one over 2,100 sat."


def check(payment_request: str, amount_sat: int = 2100, network: str = "bcrt", **known: str | None) -> RefundInvoice:
    return check_refund_invoice(payment_request, amount_sat, network, NOON, **known)


def sentence(payment_request: str, network: str = "bcrt", **known: str | None) -> str:
    with pytest.raises(RefundInvoiceRefused) as caught:
        check(payment_request, 2100, network, **known)
    return str(caught.value.sentence)


def test_a_good_invoice_is_read() -> None:
    invoice = PHONE.sign(2100, "", 3600).invoice
    assert check(invoice.payment_request) == RefundInvoice(
        invoice.payment_request, invoice.payment_hash, NOON + 3600, NOON
    )


@pytest.mark.parametrize(
    "written",
    ["{}", " {}\n", "lightning:{}", "LIGHTNING:{}", "lightning://{}", "bitcoin:bcrt1q?amount=1&lightning={}"],
)
def test_an_invoice_is_found_as_wallets_share_it(written: str) -> None:
    assert payment_request_in(written.format("lnbcrt21u1pj")) == "lnbcrt21u1pj"
    assert payment_request_in(written.format("LNBCRT21U1PJ")) == "lnbcrt21u1pj"
    assert payment_request_in("lnbcrt21u\n  1pj") == "lnbcrt21u1pj"


def test_a_code_for_the_chain_alone_is_no_invoice() -> None:
    assert "no Lightning invoice" in sentence(payment_request_in("bitcoin:bcrt1qxyz?amount=0.1"))


def test_another_amount_is_told_beside_the_one_that_is_due() -> None:
    assert sentence(PHONE.sign(2099, "", 3600).invoice.payment_request) == f"This invoice is over 2,099 sat. {ASKED}"
    assert sentence(PHONE.sign(0, "", 3600).invoice.payment_request) == f"This invoice names no amount. {ASKED}"


def test_one_that_ends_before_a_wallet_is_at_hand_is_refused() -> None:
    ends = "This invoice has expired, or is about to. Ask for a new one."
    assert sentence(PHONE.sign(2100, "", TIME_TO_PAY - 1).invoice.payment_request) == ends
    assert check(PHONE.sign(2100, "", TIME_TO_PAY).invoice.payment_request)


def test_one_that_is_good_for_longer_than_there_are_dates_is_looked_at_for_ten_years() -> None:
    assert check(PHONE.sign(2100, "", 2**80).invoice.payment_request).expires_at == NOON + LONGEST


def test_play_money_is_not_given_back_in_real_money_nor_the_other_way_round() -> None:
    other = "This invoice is for another network than the sale. Ask for another one."
    assert sentence(PHONE.sign(2100, "", 3600).invoice.payment_request, network="bc") == other


def test_one_of_2019_which_no_phone_pays_is_refused() -> None:
    old = as_of_2019(PHONE.sign(2100, "", 3600)).invoice.payment_request
    assert sentence(old) == "No wallet of today pays this invoice. Ask for one from another wallet."


@pytest.mark.parametrize("spoil", [lambda it: it[:-1] + ("q" if it[-1] != "q" else "p"), lambda it: it[:40], str.title])
def test_a_text_that_nobody_signed_is_no_invoice(spoil: Callable[[str], str]) -> None:
    spoilt = spoil(PHONE.sign(2100, "", 3600).invoice.payment_request)
    assert sentence(spoilt) == "This is no Lightning invoice, and no Lightning address. Ask for it once more."


def test_one_that_the_shops_own_node_signed_is_refused_where_that_is_known() -> None:
    own = PHONE.sign(2100, "", 3600).invoice.payment_request
    assert sentence(own, payee=PHONE.node.pubkey) == (
        "This is an invoice of the shop's own wallet. Ask the customer for one."
    )
    assert check(own, payee="02" + "ab" * 32)


def test_an_address_that_hands_out_somebody_elses_invoice_is_refused() -> None:
    nonsense = "This address gives no invoice. Ask the customer for an invoice instead."
    hashed = PHONE.sign(2100, "", 3600, "ab" * 32).invoice.payment_request
    assert sentence(hashed, description_hash="cd" * 32) == nonsense
    assert check(hashed, description_hash="ab" * 32)
    # With words in place of a hash, as the specification lets it since 2024.
    assert check(PHONE.sign(2100, "Marta", 3600).invoice.payment_request, description_hash="ab" * 32)


def test_an_invoice_over_a_part_of_a_sat_is_not_over_whole_sat() -> None:
    hrp, words = bech32_decode(PHONE.sign(2100, "", 3600).invoice.payment_request)
    assert hrp and words
    # 20,999,990 p are 2,099,999 msat.
    part = encode.sign_words("lnbcrt20999990p", words[:-SIGNATURE_WORDS], PrivateKey())
    assert sentence(part) == f"This invoice is not over whole sat. {ASKED}"
