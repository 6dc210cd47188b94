"""What must be true of who sold what, in the list of the sales and in the reports of shifts. Nothing is asked here."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.verdict import Sale

# A sale as the export has it.
Listed = Mapping[str, Any]


def misnamed(sold: Mapping[str, Sale], listed: Sequence[Listed]) -> Iterator[str]:
    """Compare the list of all sales with those that were shown to who sold them, by their numbers."""
    for row in listed:
        number = row["number"]
        if number not in sold:
            yield f"sale {number} is in the list, and nobody sold it"
        elif row["staff"] != sold[number].staff:
            who, said = (it or "nobody" for it in (sold[number].staff, row["staff"]))
            yield f"sale {number} was sold by {who}, and the list says by {said}"
    for number in sold.keys() - {row["number"] for row in listed}:
        yield f"sale {number} is not in the list"


def misattributed(listed: Sequence[Listed], reports: Sequence[str], counted: Sequence[Sequence[str]]) -> Iterator[str]:
    """Compare the reports, the first one first, with the sales of the list that each of them has `counted`.

    Each that was paid is in exactly one, and what a report has of each of the staff is what those sales come to.
    """
    paid = {row["number"]: row for row in listed if row["received_sat"] is not None}
    times = Counter(number for numbers in counted for number in numbers)
    for number in sorted(paid.keys() | times.keys()):
        if number not in paid or times[number] != 1:
            state = "paid" if number in paid else "not paid"
            yield f"sale {number} was {state}, and is in {times[number]} reports"
    if len(reports) != len(counted):
        yield f"there are {len(reports)} reports, and {len(counted)} lists of what they count"
    for text, numbers in zip(reports, counted, strict=False):
        report = json.loads(text)
        rows = [paid[number] for number in numbers if number in paid]
        said, summed = _of_report(report), _of_sales(rows)
        if said != summed:
            yield f"report {report['number']} has {said} by cashier, and its sales come to {summed}"
        came = sum(row["received_sat"] + row["surplus_sat"] for row in rows)
        if report["received_sat"] != came:
            yield f"report {report['number']} counts {report['received_sat']} sat, and {came} came for its sales"


def _of_report(report: Mapping[str, Any]) -> dict[tuple[str, str], tuple[int, int]]:
    return {(it["channel"], it["name"]): (it["count"], it["total_sat"]) for it in report["sellers"]}


def _of_sales(rows: Sequence[Listed]) -> dict[tuple[str, str], tuple[int, int]]:
    """Add up how many they are and what they came to in sat, by channel and who sold them."""
    count: Counter[tuple[str, str]] = Counter()
    sat: Counter[tuple[str, str]] = Counter()
    for row in rows:
        who = row["channel"], row["staff"]
        count[who] += 1
        sat[who] += row["amount_sat"]
    return {who: (count[who], sat[who]) for who in count}
