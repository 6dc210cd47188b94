"""Questions over all relays of a connection: asked of each, several at a time, and the first good answer counts.

A relay is not trusted. What it brings has to be of the right author, signed, and about what was asked: all else is
dropped. One that is dead, or refuses, changes nothing while another lives.
"""

import logging
from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from queue import Empty, Full, Queue
from threading import Event as Flag
from threading import Lock
from time import monotonic
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from pos.transport import Transport
from pos.wallets.base import WalletBusy, WalletError, WalletTimeout, WalletUnreachable
from pos.wallets.client import readable
from pos.wallets.nwc.event import Event, parse
from pos.wallets.nwc.line import Line, Pace

log = logging.getLogger(__name__)

Filter: TypeAlias = Mapping[str, object]
# Signs what a relay asks us to prove (NIP-42): kind, tags.
Sign: TypeAlias = Callable[[int, tuple[tuple[str, ...], ...]], Event]

_AUTH = 22242
# What a relay that wants to know us first says; it is asked again once it does.
_AUTH_FIRST = "auth-required"
_RATE_LIMITED = "rate-limited"
# It came over another relay before.
_DUPLICATE = "duplicate"
# Seconds until a relay that is busy is asked again; it says no number.
_BUSY_FOR = 5
# Seconds between two looks at what else there is to do, while an answer or a hint is waited for.
_LOOK_EVERY = 0.25
# Seconds after the first relay has said all that it keeps, for the others to do so.
_LATE_AFTER = 1.0
# Hints that wait to be followed. More come from nobody but a wallet gone wild, and the watch asks anyway.
_MOST_HINTS = 1000


@dataclass(eq=False)
class _Subscription:
    """What is wanted of the relays, and whoever waits for it. With `asks`, that event is published behind it."""

    name: str
    filter: Callable[[], Filter]
    is_answer: Callable[[Event], bool]
    take: Callable[[Event], None]
    asks: Event | None = None
    changed: Flag = field(default_factory=Flag)
    refusals: dict[str, str] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    first_ended_at: float = 0.0

    def say(self, line: Line) -> None:
        """Say it all to one relay: first what is to be listened to, so that no answer is missed."""
        line.say(["REQ", self.name, dict(self.filter())])
        if self.asks:
            line.say(["EVENT", self.asks.to_json()])

    def refused(self, line: Line, reason: str) -> None:
        """Note that nothing will come over one line."""
        self.refusals[line.url] = f"{line.name}: {reason}"
        self.changed.set()


