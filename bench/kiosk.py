"""A kiosk's life in one run: thousands of customers, one browser, one page, and everything that goes wrong meanwhile.

Time passes as fast as the pages and the till can follow: both have a clock that is moved.
"""

import os
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import CDPSession, Error, Page, Request
from playwright.sync_api import TimeoutError as Late

from bench import proc
from bench.pages import browsing
from bench.server import ROOT, Server
from bench.shifted import SHIFT, Shift
from pos.sandbox import Sandbox
from tests.faulty import FaultyLNPay, Kind, bad_gateway, faulty_lnpay, reset

CUSTOMERS = 2000
# After so many customers the till is started anew: by its owner, by a fault, with an update, and by its owner again.
_RESTARTS = {0.1: "stopped", 0.2: "killed", 0.3: "updated", 0.4: "stopped"}
# From here on nothing but customers comes by: whether memory grows, shows where nothing is started anew.
_UNDISTURBED = 0.5
_LOOKS = 20
# Seconds of the page's time: home is the resting screen.
_HOME_WITHIN = 120
_STEP = 10
_EXPIRY = 60
_HOOK_SECRET = "a secret for webhooks"
# Seconds and milliseconds of this machine's time.
_PATIENCE_MS = 30_000
_SETTLING = 90
_LIVES = "() => Number(document.documentElement?.dataset.live) >= document.querySelectorAll('[type=module]').length"
_CALLED = {
    "heap": "Heap of the page",
    "nodes": "Its nodes",
    "listeners": "Its listeners",
    "browser": "Memory of the browser",
    "worker": "Memory of the till's worker",
}
_FOLDERS = ("pos", "static", "templates", "bench", "tests")
_FILES = ("app.py", "gunicorn.conf.py", "CHANGELOG.md")


class Stuck(Exception):
    """The kiosk did something that no customer excuses."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a run needs at one moment: of the page after its garbage is gone, and of all processes. Bytes."""

    heap: int
    nodes: int
    listeners: int
    browser: int
    worker: int


@dataclass
class Run:
    """What came of it. `home` has the seconds until the kiosk rested again, one for each customer."""

    came: Counter[str] = field(default_factory=Counter)
    home: list[float] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)
    strange: list[str] = field(default_factory=list)


def kiosk(customers: int = CUSTOMERS, seed: int = 14) -> Iterator[tuple[str, str]]:
    """Let customers come, and give what was measured, a line each. Raises Stuck."""
    with _street() as (server, lnpay, shift, page, updated):
        street = Street(server, lnpay, shift, page, Random(seed), updated)
        run = street.lasts(customers)
        yield "who came", ", ".join(f"{count:,} {what}" for what, count in run.came.most_common())
        yield "home again, by the page's clock", f"p50 {median(run.home):.0f} s, max {max(run.home):.0f} s"
        yield "charges", street.accounted_for()
    for name, unit, places in (
        ("heap", "MB", 2),
        ("nodes", "nodes", 0),
        ("listeners", "listeners", 0),
        ("browser", "MB", 0),
        ("worker", "MB", 1),
    ):
        values = [getattr(it, name) / (1e6 if unit == "MB" else 1) for it in run.looks]
        first, last = (median(it) for it in (values[:5], values[-5:]))
        said = f"{first:.{places}f} {unit} at first, {last:.{places}f} {unit} in the end, max {max(values):.{places}f}"
        yield f"{_CALLED[name]}, over the last {customers - int(customers * _UNDISTURBED):,} of them", said


@contextmanager
def _street() -> Iterator[tuple[Server, FaultyLNPay, Shift, Page, Path]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="till-bench-")))
        shift = Shift(folder / "shift")
        server = Server(folder, {}, app="bench.shifted:app")
        stack.callback(server.close)
        hook = f"{server.address}/hooks/lnpay"
        sandbox = Sandbox(folder / "wallet", webhook_url=hook, webhook_secret=_HOOK_SECRET, clock=shift)
        lnpay = stack.enter_context(faulty_lnpay(sandbox))
        server.environment |= {
            **lnpay.settings,
            "LNPAY_WEBHOOK_SECRET": _HOOK_SECRET,
            "POS_INVOICE_EXPIRY": str(_EXPIRY),
            "POS_WATCH_BUDGET": "100",
            SHIFT: str(folder / "shift"),
        }
        server.start()
        browser = stack.enter_context(browsing())
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(_PATIENCE_MS)
        page.clock.install()
        yield server, lnpay, shift, page, _update(folder / "update")


