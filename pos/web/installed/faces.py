"""Which faces a shop installs on its devices, and what each of them is called there.

What is public is none of them: who pays, or puts something into a jar, is not to have the shop on the phone.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for

from pos.domain.colour import PAPER, Accent, Colour
from pos.web.context import current_shop
from pos.web.i18n import gettext
from pos.web.links import kiosk_url, till_url
from pos.web.theme import accent_of


@dataclass(frozen=True, slots=True)
class Face:
    """A face as an app: where it starts, and all that belongs to it; `ground` is what it opens on."""

    name: str
    start: str
    scope: str
    is_whole_screen: bool = False
    ground: Colour = PAPER


def find(face: str, name: str) -> Face | None:
    """Return a face of this shop by its name; None if there is none."""
    return _FACES[face](name) if face in _FACES else None


def shops_accent() -> Accent:
    """Return the colour that the shop has everywhere."""
    return accent_of(current_shop().settings)


def _till(name: str) -> Face | None:
    tills = current_shop().settings.tills
    if name not in tills:
        return None
    # Its sales lead everywhere: to what is paid, and to all that was sold.
    return Face(_called(gettext("Till"), name), till_url(name), url_for("till.new"))


def _kiosk(name: str) -> Face | None:
    if name and name not in dict(current_shop().settings.kiosks):
        return None
    called = f"{gettext('Kiosk')} {name}".rstrip()
    return Face(called, kiosk_url(name), url_for("till.new"), is_whole_screen=True, ground=shops_accent().day)


def _screen(name: str) -> Face | None:
    if name not in current_shop().settings.tills:
        return None
    start = url_for("display.show", till=name)
    return Face(_called(gettext("Customer display"), name), start, start, is_whole_screen=True)


def _sales(name: str) -> Face | None:
    return None if name else Face(gettext("Sales"), url_for("sales.index"), url_for("till.new"))


def _called(word: str, till: str) -> str:
    """Tell the tills of a shop apart; the first is the till."""
    return word if till == current_shop().settings.tills[0] else f"{word} {till}"


_FACES: dict[str, Callable[[str], Face | None]] = {
    "till": _till,
    "kiosk": _kiosk,
    "screen": _screen,
    "sales": _sales,
}
