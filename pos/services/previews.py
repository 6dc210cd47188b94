"""Previews: what is said of a jar where its address is shared."""

from pos.domain.jar import Jar
from pos.domain.money import format_money
from pos.domain.preview import Preview
from pos.services.follow_jar import glance_at_jar
from pos.shop import Shop


def preview_of(shop: Shop, jar: Jar, address: str) -> Preview:
    """Return what the picture of a jar says, which is at that address. Raises StoreError."""
    goal, raised, percent = jar.goal, "", 0
    if goal:
        came = glance_at_jar(shop, jar).contents.raised_in_all(jar.currency, shop.rates.at_hand())
        raised, percent = f"{format_money(came)} / {format_money(goal.amount)}", goal.percent(came)
    picture = shop.store.jars.picture(jar.name) if jar.picture else None
    return Preview(
        jar.title,
        jar.text,
        goal.text if goal else "",
        raised,
        percent,
        address,
        picture.page if picture else b"",
    )
