"""What of a sale can go back, and what a refund is at a time."""

from dataclasses import replace
from decimal import Decimal
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.charge import Channel, Charge, Payment
from pos.domain.invoice import Invoice
from pos.domain.money import SAT, AmountError, Money
from pos.domain.rate import Rate
from pos.domain.refund import (
    AtRate,
    Refund,
    RefundInvoice,
    RefundPayment,
    RefundStatus,
    Rest,
    received,
    rest_of,
    to_give,
)
from pos.domain.report import Entry
from pos.domain.sale import Fiat, Sale

EUR = Rate("EUR", Decimal(50_000), 900, ("kraken",))
PREIMAGE = "ab" * 32
INVOICE = RefundInvoice("lnbc1", sha256(bytes.fromhex(PREIMAGE)).hexdigest(), 2000, 1000)
REFUND = Refund("r1", "s1", Channel.TILL, "", Money(500, "EUR"), 10_000, "Cold", 1000)
LUNCH = Charge(
    *("c1", "s1", Channel.TILL, 24_360, "", Invoice("i1", "lnbc1", "ab", 1600), 1000),
    fiat=Fiat(Money(1218, "EUR"), Money(0, "EUR"), EUR, typed=True),
    payment=Payment(1100, 24_360, None, proven=False),
)


def entry(received_sat: int | None = 24_360, surplus_sat: int = 0, currency: str = "EUR") -> Entry:
    paid = None if received_sat is None else Payment(1100, received_sat, None, proven=False)
    price = Money(1218, "EUR") if currency == "EUR" else Money(24_360, SAT)
    fiat = LUNCH.fiat if currency == "EUR" else None
    return Entry("s1", Sale(price), replace(LUNCH, payment=paid, fiat=fiat), 1100, surplus_sat)


def test_a_refund_is_what_its_facts_say() -> None:
    invoiced = replace(REFUND, invoices=(INVOICE,))
    assert REFUND.status(1000) is RefundStatus.ASKED
    assert invoiced.status(1999) is RefundStatus.OPEN
    assert invoiced.status(2000) is RefundStatus.EXPIRED
    assert replace(invoiced, cancelled_at=1500).status(2000) is RefundStatus.CANCELLED
    paid = replace(invoiced, cancelled_at=1500, payment=RefundPayment(1600))
    assert paid.status(2000) is RefundStatus.PAID


def test_what_was_cancelled_counts_only_if_it_was_paid_all_the_same() -> None:
    cancelled = replace(REFUND, cancelled_at=1500)
    assert (REFUND.counts, cancelled.counts) == (True, False)
    assert replace(cancelled, payment=RefundPayment(1600, "", PREIMAGE)).counts


def test_the_last_invoice_is_to_be_paid_and_each_of_them_may_prove_it() -> None:
    newer = replace(INVOICE, payment_hash="00" * 32)
    refund = replace(REFUND, invoices=(INVOICE, newer))
    assert refund.invoice == newer
    assert refund.proven_by(PREIMAGE) == INVOICE
    assert refund.proven_by("cd" * 32) is None


def test_what_came_for_a_sale_is_told_in_both_units() -> None:
    assert received(entry()) == Rest(Money(1218, "EUR"), 24_360)
    assert received(entry(currency=SAT)) == Rest(Money(24_360, SAT), 24_360)
    assert received(entry(None)) == Rest(Money(0, "EUR"), 0)


def test_less_and_more_than_was_asked_are_worth_what_they_were_at_the_rate_of_the_sale() -> None:
    assert received(entry(14_360)) == Rest(Money(718, "EUR"), 14_360)
    assert received(entry(24_360, surplus_sat=24_360)) == Rest(Money(2436, "EUR"), 48_720)


def test_the_rest_is_without_what_went_back_or_is_about_to() -> None:
    came = Rest(Money(1218, "EUR"), 24_360)
    cancelled = replace(REFUND, cancelled_at=1500)
    assert rest_of(came, [REFUND, cancelled]) == Rest(Money(718, "EUR"), 14_360)
    assert rest_of(came, [REFUND] * 3) == Rest(Money(0, "EUR"), 0)


def test_all_of_it_is_all_of_the_sat() -> None:
    rest = Rest(Money(718, "EUR"), 14_359)
    assert to_give(rest, rest.amount, AtRate.SALE, EUR) == 14_359
    assert to_give(rest, Money(500, "EUR"), AtRate.SALE, EUR) == 10_000
    assert to_give(Rest(Money(500, SAT), 500), Money(499, SAT), AtRate.SALE, None) == 499


def test_at_the_rate_of_now_it_is_worth_the_same_for_who_gets_it() -> None:
    rest = Rest(Money(1218, "EUR"), 24_360)
    assert to_give(rest, Money(500, "EUR"), AtRate.NOW, replace(EUR, price=Decimal(100_000))) == 5000


def sentence(rest: Rest, amount: Money, at_rate: AtRate = AtRate.SALE, rate: Rate | None = EUR) -> str:
    with pytest.raises(AmountError) as caught:
        to_give(rest, amount, at_rate, rate)
    return str(caught.value.sentence)


def test_no_more_goes_back_than_came() -> None:
    rest = Rest(Money(1218, "EUR"), 24_360)
    assert sentence(rest, Money(1219, "EUR")) == "At most 12.18 EUR of this sale can be given back."
    assert sentence(rest, Money(0, "EUR")) == "Type an amount first."
    half = replace(EUR, price=Decimal(25_000))
    assert sentence(rest, Money(1218, "EUR"), AtRate.NOW, half) == (
        "At the rate of now that is 48,720 sat, and only 24,360 sat is left of what came. Take the rate of the sale."
    )
    gone = "All of it was given back, or is about to be."
    assert sentence(Rest(Money(0, "EUR"), 5), Money(1, "EUR")) == gone
    assert sentence(Rest(Money(5, "EUR"), 0), Money(1, "EUR")) == gone


@given(
    came=st.integers(1, 10**9),
    asked=st.lists(st.tuples(st.integers(1, 10**7), st.booleans(), st.booleans()), max_size=12),
    price=st.integers(1000, 200_000),
)
def test_whatever_is_asked_for_no_more_goes_back_than_came(
    came: int, asked: list[tuple[int, bool, bool]], price: int
) -> None:
    whole = Rest(EUR.from_sat(came), came)
    given: list[Refund] = []
    for minor, now, cancelled in asked:
        at_rate, rate = (AtRate.NOW, replace(EUR, price=Decimal(price))) if now else (AtRate.SALE, EUR)
        rest = rest_of(whole, given)
        amount = Money(min(minor, rest.amount.minor), "EUR")
        try:
            sat = to_give(rest, amount, at_rate, rate)
        except AmountError:
            continue
        given.append(replace(REFUND, amount=amount, amount_sat=sat, cancelled_at=1 if cancelled else None))
    counted = [it for it in given if it.counts]
    assert sum(it.amount_sat for it in counted) <= whole.amount_sat
    assert sum(it.amount.minor for it in counted) <= whole.amount.minor
    # What is left can always go back at the rate of the sale, to the last sat.
    left = rest_of(whole, given)
    assert left.is_nothing or to_give(left, left.amount, AtRate.SALE, EUR) == left.amount_sat
