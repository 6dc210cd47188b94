"""What the page of a jar says besides what is in it: whose it is, where it is, and until when."""

from dataclasses import dataclass

from flask import url_for

from pos.domain.jar import FIRST, Jar
from pos.domain.lnurl import lightning_address
from pos.domain.money import SAT, Money, decimals, unbroken
from pos.services.follow_jar import JarNow
from pos.shop import Shop
from pos.web.i18n import gettext, write_number
from pos.web.jar import jar_url, picture_url


@dataclass(frozen=True, slots=True)
class Page:
    """Addresses, and texts in the reader's language.

    `address` is the jar's Lightning address, where it has one. `typed` is what a script writes for whole units, with
    `{number}` in their place, and `nothing` is 0 as it would be typed. `events` and `news` tell what is new, where
    anything on the page can be. `shared_url` is the address that is shared, and `preview` of a picture of the jar for
    whoever shares it, where others can reach them.
    """

    url: str
    status_url: str
    events: str | None
    news: str | None
    picture: str | None
    address: str | None
    typed: str
    nothing: str
    has_decimals: bool
    shared_url: str | None
    preview: str | None


def present(shop: Shop, now: JarNow) -> Page:
    """Work out what the page of a jar says."""
    jar = now.jar
    public_url = shop.settings.public_url
    # All that changes what is on the picture.
    version = f"{jar.version}.{now.contents.tips}"
    preview = url_for("jar_preview.draw", name=jar.name, v=version)
    return Page(
        url=jar_url(jar.name),
        status_url=url_for("tip_jar.status", _name=None if jar.name == FIRST else jar.name),
        events=url_for("tip_jar.events", name=jar.name) if jar.tells else None,
        news=url_for("tip_jar.news", name=jar.name) if jar.tells else None,
        picture=picture_url(jar),
        address=_address(shop, jar),
        typed=unbroken(gettext("{number} sat") if jar.currency == SAT else f"{{number}} {jar.currency}"),
        nothing=write_number(Money(0, jar.currency)),
        has_decimals=decimals(jar.currency) > 0,
        shared_url=public_url and public_url + jar_url(jar.name),
        preview=public_url and public_url + preview,
    )


def usual(jar: Jar) -> Money | None:
    """Return the amount that is chosen where nobody has chosen one: the second, as few take the first."""
    return jar.amounts[min(1, len(jar.amounts) - 1)] if jar.amounts else None


def _address(shop: Shop, jar: Jar) -> str | None:
    public_url = shop.settings.public_url
    if public_url is None or shop.wallet.advice.no_hashed_description:
        return None
    return lightning_address(public_url, jar.name)
