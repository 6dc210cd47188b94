"""What is typed at a till, told to its customer's display. Nothing is sold here, and no sale waits for it."""

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from pos.domain.draft import Draft, is_browser
from pos.domain.money import SAT, AmountError, Money
from pos.domain.refusal import Refusal
from pos.domain.sale import Line, Sale, price_of
from pos.services.drafts import see_browser, type_draft
from pos.services.quote import quote_at_hand
from pos.shop import Shop
from pos.web.context import current_shop
from pos.web.i18n import gettext, language
from pos.web.till.tape import Tape, read, sent

bp = Blueprint("draft", __name__, url_prefix="/till/<till>/draft")


@bp.post("")
def tell(till: str) -> ResponseReturnValue:
    """Take what is typed, or only that this page is open. Tell if the till is open in another browser, too."""
    shop, typed = current_shop(), request.form
    browser = typed.get("browser", "")
    if till not in shop.settings.tills:
        abort(404)
    if not is_browser(browser):
        abort(400)
    if "amount" not in typed:
        return _told(is_shared=see_browser(shop, till, browser))
    lines, line_taxes = typed.getlist("line"), typed.getlist("line_tax")
    tape = sent(shop, typed.get("unit"), lines, line_taxes, typed.get("amount", ""), typed.get("tax"))
    return _told(is_shared=type_draft(shop, _draft(shop, till, browser, tape)))


def _told(*, is_shared: bool) -> ResponseReturnValue:
    return {"shared": gettext("This till is also open in another browser.") if is_shared else ""}


def _draft(shop: Shop, till: str, browser: str, tape: Tape) -> Draft:
    lines = _lines(tape)
    return Draft(till, browser, tape.unit, lines, _worth(shop, Money(price_of(lines), tape.unit)))


def _lines(tape: Tape) -> tuple[Line, ...]:
    """Read what stands there. What is being typed and is no amount yet, or no more, is left out."""
    if not any(it.text.strip() for it in tape.amounts):
        return ()
    try:
        lines = read(tape, language())
    except AmountError:
        return _lines(Tape(tape.unit, tape.lines)) if tape.amount.text.strip() else ()
    return tuple(it for it in lines if it.unit_price)


def _worth(shop: Shop, price: Money) -> Money | None:
    """Return what it comes to in the other unit, where a rate is at hand."""
    try:
        asked = quote_at_hand(shop, Sale(price))
    except Refusal:
        return None
    if asked.fiat is None:
        return None
    return asked.fiat.total if price.currency == SAT else Money(asked.amount_sat, SAT)
