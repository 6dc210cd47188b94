"""What an LnTx says, in the answers of LNPay of all ages: JSON to values, each complete or refused. No calls.

Facts are from LNPay's documentation and its server's source, lnpay-core ("core").
"""

import json
import re
from base64 import b64decode
from binascii import Error as Base64Error
from typing import Any, TypeGuard

from pos.domain.charge import Settlement
from pos.domain.invoice import Invoice
from pos.wallets.base import BadAnswer, InvoiceRequest, Offer

_DIGITS = re.compile(r"[0-9]{1,19}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")
_HASH = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"\w{1,64}", re.ASCII)


def to_parameters(request: InvoiceRequest) -> dict[str, object]:
    """Write what LNPay is asked for when it is to make an LnTx."""
    asked: dict[str, object] = {
        "num_satoshis": request.amount_sat,
        "memo": request.memo,
        "expiry": request.expiry,
        "passThru": {"charge_id": request.charge_id},
    }
    return asked | ({"description_hash": request.description_hash} if request.description_hash else {})


def to_offer(lntx: dict[str, Any]) -> Offer:
    """Read a new LnTx. Raises BadAnswer."""
    expires_at = lntx.get("expires_at")
    invoice = Invoice(
        id=_id(lntx),
        payment_request=_text(lntx, "payment_request"),
        payment_hash=_hash(lntx),
        # It is null in some answers (core, LnTx); what BOLT 11 says counts in any case.
        expires_at=_whole(lntx, "expires_at") if expires_at is not None else 2**62,
    )
    payee = lntx.get("dest_pubkey")
    if payee is not None and not isinstance(payee, str):
        raise BadAnswer("dest_pubkey is not a text")
    return Offer(invoice, payee.lower() if payee else None)


def to_settlement(lntx: dict[str, Any]) -> Settlement | None:
    """Read what became of an LnTx. On settlement LNPay overwrites num_satoshis with what was paid (core, LnTx).

    Raises BadAnswer.
    """
    if not _is_settled(lntx):
        return None
    settled_at = lntx.get("settled_at")
    return Settlement(
        settled_at=settled_at if _is_whole(settled_at) else None,
        received_sat=_received(lntx.get("num_satoshis")),
        preimage=_preimage(lntx.get("payment_preimage")),
    )


def _received(value: object) -> int:
    """Read the sum, a number in every known answer. One that comes as text or as 2100.0 must not cost a payment."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not _is_whole(value):
        raise BadAnswer("LNPay did not say how much was paid")
    return value


def _preimage(value: object) -> str | None:
    """Read a preimage: 64 hex digits, or in answers of 2019 and 2020 the hex of its base64 text (88 digits)."""
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        return None
    raw = bytes.fromhex(value)
    if len(raw) == 44:
        try:
            raw = b64decode(raw, validate=True)
        except Base64Error:
            return None
    return raw.hex() if len(raw) == 32 else None


def invoice_names(lntx: dict[str, Any]) -> tuple[str, str]:
    """Return how the invoice that an LnTx is about is named: its id and its payment hash. Raises BadAnswer."""
    return _id(lntx), _hash(lntx)


def parse(body: bytes) -> dict[str, Any]:
    """Read an answer's body as the JSON object that it has to be. Raises BadAnswer."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadAnswer("LNPay answered with something that is not JSON") from error
    if not isinstance(value, dict):
        raise BadAnswer("LNPay answered with JSON that is not an object")
    return value


def message(body: bytes) -> str:
    """Return what an error of LNPay says, or nothing."""
    try:
        text = parse(body).get("message")
    except BadAnswer:
        return ""
    return text if isinstance(text, str) else ""


def _text(lntx: dict[str, Any], name: str) -> str:
    value = lntx.get(name)
    if not isinstance(value, str) or not value:
        raise BadAnswer(f"LNPay sent no {name}")
    return value


def _whole(lntx: dict[str, Any], name: str) -> int:
    value = lntx.get(name)
    if not _is_whole(value):
        raise BadAnswer(f"LNPay sent no {name}")
    return value


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**62


def _is_settled(lntx: dict[str, Any]) -> bool:
    settled = lntx.get("settled")
    if settled not in (0, 1, "0", "1"):
        raise BadAnswer("LNPay did not say whether the invoice is settled")
    return bool(int(settled))


def _id(lntx: dict[str, Any]) -> str:
    """Read the id, which becomes a part of an address; LNPay's routes take word characters only (core, web.php)."""
    lntx_id = _text(lntx, "id")
    if not _ID.fullmatch(lntx_id):
        raise BadAnswer("the id is not one of an LnTx")
    return lntx_id


def _hash(lntx: dict[str, Any]) -> str:
    payment_hash = _text(lntx, "r_hash_decoded").lower()
    if not _HASH.fullmatch(payment_hash):
        raise BadAnswer("r_hash_decoded is not a payment hash")
    return payment_hash
