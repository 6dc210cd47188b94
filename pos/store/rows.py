"""A row of the book as the domain's value, and back."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from pos.domain.charge import Channel, Charge, Payment, Tally
from pos.domain.invoice import Invoice
from pos.domain.money import Money
from pos.domain.rate import Rate
from pos.domain.sale import Fiat

_AND = ","


def charge_values(charge: Charge) -> dict[str, object]:
    """Return what a new charge is written down as."""
    return {
        "id": charge.id,
        "idempotency_key": charge.idempotency_key,
        "channel": charge.channel.value,
        "amount_sat": charge.amount_sat,
        "memo": charge.memo,
        "invoice_id": charge.invoice.id,
        "payment_request": charge.invoice.payment_request,
        "payment_hash": charge.invoice.payment_hash,
        "created_at": charge.created_at,
        "expires_at": charge.invoice.expires_at,
        "tip_sat": charge.tip_sat,
        "till": charge.till,
        **(_fiat_values(charge.fiat) if charge.fiat else {}),
    }


def _fiat_values(fiat: Fiat) -> dict[str, object]:
    return {
        "currency": fiat.rate.currency,
        "price_minor": fiat.price.minor,
        "tip_minor": fiat.tip.minor,
        "typed_fiat": fiat.typed,
        "rate": str(fiat.rate.price),
        "rate_at": fiat.rate.at,
        "rate_sources": _AND.join(fiat.rate.sources),
    }


def read_charge(row: Row[Any]) -> Charge:
    """Return the charge of a whole row."""
    paid = row.paid_at is not None
    return Charge(
        id=row.id,
        idempotency_key=row.idempotency_key,
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
    )


def _fiat(row: Row[Any]) -> Fiat:
    return Fiat(
        price=Money(row.price_minor, row.currency),
        tip=Money(row.tip_minor, row.currency),
        rate=Rate(row.currency, Decimal(row.rate), row.rate_at, tuple(row.rate_sources.split(_AND))),
        typed=row.typed_fiat,
    )


def read_tally(row: Row[Any]) -> Tally:
    """Return what became of the charges of one channel."""
    # PostgreSQL adds up whole numbers to a decimal one.
    return Tally(Channel(row.channel), row.made, row.paid, row.late, row.open, int(row.received_sat))
