"""The broker: screens subscribe here to news of a charge, a till or a jar.

A push is a hint to look, and who gets it asks the database.

`publish` wakes the subscribers of this process at once. What other processes write comes by way of the database, which
is asked only while somebody waits.
"""

import logging
from collections.abc import Collection, Iterable
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import Self, TypeAlias

from pos.domain.draft import till_of_topic
from pos.domain.jar import jar_of_topic
from pos.store import Store, StoreError

log = logging.getLogger(__name__)

# More than one charge has screens: the till's, the customer's, and those that a page left behind. Of a till, too.
MOST_OF_ONE = 20
# Visitors of all jars, where nobody says how many lines there are in all (gunicorn.conf.py).
MOST_VISITORS = 750
# Seconds.
_LISTEN_FOR = 1.0
# A topic, and what became of it: whether a charge is paid, or the version of a jar or a till.
News: TypeAlias = tuple[str, object]


class Subscriber:
    """A screen that waits for news of a charge, a till or a jar, while it is entered. Small, as thousands may wait."""

    __slots__ = ("_broker", "_silence", "topic")

    def __init__(self, broker: "Broker", topic: str) -> None:
        self._broker = broker
        self._silence = Lock()
        self._silence.acquire()
        self.topic = topic

    def __enter__(self) -> Self:
        self._broker.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._broker.remove(self)

    def wake(self) -> None:
        """Wake whoever waits, or the next to wait; once, however often it is called meanwhile."""
        # Somebody else may do so in the same moment.
        with suppress(RuntimeError):
            self._silence.release()

    def wait(self, seconds: float) -> bool:
        """Wait for news, and at most so many seconds. Tell whether there may be some."""
        self._broker.listen()
        return self._silence.acquire(timeout=seconds)


class Broker:
    """The subscribers of this process that wait, by the topic that they wait for: a charge by its id, a till or a jar.

    A book that could not be listened to is tried again after a `pause`, in seconds. At most `most_visitors` may wait
    for news of jars: whoever pays, or sells, needs a line more.
    """

    most_visitors = MOST_VISITORS

    def __init__(self, store: Store, pause: float = 0.5) -> None:
        self._store = store
        self._pause = pause
        self._lock = Lock()
        # A charge has a few, and a tuple is small; a jar may have thousands, who come and go.
        self._subscribers: dict[str, tuple[Subscriber, ...]] = {}
        self._visitors: dict[str, set[Subscriber]] = {}
        self._told = 0
        self._listening = False
        self._closed = Event()

    def subscribe(self, topic: str) -> Subscriber:
        """Return what hears of a topic. Read the database after entering it, not before."""
        return Subscriber(self, topic)

    def add(self, subscriber: Subscriber) -> None:
        """Let a subscriber hear of its topic from now on."""
        topic = subscriber.topic
        with self._lock:
            if topic not in self._subscribers and topic not in self._visitors:
                # What happened before somebody listened was told to nobody.
                self._told += 1
            if jar_of_topic(topic) is None:
                self._subscribers[topic] = (*self._subscribers.get(topic, ()), subscriber)
            else:
                self._visitors.setdefault(topic, set()).add(subscriber)

    def remove(self, subscriber: Subscriber) -> None:
        """Forget a subscriber."""
        with self._lock:
            self._forget(subscriber)

    def listen(self) -> None:
        """See that somebody listens to what other processes write, from when the first waits on."""
        with self._lock:
            if not self._listening:
                Thread(target=self._listen, name="broker", daemon=True).start()
                self._listening = True

    def publish(self, topic: str) -> None:
        """Wake the subscribers that wait for a topic. Only for the caller whose UPDATE changed its row."""
        subscribers: Iterable[Subscriber]
        with self._lock:
            self._told += 1
            subscribers = self._subscribers.get(topic) or tuple(self._visitors.get(topic, ()))
        for subscriber in subscribers:
            subscriber.wake()

    def is_full(self, topic: str) -> bool:
        """Tell whether as many wait for a charge or a till as may: who comes then has to ask now and then instead."""
        with self._lock:
            return len(self._subscribers.get(topic, ())) >= MOST_OF_ONE

    def is_crowded(self) -> bool:
        """Tell whether as many visitors wait for news of jars as may."""
        with self._lock:
            return sum(map(len, self._visitors.values())) >= self.most_visitors

    def told(self, topic: str) -> int | None:
        """Return a number that is another one after each news of a topic; None while nobody here waits for any."""
        with self._lock:
            return self._told if topic in self._visitors or topic in self._subscribers else None

    def waiting(self) -> Collection[str]:
        """Return the topics that subscribers of this process wait for."""
        with self._lock:
            return [*self._subscribers, *self._visitors]

    @property
    def subscriber_count(self) -> int:
        """Tell how many screens of this process wait."""
        with self._lock:
            return sum(map(len, (*self._subscribers.values(), *self._visitors.values())))

    @property
    def closed(self) -> bool:
        """Tell whether the process is about to end: its screens have to find another."""
        return self._closed.is_set()

    def close(self) -> None:
        """Send every subscriber away."""
        self._closed.set()
        for topic in self.waiting():
            self.publish(topic)

    def _forget(self, subscriber: Subscriber) -> None:
        if visitors := self._visitors.get(subscriber.topic):
            visitors.discard(subscriber)
            if not visitors:
                del self._visitors[subscriber.topic]
            return
        left = tuple(other for other in self._subscribers[subscriber.topic] if other is not subscriber)
        if left:
            self._subscribers[subscriber.topic] = left
        else:
            del self._subscribers[subscriber.topic]

    def _listen(self) -> None:
        """Listen until nobody waits; the next to come starts another one."""
        while True:
            try:
                with self._store.listen() as wait:
                    told: set[News] = set()
                    while self._is_wanted():
                        told = self._tell(told)
                        wait(_LISTEN_FOR)
                    return
            except StoreError as error:
                log.warning("the database cannot be listened to: %s", error)
            except Exception:
                # Whatever is wrong with us, screens that hear nothing would be worse.
                log.exception("the broker stumbled, and goes on")
            self._closed.wait(self._pause)
            if not self._is_wanted():
                return

    def _is_wanted(self) -> bool:
        with self._lock:
            self._listening = bool(self._subscribers or self._visitors) and not self.closed
            return self._listening

    def _tell(self, told: set[News]) -> set[News]:
        """Wake the subscribers of charges that are paid or cancelled, once; whoever comes later reads so for himself.

        What was cancelled may still be paid, and that is news again; so is each change of a jar, or a till.
        """
        waiting = set(self.waiting())
        jars = {topic: name for topic in waiting if (name := jar_of_topic(topic)) is not None}
        tills = {topic: name for topic in waiting if (name := till_of_topic(topic)) is not None}
        changing = jars | tills
        news: set[News] = set(
            self._store.ended_among([it for it in waiting - changing.keys() if (it, True) not in told])
        )
        if jars:
            versions = self._store.jars.versions(jars.values())
            news |= {(topic, versions[name]) for topic, name in jars.items()}
        if tills:
            at_tills = self._store.displays.versions(tills.values())
            news |= {(topic, at_tills[name]) for topic, name in tills.items()}
        for topic, _ in news - told:
            self.publish(topic)
        return {
            (topic, what)
            for topic, what in told | news
            if topic in waiting and (topic not in changing or (topic, what) in news)
        }
