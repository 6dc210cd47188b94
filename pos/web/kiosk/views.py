"""The kiosk: a few big amounts, or another one, on a screen that nobody attends."""

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue

from pos.domain.charge import Channel
from pos.web import cookies, i18n
from pos.web.context import current_shop
from pos.web.forms import SaleForm
from pos.web.i18n import in_sat
from pos.web.kiosk.forms import KioskForm
from pos.web.presets import presets
from pos.web.sale import sell
from pos.web.selling import readiness, selling_json

bp = Blueprint("kiosk", __name__, url_prefix="/kiosk")


@bp.get("")
def new() -> ResponseReturnValue:
    """Show the amounts."""
    return _show(KioskForm().fresh())


@bp.post("")
def create() -> ResponseReturnValue:
    """Make the charge, and lead to its pay page."""
    form = KioskForm()
    return sell(form, Channel.KIOSK, lambda error: _show(form, error))


@bp.get("/rest")
def rest() -> ResponseReturnValue:
    """Show what calls people over while nobody is there; a touch leads to the amounts.

    Whoever comes next is somebody else: the language that was chosen here is forgotten.
    """
    i18n.use_browsers_own()
    answer = make_response(render_template("kiosk/rest.html", out_of_order=not readiness().is_ready()))
    cookies.forget(answer, i18n.COOKIE)
    return answer


@bp.get("/status")
def status() -> ResponseReturnValue:
    """Say whether the shop can sell now."""
    return selling_json()


def _show(form: SaleForm, error: str | None = None) -> str:
    settings = current_shop().settings
    return render_template(
        "kiosk/create.html",
        form=form,
        error=error,
        presets=presets(map(in_sat, settings.kiosk_amounts)),
        max_sat=settings.max_sat,
        out_of_order=readiness().is_known_to_fail(),
    )
