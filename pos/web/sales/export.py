"""The sales that the address of their page asks for, to take along: a file for spreadsheets, or for programs."""

from datetime import date
from itertools import chain

from flask import Blueprint, Response, request

from pos.domain.span import Span
from pos.services.export import Format, export
from pos.web.context import current_shop
from pos.web.headers import keep_out_of_search
from pos.web.sales.asked import read_asked
from pos.web.sales.own import of_own

bp = Blueprint("export", __name__)
bp.after_request(keep_out_of_search)

_TYPES = {Format.CSV: "text/csv; charset=utf-8; header=present", Format.JSON: "application/json"}


@bp.get("/sales.<any(csv, json):kind>")
def take(kind: str) -> Response:
    """Send all sales that `/sales` lists at the same address; with `lines`, a row of CSV for each of their lines."""
    shop = current_shop()
    asked = of_own(read_asked(shop, request.args))
    lines = "lines" in request.args
    pieces = export(shop, asked.selection(shop), Format(kind), lines=lines)
    # Before there is an answer: where the database fails at once, that is an error and no file.
    first = next(pieces)
    answer = Response(chain([first], pieces), content_type=_TYPES[Format(kind)])
    answer.headers["Content-Disposition"] = f"attachment; filename={_name(asked.span, lines=lines)}.{kind}"
    return answer


def _name(span: Span, *, lines: bool) -> str:
    days: list[date] = [span.first] if span.first == span.last else [span.first, span.last]
    return "_".join(["lines" if lines else "sales", *map(str, days)])
