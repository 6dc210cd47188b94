"""What a charge is at a given time."""

from dataclasses import replace

import pytest

from pos.domain.charge import Channel, Charge, Payment, Status, is_idempotency_key
from pos.domain.invoice import Invoice

INVOICE = Invoice("lntx_1", "lnbcrt1", "ab" * 32, expires_at=1600)
OPEN = Charge("c1", "s1", Channel.TILL, 2100, "Coffee", INVOICE, created_at=1000)


def paid(at: int, received_sat: int = 2100) -> Charge:
    return replace(OPEN, payment=Payment(at, received_sat, None, proven=False))


@pytest.mark.parametrize(("now", "status"), [(1000, Status.OPEN), (1599, Status.OPEN), (1600, Status.EXPIRED)])
def test_an_unpaid_charge_is_open_until_its_expiry(now: int, status: Status) -> None:
    assert OPEN.status(now) is status


def test_a_paid_charge_stays_paid_after_its_expiry() -> None:
    assert paid(1500).status(9999) is Status.PAID


@pytest.mark.parametrize(("at", "late"), [(1599, False), (1600, False), (1601, True)])
def test_money_after_the_expiry_is_late(at: int, late: bool) -> None:
    assert paid(at).late is late


def test_an_open_charge_is_neither_late_nor_odd() -> None:
    assert not OPEN.late
    assert not OPEN.has_discrepancy


@pytest.mark.parametrize("received", [2099, 2101])
def test_another_amount_than_asked_is_odd(received: int) -> None:
    assert paid(1500, received).has_discrepancy
    assert not paid(1500).has_discrepancy


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "a\n", "x" * 201, "\ud800"])
def test_a_key_is_visible_ascii(key: str) -> None:
    assert is_idempotency_key("x" * 200)
    assert not is_idempotency_key(key)
