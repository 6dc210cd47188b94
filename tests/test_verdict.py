"""The judge of the soak: it has to notice every way in which a till can cheat a shop or its customers."""

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from bench.counted import miscounted
from bench.verdict import Sale, Verdict, judge

OPEN = Sale("k1", "c1", 2100, "lnbcrt1")
PAID = Sale("k2", "c2", 500, "lnbcrt2", paid_at=1000)
DEPOSITS = [("lnbcrt2", 500)]


def charge(sale: Sale, **changes: object) -> dict[str, Any]:
    """Show a charge as it should be."""
    paid = sale.paid_at is not None
    facts = {
        "status": "paid" if paid else "open",
        "amount_sat": sale.amount_sat,
        "received_sat": sale.amount_sat if paid else None,
        "payment_request": sale.payment_request,
        "paid_at": sale.paid_at,
    }
    return facts | changes


BOOK: dict[str, dict[str, Any] | None] = {"c1": charge(OPEN), "c2": charge(PAID)}


def with_charge(sale: Sale, **changes: object) -> Verdict:
    return judge([OPEN, PAID], DEPOSITS, BOOK | {sale.charge_id: charge(sale, **changes)})


def test_a_till_that_lost_nothing_is_acquitted() -> None:
    verdict = judge([OPEN, PAID], DEPOSITS, BOOK)
    assert verdict == Verdict([], [], [])
    assert verdict.violations == []


def test_a_charge_that_was_shown_and_is_gone_is_lost() -> None:
    verdict = judge([OPEN, PAID], DEPOSITS, BOOK | {"c1": None})
    assert verdict == Verdict(["charge c1 was shown, and is not there"], [], [])


@pytest.mark.parametrize("change", [{"amount_sat": 2101}, {"payment_request": "lnbcrt3"}])
def test_a_charge_that_is_another_one_now_is_lost(change: dict[str, object]) -> None:
    verdict = with_charge(OPEN, **change)
    assert (len(verdict.lost), verdict.unnoticed, verdict.unearned) == (1, [], [])


@pytest.mark.parametrize("change", [{"key": "k1"}, {"charge_id": "c1"}, {"payment_request": "lnbcrt1"}])
def test_two_sales_have_nothing_in_common(change: dict[str, str]) -> None:
    other = replace(PAID, **change, paid_at=None)  # type: ignore[arg-type]
    assert "stands for 2 sales" in str(judge([OPEN, other], [], BOOK | {other.charge_id: charge(OPEN)}).lost)


@pytest.mark.parametrize(
    "change",
    [
        {"status": "open", "paid_at": None, "received_sat": None},
        {"status": "expired", "paid_at": None, "received_sat": None},
        {"received_sat": 499},
        {"paid_at": 1001},
    ],
)
def test_a_payment_that_is_not_shown_as_it_was_is_unnoticed(change: dict[str, object]) -> None:
    verdict = with_charge(PAID, **change)
    assert (verdict.lost, bool(verdict.unnoticed), verdict.unearned) == ([], True, [])


def test_a_payment_that_nobody_saw_before_the_end_counts_as_well() -> None:
    unseen = replace(PAID, payment_request="", paid_at=None)
    book = BOOK | {"c2": charge(PAID, status="open", paid_at=None)}
    assert judge([unseen], DEPOSITS, book).unnoticed == ["charge c2 was paid, and is shown as open"]


def test_a_charge_is_paid_once() -> None:
    assert judge([PAID], DEPOSITS * 2, BOOK).unnoticed == ["charge c2 was paid 2 times"]


def test_a_charge_that_is_shown_as_paid_without_a_payment_is_unearned() -> None:
    verdict = with_charge(OPEN, status="paid", paid_at=1000, received_sat=2100)
    assert verdict == Verdict([], [], ["charge c1 is shown as paid, and nobody paid it"])


def test_a_charge_that_was_once_shown_as_paid_without_a_payment_is_unearned() -> None:
    seen = replace(OPEN, paid_at=1000)
    assert judge([seen], [], BOOK).unearned == ["charge c1 is shown as paid, and nobody paid it"]


def test_what_is_seen_first_counts() -> None:
    sale = Sale("k1", "c1", 2100)
    sale.see({"payment_request": "lnbcrt1", "paid_at": None})
    sale.see({"payment_request": "lnbcrt2", "paid_at": 1000})
    sale.see({"payment_request": "lnbcrt2", "paid_at": 1001})
    assert (sale.payment_request, sale.paid_at) == ("lnbcrt1", 1000)


def test_every_violation_of_a_verdict_is_told() -> None:
    assert Verdict(["a"], ["b", "c"], ["d"]).violations == ["a", "b", "c", "d"]


def told(number: int, before: str = "", count: int = 1, sat: int = 500, by: str = "Ana") -> str:
    """Write as much of a report as is judged."""
    facts = {"number": number, "before": before, "closed_by": by, "count": count, "surplus": {"count": 0}}
    return json.dumps({**facts, "received_sat": sat})


FIRST = told(1)
SECOND = told(2, before=sha256(FIRST.encode()).hexdigest(), sat=700, by="Mia")
CAME = [("lnbcrt1", 500), ("lnbcrt2", 700)]


def test_reports_that_count_all_that_came_are_right() -> None:
    assert list(miscounted([FIRST, SECOND], CAME, {1: ["Ana"], 2: ["Mia"]})) == []
    assert list(miscounted([], [], {})) == []


@pytest.mark.parametrize(
    ("reports", "came", "closed", "said"),
    [
        ([FIRST], CAME, {}, "2 payments came, and the reports count 1"),
        ([told(1, count=2)], CAME, {}, "1200 sat came, and the reports count 500"),
        ([told(1, count=2, sat=1200)], CAME, {1: ["Ana", "Ben"]}, "2 people were told that they closed shift 1"),
        (
            [told(1, count=2, sat=1200)],
            CAME,
            {2: ["Ana"]},
            "somebody was told that shift 2 is closed, and there is no report of it",
        ),
        ([FIRST, told(2, "another", sat=700)], CAME, {}, "report 2 does not follow on the one before"),
        ([told(3, count=2, sat=1200)], CAME, {}, "report 1 calls itself 3"),
        ([FIRST, SECOND], CAME, {2: ["Ben"]}, "report 2 was closed by Mia, and Ben was told to have done so"),
    ],
)
def test_reports_that_lose_or_double_anything_are_convicted(
    reports: list[str], came: list[tuple[str, int]], closed: dict[int, list[str]], said: str
) -> None:
    assert said in miscounted(reports, came, closed)


def test_what_is_miscounted_is_a_violation() -> None:
    assert replace(judge([OPEN, PAID], DEPOSITS, BOOK), miscounted=["wrong"]).violations == ["wrong"]
