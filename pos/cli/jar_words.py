"""What an owner may say of a jar on the command line, and the jar that it makes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from pos.domain.jar import Goal, Jar, JarPicture
from pos.domain.jar_picture import MOST_BYTES, make_picture
from pos.domain.money import AmountError, Money, parse_money
from pos.domain.picture import NoPicture
from pos.domain.span import EARLIEST, LATEST, Span
from pos.services.books import times_of
from pos.shop import Shop

_DAY = click.DateTime(["%Y-%m-%d"])
_SAT = click.IntRange(0)
# What an owner may say of a jar, be it a new one or not.
_OPTIONS = (
    click.option("--title", help="What stands on its page and its poster, and in wallets."),
    click.option("--text", help="What it is for."),
    click.option("--thanks", help="What its page says to who put something in."),
    click.option("--picture", type=click.Path(path_type=Path, dir_okay=False), help="A PNG, JPEG or WebP."),
    click.option("--no-picture", is_flag=True, help="Without a picture."),
    click.option("--currency", help="What its amounts are in: the shop's currency, which it is else, or sat."),
    click.option("--amounts", help="What its page suggests, as 1,2.50,5."),
    click.option("--price", help="All that it takes: the poster of a product."),
    click.option("--no-price", is_flag=True, help="Without a price."),
    click.option("--least", type=_SAT, help="The least that it takes, in sat; with 0 there is no limit."),
    click.option("--most", type=_SAT, help="The most that it takes, in sat; with 0 that of the shop."),
    click.option("--goal", help="What is saved up for."),
    click.option("--goal-amount", help="How much that is."),
    click.option("--goal-ends", type=_DAY, help="The last day for it."),
    click.option("--no-goal", is_flag=True, help="Without a goal."),
    click.option("--messages/--no-messages", default=None, help="Whether its page shows what is written from now on."),
)


class Wrong(ValueError):
    """What does not go together; the text is a sentence."""


def with_words(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take what an owner may say of a jar."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def picture_of(words: dict[str, Any]) -> JarPicture | None:
    """Return the picture that was named, made anew. Raises NoPicture or Wrong."""
    path: Path | None = words["picture"]
    if path is None:
        return None
    if words["no_picture"]:
        raise Wrong("It is with a picture, or without one.")
    try:
        with path.open("rb") as file:
            return make_picture(file.read(MOST_BYTES + 1))
    except NoPicture as error:
        raise NoPicture(f"{path} {error}.") from error
    except OSError as error:
        raise Wrong(f"The picture cannot be read: {error}.") from error


def told(shop: Shop, jar: Jar, words: dict[str, Any]) -> Jar:
    """Return a jar as it is with what was said of it. Raises Wrong."""
    texts = {it: words[it] for it in ("title", "text", "thanks") if words[it] is not None}
    jar = replace(jar, **texts, currency=(words["currency"] or jar.currency).upper())
    jar = _of_amounts(jar, words)
    if words["messages"] is not None:
        jar = replace(jar, shows_messages=words["messages"])
    return replace(jar, goal=_goal(shop, jar, words))


def _of_amounts(jar: Jar, words: dict[str, Any]) -> Jar:
    if words["price"] is not None and words["no_price"]:
        raise Wrong("It has a price, or none.")
    if words["amounts"] is not None:
        parts = [it.strip() for it in words["amounts"].split(",")]
        jar = replace(jar, amounts=tuple(_money(it, jar.currency) for it in parts if it))
    if words["price"] is not None:
        # What a product costs takes the place of what was suggested before.
        jar = replace(jar, price=_money(words["price"], jar.currency))
        jar = jar if words["amounts"] else replace(jar, amounts=())
    if words["no_price"]:
        jar = replace(jar, price=None)
    if words["least"] is not None:
        jar = replace(jar, least_sat=words["least"] or None)
    return jar if words["most"] is None else replace(jar, most_sat=words["most"] or None)


def _goal(shop: Shop, jar: Jar, words: dict[str, Any]) -> Goal | None:
    said = {it: words[it] for it in ("goal", "goal_amount", "goal_ends") if words[it] is not None}
    if words["no_goal"]:
        if said:
            raise Wrong("It has a goal, or none.")
        return None
    if not said:
        return jar.goal
    if jar.goal is None and not {"goal", "goal_amount"} <= said.keys():
        raise Wrong("A goal takes --goal and --goal-amount.")
    amount = _money(said["goal_amount"], jar.currency) if "goal_amount" in said else jar.goal and jar.goal.amount
    goal = jar.goal or Goal("", amount or Money(0, jar.currency))
    ends_at = _end_of(shop, said["goal_ends"]) if "goal_ends" in said else goal.ends_at
    return Goal(said.get("goal", goal.text), amount or goal.amount, ends_at)


def _end_of(shop: Shop, day: datetime) -> int:
    """Return when a day of the shop is over (unix seconds)."""
    last = min(max(day.date(), EARLIEST), LATEST)
    ends_at = times_of(shop, Span(last, last))[1]
    if ends_at <= shop.now():
        raise Wrong("That day is over already.")
    return ends_at


def _money(text: str, currency: str) -> Money:
    try:
        return parse_money(text, currency)
    except (AmountError, ValueError) as error:
        raise Wrong(f"{text[:20]!r} is no amount: {error}") from error
