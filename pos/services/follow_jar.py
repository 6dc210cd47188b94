"""Following a jar: what everybody who has its page open is told, read once for all of them."""

import logging
from collections.abc import Generator
from dataclasses import dataclass, field

from pos.domain.jar import Contents, Jar, jar_topic
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.services.jars import find_jar
from pos.shop import Shop
from pos.store import StoreError

log = logging.getLogger(__name__)

# Seconds. Rarer than on a screen that waits for money: here thousands may wait.
HEARTBEAT = 12.0
# So many of the latest messages stand on a page.
MOST_MESSAGES = 20
# So many of the latest tips the page for a stream knows: as many can come at once without one being lost.
MOST_TIPS = 50
_NOTHING = Contents((0, 0), 0, (), ())


class TooManyVisitors(Refusal):
    """As many visitors of jars wait for news as may. Who comes then asks now and then instead."""

    retry_after = 5

    def __init__(self) -> None:
        super().__init__(Sentence("Too many people look at this page. Try again in a moment."), 429)


@dataclass(frozen=True, slots=True)
class JarNow:
    """A jar and what is in it, with the latest tips that its page shows, or for a stream with all of the latest.

    `written` is what was made of it for those who wait, by whatever it depends on: it is the same for all of them.
    """

    jar: Jar
    contents: Contents
    written: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)


def look_at_jar(shop: Shop, name: str, *, live: bool = False) -> JarNow:
    """Return what there is to see of a jar; `live`: for a stream. Raises NoSuchJar or StoreError."""
    jar = find_jar(shop, name)
    most = MOST_TIPS if live else MOST_MESSAGES
    return JarNow(jar, shop.store.jars.contents(name, most, shown_only=not live))


def last_told(shop: Shop, name: str, *, live: bool = False) -> JarNow:
    """Return what there is to see of a jar, as those who wait for its news were told last, if anybody waits."""
    topic = jar_topic(name)
    # No jar has a space in its name.
    kept = f"{topic} live" if live else topic
    return shop.latest.get(kept, shop.broker.told(topic), lambda: look_at_jar(shop, name, live=live))


def glance_at_jar(shop: Shop, jar: Jar) -> JarNow:
    """Return what there is to see of a jar that is known already, for whoever opens its page. Raises StoreError."""
    return JarNow(jar, last_told(shop, jar.name).contents if jar.tells else _NOTHING)


def follow_jar(
    shop: Shop, name: str, heartbeat: float = HEARTBEAT, *, live: bool = False
) -> Generator[JarNow | None, None, None]:
    """Give a jar as it is now, then each time that there is news of it, and None as a heartbeat.

    Ends when the process ends, and when the database cannot be read: a page comes again. `live` is the owner's, who is
    no visitor. Raises TooManyVisitors, NoSuchJar, or StoreError if the database cannot be read at all.
    """
    if not live and shop.broker.is_crowded():
        raise TooManyVisitors
    sent = _follow(shop, name, heartbeat, live=live)
    # As in follow.py: read here, where the stack is deep anyway.
    next(sent)
    return sent


def _follow(shop: Shop, name: str, heartbeat: float, *, live: bool) -> Generator[JarNow | None, None, None]:
    """Read, stop once, then give what is to be sent."""
    shown = None
    try:
        with shop.broker.subscribe(jar_topic(name)) as news:
            while not shop.broker.closed:
                now = last_told(shop, name, live=live)
                version = now.contents.version
                if shown is None:
                    yield None
                if version != shown:
                    yield now
                shown = version
                # What is not needed while it waits is not kept: thousands may wait.
                del now, version
                while not news.wait(heartbeat):
                    yield None
    except (StoreError, Refusal) as error:
        if shown is None:
            raise
        log.warning("jar %s: a page has to come again: %s", name, error)
