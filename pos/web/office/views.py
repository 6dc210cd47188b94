"""The first page of the office."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from pos.web.access import identity
from pos.web.forms import AgainForm
from pos.web.headers import keep_out_of_search

bp = Blueprint("office", __name__, url_prefix="/office")
bp.after_request(keep_out_of_search)


@bp.get("")
def home() -> ResponseReturnValue:
    """Show where everything of the shop is."""
    return render_template("office/home.html", owner=identity().owner, form=AgainForm())
