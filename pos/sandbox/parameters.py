"""What a client asks for, read and checked by LNPay's rules (LNPay docs; rules of core's models)."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug import Request

from pos.sandbox.errors import ApiError, NodeError
from pos.sandbox.php_form import read_form

Parameters = Mapping[str, Any]

_DEFAULTS = {"num_satoshis": 0, "memo": "LNPAY Invoice", "expiry": 86400, "description_hash": None, "passThru": None}
# What an expiry becomes that is given and empty, in seconds: LnTx has a default of its own.
_EMPTY_EXPIRY = 432000
# A year, in seconds, is the most that LND takes.
_MAX_EXPIRY = 31536000
# The column at LNPay, in characters, and a field of BOLT 11, in bytes.
_MAX_MEMO = 255
_MAX_DESCRIPTION = 639
_MAX_LABEL = 255
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_HASH = re.compile(r"[0-9A-Fa-f]{64}")


@dataclass(frozen=True, slots=True)
class InvoiceParameters:
    """An invoice as asked for. Amount in sat, 0 for any; `expiry` in seconds; `description_hash` in hex."""

    num_satoshis: int
    memo: str
    expiry: int
    description_hash: str | None
    pass_thru: dict[str, Any]


def read_parameters(request: Request) -> Parameters:
    """Read a body as LNPay does: JSON if its type says so, a form otherwise. Raises ApiError."""
    if request.mimetype != "application/json":
        return read_form(request.form.items(multi=True))
    try:
        parameters = _parse(request.get_data() or b"{}")
    except (ValueError, RecursionError) as error:
        raise ApiError(400, "Invalid JSON data in request body: Syntax error.") from error
    if not isinstance(parameters, dict):
        raise ApiError(400, "Invalid JSON data in request body: not an object.")
    return parameters


def read_invoice_parameters(parameters: Parameters, max_sats: int) -> InvoiceParameters:
    """Check what was asked for, and fill in the defaults. An explicit null counts as absent. Raises ApiError."""
    given = {name: value for name in _DEFAULTS if (value := parameters.get(name)) is not None}
    asked = _DEFAULTS | given
    description_hash = asked["description_hash"] or None
    return InvoiceParameters(
        pass_thru=_read_pass_thru(asked["passThru"]),
        num_satoshis=_read_amount(asked["num_satoshis"], max_sats),
        expiry=_read_expiry(asked["expiry"]),
        description_hash=_read_hash(description_hash) if description_hash else None,
        memo=_read_memo(asked["memo"], _MAX_DESCRIPTION if description_hash is None else math.inf),
    )


def read_user_label(parameters: Parameters) -> str:
    """Return what a new wallet shall be called. Raises ApiError."""
    # LNPay's own name for the field in its sentences (core, Wallet::attributeLabels).
    check_given(parameters, {"user_label": "Internal Label"})
    label = parameters["user_label"]
    if not isinstance(label, str):
        raise ApiError(400, "Internal Label must be a string.")
    if len(label) > _MAX_LABEL:
        raise ApiError(400, f"Internal Label should contain at most {_MAX_LABEL} characters.")
    return label


def check_given(parameters: Parameters, needed: Mapping[str, str]) -> None:
    """Refuse a request that leaves out what is needed; `needed` has what LNPay calls each of it. Raises ApiError."""
    for name, label in needed.items():
        value = parameters.get(name)
        if value is None or value in ({}, []) or (isinstance(value, str) and not value.strip()):
            raise ApiError(400, f"{label} cannot be blank.")


def read_integer(value: object, label: str) -> int:
    """Read a whole number: 20, "20" and 20.0 are. Raises ApiError."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | str) or not _INTEGER.fullmatch(str(value)):
        raise ApiError(400, f"{label} must be an integer.")
    return int(value)


def _read_amount(value: object, max_sats: int) -> int:
    if value == "":
        raise ApiError(400, "Num Satoshis cannot be blank.")
    amount = read_integer(value, "Num Satoshis")
    if amount < 0:
        raise NodeError
    if amount > max_sats:
        raise ApiError(400, f"Receiving is limited to: {max_sats} satoshi per invoice")
    return amount


def _read_expiry(value: object) -> int:
    expiry = _EMPTY_EXPIRY if value == "" else read_integer(value, "Expiry")
    if expiry > _MAX_EXPIRY:
        raise NodeError
    return expiry


def _read_memo(value: object, max_bytes: float) -> str:
    if isinstance(value, list | dict):
        raise NodeError
    memo = str(value)
    if len(memo) > _MAX_MEMO or len(memo.encode()) > max_bytes:
        raise NodeError
    return memo


def _read_hash(value: object) -> str:
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise NodeError
    return value.lower()


def _read_pass_thru(value: object) -> dict[str, Any]:
    if not value:
        return {}
    try:
        read = _parse(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise ApiError(400, "passThru data must be valid json")
    return read


def _parse(text: str | bytes) -> object:
    """Read JSON as PHP does: no NaN, and no half of a surrogate pair, which could not be written again."""
    value = json.loads(text, parse_constant=_refuse)
    json.dumps(value, ensure_ascii=False).encode()
    return value


def _refuse(constant: str) -> None:
    raise ValueError(constant)
