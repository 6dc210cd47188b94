"""A tip jar: a public page with suggested amounts and a message, and what came of it, live."""

import json
from dataclasses import asdict
from functools import partial

from flask import Blueprint, Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue

from pos.domain.charge import Channel
from pos.domain.jar import FIRST, Jar
from pos.domain.money import Money
from pos.domain.sale import Sale
from pos.services.follow_jar import JarNow, follow_jar, glance_at_jar, last_told
from pos.services.jars import JarClosed, NoJar, find_open_jar
from pos.services.quote import quote
from pos.web.context import current_shop
from pos.web.i18n import gettext, language, say, speaking, write_number
from pos.web.jar import shown
from pos.web.presets import presets
from pos.web.sale import sell
from pos.web.selling import readiness, selling_json
from pos.web.stream import HEARTBEAT, event, stream
from pos.web.tip_jar.forms import JarForm
from pos.web.tip_jar.page import present, usual

bp = Blueprint("tip_jar", __name__, url_prefix="/tips")
# The first jar has the shortest address.
_FIRST = {"name": FIRST}
# Of an amount in the address of a page.
_MOST_DIGITS = 12


@bp.get("", defaults=_FIRST)
@bp.get("/<name>")
def new(name: str) -> ResponseReturnValue:
    """Show the amounts; the one is chosen that the address asks for, or else the usual one."""
    jar = find_open_jar(current_shop(), name)
    form, amount = JarForm(jar).fresh(), _asked(jar) or usual(jar)
    if amount and amount not in jar.amounts:
        form.other.data = write_number(amount)
    return _show(jar, form, str(amount.minor) if amount else None)


@bp.post("", defaults=_FIRST)
@bp.post("/<name>")
def create(name: str) -> ResponseReturnValue:
    """Make the charge, and lead to its pay page."""
    jar = find_open_jar(current_shop(), name)
    form = JarForm(jar)
    return sell(form, Channel.TIPS, lambda error: _show(jar, form, form.amount.data, error), partial(_check, jar))


@bp.get("/status")
@bp.get("/<_name>/status")
def status(_name: str = FIRST) -> ResponseReturnValue:
    """Say whether the shop can sell now; that is the same for all of its jars."""
    return selling_json()


@bp.get("/<name>/news")
def news(name: str) -> ResponseReturnValue:
    """Say what there is to see of a jar, as JSON."""
    shop = current_shop()
    return asdict(shown(shop, last_told(shop, name)))


@bp.get("/<name>/events")
def events(name: str) -> ResponseReturnValue:
    """Tell what there is to see of a jar, each time that there is something new."""
    sent = follow_jar(current_shop(), name)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return stream(sent, partial(_event, app, language()))


@bp.errorhandler(NoJar)
def no_jar(error: NoJar) -> ResponseReturnValue:
    """Say that nothing can be put in here. A stranger's way ends there: none leads into the shop."""
    is_closed = isinstance(error, JarClosed)
    title = gettext("Closed") if is_closed else gettext("Not here")
    sentence = say(error.sentence)
    return render_template("tip_jar/none.html", title=title, sentence=sentence, is_closed=is_closed), error.status


def _event(app: Flask, code: str, now: JarNow | None) -> bytes:
    """Write what is told: once for each version and language, however many wait for it."""
    if now is None:
        return HEARTBEAT
    if code not in now.written:
        with speaking(app, code):
            now.written[code] = event("jar", json.dumps(asdict(shown(current_shop(), now))))
    return now.written[code]


def _asked(jar: Jar) -> Money | None:
    """Return the amount that a link from elsewhere asks for, in minor units, if it is still in the jar's currency."""
    text = request.args.get("amount", "")
    is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and int(text) > 0
    return (
        Money(int(text), jar.currency) if is_number and request.args.get("unit", jar.currency) == jar.currency else None
    )


def _check(jar: Jar, sale: Sale) -> None:
    jar.check_limits(quote(current_shop(), sale).amount_sat)


def _show(jar: Jar, form: JarForm, selected: str | None, error: str | None = None) -> str:
    shop = current_shop()
    now = glance_at_jar(shop, jar)
    return render_template(
        "tip_jar/show.html",
        jar=jar,
        page=present(shop, now),
        shown=shown(shop, now),
        form=form,
        error=error,
        presets=presets([jar.price] if jar.price else jar.amounts),
        selected=next((it.minor for it in jar.amounts if str(it.minor) == selected), None),
        out_of_order=readiness().is_known_to_fail(),
    )
