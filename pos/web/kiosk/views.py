"""The kiosk: a few big offers, or another amount, on a screen that nobody attends."""

from dataclasses import asdict, dataclass

from flask import Blueprint, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from pos.domain.charge import Channel
from pos.domain.kiosk import Kiosk
from pos.domain.kiosk_picture import IDLE
from pos.domain.money import SAT, decimal_sign, decimals
from pos.web import cookies, i18n
from pos.web.context import current_shop
from pos.web.i18n import in_sat, language, say
from pos.web.kiosk.forms import CHANGED, AmountForm, ChoiceForm, KioskForm, units
from pos.web.kiosk.pictures import picture_of, picture_url
from pos.web.kiosk.typed import Typed, quoted
from pos.web.links import kiosk_url
from pos.web.presets import Preset, presets
from pos.web.sale import sell
from pos.web.selling import readiness
from pos.web.static import running_version

bp = Blueprint("kiosk", __name__, url_prefix="/kiosk")


@dataclass(frozen=True, slots=True)
class Tile:
    """Something to choose: `key` is what the form sends, `picture` an address."""

    key: str
    name: str
    preset: Preset
    picture: str | None


@bp.get("")
@bp.get("/<kiosk>")
def new(kiosk: str = "") -> ResponseReturnValue:
    """Show what is on offer."""
    return _show(ChoiceForm(_kiosk_or_404(kiosk)))


@bp.post("")
@bp.post("/<kiosk>")
def create(kiosk: str = "") -> ResponseReturnValue:
    """Make the charge, and lead to its pay page; or ask for a tip before."""
    form = ChoiceForm(_kiosk_or_404(kiosk))
    return sell(form, Channel.KIOSK, lambda error: _show(form, error))


@bp.get("/amount")
@bp.get("/<kiosk>/amount")
def other(kiosk: str = "") -> ResponseReturnValue:
    """Show a keypad for another amount."""
    return _show_keypad(AmountForm(_with_amounts_or_404(kiosk)))


@bp.post("/amount")
@bp.post("/<kiosk>/amount")
def create_other(kiosk: str = "") -> ResponseReturnValue:
    """Make the charge of another amount."""
    form = AmountForm(_with_amounts_or_404(kiosk))
    return sell(form, Channel.KIOSK, lambda error: _show_keypad(form, error))


@bp.get("/quote")
def quote() -> dict[str, str | None]:
    """Say what is typed comes to, as texts for the keypad's page.

    One from before another currency is told so: without an answer it would say that the shop cannot be reached.
    """
    unit = request.args.get("unit", SAT)
    if unit not in units():
        return asdict(Typed(error=say(CHANGED)))
    return asdict(quoted(request.args.get("other", ""), unit))


@bp.get("/rest")
@bp.get("/<kiosk>/rest")
def rest(kiosk: str = "") -> ResponseReturnValue:
    """Show what calls people over while nobody is there; a touch leads to the offers, or buys the only one.

    Whoever comes next is somebody else: the language that was chosen here is forgotten.
    """
    i18n.use_opening()
    found = _kiosk_or_404(kiosk)
    greeting = picture_of(IDLE)
    page = render_template(
        "kiosk/rest.html",
        **_addresses(found),
        form=ChoiceForm(found).fresh() if found.fixed else None,
        tile=_tiles(found)[0] if found.fixed else None,
        greeting=greeting,
        greeting_url=picture_url(greeting) if greeting else None,
        version=running_version(),
        out_of_order=not readiness().is_ready(),
    )
    answer = make_response(page)
    cookies.forget(answer, i18n.COOKIE)
    return answer


@bp.get("/status")
def status() -> ResponseReturnValue:
    """Say whether the shop can sell now, and which version of the till a screen at rest may load itself anew for."""
    return {"ready": readiness().is_ready(), "version": running_version()}


def _kiosk_or_404(name: str) -> Kiosk:
    shop = current_shop()
    return shop.settings.kiosk(name, shop.rates.at_hand()) or abort(404)


def _with_amounts_or_404(name: str) -> Kiosk:
    kiosk = _kiosk_or_404(name)
    return kiosk if kiosk.takes_any else abort(404)


def _show(form: ChoiceForm, error: str | None = None) -> str:
    tiles = _tiles(form.kiosk)
    return _page(
        "kiosk/create.html",
        form,
        error,
        tiles=tiles,
        goods=any(it.name for it in tiles),
        pictures=any(it.picture for it in tiles),
    )


def _show_keypad(form: AmountForm, error: str | None = None) -> str:
    shop = current_shop()
    # What cannot be sold in the shop's currency right now can be in sat.
    usual = units()[0] if shop.rates.at_hand() else SAT
    typed = form.other.data or ""
    # A number that comes without a unit is of sat, as it is where it is charged.
    unit = form.unit.data or (SAT if typed else usual)
    if unit not in units():
        # No number may stand there as another.
        unit, typed = usual, ""
    return _page(
        "kiosk/amount.html",
        form,
        error,
        unit=unit,
        units={it: decimals(it) for it in units()},
        typed=typed,
        shown=quoted(typed, unit),
        most=in_sat(shop.settings.max_sat),
        decimal_sign=decimal_sign(language()),
    )


def _page(template: str, form: KioskForm, error: str | None, **values: object) -> str:
    if not form.key.data:
        form.fresh()
    return render_template(
        template,
        **_addresses(form.kiosk),
        form=form,
        error=error,
        out_of_order=readiness().is_known_to_fail(),
        **values,
    )


def _addresses(kiosk: Kiosk) -> dict[str, object]:
    """Return where the pages of a kiosk lead to."""
    return {"kiosk": kiosk, "kiosk_name": kiosk.name or None, "kiosk_rest": kiosk_url(kiosk.name, "rest")}


def _tiles(kiosk: Kiosk) -> list[Tile]:
    of_prices = presets(it.price for it in kiosk.offers)
    drawn = [picture_of(it.name) for it in kiosk.offers]
    return [
        Tile(offer.key, offer.name, preset, picture_url(picture) if picture else None)
        for offer, preset, picture in zip(kiosk.offers, of_prices, drawn, strict=True)
    ]
