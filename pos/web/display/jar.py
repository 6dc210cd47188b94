"""The tip jar that the display shows between two sales, with the code and the words of its poster."""

from base64 import b64encode
from dataclasses import dataclass

from pos import qr
from pos.services.jars import takes
from pos.services.lnurl_pay import NotByLNURL
from pos.services.posters import poster_of
from pos.web.context import current_shop
from pos.web.i18n import gettext


@dataclass(frozen=True, slots=True)
class ShownJar:
    """What it is called, how it is paid, and its code as a `data:` address."""

    title: str
    how: str
    code: str


def shown_jar() -> ShownJar | None:
    """Return the first jar that the owner has set up and that takes something; None where no wallet could pay one."""
    shop = current_shop()
    jar = next((it for it in shop.store.jars.listed() if takes(shop, it)), None)
    if jar is None:
        return None
    try:
        poster = poster_of(shop, jar, gettext("Scan with any Lightning wallet"), "")
    except NotByLNURL:
        return None
    return ShownJar(poster.title, poster.how, f"data:image/png;base64,{b64encode(qr.png(poster.lnurl)).decode()}")
