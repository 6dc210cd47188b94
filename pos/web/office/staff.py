"""The staff: who sells, with a PIN, a role and limits; and where somebody guessed."""

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos.domain.money import SAT, Money, as_typed, parse_money
from pos.domain.pin import LEAST, MOST
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.domain.span import Unit, span_of
from pos.domain.staff import Role, Staff
from pos.services.at_a_glance import wrong_lately
from pos.services.books import times_of
from pos.services.staff import Wanted, add_staff, change_staff, of_staff, remove_staff
from pos.web.access import identity
from pos.web.context import current_shop
from pos.web.errors import back_to_form
from pos.web.forms import AgainForm
from pos.web.headers import keep_out_of_search
from pos.web.i18n import gettext, language, write_money

bp = Blueprint("staff", __name__, url_prefix="/office/staff")
bp.after_request(keep_out_of_search)


@dataclass(frozen=True, slots=True)
class Row:
    """One of the staff: what they may, how many sales they made today, and at which device they have signed in."""

    staff: Staff
    may: str
    today: int
    at: str


@bp.get("")
def index() -> ResponseReturnValue:
    """List the staff, and where PINs were wrong."""
    shop = current_shop()
    since, _ = times_of(shop, span_of(shop.day(shop.now()), Unit.DAY))
    sold, at = shop.store.staff.sold_since(since), shop.store.staff.at_devices()
    return render_template(
        "office/staff.html",
        rows=[Row(it, _may(it), sold.get(it.id, 0), at.get(it.id, "")) for it in shop.store.staff.listed()],
        wrong=wrong_lately(shop),
    )


@bp.get("/add")
def ask() -> ResponseReturnValue:
    """Ask for somebody new."""
    return _show(None)


@bp.post("/add")
def add() -> ResponseReturnValue:
    """Write somebody new down."""
    try:
        add_staff(current_shop(), _wanted(None), identity().name)
    except Refusal as error:
        return back_to_form(error, lambda sentence: _show(None, sentence))
    return redirect(url_for("staff.index"), 303)


@bp.get("/<staff_id>")
def show(staff_id: str) -> ResponseReturnValue:
    """Show what somebody is, to be changed."""
    return _show(of_staff(current_shop(), staff_id))


@bp.post("/<staff_id>")
def change(staff_id: str) -> ResponseReturnValue:
    """Let somebody be what was typed."""
    known = of_staff(current_shop(), staff_id)
    try:
        change_staff(current_shop(), staff_id, _wanted(known), identity().name)
    except Refusal as error:
        return back_to_form(error, lambda sentence: _show(known, sentence))
    return redirect(url_for("staff.index"), 303)


@bp.post("/<staff_id>/remove")
def remove(staff_id: str) -> ResponseReturnValue:
    """Let somebody be of the staff no more."""
    remove_staff(current_shop(), staff_id, identity().name)
    return redirect(url_for("staff.index"), 303)


def _wanted(known: Staff | None) -> Wanted:
    """Read the form. Raises Refusal, and 400 where it is none of ours."""
    typed = request.form
    role = next((it for it in Role if it == typed.get("role")), None) or abort(400)
    kept = _limits(known)
    sale_limit, refund_limit = (_limit(typed.get(it, ""), kept.get(it)) for it in ("sale_limit", "refund_limit"))
    if sale_limit and refund_limit and sale_limit.currency != refund_limit.currency:
        raise Refusal(Sentence("Both limits are in one currency: type them in {unit}.", {"unit": _unit(_currency())}))
    return Wanted(typed.get("name", ""), role, typed.get("pin", ""), sale_limit, refund_limit)


def _limit(text: str, kept: Money | None) -> Money | None:
    """Read a limit in the shop's currency; one that stands there as it was written is what it was."""
    if kept and text.strip() == _written(kept):
        return kept
    return parse_money(text, _currency(), language()) if text.strip() else None


def _written(limit: Money) -> str:
    """Write a limit as it stands in its field: with what it is in, where that is not the shop's currency any more."""
    amount = as_typed(limit, language())
    return amount if limit.currency == _currency() else f"{amount} {_unit(limit.currency)}"


def _currency() -> str:
    return current_shop().settings.currency or SAT


def _unit(currency: str) -> str:
    return gettext("sat") if currency == SAT else currency


def _show(known: Staff | None, error: str | None = None) -> str:
    # Where something is wrong all of it stands there as it was typed, but for the PIN.
    is_new = not request.form
    typed = {name: request.form.get(name, "") for name in ("name", "role", "sale_limit", "refund_limit")}
    if is_new:
        typed = _as_it_is(known)
    return render_template(
        "office/one_of_staff.html",
        known=known,
        typed_in=typed,
        error=error,
        unit=_unit(_currency()),
        left_units={name: _unit(it.currency) for name, it in _limits(known).items() if it.currency != _currency()},
        least=LEAST,
        most=MOST,
        form=AgainForm(),
    )


def _as_it_is(known: Staff | None) -> dict[str, str]:
    if known is None:
        return {"role": Role.CASHIER.value}
    written = {name: _written(it) for name, it in _limits(known).items()}
    return {"name": known.name, "role": known.role.value, **written}


def _limits(known: Staff | None) -> dict[str, Money]:
    limits = {"sale_limit": known.sale_limit, "refund_limit": known.refund_limit} if known else {}
    return {name: it for name, it in limits.items() if it}


def _may(it: Staff) -> str:
    """Say in a few words what somebody may."""
    words = [gettext("Manager") if it.is_manager else gettext("Cashier")]
    if it.sale_limit:
        words.append(gettext("sells up to %(limit)s at once", limit=write_money(it.sale_limit)))
    if it.is_manager and it.refund_limit:
        words.append(gettext("gives back up to %(limit)s", limit=write_money(it.refund_limit)))
    return ", ".join(words)
