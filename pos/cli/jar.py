"""`flask jar`: the tip jars of the shop, set up by its owner."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import click
from flask import Flask

from pos.cli.jar_words import Wrong, picture_of, told, with_words
from pos.domain.jar import FIRST, SHOP, Jar
from pos.domain.jar_rules import JarError
from pos.domain.lnurl import lightning_address, why_no_address
from pos.domain.money import SAT, format_money
from pos.domain.number import read_number
from pos.domain.picture import NoPicture
from pos.domain.refusal import Refusal
from pos.services.jars import find_jar, jars, takes
from pos.services.lnurl_pay import NotByLNURL, public_url
from pos.services.set_up_jar import add_jar, change_jar, close_jar, new_token, open_jar, set_picture, start_again
from pos.services.show_message import show_message
from pos.shop import Shop


def jar_command(app: Flask) -> click.Group:
    """Make the command that sets up the jars of an app's shop."""

    @click.group("jar")
    def jar() -> None:
        """Set up the tip jars: their pages, posters and Lightning addresses."""

    shop: Shop = app.extensions["shop"]
    for command in (_add(shop), _change(shop), _list(shop), _close(shop), _open(shop), _hide(shop), _show(shop)):
        jar.add_command(command)
    return jar


def _add(shop: Shop) -> click.Command:
    @click.command("add")
    @click.argument("name")
    @with_words
    def add(name: str, **words: Any) -> None:
        """Set up a jar. Its NAME stands in its addresses, and stays."""
        with _or_stop("No jar was set up"):
            picture = picture_of(words)
            new = Jar(name=name, title=name, currency=shop.settings.currency or SAT)
            jar = add_jar(shop, told(shop, new, words), picture)
        _tell(shop, jar)

    return add


def _change(shop: Shop) -> click.Command:
    @click.command("change")
    @click.argument("name")
    @with_words
    @click.option("--start-again", "again", is_flag=True, help="Begin again to count what comes in; sales stay.")
    @click.option("--new-live-link", "live", is_flag=True, help="Make a new address of the page for a stream.")
    def change(name: str, *, again: bool, live: bool, **words: Any) -> None:
        """Change what is said, and leave the rest as it was."""
        with _or_stop("Nothing was changed"):
            picture = picture_of(words)
            jar = find_jar(shop, name)
            jar = replace(told(shop, jar, words), live_token=new_token() if live else jar.live_token)
            change_jar(shop, jar)
            if picture or words["no_picture"]:
                set_picture(shop, jar, picture)
            if again:
                start_again(shop, jar)
            jar = find_jar(shop, name)
        _tell(shop, jar)

    return change


def _list(shop: Shop) -> click.Command:
    @click.command("list")
    def list_() -> None:
        """Say how each jar is set up, what came in, and where its page, its poster and its addresses are."""
        with _or_stop("The jars cannot be listed"):
            found = jars(shop)
        for jar in found:
            _tell(shop, jar)
        _tell_of_shop(shop)
        try:
            missing = why_no_address(public_url(shop))
        except NotByLNURL as error:
            missing = error.sentence
        if missing:
            click.echo(str(missing))

    return list_


def _close(shop: Shop) -> click.Command:
    @click.command("close")
    @click.argument("name")
    def close(name: str) -> None:
        """Take nothing until it is opened again; whatever was printed for it stays right."""
        with _or_stop("Nothing was changed"):
            close_jar(shop, find_jar(shop, name))
        click.echo(f"{name} is closed.")

    return close


def _open(shop: Shop) -> click.Command:
    @click.command("open")
    @click.argument("name")
    def open_(name: str) -> None:
        """Open a jar again that was closed."""
        with _or_stop("Nothing was changed"):
            open_jar(shop, find_jar(shop, name))
        click.echo(f"{name} is open.")

    return open_


