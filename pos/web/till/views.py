"""The till: the cashier types amounts and a memo, and has the last sales at hand."""

import logging
from dataclasses import asdict, replace
from functools import partial
from typing import cast

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos.domain.charge import Channel, LeftBehind, ListedCharge
from pos.domain.money import SAT, AmountError, decimal_sign, decimals, group_sign
from pos.services.left_behind import LastCount
from pos.services.printing import PrintNotice, unprinted
from pos.services.recent import memos, recent
from pos.store import StoreError
from pos.web.access import identity
from pos.web.context import current_shop
from pos.web.cookies import keep
from pos.web.errors import back_to_form
from pos.web.forms import new_key
from pos.web.i18n import language, say
from pos.web.sale import sell
from pos.web.static import running_version
from pos.web.till.forms import Fields, TillForm
from pos.web.till.lock import LOCK, keep_and_lock
from pos.web.till.preview import not_read, preview
from pos.web.till.recent import rows
from pos.web.till.taken_up import Lost, taken_up
from pos.web.till.tape import empty, on_top, sent, units
from pos.web.visitor import is_at_this_machine

bp = Blueprint("till", __name__)
log = logging.getLogger(__name__)

# The unit that this device sold in last.
UNIT = "unit"


@bp.get("/")
@bp.get("/till/<till>")
def new(till: str | None = None) -> ResponseReturnValue:
    """Show an empty form, or the sale that somebody steps back to."""
    name = _till_or_404(till)
    if till == current_shop().settings.tills[0]:
        return redirect(url_for("till.new"))
    sale = request.args.get("sale")
    anew = Fields(name, new_key(), empty(current_shop(), _usual_unit()))
    try:
        fields = taken_up(name, sale) if sale else None
    except Lost as error:
        return back_to_form(error, partial(_show, replace(anew, memo=error.memo)))
    return _show(fields or anew)


@bp.post("/")
@bp.post("/till/<till>")
def create(till: str | None = None) -> ResponseReturnValue:
    """Make the charge, and lead to its pay page; or edit the tape, where a button of it was pressed."""
    form = TillForm(_till_or_404(till))
    if form.do.data == LOCK or identity().is_locked:
        return keep_and_lock(form)
    if form.do.data:
        error = form.edit()
        return _show(form.fields, error), 422 if error else 200
    answer = make_response(sell(form, Channel.TILL, lambda error: _show(form.fields, error)))
    return _with_unit(answer, form.unit.data) if answer.status_code == 303 else answer


@bp.get("/quote")
def quote() -> ResponseReturnValue:
    """Say what is typed at a till comes to, as JSON with every text as the reader writes it.

    What is wrong is a sentence on the page, too: an answer that is none would look as if the till could not be reached.
    """
    shop = current_shop()
    typed = request.args
    lines, line_taxes = typed.getlist("line"), typed.getlist("line_tax")
    try:
        tape = sent(shop, typed.get("unit"), lines, line_taxes, typed.get("amount", ""), typed.get("tax"))
    except AmountError as error:
        return asdict(not_read(lines, error))
    return asdict(preview(shop, tape))


@bp.get("/recent")
def sales() -> ResponseReturnValue:
    """Show the last sales of a till, for its page to put in the place of the older ones, and if that is out of date."""
    listed = _list(_till_or_404(request.args.get("till")))
    return _render("till/_recent.html", *listed, is_old=request.args.get("of") not in (None, running_version()))


def _show(fields: Fields, error: str | None = None) -> str:
    shop = current_shop()
    charges, left, not_printed = _list_or_nothing(fields.till)
    tape = fields.tape
    return _render(
        "till/create.html",
        charges,
        left,
        not_printed,
        # Where there is but one, its name tells nobody anything.
        till_name=fields.till if len(shop.settings.tills) > 1 else "",
        fields=fields,
        error=error,
        tape=tape,
        shown=preview(shop, tape),
        units={unit: decimals(unit) for unit in units(shop)},
        tax_rates=shop.settings.tax_rates if len(shop.settings.tax_rates) > 1 else (),
        on_top=on_top(shop),
        decimal_sign=decimal_sign(language()),
        group_sign=group_sign(language()),
        memos=memos(charges),
        offers_tip=shop.settings.asks_for_tip(Channel.TILL),
        rings=shop.settings.sound == "on",
        version=running_version(),
        is_nobodys=not identity().is_claimed and is_at_this_machine(),
    )


def _render(
    template: str,
    charges: list[ListedCharge],
    left: list[LeftBehind],
    not_printed: PrintNotice | None,
    **values: object,
) -> str:
    shop = current_shop()
    listed = rows(charges, shop.now(), shop.wallet.identity)
    paper = not_printed and say(not_printed.sentence)
    return render_template(template, rows=listed, left_behind=left, not_printed=not_printed, paper=paper, **values)


def _list(till: str) -> tuple[list[ListedCharge], list[LeftBehind], PrintNotice | None]:
    """Read a till's last sales, what was left with another wallet, and what was not printed. Raises StoreError."""
    shop = current_shop()
    count = cast(LastCount, current_app.extensions["left_behind"])
    return recent(shop, till), count.get(), unprinted(shop)


def _list_or_nothing(till: str) -> tuple[list[ListedCharge], list[LeftBehind], PrintNotice | None]:
    """A till goes on without its list: what it has to say about the sale in hand comes first."""
    try:
        return _list(till)
    except StoreError as error:
        log.error("no recent sales: the store failed: %s", error)
        return [], [], None


def _till_or_404(name: str | None) -> str:
    tills = current_shop().settings.tills
    if name is None:
        return tills[0]
    return name if name in tills else abort(404)


def _usual_unit() -> str:
    """What this device sold in last, else the shop's currency; sat where there is no rate for it."""
    shop = current_shop()
    kept = request.cookies.get(UNIT)
    unit = kept if kept in units(shop) else units(shop)[-1]
    return unit if shop.rates.at_hand() else SAT


def _with_unit(answer: Response, unit: str | None) -> Response:
    if unit:
        keep(answer, UNIT, unit)
    return answer
