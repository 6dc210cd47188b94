"""The JSON API, for programs that sell or keep books. Errors are RFC 9457 problems. Without a token there is no API."""

import logging
import re
import secrets
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from pos.domain.charge import Channel, Charge, Status, is_idempotency_key
from pos.domain.export import as_object
from pos.domain.memo import clean_memo
from pos.domain.money import SAT, Money, check_sat
from pos.domain.report import Place, Selection
from pos.domain.sale import Sale
from pos.domain.tax import TaxRate, parse_tax_rate
from pos.services.charge import charge
from pos.services.export import tell
from pos.services.settle import refresh
from pos.shop import Shop
from pos.web.auth import authorize
from pos.web.charge_json import charge_json
from pos.web.context import charge_or_404, current_shop
from pos.web.place import read_place, write_place

bp = Blueprint("api", __name__, url_prefix="/api/v1")
log = logging.getLogger(__name__)

# So many sales are told at once.
SALES = 100
# Later than any clock will ever be.
_FAR = 10**12 - 1
# Seconds after a payment, by when a till that runs has learned of it.
_KNOWN_AFTER = 60
# Before every sale of its second.
_FIRST = "!"


@bp.before_request
def ask_for_the_token() -> None:
    """Let nobody in without it."""
    authorize(current_shop().settings.api_token, "POS_API_TOKEN")


@bp.post("/charges")
def create() -> ResponseReturnValue:
    """Make a charge from `{"amount_sat": 2100, "memo": "...", "tax_rate": "7", "key": "..."}`.

    All but the amount may be left out. The key may also come as the header `Idempotency-Key`. Answers 201 and the
    charge, with its address.
    """
    shop = current_shop()
    made = _now_of(shop, charge(shop, Channel.API, *_read(shop, _body())))
    address = url_for("api.show", charge_id=made.id)
    return charge_json(made, shop.now()), 201, {"Location": address}


@bp.get("/charges/<charge_id>")
def show(charge_id: str) -> ResponseReturnValue:
    """Say what became of a charge, whichever way it was made; of the newest of its sale, if it is not paid itself."""
    shop = current_shop()
    return charge_json(refresh(shop, _now_of(shop, charge_or_404(charge_id))), shop.now())


@bp.get("/sales")
def sales() -> ResponseReturnValue:
    """List sales, the oldest first: those paid, or else made, from `since` on and before `until` (unix seconds).

    `cursor` is where an earlier answer ended; `more` tells whether there are more now. Where there are not, the last
    minute comes again with the next question: a payment has the second that the wallet says, and is known a bit later.
    """
    shop = current_shop()
    selection = Selection(_time("since", 0), _time("until", _FAR))
    if selection.until < selection.since:
        abort(422, "until must not be before since.")
    after = _cursor()
    entries, more = shop.store.following(selection, after, SALES)
    last = entries[-1].place if entries else after
    now = shop.now()
    if last and not more:
        last = min(last, (now - _KNOWN_AFTER, _FIRST))
    return {
        "sales": [as_object(tell(shop, it, now)) for it in entries],
        "cursor": write_place(last) if last else None,
        "more": more is not None,
    }


def _now_of(shop: Shop, charge: Charge) -> Charge:
    """Return the charge that says what became of a sale: whoever was to pay one may have taken a new invoice."""
    # Of an open one there is no newer.
    if charge.number is None or charge.status(shop.now()) is not Status.EXPIRED:
        return charge
    return shop.store.find_by_number(charge.number) or charge


def _time(name: str, default: int) -> int:
    text = request.args.get(name)
    if text is None:
        return default
    if not re.fullmatch("[0-9]{1,12}", text):
        abort(422, f"{name} must be a time in whole unix seconds.")
    return int(text)


def _cursor() -> Place | None:
    text = request.args.get("cursor")
    if text is None:
        return None
    place = read_place(text)
    if place is None:
        abort(422, "cursor must be one that an earlier answer had.")
    return place


def _given(value: Any, default: str) -> Any:
    """Only what is left out, or null, has a default: a key of 0 is a mistake, and must not sell without one."""
    return default if value is None else value


def _body() -> Any:
    try:
        return request.get_json(silent=True)
    except RecursionError:
        # Nested deeper than Python reads; as good as no JSON.
        return None


def _read(shop: Shop, body: Any) -> tuple[Sale, str]:
    if not isinstance(body, dict):
        abort(422, "The body must be a JSON object, sent as application/json.")
    # The form calls it `amount`, and a program may as well.
    amount = body.get("amount_sat", body.get("amount"))
    memo = _given(body.get("memo"), "")
    key = _given(request.headers.get("Idempotency-Key", body.get("key")), secrets.token_urlsafe(16))
    if not isinstance(amount, int) or isinstance(amount, bool):
        abort(422, "amount_sat must be a whole number.")
    if not isinstance(memo, str):
        abort(422, "memo must be a text.")
    if not isinstance(key, str) or not is_idempotency_key(key):
        abort(422, "key must be 1 to 200 visible ASCII characters.")
    price = Money(check_sat(amount, shop.settings.max_sat), SAT)
    return Sale.all_told(price, _tax(shop, body.get("tax_rate")), clean_memo(memo)), key


def _tax(shop: Shop, given: Any) -> TaxRate | None:
    if given is None:
        return shop.settings.usual_tax
    asked = parse_tax_rate(given) if isinstance(given, str) else None
    known = [it.included for it in shop.settings.tax_rates]
    if asked is None or asked.included not in known:
        abort(422, f"tax_rate must be one of the shop's: {', '.join(map(str, known)) or 'it has none'}.")
    return asked