class Relays:
    """The lines to all relays at `urls`, one each for the whole process; opened with the first question."""

    def __init__(self, urls: Sequence[str], transport: Transport, sign: Sign, pace: Pace | None = None) -> None:
        self._urls = urls
        self._transport = transport
        self._sign = sign
        self._pace = pace or Pace()
        self._lock = Lock()
        self._lines: list[Line] = []
        self._numbers = 0
        self._waiting: dict[str, _Subscription] = {}
        # The last proof of ours to each relay.
        self._proofs: dict[str, str] = {}
        self.dropped: Counter[str] = Counter()

    @property
    def names(self) -> list[str]:
        """Return the hosts of the relays."""
        return [urlsplit(url).hostname or "" for url in self._urls]

    def ask(self, question: Event, author: str, kind: int, timeout: float) -> Event:
        """Publish a question, and return the answer of its author that refers to it.

        Raises WalletTimeout after `timeout` seconds, WalletUnreachable once no relay can be reached, or WalletBusy.
        """
        got: list[Event] = []
        subscription = _Subscription(
            self._name(),
            lambda: {"kinds": [kind], "authors": [author], "#e": [question.id]},
            lambda it: it.kind == kind and it.pubkey == author and it.tag("e") == question.id,
            got.append,
            question,
        )
        self._until(subscription, timeout, lambda: bool(got))
        return got[0]

    def newest(self, author: str, kind: int, timeout: float) -> Event | None:
        """Return the newest event of a kind that the relays keep of an author; None if they keep none.

        Raises as `ask` does.
        """
        got: list[Event] = []
        subscription = _Subscription(
            self._name(),
            lambda: {"kinds": [kind], "authors": [author], "limit": 1},
            lambda it: it.kind == kind and it.pubkey == author,
            got.append,
        )
        self._until(subscription, timeout, lambda: bool(got) or self._all_ended(subscription))
        return max(got, key=lambda it: it.created_at, default=None)

    def listen(
        self, author: str, kinds: Collection[int], more: Callable[[], Filter], take: Callable[[Event], None], stop: Flag
    ) -> None:
        """Call `take` with each event of an author and of these kinds, until `stop` is set.

        `more` says what else it has to fit, each time that a line opens.
        """
        events: Queue[Event] = Queue(_MOST_HINTS)
        # It comes over each relay, and one may say it again and again.
        known: deque[str] = deque(maxlen=_MOST_HINTS)
        one_at_a_time = Lock()

        def put(event: Event) -> None:
            # Two relays may have brought it while neither knew of the other.
            with one_at_a_time:
                if event.id in known:
                    return
                known.append(event.id)
            try:
                events.put_nowait(event)
            except Full:
                self.drop("a hint, as too many wait")

        subscription = _Subscription(
            self._name(),
            lambda: {"kinds": list(kinds), "authors": [author], **more()},
            lambda it: it.kind in kinds and it.pubkey == author and it.id not in known,
            put,
        )
        with self._lock:
            self._waiting[subscription.name] = subscription
        try:
            self._publish(subscription)
            while not stop.is_set():
                try:
                    take(events.get(timeout=_LOOK_EVERY))
                except Empty:
                    continue
        finally:
            self._forget(subscription)

    def close(self) -> None:
        """Close all lines. The next question opens new ones."""
        with self._lock:
            lines, self._lines = self._lines, []
        for line in lines:
            line.close()

    def _until(self, subscription: _Subscription, timeout: float, is_over: Callable[[], bool]) -> None:
        began = monotonic()
        with self._lock:
            self._waiting[subscription.name] = subscription
        try:
            lines = self._publish(subscription)
            while True:
                # Before anything is looked at, so that nothing is missed in between.
                subscription.changed.clear()
                if is_over():
                    return
                if len(subscription.refusals) == len(lines):
                    raise _refusal(subscription)
                left = began + timeout - monotonic()
                if left <= 0:
                    for line in lines:
                        line.doubt(began)
                    raise _silence(subscription, timeout)
                subscription.changed.wait(min(left, _LOOK_EVERY))
        finally:
            self._forget(subscription)

    def _publish(self, subscription: _Subscription) -> list[Line]:
        with self._lock:
            if not self._lines:
                self._lines = [Line(url, self, self._transport, self._pace) for url in self._urls]
            lines = list(self._lines)
        for line in lines:
            line.need()
            if line.failure:
                subscription.refused(line, line.failure)
            # Where it is not open yet, `opened` does it.
            subscription.say(line)
        return lines

    def _forget(self, subscription: _Subscription) -> None:
        with self._lock:
            self._waiting.pop(subscription.name, None)
            lines = list(self._lines)
        for line in lines:
            line.say(["CLOSE", subscription.name])

    def _name(self) -> str:
        with self._lock:
            self._numbers += 1
            return f"till-{self._numbers}"

    def _all_ended(self, subscription: _Subscription) -> bool:
        """Tell whether each relay has said all that it has. One that says nothing is not waited for long."""
        if not subscription.ended:
            return False
        is_late = monotonic() - subscription.first_ended_at >= _LATE_AFTER
        return is_late or len(subscription.ended | subscription.refusals.keys()) == len(self._urls)

    def _those_waiting(self) -> list[_Subscription]:
        with self._lock:
            return list(self._waiting.values())

    def opened(self, line: Line) -> None:
        """Say over a new line all that is waited for."""
        for subscription in self._those_waiting():
            subscription.refusals.pop(line.url, None)
            subscription.say(line)

    def failed(self, line: Line, reason: str) -> None:
        """Note that a relay cannot be reached."""
        for subscription in self._those_waiting():
            subscription.refused(line, reason)

    def heard(self, line: Line, message: list[Any]) -> None:
        """Understand what a relay says (NIP-01, NIP-42)."""
        match message:
            case ["EVENT", str(name), said]:
                self._take(name, parse(said))
            case ["EOSE", str(name)]:
                self._end(line, name)
            case ["OK", str(event_id), bool(is_taken), *reasons]:
                self._acknowledged(line, event_id, is_taken, _text(reasons))
            case ["CLOSED", str(name), *reasons]:
                self._refused(line, self._waiting.get(name), _text(reasons))
            case ["AUTH", str(challenge)] if _can_be_signed(challenge):
                self._prove(line, challenge)
            case ["NOTICE", *reasons]:
                log.info("relay %s says: %s", line.name, _text(reasons))
            case _:
                self.drop("what no relay says")

    def _take(self, name: str, event: Event | None) -> None:
        subscription = self._waiting.get(name)
        if subscription is None:
            self.drop("what nobody waits for")
        elif event is None or not subscription.is_answer(event):
            self.drop("what was not asked for")
        elif not event.is_genuine:
            self.drop("what its author has not signed")
        else:
            subscription.take(event)
            subscription.changed.set()

    def drop(self, what: str) -> None:
        """Count something that is passed over, which a log at debug shows."""
        self.dropped[what] += 1
        log.debug("dropped %s, for the %d. time", what, self.dropped[what])

    def _end(self, line: Line, name: str) -> None:
        subscription = self._waiting.get(name)
        if subscription:
            subscription.first_ended_at = subscription.first_ended_at or monotonic()
            subscription.ended.add(line.url)
            subscription.changed.set()

    def _acknowledged(self, line: Line, event_id: str, is_taken: bool, reason: str) -> None:
        if self._proofs.get(line.url) == event_id:
            if is_taken:
                self.opened(line)
            else:
                self.failed(line, f"it does not let us in: {reason}")
        elif not is_taken:
            asking = (it for it in self._those_waiting() if it.asks and it.asks.id == event_id)
            self._refused(line, next(asking, None), reason)

    def _refused(self, line: Line, subscription: _Subscription | None, reason: str) -> None:
        if subscription is None:
            return
        log.info("relay %s refused: %s", line.name, reason)
        # Who wants to know us first has told, or will tell, what we are to prove; then all is said again.
        if not reason.startswith((_AUTH_FIRST, _DUPLICATE)):
            subscription.refused(line, reason)

    def _prove(self, line: Line, challenge: str) -> None:
        proof = self._sign(_AUTH, (("relay", line.url), ("challenge", challenge)))
        self._proofs[line.url] = proof.id
        line.say(["AUTH", proof.to_json()])


def _can_be_signed(text: str) -> bool:
    """Tell whether a text is one: half of a surrogate pair, which JSON can hold, is no UTF-8."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _text(reasons: Sequence[object]) -> str:
    """Return what a relay gives as its reason, on one line, and not at any length."""
    return readable(" ".join(map(str, reasons)))


def _refusal(subscription: _Subscription) -> WalletError:
    reasons = "; ".join(subscription.refusals.values())
    if all(_RATE_LIMITED in reason for reason in subscription.refusals.values()):
        return WalletBusy(f"its relay wants to be asked less: {reasons}", _BUSY_FOR)
    return WalletUnreachable(f"no relay leads to it: {reasons}")


def _silence(subscription: _Subscription, timeout: float) -> WalletTimeout:
    seconds = f"{max(round(timeout, 1), 0.1):g} s"
    text = f"no answer within {seconds}, as of a wallet that is offline, or of a connection that is revoked"
    reasons = "; ".join(subscription.refusals.values())
    return WalletTimeout(f"{text} ({reasons})" if reasons else text)
