"""The lease: of all processes on one database, on however many hosts, one leads the watch of a wallet.

Whoever holds it counts its heartbeat up. No clock is compared with another one: each process sees by its own running
clock that the heartbeat stands still, and takes over from what it saw, so that of several who try one succeeds.
"""

import logging
import secrets
from collections.abc import Callable

from pos.store import NO_LEASE, Store

log = logging.getLogger(__name__)

# Seconds. A crashed leader is followed within STALE and a HEARTBEAT; one that cannot write stops before another starts.
HEARTBEAT = 2.0
STALE = 6.0
NOBODY, _ = NO_LEASE


def watch_of(wallet: str) -> str:
    """Name the lease of who asks a wallet, by its identity: a process that has another one cannot ask it."""
    return f"/watch of {wallet}"


class Lease:
    """This process's view of a lease, and its try to hold it. `running` gives seconds that only ever go forward.

    There is one of each thing that `of` names.
    """

    def __init__(self, store: Store, running: Callable[[], float], of: str) -> None:
        self._store = store
        self._of = of
        self._running = running
        self._me = secrets.token_hex(8)
        self._seen: tuple[str, int] | None = None
        self._seen_at = float("-inf")
        self._alive = False
        self._looked_at = float("-inf")

    @property
    def mine(self) -> bool:
        """Tell whether this process leads."""
        return self.led and self._seen is not None and self._seen[0] == self._me

    @property
    def led(self) -> bool:
        """Tell whether some process is known to lead: its heartbeat was seen to move, and not too long ago."""
        return self._alive and self._running() - self._seen_at < STALE

    def keep(self, *, lead: bool = True) -> None:
        """Keep the lease, or see who has it; take it if nobody lives who has. To be called all the time.

        Raises StoreError.
        """
        now = self._running()
        if now - self._looked_at < HEARTBEAT:
            return
        self._looked_at = now
        found = self._store.leases.read(self._of)
        # It may have moved while the database took its time: it stands still from now on, not from when we asked.
        self._see(found, self._running())
        if lead and self._seen and (self._seen[0] in (self._me, NOBODY) or now - self._seen_at >= STALE):
            self._take(self._me, now)

    def give_up(self) -> None:
        """Let another process take over at once, as this one ends."""
        if self.mine:
            self._take(NOBODY, self._running())

    def _see(self, found: tuple[str, int], now: float) -> None:
        if found != self._seen:
            # Seen for the first time, it may be the last heartbeat of one that is dead.
            alive = self._seen is not None and found[0] != NOBODY
            if alive and not self.led:
                log.info("another process leads the %s", self._of.strip("/"))
            self._seen, self._seen_at, self._alive = found, now, alive

    def _take(self, holder: str, now: float) -> None:
        if self._seen is None:
            return
        led_before = self.mine
        if self._store.leases.take(holder, self._seen, self._of):
            self._seen, self._seen_at, self._alive = (holder, self._seen[1] + 1), now, holder == self._me
            if holder == self._me and not led_before:
                log.info("this process leads the %s", self._of.strip("/"))
