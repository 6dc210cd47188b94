"""The charge as JSON: the same object for the pay page's script, the API and whoever else asks."""

from typing import Any

from pos.domain.charge import Charge
from pos.domain.sale import Fiat


def charge_json(charge: Charge, now: int) -> dict[str, Any]:
    """Return the charge with `now`, the server's clock. Amounts in sat, times in unix seconds; never a preimage."""
    payment = charge.payment
    now = charge.since_made(now)
    return {
        "id": charge.id,
        "number": str(charge.number),
        "status": charge.status(now).value,
        "amount_sat": charge.amount_sat,
        "tip_sat": charge.tip_sat,
        "fiat": _fiat_json(charge.fiat) if charge.fiat else None,
        "received_sat": payment.received_sat if payment else None,
        "memo": charge.memo,
        "payment_request": charge.invoice.payment_request,
        "payment_hash": charge.invoice.payment_hash,
        "created_at": charge.created_at,
        "expires_at": charge.invoice.expires_at,
        "paid_at": payment.paid_at if payment else None,
        "late": charge.late,
        "cancelled_at": charge.cancelled_at,
        "asked_at": charge.asked_at,
        "silent": charge.is_silent(now),
        "known": charge.is_known(now),
        "now": now,
    }


def _fiat_json(fiat: Fiat) -> dict[str, Any]:
    """Amounts in the currency's minor units (ISO 4217); the rate is the price of one bitcoin, as an exact text."""
    return {
        "currency": fiat.rate.currency,
        "price": fiat.price.minor,
        "tip": fiat.tip.minor,
        "rate": str(fiat.rate.price),
        "rate_at": fiat.rate.at,
        "rate_sources": list(fiat.rate.sources),
        "typed": fiat.typed,
    }
