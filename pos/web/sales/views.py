"""The sales: those of some days, with their sums, and the page of one of them."""

from contextlib import nullcontext

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos.domain.money import SAT
from pos.domain.refund import received, rest_of
from pos.domain.report import own_first
from pos.services.bars import bars_of, edges_of
from pos.services.books import meant_by, read_books, turn
from pos.services.by_number import NO_SALE
from pos.services.recent import WAITED_FOR
from pos.services.refund import why_no_more
from pos.services.settle import refresh
from pos.services.show_message import show_message as put_message
from pos.web.access import identity
from pos.web.context import current_shop
from pos.web.headers import keep_out_of_search
from pos.web.i18n import direction, say
from pos.web.sales import shown
from pos.web.sales.asked import Asked, NoSuchDays, read_asked, read_asked_before
from pos.web.sales.chart import draw
from pos.web.sales.own import is_own, of_own, own_entry, own_entry_or_404, own_till
from pos.web.sales.sale import present

bp = Blueprint("sales", __name__, url_prefix="/sales")
bp.after_request(keep_out_of_search)


@bp.get("")
def index() -> ResponseReturnValue:
    """Show a page of the sales that the address asks for: those of today, if it says nothing."""
    shop = current_shop()
    try:
        return _list(read_asked(shop, request.args))
    except NoSuchDays as error:
        return _list(read_asked_before(shop, request.args), say(error.sentence)), 422


@bp.get("/<number>")
def show(number: str) -> ResponseReturnValue:
    """Show the sale of a number, and what became of it."""
    shop = current_shop()
    entry = own_entry(number)
    if entry is None:
        return _list(read_asked(shop, {"q": number}), say(NO_SALE)), 404
    charge = refresh(shop, entry.charge)
    attempts, printings = shop.store.attempts(entry.sale_id), shop.store.print_jobs.of_sale(entry.sale_id)
    refunds = shop.store.refunds.of_sale(entry.sale_id)
    limited = why_no_more(entry, refunds, identity().refund_limit)
    return render_template(
        "sales/sale.html",
        page=present(shop, entry.sale, charge, attempts, printings, refunds),
        counted=[it for it in shop.store.shifts.of_sale(entry.sale_id) if identity().may_see_sales_of(it[0])],
        opens_refunds=identity().may_give_back,
        may_give_back=charge.payment is not None
        and identity().may_give_back
        and not rest_of(received(entry), refunds).is_nothing,
        limited=say(limited) if limited else None,
    )


@bp.post("/<number>/message")
def show_message(number: str) -> ResponseReturnValue:
    """Put what a payer wrote on the page of its jar, or take it off, and lead back to the sale."""
    known = own_entry_or_404(number).charge.number
    if known is None or not put_message(current_shop(), known, shown=bool(request.form.get("shown"))):
        abort(404, NO_SALE)
    return redirect(url_for("sales.show", number=known), 303)


def _list(asked: Asked, error: str | None = None) -> str:
    shop, asked = current_shop(), of_own(asked)
    now, selection = shop.now(), asked.selection(shop)
    today = shop.day(now)
    # Who looks at one day does not wait for those who look through years.
    with turn(shop) if asked.is_much else nullcontext():
        books = read_books(shop, selection, asked.after, edges_of(shop, asked.span))
        meant = meant_by(shop, selection.search) if selection.search else None
    bars = bars_of(shop, asked.span, books.buckets) if books.buckets else None
    of_days = shown.rows(shop, books.page.entries, now)
    return render_template(
        "sales/list.html",
        asked=asked,
        chart=draw(shop, bars, mirrored=direction() == "rtl") if bars else None,
        # Today by its date: the page may stand open over midnight.
        query=asked.query(),
        error=error,
        today=today,
        title=shown.title(asked.span, today),
        days=shown.days(asked.span),
        before=shown.before(asked, today),
        following=shown.following(asked, today),
        units=shown.units(asked, today),
        filters=shown.filters(shop, asked, books.sums, today, own_till(identity())),
        sums=books.sums,
        balances=own_first(books.sums, shop.settings.currency) if books.sums else [],
        own_currency=shop.settings.currency or SAT,
        of_days=of_days,
        is_due=any(row.outcome in WAITED_FOR for _, rows in of_days for row in rows),
        older=shown.older(asked, books, today),
        looked_through=shown.looked_through(shop, asked, books),
        all_days=shown.all_days(asked, today),
        meant=meant if meant and is_own(meant) and meant not in books.page.entries else None,
        day_of=lambda entry: shop.day(entry.at),
        refunds_due=shop.store.refunds.count_due() if identity().may_give_back else 0,
    )
