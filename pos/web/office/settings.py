"""The settings that a shopkeeper changes: a list of them, a small form for each, and who changed what when."""

from http import HTTPStatus

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos.domain.kept_setting import Entered
from pos.domain.logo_picture import make_logo
from pos.domain.picture import NoPicture
from pos.services.change_settings import ChangedMeanwhile, NotTaken, change_settings
from pos.services.office_settings import OfficeSetting, office_settings
from pos.shop import Shop
from pos.web.access import identity
from pos.web.context import latest_shop
from pos.web.errors import back_to_form
from pos.web.forms import AgainForm
from pos.web.headers import keep_out_of_search
from pos.web.i18n import gettext
from pos.web.office import settings_words as words
from pos.web.office.older import NEWEST, asked_before

bp = Blueprint("office_settings", __name__, url_prefix="/office/settings")
bp.after_request(keep_out_of_search)

# Changes on a page.
_MOST = 50
_OF_ONE = 10


@bp.get("")
def index() -> ResponseReturnValue:
    """Show what each setting is, and what was changed last."""
    shop = latest_shop()
    settings = office_settings(shop)
    return render_template(
        "office/settings.html",
        groups=words.in_groups(settings),
        words=words,
        saved=settings.get(request.args.get("saved", "")),
    )


@bp.get("/history")
def history() -> ResponseReturnValue:
    """Show who changed what when, the last change first."""
    shop = latest_shop()
    changes = shop.store.settings.history("", asked_before(), _MOST + 1)
    older = changes[_MOST - 1].version if len(changes) > _MOST else None
    by_name = {it.name: it for it in office_settings(shop).values()}
    return render_template(
        "office/settings_history.html", changes=changes[:_MOST], older=older, settings=by_name, words=words
    )


@bp.get("/<field>")
def show(field: str) -> ResponseReturnValue:
    """Show the form of a setting."""
    shop = latest_shop()
    return _show(shop, _setting_or_404(shop, field))


@bp.post("/<field>")
def change(field: str) -> ResponseReturnValue:
    """Set it, or say why not."""
    setting = _setting_or_404(latest_shop(), field)
    if setting.is_picture:
        abort(HTTPStatus.METHOD_NOT_ALLOWED)
    if "default" in request.form:
        return _change(setting, Entered(""))
    lines = request.form.get("value", "")
    if doubt := words.in_doubt(setting, lines):
        return _show(latest_shop(), setting, lines=lines, error=doubt), HTTPStatus.UNPROCESSABLE_ENTITY
    return _change(setting, Entered(_typed(setting)))


@bp.post("/<field>/picture")
def change_picture(field: str) -> ResponseReturnValue:
    """Set one that is a picture, drawn anew, or say why not."""
    shop = latest_shop()
    setting = _setting_or_404(shop, field)
    if not setting.is_picture:
        abort(HTTPStatus.METHOD_NOT_ALLOWED)
    if "default" in request.form:
        return _change(setting, Entered(""))
    sent = request.files.get("value")
    data = sent.read() if sent else b""
    if not data:
        return _show(shop, setting, error=gettext("Choose a picture first.")), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        return _change(setting, shop.turns.take(lambda: make_logo(data)))
    except NoPicture as error:
        refused = NotTaken({})
        told = f"{setting.name} {error}."
        return back_to_form(refused, lambda sentence: _show(shop, setting, told=told, error=sentence))


def _change(setting: OfficeSetting, entered: Entered) -> ResponseReturnValue:
    made_from = request.form.get("version", "")
    if not (made_from.isascii() and made_from.isdigit() and len(made_from) < 19):
        abort(HTTPStatus.BAD_REQUEST)
    try:
        change_settings(latest_shop(), {setting.field: entered}, int(made_from), identity().name)
    except NotTaken as error:
        told = " ".join(error.told.values())
        return back_to_form(error, lambda sentence: _show_again(setting.field, entered, told=told, error=sentence))
    except ChangedMeanwhile as error:
        return back_to_form(error, lambda sentence: _show_again(setting.field, entered, error=sentence, theirs=True))
    latest_shop()
    return redirect(url_for("office_settings.index", saved=setting.field) + f"#{setting.field}", HTTPStatus.SEE_OTHER)


def _show_again(field: str, entered: Entered, *, told: str = "", error: str = "", theirs: bool = False) -> str:
    """Show a form with what was entered, and what another owner has set meanwhile."""
    shop = latest_shop()
    return _show(shop, office_settings(shop)[field], text=entered.text, told=told, error=error, theirs=theirs)


def _show(
    shop: Shop,
    setting: OfficeSetting,
    *,
    text: str | None = None,
    lines: str | None = None,
    told: str = "",
    error: str = "",
    theirs: bool = False,
) -> str:
    """Show a form, with a text or with lines in doubt. `error` is what we say; `told`, below it, what `.env` would."""
    text = setting.text or setting.default if text is None else text
    return render_template(
        "office/setting.html",
        form=AgainForm(),
        setting=setting,
        version=shop.settings.version,
        text=text,
        lines=words.in_lines(setting, text) if lines is None else lines,
        told=told,
        error=error,
        theirs=theirs,
        changes=shop.store.settings.history(setting.name, NEWEST, _OF_ONE),
        words=words,
    )


def _setting_or_404(shop: Shop, field: str) -> OfficeSetting:
    return office_settings(shop).get(field) or abort(HTTPStatus.NOT_FOUND)


def _typed(setting: OfficeSetting) -> str:
    """Return what was typed as it would stand in `.env`."""
    match words.typed(setting):
        case words.LINES | words.FIGURES:
            return words.from_lines(setting, request.form.get("value", ""))
        case words.PLACES:
            return ",".join(request.form.getlist("value"))
        case words.OPENING:
            chosen = {face: request.form.get(face, "") for face in words.FACES}
            return ",".join(f"{face}={code}" for face, code in chosen.items() if code)
    return request.form.get("value", "").strip()
