"""LNPay's webhook: a hint to look, never proof. Without a secret in the settings it is not there.

LNPay sends each event once, waits for the answer, and never tries again (core, IntegrationWebhookRequestJob): so it is
answered at once, and the wallet is asked afterwards.
"""

import json
import logging
import re
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from pos.lnpay import signature_is_valid
from pos.services.settle import settle_invoice
from pos.web.context import current_shop

bp = Blueprint("hooks", __name__, url_prefix="/hooks")
log = logging.getLogger(__name__)


@bp.post("/lnpay")
def lnpay() -> ResponseReturnValue:
    """Take an event, whatever it is called; only the invoice that it is about is of interest."""
    shop = current_shop()
    body = request.get_data()
    signature = request.headers.get("X-LNPay-Signature", "")
    if not signature_is_valid(body, signature, shop.settings.wallet_settings.webhook_secret or ""):
        log.warning("a webhook of %d bytes with a bad signature was refused", len(body))
        abort(403, "The signature is not the secret's.")
    invoice_id = _invoice_id(body)
    answer = Response(status=200)
    if invoice_id:
        answer.call_on_close(partial(settle_invoice, shop, invoice_id))
    return answer


def _invoice_id(body: bytes) -> str | None:
    """Return the id of the LnTx that an event is about; not every event is about one."""
    try:
        place: Any = json.loads(body)
    except (ValueError, RecursionError):
        abort(400, "That is not JSON.")
    if not isinstance(place, dict):
        abort(400, "That is not an event.")
    for name in ("data", "wtx", "lnTx", "id"):
        place = place.get(name) if isinstance(place, dict) else None
    return place if isinstance(place, str) and re.fullmatch(r"\w+", place, re.ASCII) else None
