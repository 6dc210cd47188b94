"""Setting up a jar: what the owner says of it, from the first word on."""

import secrets
from dataclasses import replace

from pos.domain.jar import FIRST, Jar, JarPicture, jar_topic
from pos.domain.jar_rules import JarError, checked
from pos.domain.money import SAT
from pos.services.jars import find_jar
from pos.shop import Shop


def new_token() -> str:
    """Make what opens the page for a stream: nobody guesses it."""
    return secrets.token_urlsafe(16)


def add_jar(shop: Shop, jar: Jar, picture: JarPicture | None = None) -> Jar:
    """Set up a new jar, and return it. Raises JarError or StoreError."""
    jar = _anew(shop, _checked(shop, jar))
    # The first one is there before anybody has written it down.
    if jar.name == FIRST or not shop.store.jars.add(jar):
        raise JarError(f"There is a jar {jar.name} already.")
    if picture:
        shop.store.jars.set_picture(jar.name, picture)
    return jar


def change_jar(shop: Shop, jar: Jar) -> None:
    """Write down what the owner says of a jar that there is, but not its picture.

    Raises JarError, NoSuchJar or StoreError.
    """
    jar, before = _checked(shop, jar, find_jar(shop, jar.name).title), shop.store.jars.get(jar.name)
    if jar.shows_messages and before and not before.shows_messages:
        # Who wrote them was told that they are for the shop, or for a screen of it.
        shop.store.jars.hide_messages(jar.name)
    _write(shop, jar)


def set_picture(shop: Shop, jar: Jar, picture: JarPicture | None) -> None:
    """Give a jar another picture, or none. Raises StoreError."""
    if not shop.store.jars.set_picture(jar.name, picture):
        shop.store.jars.add(_anew(shop, jar))
        shop.store.jars.set_picture(jar.name, picture)
    shop.broker.publish(jar_topic(jar.name))


def close_jar(shop: Shop, jar: Jar) -> None:
    """Let nothing be put in until the jar is opened again. Raises StoreError."""
    if jar.is_open:
        _write(shop, replace(jar, closed_at=shop.now()))


def open_jar(shop: Shop, jar: Jar) -> None:
    """Let something be put in again: whatever was printed for it is right as it was. Raises StoreError."""
    if not jar.is_open:
        _write(shop, replace(jar, closed_at=None))


def start_again(shop: Shop, jar: Jar) -> None:
    """Begin again to count what comes in; the sales stay. Raises StoreError."""
    shop.store.jars.empty(jar.name)
    shop.broker.publish(jar_topic(jar.name))


def _checked(shop: Shop, jar: Jar, title: str | None = None) -> Jar:
    # Of no other currency it is known what it is worth.
    if jar.currency not in (SAT, shop.settings.currency):
        own = f"{shop.settings.currency} or sat" if shop.settings.currency else "sat, as POS_CURRENCY is not set"
        raise JarError(f"Jars of this shop are in {own}.")
    return checked(jar, shop.settings.max_sat, title)


def _anew(shop: Shop, jar: Jar) -> Jar:
    return replace(jar, created_at=shop.now(), live_token=jar.live_token or new_token())


def _write(shop: Shop, jar: Jar) -> None:
    if not shop.store.jars.change(jar):
        # The first jar, of which the settings have told so far.
        shop.store.jars.add(_anew(shop, jar))
    shop.broker.publish(jar_topic(jar.name))
