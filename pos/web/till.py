"""The till: the cashier types an amount and a memo."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from pos.domain.charge import Face
from pos.web.context import current_shop
from pos.web.forms import SaleForm, TillForm
from pos.web.sale import sell

bp = Blueprint("till", __name__)


@bp.get("/")
def new() -> ResponseReturnValue:
    """Show an empty form."""
    return _show(TillForm().fresh())


@bp.post("/")
def create() -> ResponseReturnValue:
    """Make the charge, and lead to its pay page."""
    form = TillForm()
    return sell(form, Face.TILL, lambda error: _show(form, error))


def _show(form: SaleForm, error: str | None = None) -> str:
    return render_template("till/create.html", form=form, error=error, max_sat=current_shop().config.max_sat)
