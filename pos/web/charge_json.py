"""The charge as JSON: the same object for the pay page's script, the API and whoever else asks."""

from typing import Any

from pos.domain.charge import Charge


def charge_json(charge: Charge, now: int) -> dict[str, Any]:
    """Return the charge with `now`, the server's clock. Amounts in sat, times in unix seconds; never a preimage."""
    payment = charge.payment
    return {
        "id": charge.id,
        "status": charge.status(now).value,
        "amount_sat": charge.amount_sat,
        "received_sat": payment.received_sat if payment else None,
        "memo": charge.memo,
        "payment_request": charge.invoice.payment_request,
        "payment_hash": charge.invoice.payment_hash,
        "created_at": charge.created_at,
        "expires_at": charge.invoice.expires_at,
        "paid_at": payment.paid_at if payment else None,
        "late": charge.late,
        "now": now,
    }
