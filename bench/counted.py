"""What must be true of the reports of shifts after everything that happened to a till. Nothing is asked here."""

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

from bench.verdict import Deposit


def miscounted(
    reports: Sequence[str], received: Sequence[Deposit], closed: Mapping[int, Sequence[str]]
) -> Iterator[str]:
    """Compare a till's reports, the first one first, with what its wallet received.

    `closed` has who was told that it was them who closed a shift, by its number.
    """
    before, count, sat = "", 0, 0
    for number, text in enumerate(reports, start=1):
        report = json.loads(text)
        if report["number"] != number:
            yield f"report {number} calls itself {report['number']}"
        told = closed.get(number)
        if told and report["closed_by"] not in told:
            yield f"report {number} was closed by {report['closed_by']}, and {told[0]} was told to have done so"
        if report["before"] != before:
            yield f"report {number} does not follow on the one before"
        before = sha256(text.encode()).hexdigest()
        count += report["count"] + report["surplus"]["count"]
        sat += report["received_sat"]
    if count != len(received):
        yield f"{len(received)} payments came, and the reports count {count}"
    if sat != sum(it for _, it in received):
        yield f"{sum(it for _, it in received)} sat came, and the reports count {sat}"
    for number, names in closed.items():
        if len(names) > 1:
            yield f"{len(names)} people were told that they closed shift {number}"
        if number > len(reports):
            yield f"somebody was told that shift {number} is closed, and there is no report of it"
