"""A real shop on a port of this machine, and real browsers before it. Nothing here talks to any other machine."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from socket import socket
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Error, ViewportSize, expect, sync_playwright

from bench.pages import BROWSERS
from bench.server import hold_port
from pos import close, create_app
from pos.rates import Rates
from pos.settings import Settings
from pos.wallets.base import Wallet
from tests.browser import fonts
from tests.browser.people import LiveShop, TickingClock, Till, Watch
from tests.fakes import FakeWallet
from tests.loopback import served

NO_BROWSER = (
    "There is no Chromium. Install one (Debian: apt-get install chromium-headless-shell), "
    "or run `playwright install chromium`."
)
QUIET_BROWSER = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # As phones have it: nothing on this machine has a chip, and nobody scans unless a test says so.
    "--enable-blink-features=WebNFC",
)
TABLET: ViewportSize = {"width": 820, "height": 1180}
PHONE: ViewportSize = {"width": 360, "height": 740}
# Every wait of a test ends after this, in milliseconds.
PATIENCE = 20_000

# In most tests a browser has no service workers, as it has none over http in a shop's own network: what they would do
# after a page has come is nobody's business there, and takes its time. `open_till(live, workers=True)` is for who wants
# them (test_installed.py). That Playwright blocks them would be a warning on the console.
NO_WORKERS = "delete Navigator.prototype.serviceWorker"

OpenTill = Callable[..., Till]


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The browser of this machine, else the one that Playwright brought, on a machine with the fonts of the tests."""
    expect.set_options(timeout=PATIENCE)
    own = next(filter(None, map(shutil.which, BROWSERS)), None)
    environment: dict[str, str | float | bool] = {**os.environ, **fonts.machine(tmp_path_factory.mktemp("fonts"))}
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=own, args=QUIET_BROWSER, env=environment)
        except Error as error:
            pytest.fail(f"{NO_BROWSER}\n{error.message.splitlines()[0]}")
        if missing := fonts.missing(browser):
            pytest.fail(fonts.NO_FONTS.format(" and no ".join(missing)))
        yield browser
        browser.close()


@pytest.fixture
def clock() -> TickingClock:
    return TickingClock()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The shop of the other tests, on play money."""
    return replace(settings, wallet="sandbox")


@contextmanager
def live_shop(
    settings: Settings, clock: TickingClock, wallet: Wallet | None = None, rates: Rates | None = None, port: int = 0
) -> Iterator[LiveShop]:
    """Serve a shop, whose watch runs as long as the block does."""
    app = create_app(settings, wallet=wallet, clock=clock, running=clock.running, rates=rates)
    with _open(app, clock, port) as address:
        yield LiveShop(address, app, clock, wallet if isinstance(wallet, FakeWallet) else None)


@contextmanager
def _open(app: Flask, clock: TickingClock, port: int = 0) -> Iterator[str]:
    ended = Event()

    def is_over(seconds: float) -> bool:
        clock.wait(seconds)
        return ended.is_set()

    watching = Thread(target=app.extensions["watch"].run, args=(is_over,))
    with ExitStack() as opened:
        opened.callback(close, app)
        address = opened.enter_context(served(app, port=port))
        watching.start()
        try:
            yield address
        finally:
            # Before the server: its screens are sent away.
            ended.set()
            clock.moved.set()
            watching.join()


class Shopkeeper:
    """Closes a shop, and opens it again at the same address with the same book and wallet; screens stand before it."""

    def __init__(self, settings: Settings, clock: TickingClock, wallet: FakeWallet | None = None) -> None:
        self._make = partial(create_app, settings, wallet=wallet, clock=clock, running=clock.running)
        self._closing = ExitStack()
        self._held = hold_port()
        app = self._make()
        self.live = LiveShop(self._closing.enter_context(_open(app, clock, port_of(self._held))), app, clock, wallet)

    def closes(self) -> None:
        self._closing.close()

    def opens(self) -> None:
        self.live.app = self._make()
        self._closing.enter_context(_open(self.live.app, self.live.clock, port_of(self._held)))

    def leaves(self) -> None:
        """Close the shop for good."""
        self.closes()
        self._held.close()


def port_of(held: socket) -> int:
    """Return the port that nobody else gets while this is bound to it."""
    port: int = held.getsockname()[1]
    return port


@pytest.fixture
def keeper(settings: Settings, clock: TickingClock) -> Iterator[Shopkeeper]:
    """The keeper of a shop on play money, which is open."""
    keeper = Shopkeeper(settings, clock)
    yield keeper
    keeper.leaves()


@pytest.fixture
def live(settings: Settings, clock: TickingClock, rates: Rates | None) -> Iterator[LiveShop]:
    """A shop on play money, with invoices that are really signed."""
    with live_shop(settings, clock, rates=rates) as live:
        yield live


@pytest.fixture
def fake_wallet_live(settings: Settings, clock: TickingClock, rates: Rates | None) -> Iterator[LiveShop]:
    """A shop whose wallet is a fake, for money that comes late, or not as asked."""
    with live_shop(settings, clock, FakeWallet(clock), rates) as live:
        yield live


@pytest.fixture
def open_till(browser: Browser) -> Iterator[OpenTill]:
    """Open another browser before a shop. When the test is over, none of them may have complained."""
    watches: list[Watch] = []
    with ExitStack() as closing:

        def open_till(live: LiveShop, *, workers: bool = False, **options: Any) -> Till:
            context = browser.new_context(**{"viewport": TABLET, **options})
            closing.callback(context.close)
            if not workers:
                context.add_init_script(NO_WORKERS)
            context.set_default_timeout(PATIENCE)
            watches.append(Watch(live.address))
            watches[-1].over(context)
            return Till(live, context.new_page(), watches[-1])

        yield open_till
    assert [complaint for watch in watches for complaint in watch.complaints] == []


@pytest.fixture
def till(live: LiveShop, open_till: OpenTill) -> Till:
    """The merchant's tablet."""
    return open_till(live)
