"""What who has tipped is thanked with: the jar's own words, how far its goal is by now, and a way to tell others."""

import logging
from dataclasses import dataclass

from pos.domain.charge import Charge
from pos.domain.refusal import Refusal
from pos.services.follow_jar import look_at_jar
from pos.shop import Shop
from pos.web.jar import jar_url, picture_url, raised_text
from pos.web.links import address_here

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Thanks:
    """`text` is the owner's, or empty; so are `goal` and how far it is, `raised`. `message` is what stands on the page.

    `url` is the whole address of the jar, as it is given to others under its `title`.
    """

    title: str
    text: str
    goal: str
    raised: str
    message: str
    picture: str | None
    url: str


def thanks_of(shop: Shop, charge: Charge) -> Thanks | None:
    """Say what there is to say of the jar that a tip has gone into; None while it is not paid, and of no jar.

    A jar that cannot be read is in nobody's way: it is paid all the same.
    """
    if charge.payment is None or not charge.jar:
        return None
    try:
        now = look_at_jar(shop, charge.jar)
    except Refusal as error:
        log.warning("charge %s: its jar could not be read: %s", charge.id, error)
        return None
    jar = now.jar
    said = now.contents.latest if jar.shows_messages and jar.is_open else ()
    return Thanks(
        title=jar.title,
        text=jar.thanks,
        goal=jar.goal.text if jar.goal else "",
        raised=raised_text(shop, now),
        message=next((it.message for it in said if it.number == charge.number), ""),
        picture=picture_url(jar),
        url=address_here(jar_url(jar.name)),
    )
