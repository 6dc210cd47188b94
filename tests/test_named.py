"""The judge of who sold what in the soak: it has to notice every sale that is another one's, or nobody's."""

import json
from typing import Any

import pytest

from bench.named import misattributed, misnamed
from bench.verdict import Sale

SOLD = {
    "2026-1": Sale("k1", "c1", 500, staff="Ana"),
    "2026-2": Sale("k2", "c2", 700, staff="Ben"),
    "2026-3": Sale("k3", "c3", 900),
}


def row(number: str, **changes: object) -> dict[str, Any]:
    """Tell of a sale as the list should."""
    sale = SOLD[number]
    facts = {
        "number": number,
        "channel": "till" if sale.staff else "api",
        "staff": sale.staff,
        "amount_sat": sale.amount_sat,
        "received_sat": sale.amount_sat,
        "surplus_sat": 0,
    }
    return facts | changes


LISTED = [row("2026-1"), row("2026-2"), row("2026-3")]


def report(number: int, *sold: tuple[str, str, int, int], received_sat: int | None = None) -> str:
    """Write as much of a report as is judged: channel, name, how many and sat of each who sold."""
    sellers = [dict(zip(("channel", "name", "count", "total_sat"), it, strict=True)) for it in sold]
    came = sum(sat for *_, sat in sold) if received_sat is None else received_sat
    return json.dumps({"number": number, "sellers": sellers, "received_sat": came})


REPORTS = [report(1, ("till", "Ana", 1, 500), ("till", "Ben", 1, 700)), report(2, ("api", "", 1, 900))]
COUNTED = [["2026-1", "2026-2"], ["2026-3"]]
BY_CASHIER = {("till", "Ana"): (1, 500), ("till", "Ben"): (1, 700)}


def test_a_list_that_names_everybody_is_right() -> None:
    assert list(misnamed(SOLD, LISTED)) == []


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ([row("2026-1", staff="Ben"), *LISTED[1:]], "sale 2026-1 was sold by Ana, and the list says by Ben"),
        ([row("2026-1", staff=""), *LISTED[1:]], "sale 2026-1 was sold by Ana, and the list says by nobody"),
        ([*LISTED[:2], row("2026-3", staff="Ana")], "sale 2026-3 was sold by nobody, and the list says by Ana"),
        ([*LISTED, row("2026-1") | {"number": "2026-4"}], "sale 2026-4 is in the list, and nobody sold it"),
        (LISTED[1:], "sale 2026-1 is not in the list"),
    ],
)
def test_a_list_that_names_somebody_else_is_convicted(listed: list[dict[str, Any]], said: str) -> None:
    assert list(misnamed(SOLD, listed)) == [said]


def test_reports_of_the_sales_that_they_count_are_right() -> None:
    assert list(misattributed(LISTED, REPORTS, COUNTED)) == []
    unpaid = row("2026-3", received_sat=None)
    assert list(misattributed([*LISTED[:2], unpaid], REPORTS[:1], COUNTED[:1])) == []


@pytest.mark.parametrize(
    ("listed", "reports", "counted", "said"),
    [
        (LISTED, REPORTS[:1], COUNTED[:1], "sale 2026-3 was paid, and is in 0 reports"),
        (LISTED, REPORTS, [COUNTED[0], ["2026-3", "2026-1"]], "sale 2026-1 was paid, and is in 2 reports"),
        (
            [*LISTED[:2], row("2026-3", received_sat=None)],
            REPORTS,
            COUNTED,
            "sale 2026-3 was not paid, and is in 1 reports",
        ),
        (LISTED, REPORTS[:1], COUNTED, "there are 1 reports, and 2 lists of what they count"),
        (
            LISTED,
            [report(1, ("till", "Ana", 2, 1200)), REPORTS[1]],
            COUNTED,
            f"report 1 has {{('till', 'Ana'): (2, 1200)}} by cashier, and its sales come to {BY_CASHIER}",
        ),
        (
            LISTED,
            [REPORTS[0], report(2, ("api", "", 1, 900), received_sat=899)],
            COUNTED,
            "report 2 counts 899 sat, and 900 came for its sales",
        ),
    ],
)
def test_reports_that_give_anything_to_somebody_else_are_convicted(
    listed: list[dict[str, Any]], reports: list[str], counted: list[list[str]], said: str
) -> None:
    assert said in list(misattributed(listed, reports, counted))
