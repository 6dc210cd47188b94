"""A row of the database as the domain's value, and back."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from pos.domain.charge import Channel, Charge, ListedCharge, Payment
from pos.domain.invoice import Invoice
from pos.domain.money import SAT, Money
from pos.domain.number import Number
from pos.domain.rate import Rate
from pos.domain.report import Entry, GivenBack
from pos.domain.sale import Fiat, Line, Sale, itemized, taxes_in_books
from pos.domain.tax import TaxRate, parse_tax_rate

_AND = ","


def sale_values(charge: Charge, sale: Sale, idempotency_key: str, number: Number) -> dict[str, object]:
    """Return what a new sale is written down as, with its first charge."""
    return {
        "year": number.year,
        "number": number.count,
        "charge_id": charge.id,
        "at": charge.created_at,
        "id": charge.sale_id,
        "channel": charge.channel.value,
        "till": sale.till,
        "currency": sale.price.currency,
        "price": sale.price.minor,
        "tip": sale.tip,
        "memo": sale.memo,
        "jar": sale.jar,
        "payer": sale.payer,
        "shown": sale.shown,
        "staff": sale.staff,
        "idempotency_key": idempotency_key,
        "created_at": charge.created_at,
    }


def line_values(sale_id: str, sale: Sale) -> list[dict[str, object]]:
    """Return what the lines of a new sale are written down as: one at least."""
    return [
        {
            "sale_id": sale_id,
            "position": position,
            "text": line.text,
            "quantity": line.quantity,
            "unit_price": line.unit_price,
            "tax": str(line.tax or ""),
        }
        for position, line in enumerate(sale.lines or (Line(sale.price.minor),), start=1)
    ]


def read_sale(row: Row[Any], lines: Iterable[Row[Any]]) -> Sale:
    """Return the sale of a whole row, and of its lines in their order."""
    price = Money(row.price, row.currency)
    return Sale(price, row.memo, row.tip, row.till, _read_lines(lines), row.jar, row.payer, row.shown, row.staff)


def read_entry(row: Row[Any], lines: Iterable[Row[Any]], returned: GivenBack | None) -> Entry:
    """Return what the books tell of a sale: a whole row of its charge with its own columns, and its lines in order.

    `returned` is what was given back of it; None: nothing was.
    """
    price = Money(row.sale_price, row.sale_currency)
    of_jar = (row.jar, row.payer, row.shown)
    sale = Sale(price, row.memo, row.sale_tip, row.till, _read_lines(lines), *of_jar, row.staff, row.seller)
    given_back = (row.surplus_sat, row.refunded_sat, row.refunded, returned)
    return Entry(row.sale_id, sale, read_charge(row), row.at, *given_back)


def charge_values(charge: Charge) -> dict[str, object]:
    """Return what a new charge is written down as."""
    return {
        "id": charge.id,
        "sale_id": charge.sale_id,
        "attempt": charge.attempt,
        "wallet": charge.wallet,
        "channel": charge.channel.value,
        "till": charge.till,
        "amount_sat": charge.amount_sat,
        "tip_sat": charge.tip_sat,
        "invoice_id": charge.invoice.id,
        "payment_request": charge.invoice.payment_request,
        "payment_hash": charge.invoice.payment_hash,
        "created_at": charge.created_at,
        "expires_at": charge.invoice.expires_at,
        "verify_token": charge.verify_token,
        **(_fiat_values(charge.fiat) if charge.fiat else {}),
    }


def tax_values(charge: Charge, sale: Sale) -> list[dict[str, object]]:
    """Return what the tax in a new charge is written down as: a row for each rate, and often none."""
    return [
        {
            "charge_id": charge.id,
            "rate": str(it.rate),
            "channel": charge.channel.value,
            "till": charge.till,
            "currency": charge.fiat.rate.currency if charge.fiat else sale.price.currency,
            "net": it.net,
            "tax": it.tax,
        }
        for it in taxes_in_books(sale, charge.fiat)
    ]


def _fiat_values(fiat: Fiat) -> dict[str, object]:
    return {
        "currency": fiat.rate.currency,
        "price_minor": fiat.price.minor,
        "tip_minor": fiat.tip.minor,
        "rate": str(fiat.rate.price),
        "rate_at": fiat.rate.at,
        "rate_sources": _AND.join(fiat.rate.sources),
    }


def read_charge(row: Row[Any]) -> Charge:
    """Return the charge of a whole row, which has its sale's columns of `store.charges.OF_SALE`, too."""
    paid = row.paid_at is not None
    return Charge(
        id=row.id,
        sale_id=row.sale_id,
        channel=Channel(row.channel),
        amount_sat=row.amount_sat,
        memo=row.memo,
        invoice=Invoice(row.invoice_id, row.payment_request, row.payment_hash, row.expires_at),
        created_at=row.created_at,
        payment=Payment(row.paid_at, row.received_sat, row.preimage, row.proven) if paid else None,
        tip_sat=row.tip_sat,
        fiat=_fiat(row) if row.currency is not None else None,
        till=row.till,
        cancelled_at=row.cancelled_at,
        attempt=row.attempt,
        wallet=row.wallet,
        jar=row.jar,
        payer=row.payer,
        verify_token=row.verify_token,
        number=Number(row.year, row.number),
        asked_at=row.asked_at,
        silent_since=row.silent_since,
        paid_by=row.paid_by,
    )


def read_listed(row: Sequence[Any]) -> ListedCharge:
    """Return what a list tells of the charge of a row, which has these columns in this order."""
    # To look a column up by its name costs as much as to fetch it, and a till's page lists a dozen.
    charge_id, year, count, attempt, wallet, created_at, price, tip, currency, memo, till, channel, *rest = row
    amount_sat, ends_at, cancelled, received_sat, late, known, news_at, needs_review, surplus = rest
    return ListedCharge(
        id=charge_id,
        number=Number(year, count),
        attempt=attempt,
        wallet=wallet,
        channel=Channel(channel),
        sale=Sale(Money(price, currency), memo, tip, till),
        amount_sat=amount_sat,
        created_at=created_at,
        ends_at=ends_at,
        cancelled=cancelled,
        received_sat=received_sat,
        late=bool(late),
        known=bool(known),
        news_at=news_at,
        needs_review=bool(needs_review),
        surplus=bool(surplus),
    )


def read_tax_rate(written: str) -> TaxRate:
    """Return the rate of a tax that was paid. Raises ValueError where it is none."""
    rate = parse_tax_rate(written)
    if rate is None:
        raise ValueError(f"{written!r} is no rate of tax")
    return rate


def _read_lines(lines: Iterable[Row[Any]]) -> tuple[Line, ...]:
    return itemized(tuple(Line(line.unit_price, line.quantity, line.text, parse_tax_rate(line.tax)) for line in lines))


def _fiat(row: Row[Any]) -> Fiat:
    return Fiat(
        price=Money(row.price_minor, row.currency),
        tip=Money(row.tip_minor, row.currency),
        rate=Rate(row.currency, Decimal(row.rate), row.rate_at, tuple(row.rate_sources.split(_AND))),
        typed=row.sale_currency != SAT,
    )


def can_be_written(text: str) -> bool:
    """Tell whether a database takes a text: PostgreSQL knows no NUL, and half of a surrogate pair is no UTF-8.

    What cannot be written down was not, whoever asks for it.
    """
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
