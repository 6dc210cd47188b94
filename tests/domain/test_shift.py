"""A shift and its report, by themselves: what is added up, what stands in the text, and what its hashes are of."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from pos.domain.charge import Channel
from pos.domain.money import Money
from pos.domain.number import Number
from pos.domain.report import GivenBack, Part
from pos.domain.shift import Shift, StillOpen, Taken, digest, list_of, names_counted, takings
from pos.domain.tax import Tax, TaxRate
from pos.domain.z_report import Closing, NotAReport, ZReport, read_report

NINETEEN = TaxRate(Decimal(19))
TEA = Taken(
    number=Number(2026, 7),
    attempt=1,
    channel=Channel.TILL,
    till="till",
    staff="a1",
    made_at=1000,
    ends_at=1600,
    paid_at=1009,
    amount_sat=2310,
    tip_sat=210,
    received_sat=2310,
    proven=True,
    surplus=False,
    payment_hash="ab" * 32,
    currency="EUR",
    price=119,
    tip=12,
    typed=("EUR", 119, 12),
    memo="Tea",
    taxes=(Tax(NINETEEN, 100, 19),),
    lines=(("Tea", 1, 119, "19"),),
    seller="Ana",
)
JAR = replace(
    TEA, number=Number(2026, 8), channel=Channel.TIPS, till="", staff="", seller="", currency="SAT", price=500, tip=0
)


def report(shift: Shift) -> ZReport:
    closing = Closing(2000, "Ana", "Marta's Stall", ("Arch Lane 4", "10115 Sampletown"), "00/000/00000")
    return ZReport("bc", shift, closing, "5f" * 32, digest(list_of([TEA], [])))


def test_each_currency_and_each_seller_has_its_own_sums() -> None:
    other = replace(TEA, number=Number(2026, 9), staff="", seller="", paid_at=1200)
    found = takings([TEA, JAR, other, other])
    assert [(it.currency, it.count, it.price, it.tip) for it in found.books] == [
        ("EUR", 3, 357, 36),
        ("SAT", 1, 500, 0),
    ]
    assert found.books[0].taxes == (Tax(NINETEEN, 300, 57),)
    assert [(it.name, it.channel, it.count, it.money) for it in found.sellers] == [
        ("Ana", Channel.TILL, 1, Money(131, "EUR")),
        ("", Channel.TILL, 2, Money(262, "EUR")),
        ("", Channel.TIPS, 1, Money(500, "SAT")),
    ]
    assert (found.began_at, found.ended_at, found.count) == (1009, 1200, 4)


def test_what_was_given_back_is_taken_off_the_total() -> None:
    shift = Shift("till", 1, takings([TEA]), given_back=(GivenBack("EUR", 1, 31, 500),))
    assert shift.balance("EUR").total == Money(100, "EUR")
    assert shift.balance("EUR").total_sat == Money(1810, "SAT")


def test_a_shift_in_which_money_was_only_given_back_is_not_empty() -> None:
    assert Shift("till", 1).is_empty
    shift = Shift("till", 1, given_back=(GivenBack("EUR", 1, 31, 500),))
    assert not shift.is_empty
    assert shift.currencies == ["EUR"]
    assert shift.balance("EUR").total == Money(-31, "EUR")


def test_a_report_is_read_back_as_it_was_written() -> None:
    waits = StillOpen(Number(2026, 10), "Table 5", Money(1210, "EUR"), 12737, 2600)
    found = report(
        Shift("till", 112, takings([TEA, JAR]), Part(1, 7), (waits,), 3, 99, 4, (GivenBack("EUR", 1, 2, 3),))
    )
    assert read_report(found.text) == found
    assert read_report(found.text).text == found.text


def test_the_hash_of_a_report_is_that_of_the_file_that_one_takes_along() -> None:
    found = report(Shift("till", 112, takings([TEA])))
    assert found.sha256 == digest(found.text)
    assert found.text.endswith("}\n")


@pytest.mark.parametrize("text", ["", "nothing", "[]", "{}", '{"till": 3}', "null"])
def test_what_is_no_report_is_not_read(text: str) -> None:
    with pytest.raises(NotAReport):
        read_report(text)


@pytest.mark.parametrize(
    "name", [it for it in Taken.__dataclass_fields__ if it not in ("taxes", "lines", "typed", "seller")]
)
def test_whatever_is_changed_in_a_payment_gives_it_another_fingerprint(name: str) -> None:
    was = getattr(TEA, name)
    others: dict[type, Any] = {bool: not was, Number: Number(2026, 70), Channel: Channel.API}
    other: Any = others.get(type(was), was + "1" if isinstance(was, str) else 70)
    assert replace(TEA, **{name: other}).fingerprint != TEA.fingerprint


@pytest.mark.parametrize(
    "other",
    [
        replace(TEA, taxes=(Tax(NINETEEN, 99, 20),)),
        replace(TEA, taxes=()),
        replace(TEA, lines=(("Coffee", 1, 119, "19"),)),
        replace(TEA, typed=("EUR", 119, 13)),
        replace(TEA, paid_at=None),
    ],
)
def test_what_a_payment_is_made_of_is_in_its_fingerprint(other: Taken) -> None:
    assert other.fingerprint != TEA.fingerprint


def test_who_is_called_something_else_since_leaves_all_fingerprints_as_they_were() -> None:
    assert replace(TEA, seller="Ana María").fingerprint == TEA.fingerprint


def test_the_list_of_payments_is_the_same_in_whichever_order_they_come() -> None:
    assert list_of([TEA, JAR], []) == list_of([JAR, TEA], [])
    assert [line.split()[0] for line in list_of([JAR, TEA], []).splitlines()] == ["2026-7.1", "2026-8.1"]


@pytest.mark.parametrize(
    ("till", "counted"), [("till", {"till", "", "laundry", "gone"}), ("bar", {"bar"}), ("gone", {"gone"})]
)
def test_each_name_counts_at_one_till(till: str, counted: set[str]) -> None:
    assert names_counted(till, ("till", "bar"), ["bar", "gone", "laundry", "till"]) == counted
