"""The Z report: a shift as it was closed, numbered, never changed, and chained to the one before by hashes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pos.domain.charge import Channel
from pos.domain.money import Money
from pos.domain.number import Number
from pos.domain.report import Booked, GivenBack, Part
from pos.domain.shift import Seller, Shift, StillOpen, Takings, digest
from pos.domain.tax import Tax, parse_tax_rate

# Of what is written: a later till that writes other members still reads those of this one.
_VERSION = 1
_PARTS = ("late", "less", "more", "unproven", "surplus")


class NotAReport(Exception):
    """A text is no report as this till writes it."""


@dataclass(frozen=True, slots=True)
class Closing:
    """Who closes a shift, when (unix seconds), and what the shop is called then; `by` nobody where none signs in."""

    at: int
    by: str
    shop_name: str
    shop_address: tuple[str, ...] = ()
    tax_id: str = ""


@dataclass(frozen=True, slots=True)
class ZReport:
    """A shift that is closed. `before` is the SHA-256 of the till's report before, empty in its first one.

    `sales_sha256` is the one of the list of the payments that it was made from. `network` is that of the money: bc is
    bitcoin, bcrt is play money.
    """

    network: str
    shift: Shift
    closing: Closing
    before: str
    sales_sha256: str

    @property
    def text(self) -> str:
        """What is kept, and taken along as JSON: to the letter, as the next report has the hash of it."""
        return json.dumps(_written(self), ensure_ascii=False, indent=1) + "\n"

    @property
    def sha256(self) -> str:
        """The SHA-256 of its text, as hex."""
        return digest(self.text)


@dataclass(frozen=True, slots=True)
class Closed:
    """The report of a shift that somebody closed. `now`: it was this call that did it."""

    report: ZReport
    now: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A report as the database has it: the text, the hash beside it, and the list of the payments in it.

    `id` is what those payments name it by.
    """

    id: int
    network: str
    till: str
    number: int
    sha256: str
    text: str
    sales: str


def read_report(text: str) -> ZReport:
    """Read a report as it was written. Raises NotAReport."""
    try:
        return _read(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotAReport(f"{type(error).__name__}: {error}") from error


def _written(it: ZReport) -> dict[str, Any]:
    shift, closing, takings = it.shift, it.closing, it.shift.takings
    return {
        "version": _VERSION,
        "shop": {"name": closing.shop_name, "address": list(closing.shop_address), "tax_id": closing.tax_id},
        "network": it.network,
        "till": shift.till,
        "number": shift.number,
        "began_at": takings.began_at,
        "ended_at": takings.ended_at,
        "closed_at": closing.at,
        "closed_by": closing.by,
        "count": takings.count,
        "received_sat": takings.received_sat,
        "books": [_book(book) for book in takings.books],
        "sellers": [
            {
                "staff": seller.staff,
                "name": seller.name,
                "channel": seller.channel.value,
                "currency": seller.currency,
                "count": seller.count,
                "total": seller.total,
                "total_sat": seller.total_sat,
            }
            for seller in takings.sellers
        ],
        **{name: _part(getattr(takings, name)) for name in _PARTS},
        "carried": _part(shift.carried),
        "cancelled": shift.cancelled,
        "given_back": [
            {"currency": part.currency, "count": part.count, "amount": part.minor, "sat": part.sat}
            for part in shift.given_back
        ],
        "open": {
            "count": shift.open_count,
            "sat": shift.open_sat,
            "sales": [
                {
                    "number": str(charge.number),
                    "memo": charge.memo,
                    "currency": charge.total.currency,
                    "total": charge.total.minor,
                    "amount_sat": charge.amount_sat,
                    "ends_at": charge.ends_at,
                }
                for charge in shift.open
            ],
        },
        "is_full": shift.is_full,
        "sales_sha256": it.sales_sha256,
        "before": it.before,
    }


def _book(it: Booked) -> dict[str, Any]:
    return {
        "currency": it.currency,
        "count": it.count,
        "price": it.price,
        "tip": it.tip,
        "price_sat": it.price_sat,
        "tip_sat": it.tip_sat,
        "taxes": [{"rate": str(tax.rate), "net": tax.net, "tax": tax.tax} for tax in it.taxes],
    }


def _part(it: Part) -> dict[str, int]:
    return {"count": it.count, "sat": it.sat}


def _read(told: Mapping[str, Any]) -> ZReport:
    takings = Takings(
        told["began_at"],
        told["ended_at"],
        tuple(_read_book(it) for it in told["books"]),
        tuple(_read_seller(it) for it in told["sellers"]),
        **{name: _read_part(told[name]) for name in _PARTS},
    )
    shift = Shift(
        told["till"],
        told["number"],
        takings,
        _read_part(told["carried"]),
        tuple(_read_open(it) for it in told["open"]["sales"]),
        told["open"]["count"],
        told["open"]["sat"],
        told["cancelled"],
        tuple(GivenBack(it["currency"], it["count"], it["amount"], it["sat"]) for it in told["given_back"]),
        told["is_full"],
    )
    shop = told["shop"]
    closing = Closing(told["closed_at"], told["closed_by"], shop["name"], tuple(shop["address"]), shop["tax_id"])
    return ZReport(told["network"], shift, closing, told["before"], told["sales_sha256"])


def _read_book(it: Mapping[str, Any]) -> Booked:
    taxes = tuple(_read_tax(tax) for tax in it["taxes"])
    return Booked(it["currency"], it["count"], it["price"], it["tip"], it["price_sat"], it["tip_sat"], taxes)


def _read_tax(it: Mapping[str, Any]) -> Tax:
    rate = parse_tax_rate(it["rate"])
    if rate is None:
        raise ValueError(f"{it['rate']!r} is no rate of tax")
    return Tax(rate, it["net"], it["tax"])


def _read_seller(it: Mapping[str, Any]) -> Seller:
    return Seller(
        it["staff"], it["name"], Channel(it["channel"]), it["currency"], it["count"], it["total"], it["total_sat"]
    )


def _read_part(it: Mapping[str, int]) -> Part:
    return Part(it["count"], it["sat"])


def _read_open(it: Mapping[str, Any]) -> StillOpen:
    year, _, count = it["number"].partition("-")
    total = Money(it["total"], it["currency"])
    return StillOpen(Number(int(year), int(count)), it["memo"], total, it["amount_sat"], it["ends_at"])
