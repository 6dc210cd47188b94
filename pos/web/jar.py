"""What the pages of a jar say of it: its own, the one on which a tip is paid, and what is told to all who wait."""

from dataclasses import dataclass

from flask import url_for

from pos.domain.jar import FIRST, Jar, Tip
from pos.domain.money import Money
from pos.services.follow_jar import JarNow
from pos.shop import Shop
from pos.web.i18n import gettext, write_day, write_money


@dataclass(frozen=True, slots=True)
class Said:
    """A message as a page shows it, in the reader's language: who said it, and with how much."""

    name: str
    text: str
    amount: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What a jar's page shows and what may change while it is open, in the reader's language.

    `total` is what came, `goal_text` what the goal is for, `ends` until when it is, `goal` how far it is, and `percent`
    as a bar: all are empty where there is none, as it is nobody's business then. The messages go with the page, where
    the jar is closed.
    """

    open: bool
    total: str
    goal_text: str
    ends: str
    goal: str
    percent: int
    messages: list[Said]


def shown(shop: Shop, now: JarNow) -> Shown:
    """Write down what a jar's page shows."""
    jar = now.jar
    came = raised(shop, now)
    return Shown(
        open=jar.is_open,
        total=write_money(came) if jar.goal else "",
        goal_text=jar.goal.text if jar.goal else "",
        ends=_ends(shop, jar),
        goal=raised_text(shop, now),
        percent=jar.goal.percent(came) if jar.goal else 0,
        messages=[_said(it) for it in now.contents.latest] if jar.shows_messages and jar.is_open else [],
    )


def raised_text(shop: Shop, now: JarNow) -> str:
    """Say how far a jar's goal is; nothing where there is none."""
    goal = now.jar.goal
    if goal is None:
        return ""
    return gettext("%(raised)s of %(goal)s", raised=write_money(raised(shop, now)), goal=write_money(goal.amount))


def _ends(shop: Shop, jar: Jar) -> str:
    """Say until when a goal is, or that its time has passed; nothing of one that has no end."""
    if jar.goal is None or jar.goal.ends_at is None:
        return ""
    if jar.goal.is_over(shop.now()):
        return gettext("Its time is over. What you give is still welcome.")
    # The day of the shop whose end it is, and not the next one, which begins with the same second.
    return gettext("until %(day)s", day=write_day(shop.day(jar.goal.ends_at - 1)))


def jar_url(name: str) -> str:
    """Return the address of a jar's page. What has no jar of its own, from before there were any, is of the first."""
    return url_for("tip_jar.new", name=name or FIRST)


def picture_url(jar: Jar) -> str | None:
    """Return the address of a jar's picture, if it has one."""
    return url_for("jar_picture.show", name=jar.name, digest=jar.picture) if jar.picture else None


def raised(shop: Shop, now: JarNow) -> Money:
    """Return what came into a jar, as its pages tell it."""
    return now.contents.raised_in_all(now.jar.currency, shop.rates.at_hand())


def given(tip: Tip) -> str:
    """Say how much a tip is."""
    return write_money(tip.total)


def _said(tip: Tip) -> Said:
    return Said(tip.payer or gettext("no name"), tip.message, given(tip))
