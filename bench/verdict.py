"""What must be true of a till after everything that happened to it, judged from outside. Nothing is asked here."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Deposit = tuple[str, int]


@dataclass(slots=True)
class Sale:
    """What a client was shown of a sale. The payment request and the time of the payment come when they are seen.

    `staff` is the name of who sold it at a till, empty where it was a program.
    """

    key: str
    charge_id: str
    amount_sat: int
    payment_request: str = ""
    paid_at: int | None = None
    staff: str = ""

    def see(self, charge: Mapping[str, Any]) -> None:
        """Remember what is shown for the first time."""
        self.payment_request = self.payment_request or charge["payment_request"]
        self.paid_at = charge["paid_at"] if self.paid_at is None else self.paid_at


@dataclass(frozen=True, slots=True)
class Verdict:
    """A sentence for everything that is wrong: charges that were lost, paid but not shown so, shown as paid but not.

    And in reports of shifts: not counted as it was paid, or not as it was written. And all that the staff and their
    devices are told wrong: what was sold by somebody else than who is said to, or a device that is none any more.
    """

    lost: list[str]
    unnoticed: list[str]
    unearned: list[str]
    miscounted: list[str] = field(default_factory=list)
    misnamed: list[str] = field(default_factory=list)

    @property
    def violations(self) -> list[str]:
        return [*self.lost, *self.unnoticed, *self.unearned, *self.miscounted, *self.misnamed]


def judge(sales: Sequence[Sale], received: Sequence[Deposit], book: Mapping[str, Mapping[str, Any] | None]) -> Verdict:
    """Compare what clients saw and what the wallet received with what the till says now, for each charge or None."""
    deposits: dict[str, list[int]] = {}
    for payment_request, sat in received:
        deposits.setdefault(payment_request, []).append(sat)
    known = [(sale, charge) for sale in sales if (charge := book[sale.charge_id])]
    return Verdict(
        lost=[*_gone(sales, book), *_altered(known), *_sold_twice(sales)],
        unnoticed=[line for sale, charge in known for line in _unnoticed(sale, charge, deposits)],
        unearned=[
            f"charge {sale.charge_id} is shown as paid, and nobody paid it"
            for sale, charge in known
            if (charge["status"] == "paid" or sale.paid_at) and not deposits.get(charge["payment_request"])
        ],
    )


def _gone(sales: Sequence[Sale], book: Mapping[str, Mapping[str, Any] | None]) -> Iterator[str]:
    for sale in sales:
        if not book[sale.charge_id]:
            yield f"charge {sale.charge_id} was shown, and is not there"


def _altered(known: Sequence[tuple[Sale, Mapping[str, Any]]]) -> Iterator[str]:
    for sale, charge in known:
        if charge["amount_sat"] != sale.amount_sat:
            yield f"charge {sale.charge_id} was over {sale.amount_sat} sat, and is over {charge['amount_sat']}"
        if charge["payment_request"] != (sale.payment_request or charge["payment_request"]):
            yield f"charge {sale.charge_id} has another invoice than the one that was shown"


def _sold_twice(sales: Sequence[Sale]) -> Iterator[str]:
    for what, values in (
        ("key", Counter(sale.key for sale in sales)),
        ("charge", Counter(sale.charge_id for sale in sales)),
        ("invoice", Counter(sale.payment_request for sale in sales if sale.payment_request)),
    ):
        for value, count in values.items():
            if count > 1:
                yield f"{what} {value} stands for {count} sales"


def _unnoticed(sale: Sale, charge: Mapping[str, Any], deposits: Mapping[str, list[int]]) -> Iterator[str]:
    paid = deposits.get(charge["payment_request"], [])
    if not paid:
        return
    if len(paid) > 1:
        yield f"charge {sale.charge_id} was paid {len(paid)} times"
    if charge["status"] != "paid":
        yield f"charge {sale.charge_id} was paid, and is shown as {charge['status']}"
    elif charge["received_sat"] != paid[0]:
        yield f"charge {sale.charge_id} was paid {paid[0]} sat, and {charge['received_sat']} are shown"
    if sale.paid_at not in (None, charge["paid_at"]):
        yield f"charge {sale.charge_id} was shown as paid at {sale.paid_at}, and now at {charge['paid_at']}"
