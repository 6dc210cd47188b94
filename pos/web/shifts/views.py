"""Closing a till's shift, the report of one that is closed, and the list of all reports."""

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos.domain.sentence import Sentence
from pos.domain.shift_export import as_csv
from pos.domain.z_report import Kept
from pos.services.close_shift import close_shift, open_shift
from pos.services.printing import print_report
from pos.web.access import NotAllowed, identity
from pos.web.context import current_shop
from pos.web.headers import keep_out_of_search
from pos.web.links import till_url
from pos.web.papers import PAPERS, asked_paper
from pos.web.shifts.page import present, read, rows, short
from pos.web.visitor import count_visit

bp = Blueprint("shifts", __name__)
bp.after_request(keep_out_of_search)

_ROWS = 50
_TYPES = {"csv": "text/csv; charset=utf-8; header=present", "json": "application/json"}


@bp.get("/till/<till>/shift")
def ask(till: str) -> ResponseReturnValue:
    """Show what a till took since its last shift was closed, and ask whether to close this one."""
    shop = current_shop()
    shift = open_shift(shop, _till_or_404(till))
    return render_template("shifts/close.html", page=present(shop, shift), shift=shift, till_url=till_url(till))


@bp.post("/till/<till>/shift")
def close(till: str) -> ResponseReturnValue:
    """Close the shift that the form was about, and lead to its report; whoever comes second is told so there."""
    number = request.form.get("number", type=int)
    if number is None:
        abort(400)
    closed = close_shift(current_shop(), _till_or_404(till), number, identity().name)
    told = "now" if closed.now else "before"
    return redirect(url_for("shifts.show", till=till, number=number, closed=told), 303)


@bp.get("/shifts")
def index() -> ResponseReturnValue:
    """List the reports of all tills, or of one, the newest first; on a till its own."""
    shop, who = current_shop(), identity()
    till = request.args.get("till")
    sees_all = who.may_see_sales_of("")
    if till is None and who.device and not sees_all:
        till = who.device.place
    if till is not None:
        _may_see(till)
    before = request.args.get("before", type=int)
    kept = shop.store.shifts.listed(till, before, _ROWS + 1)
    return render_template(
        "shifts/list.html",
        rows=list(rows(shop, kept[:_ROWS])),
        tills=[it for it in shop.settings.tills if who.may_see_sales_of(it)],
        closing=[it for it in shop.settings.tills if who.may_sell_at(it)],
        sees_all=sees_all,
        till=till,
        older=url_for("shifts.index", till=till, before=kept[_ROWS - 1].id) if len(kept) > _ROWS else None,
    )


@bp.get("/shifts/<till>/<int:number>")
def show(till: str, number: int) -> ResponseReturnValue:
    """Show a report, as it was written."""
    shop = current_shop()
    kept = _report_or_404(till, number)
    report = read(kept)
    return render_template(
        "shifts/report.html",
        report=report,
        page=present(shop, report.shift),
        shift=report.shift,
        closing=report.closing,
        this=short(kept.sha256),
        before=short(report.before),
        closed=request.args.get("closed"),
        till_url=till_url(till) if identity().may_sell_at(till) else None,
        papers=PAPERS,
        paper=asked_paper(),
    )


@bp.get("/shifts/<till>/<int:number>.<any(csv, json):kind>")
def take(till: str, number: int, kind: str) -> Response:
    """Send a report to take along: as JSON to the letter, so that its hash is the file's, or as CSV."""
    shop, kept = current_shop(), _report_or_404(till, number)
    zone = shop.settings.timezone
    # Where the zone is the machine's, a time does not have it yet.
    text = kept.text if kind == "json" else as_csv(read(kept), lambda at: shop.local_time(at).astimezone(zone))
    answer = Response(text, content_type=_TYPES[kind])
    answer.headers.set("Content-Disposition", "attachment", filename=f"z-{till}-{number}.{kind}")
    return answer


@bp.post("/shifts/<till>/<int:number>/print")
def print_(till: str, number: int) -> ResponseReturnValue:
    """Print a report on the receipt printer, and lead back to it. Where there is no printer there is no such page."""
    printer = current_shop().printer
    if printer is None:
        abort(404)
    report = read(_report_or_404(till, number))
    # Paper costs something, and who reaches the till may be anybody.
    count_visit()
    print_report(printer, report)
    return redirect(url_for("shifts.show", till=till, number=number, closed="printed"), 303)


def _till_or_404(name: str) -> str:
    return name if name in current_shop().settings.tills else abort(404)


def _may_see(till: str) -> None:
    """Raise NotAllowed where a till's sales are not for whoever asks."""
    if not identity().may_see_sales_of(till):
        raise NotAllowed(Sentence("The reports of another till are for a manager and the owner."))


def _report_or_404(till: str, number: int) -> Kept:
    _may_see(till)
    kept = current_shop().store.shifts.get(till, number)
    return kept or abort(404, Sentence("There is no report with that number."))