def _update(folder: Path) -> Path:
    """Return the till as its next version is: with another look, and so with other addresses of what is static."""
    for name in _FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _FILES:
        shutil.copy(ROOT / name, folder / name)
    for css in (folder / "static/css").glob("*.css"):
        css.write_text(f"{css.read_text()}\n/* The next version. */\n")
    return folder


class Street:
    """Everybody who comes by a kiosk, one after the other."""

    def __init__(
        self, server: Server, lnpay: FaultyLNPay, shift: Shift, page: Page, random: Random, updated: Path
    ) -> None:
        self._server, self._lnpay, self._shift, self._page, self._random = server, lnpay, shift, page, random
        self._updated = updated
        self._devtools: CDPSession = page.context.new_cdp_session(page)
        self._unpaid: list[str] = []
        self._run = Run()
        self._asked: set[Request] = set()
        page.on("framenavigated", lambda frame: self._went(frame.url))
        page.on("request", self._asks)
        for end in ("requestfinished", "requestfailed"):
            page.on(end, lambda request: self._asked.discard(request))
        for said in ("pageerror", "crash"):
            page.on(said, lambda it: self._run.strange.append(str(it)))

    def lasts(self, customers: int) -> Run:
        """Let so many customers come. Raises Stuck."""
        restarts = {int(customers * when): how for when, how in _RESTARTS.items()}
        begins = int(customers * _UNDISTURBED)
        self._page.goto(f"{self._server.address}/kiosk/rest")
        for number in range(customers):
            self._serves(number, restarts.get(number))
            if number >= begins and (number - begins) % max(1, (customers - begins) // _LOOKS) == 0:
                self._run.looks.append(self._looks())
        self._run.looks.append(self._looks())
        return self._run

    def accounted_for(self) -> str:
        """Hold what the till knows against what pages showed and the wallet received. Raises Stuck."""
        received = dict(self._lnpay.received())
        deadline = time.monotonic() + _SETTLING
        while True:
            with closing(sqlite3.connect(self._server.environment["POS_VAR"] + "/till.db")) as database:
                known = {
                    request: (name, paid)
                    for name, request, paid in database.execute("select id, payment_request, received_sat from charge")
                }
            paid = {request: paid for request, (_, paid) in known.items() if paid is not None}
            if paid == received or time.monotonic() > deadline:
                break
            self._passes(60)
            time.sleep(1)
        lost = self._run.shown - {name for name, _ in known.values()}
        if lost or paid != received or self._run.strange:
            raise Stuck(f"lost {lost}, paid {len(paid)} of {len(received)}, strange {self._run.strange[:5]}")
        return (
            f"{len(known)} made, {len(self._run.shown)} shown, {len(received)} paid: each of them recorded, none more"
        )

    def _asks(self, request: Request) -> None:
        if request.resource_type in ("document", "fetch"):
            self._asked.add(request)

    def _went(self, url: str) -> None:
        self._asked.clear()
        where = urlsplit(url)
        if where.path.startswith("/pay/"):
            self._run.shown.add(where.path.rpartition("/")[2])
        elif not where.path.startswith("/kiosk"):
            self._run.strange.append(url)

    def _serves(self, number: int, restart: str | None) -> None:
        """Let one customer come and go, and wait until the kiosk rests. Raises Stuck."""
        ways: list[tuple[Callable[[], None], int]] = [
            (self.pays, 60),
            (self.touches_and_leaves, 8),
            (self.leaves_unpaid, 10),
            (self.waits_too_long, 8),
            (self.pays_too_late, 5),
            (self.pays_when_away, 5),
            (self.finds_no_wallet, 4),
        ]
        way = self._random.choices([it for it, _ in ways], [share for _, share in ways])[0]
        try:
            self._starts()
            if restart:
                self._restarts(restart)
            way()
            self._run.home.append(self._comes_home())
        except Late as error:
            raise Stuck(f"customer {number} {way.__name__}, at {self._page.url}: {error}") from error
        self._run.came[way.__name__.replace("_", " ")] += 1
        if restart:
            self._run.came[f"times the till was {restart}"] += 1

    def pays(self) -> None:
        """Choose, pay, and see that it is paid."""
        self._pay(self._chooses())
        self._shows("paid")

    def touches_and_leaves(self) -> None:
        """Look at the amounts, and go."""

    def leaves_unpaid(self) -> None:
        """Choose, look at the code, and go."""
        self._unpaid.append(self._chooses())

    def waits_too_long(self) -> None:
        """Stand before the code until it is over, touching the screen now and then."""
        self._chooses()
        for _ in range(0, _EXPIRY, 20):
            self._passes(20)
            self._page.mouse.click(5, 400)
        self._shows("expired")

    def pays_too_late(self) -> None:
        """Pay when the screen says that it is over."""
        asked = self._chooses()
        self._passes(_EXPIRY)
        self._shows("expired")
        self._pay(asked, late=True)

    def pays_when_away(self) -> None:
        """Pay while the next customer is at it: here, somebody who left before."""
        while self._unpaid:
            self._pay(self._unpaid.pop(), late=True)
        self.pays()

    def finds_no_wallet(self) -> None:
        """Choose while the wallet is away, and pay when it is back."""
        self._lnpay.fault(Kind.ANY, self._random.choice([bad_gateway, reset]))
        self._page.locator(".tile").first.click()
        self._page.locator("[role=alert]:visible, .unsent:visible").first.wait_for()
        self._lnpay.heal()

    def _starts(self) -> None:
        self._lives()
        self._page.locator("#start").click()
        self._page.wait_for_url("**/kiosk")
        self._lives()

    def _chooses(self) -> str:
        """Touch an amount, and return the payment request of the page that it leads to."""
        tiles = self._page.locator(".tile")
        self._random.choice(tiles.all()).click()
        self._page.wait_for_url("**/pay/**")
        self._lives()
        self._shows("open")
        charge = self._page.url.rpartition("/")[2]
        with closing(sqlite3.connect(self._server.environment["POS_VAR"] + "/till.db")) as database:
            (request,) = database.execute("select payment_request from charge where id = ?", [charge]).fetchone()
        return str(request)

    def _pay(self, request: str, *, late: bool = False) -> None:
        self._lnpay.sandbox.pay(request, late=late)

    def _shows(self, state: str) -> None:
        self._page.wait_for_function("(state) => document.documentElement?.dataset.state === state", arg=state)

    def _lives(self) -> None:
        self._page.wait_for_function(_LIVES)

    def _is_answered(self) -> None:
        """Wait until nothing is asked: a page that goes on asks first, and gives up after five seconds of its time."""
        quiet = 0
        while quiet < 2:
            self._page.wait_for_timeout(20)
            quiet = 0 if self._asked else quiet + 1

    def _passes(self, seconds: float) -> None:
        self._shift.move(seconds)
        with suppress(Error):
            self._page.clock.fast_forward(round(seconds * 1000))

    def _comes_home(self) -> float:
        passed = 0
        while urlsplit(self._page.url).path != "/kiosk/rest":
            if passed > _HOME_WITHIN:
                raise Stuck(f"still at {self._page.url} after {passed} s")
            self._passes(_STEP)
            passed += _STEP
            self._is_answered()
        return passed

    def _restarts(self, how: str) -> None:
        if how == "killed":
            self._server.kill()
        else:
            self._server.stop()
        if how == "updated":
            self._server.root = self._updated
        self._server.start()

    def _looks(self) -> Look:
        self._devtools.send("HeapProfiler.collectGarbage")
        self._devtools.send("Performance.enable")
        metrics = self._devtools.send("Performance.getMetrics")["metrics"]
        said: dict[str, Any] = {it["name"]: it["value"] for it in metrics}
        browsers = proc.descendants(os.getpid(), "chrom")
        return Look(
            int(said["JSHeapUsedSize"]),
            int(said["Nodes"]),
            int(said["JSEventListeners"]),
            sum(map(proc.proportional_bytes, browsers)),
            sum(map(proc.proportional_bytes, self._server.workers)),
        )
