"""The queue of receipts that are to be printed: one at a time, however many tills sell, and whatever the printer does.

Each process of a till with a printer runs one; the one that holds the lease of the printer prints. It looks at what was
written down: a sale never waits for it, and what a crash interrupts is found again.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from math import inf
from threading import Thread
from time import monotonic

from pos.domain.printer import PrinterError, PrintJob, Trouble
from pos.runtime.leader import Lease
from pos.runtime.loop import keep_going
from pos.store import Store, StoreError

log = logging.getLogger(__name__)

# The name of the printer's lease.
LEASE = "/printer"
# Seconds. What could not be printed for so long is not wanted any more; whoever does wants it by a tap.
GIVE_UP = 600
TICK = 0.5
# Seconds until a printer that failed is tried again: from the first on twice as long each time, up to the longest.
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 20.0


def in_a_thread(action: Callable[[], None]) -> None:
    """Do something beside everything else; under gevent a thread is a greenlet."""
    Thread(target=action, name="printing", daemon=True).start()


class PrintQueue:
    """One process's part in printing.

    `read` reads the receipt of a job, and returns what prints it, with its mark if some of it may be on paper; both
    raise PrinterError, and to read it StoreError, too. With `unasked` a receipt is printed for each payment and refund,
    and else only what somebody asked for. `now` gives whole unix seconds, `running` seconds that only go forward.
    `beside` does something while the caller goes on.
    """

    def __init__(
        self,
        read: Callable[[PrintJob], Callable[[], None]],
        *,
        store: Store,
        lease: Lease,
        unasked: bool,
        now: Callable[[], int],
        running: Callable[[], float] = monotonic,
        beside: Callable[[Callable[[], None]], None] = in_a_thread,
    ) -> None:
        self._read = read
        self._store = store
        self._lease = lease
        self._unasked = unasked
        self._now = now
        self._running = running
        self._beside = beside
        self._busy = False
        self._pause = 0.0
        self._not_before = -inf
        self._told = ""

    def run(self, is_over: Callable[[float], bool]) -> None:
        """Print until the process ends, whatever happens to the database or the printer meanwhile.

        `is_over` waits for the end, at most so many seconds, and tells whether it has come.
        """
        keep_going("printing", self.tick, TICK, is_over)
        self.stop()

    def stop(self) -> None:
        """Leave the printer to another process, unless this one still prints: that is for whoever sees it gone."""
        try:
            if not self._busy:
                self._lease.give_up()
        except StoreError as error:
            log.warning("the lease of the printer was not given up, and ends by itself: %s", error)

    def tick(self) -> None:
        """Do what is to be done now. Raises StoreError."""
        self._lease.keep()
        if not self._lease.mine:
            return
        now = self._now()
        if self._unasked:
            for charge_id in self._store.print_jobs.unasked(now - GIVE_UP):
                self._store.print_jobs.ask(charge_id, now, again=False)
            for charge_id, refund in self._store.print_jobs.unasked_refunds(now - GIVE_UP):
                self._store.print_jobs.ask(charge_id, now, refund=refund, again=False)
        if self._busy:
            return
        job = self._store.print_jobs.next()
        if job and job.asked_at < now - GIVE_UP:
            self._store.print_jobs.give_up(now - GIVE_UP, now)
        elif job and self._running() >= self._not_before:
            self._start(job)

    def _start(self, job: PrintJob) -> None:
        # Before it is written down as begun: of what could not be read nothing is on paper.
        try:
            with _whatever_is_wrong(begun=False):
                print_it = self._read(job)
        except PrinterError as error:
            self._fail(job, error)
            return
        self._store.print_jobs.start(job, self._now())
        self._busy = True
        try:
            self._beside(partial(self._print_and_end, job, print_it))
        except BaseException:
            self._busy = False
            raise

    def _print_and_end(self, job: PrintJob, print_it: Callable[[], None]) -> None:
        try:
            self._print(job, print_it)
        except StoreError as error:
            # What was started has no end now, and is printed again with its mark.
            log.error("charge %s: what became of its receipt was not written down: %s", job.charge_id, error)
        finally:
            self._busy = False

    def _print(self, job: PrintJob, print_it: Callable[[], None]) -> None:
        try:
            with _whatever_is_wrong(begun=True):
                print_it()
        except PrinterError as error:
            self._fail(job, error)
            return
        self._store.print_jobs.end(job, self._now())
        self._pause, self._not_before, self._told = 0.0, -inf, ""

    def _fail(self, job: PrintJob, error: PrinterError) -> None:
        # One that stumbles is not the printer's fault. And one that may be on paper is printed once more, but not for
        # ever: there are printers that say of none that it is done, or cut the line off. The next one may be printed.
        is_over = error.trouble is Trouble.BROKEN or (error.begun and job.started_at is not None)
        if is_over:
            log.error("charge %s: its receipt was not printed: %s", job.charge_id, error)
            self._store.print_jobs.fail(job, error.trouble, self._now(), begun=error.begun)
        if error.trouble is Trouble.BROKEN:
            return
        self._pause = min(max(2 * self._pause, FIRST_PAUSE), LONGEST_PAUSE)
        self._not_before = self._running() + self._pause
        if is_over:
            return
        if self._told != str(error):
            self._told = str(error)
            log.warning("charge %s: its receipt was not printed, and is tried again: %s", job.charge_id, error)
        self._store.print_jobs.fail(job, error.trouble, begun=error.begun)


@contextmanager
def _whatever_is_wrong(*, begun: bool) -> Iterator[None]:
    """Turn a fault of ours, or a row that makes no sense, into a PrinterError: it must not keep the next one back."""
    try:
        yield
    except (PrinterError, StoreError):
        raise
    except Exception as error:
        log.exception("printing stumbled over a receipt")
        raise PrinterError(Trouble.BROKEN, f"it stumbled: {error}", begun=begun) from error
