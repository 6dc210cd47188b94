"""The tip jar: a public page with suggested amounts and a message."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from pos.domain.charge import Channel
from pos.web.context import current_shop
from pos.web.forms import SaleForm
from pos.web.presets import presets
from pos.web.sale import sell
from pos.web.selling import readiness, selling_json
from pos.web.tip_jar.forms import TipJarForm

bp = Blueprint("tip_jar", __name__, url_prefix="/tips")


@bp.get("")
def new() -> ResponseReturnValue:
    """Show the amounts, the second of them chosen."""
    amounts = current_shop().settings.tip_amounts
    return _show(TipJarForm().fresh(), str(amounts[min(1, len(amounts) - 1)]))


@bp.post("")
def create() -> ResponseReturnValue:
    """Make the charge, and lead to its pay page."""
    form = TipJarForm()
    return sell(form, Channel.TIPS, lambda error: _show(form, form.amount.data, error))


@bp.get("/status")
def status() -> ResponseReturnValue:
    """Say whether the shop can sell now."""
    return selling_json()


def _show(form: SaleForm, selected: str | None, error: str | None = None) -> str:
    settings = current_shop().settings
    return render_template(
        "tip_jar/create.html",
        form=form,
        error=error,
        presets=presets(settings.tip_amounts),
        selected=next((amount for amount in settings.tip_amounts if str(amount) == selected), None),
        max_sat=settings.max_sat,
        out_of_order=readiness().is_known_to_fail(),
    )