def _hide(shop: Shop) -> click.Command:
    @click.command("hide")
    @click.argument("number")
    def hide(number: str) -> None:
        """Take what a payer wrote off the page of the jar, by the NUMBER of the sale."""
        _put_message(shop, number, shown=False)
        click.echo("It is gone from the jar's page.")

    return hide


def _show(shop: Shop) -> click.Command:
    @click.command("show")
    @click.argument("number")
    def show(number: str) -> None:
        """Put what a payer wrote on the page of the jar, by the NUMBER of the sale."""
        _put_message(shop, number, shown=True)
        click.echo("The jar's page shows it, if it shows messages.")

    return show


def _put_message(shop: Shop, text: str, *, shown: bool) -> None:
    number = read_number(text, shop.day(shop.now()).year)
    with _or_stop("Nothing was changed"):
        if number is None or not show_message(shop, number, shown=shown):
            raise Wrong(f"There is no tip with the number {text[:20]!r}.")


@contextmanager
def _or_stop(what: str) -> Iterator[None]:
    """End with a sentence where something is wrong."""
    try:
        yield
    except (JarError, NoPicture, Refusal, Wrong) as error:
        sys.exit(f"{what}. {error.sentence if isinstance(error, Refusal) else error}")


def _set_up(shop: Shop, jar: Jar) -> Iterator[tuple[str, str]]:
    """Name what the owner has set in a jar, and as what."""
    if jar.price:
        yield "price", format_money(jar.price)
    elif jar.amounts:
        yield "amounts", ", ".join(map(format_money, jar.amounts))
    limits = [f"{word} {sat:,} sat" for word, sat in (("least", jar.least_sat), ("most", jar.most_sat)) if sat]
    if limits:
        yield "limits", ", ".join(limits)
    if jar.goal:
        ends = f", until {shop.day(jar.goal.ends_at - 1)}" if jar.goal.ends_at else ""
        yield "goal", f"{jar.goal.text}, {format_money(jar.goal.amount)}{ends}"
    yield "picture", "yes" if jar.picture else "none"
    yield "messages", "on the page" if jar.shows_messages else "not on the page"


def _tell(shop: Shop, jar: Jar) -> None:
    """Write a paragraph about a jar."""
    contents = shop.store.jars.contents(jar.name, 0, shown_only=False)
    base = shop.settings.public_url or ""
    page = f"{base}/tips" if jar.name == FIRST else f"{base}/tips/{jar.name}"
    address = lightning_address(base, jar.name)
    click.echo(f"{jar.name}: {_state(shop, jar)}, {jar.title}")
    tips = "1 tip" if contents.tips == 1 else f"{contents.tips} tips"
    click.echo(f"  came in   {', '.join((tips, *map(format_money, contents.raised)))}")
    for name, said in _set_up(shop, jar):
        click.echo(f"  {name:<10}{said}")
    click.echo(f"  page      {page}")
    click.echo(f"  poster    {base}/tips/{jar.name}/poster")
    click.echo(f"  frame     {base}/tips/{jar.name}/embed")
    if address:
        click.echo(f"  address   {address}")
    if jar.live_token:
        click.echo(f"  live      {base}/tips/{jar.name}/live/{jar.live_token}")


def _state(shop: Shop, jar: Jar) -> str:
    if jar.is_open and not takes(shop, jar):
        # A code that was printed goes on: what wallets pay by it is in sat, unless it is the price.
        what = "closed" if jar.price else "open for sat by its code, but its page is closed"
        return f"{what}, as the shop takes no {jar.currency} any more (`flask jar change {jar.name} --currency ...`)"
    return "open" if jar.is_open else "closed"


def _tell_of_shop(shop: Shop) -> None:
    """Write a paragraph about the shop itself, which is paid like a jar, and is none."""
    base = shop.settings.public_url or ""
    click.echo(f"{SHOP}: no jar, but {shop.settings.shop_name} itself, for any amount")
    click.echo(f"  poster    {base}/poster")
    if address := lightning_address(base, SHOP):
        click.echo(f"  address   {address}")
