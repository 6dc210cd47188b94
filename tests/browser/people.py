"""The shop as it stands in the street, and who stands before it: a till with a screen, and customers who pay."""

import time
from dataclasses import dataclass, field
from secrets import token_urlsafe
from threading import Event

import requests
from flask import Flask
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Locator, Page, Request, Route, expect
from playwright.sync_api import TimeoutError as TimedOut

from pos.domain.charge import Channel, Charge
from pos.domain.kept_setting import Entered
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.services.change_settings import change_settings
from pos.services.charge import charge
from pos.shop import Shop
from pos.web.context import shop_of_now
from tests.conftest import stored
from tests.fakes import FakeClock, FakeWallet
from tests.processes import until

# Seconds.
PATIENCE = 20
# Names of states, as the screen has them.
OPEN, PAID, EXPIRED = "open", "paid", "expired"


@dataclass
class TickingClock(FakeClock):
    """A clock that runs like a real one, and that a test moves on top of that: whoever waits by it is woken then."""

    started: float = field(default_factory=time.monotonic)
    passed: float = 0
    moved: Event = field(default_factory=Event)

    def __call__(self) -> float:
        return self.time + time.monotonic() - self.started

    def move(self, seconds: float) -> None:
        super().move(seconds)
        self.passed += max(0, seconds)
        self.moved.set()

    def running(self) -> float:
        """Return seconds that only go forward."""
        return time.monotonic() + self.passed

    def wait(self, seconds: float) -> None:
        """Wait so long, or until somebody moves the clock."""
        self.moved.wait(seconds)
        self.moved.clear()


@dataclass
class LiveShop:
    """A shop that browsers can reach. Without a fake wallet it is on play money, and customers pay over HTTP."""

    address: str
    app: Flask
    clock: TickingClock
    wallet: FakeWallet | None = None

    @property
    def shop(self) -> Shop:
        shop: Shop = self.app.extensions["shop"]
        return shop

    def charge(self, charge_id: str) -> Charge:
        return stored(self.shop, charge_id)

    def sells(self, amount: int = 2100, memo: str = "") -> Charge:
        """Make a sale at the till without anybody's typing it."""
        return charge(self.shop, Channel.TILL, Sale(Money(amount, SAT), memo, till="till"), token_urlsafe())

    def number(self, charge_id: str) -> str:
        """Return the number of a charge's sale as it is said this year."""
        number = self.charge(charge_id).number
        assert number
        return number.within(self.shop.day(self.shop.now()).year)

    def pay(self, payment_request: str) -> None:
        """Somebody scanned it and pays, from another machine than the screen's. That takes a second."""
        with requests.Session() as session:
            session.trust_env = False
            paid = session.post(f"{self.address}/sandbox/pay", json={"payment_request": payment_request}, timeout=5)
        assert paid.status_code == 200, paid.text
        self.clock.move(1)

    def pays_attention(self, charge_id: str) -> None:
        """Wait until the shop itself knows that a charge is paid, whatever its screens show."""
        with self.shop.broker.subscribe(charge_id) as news:
            while not self.charge(charge_id).payment:
                assert news.wait(PATIENCE), "the watch did not see the payment"

    def settle(self, payment_request: str, received_sat: int, **changes: object) -> None:
        """The fake wallet says that money came, whenever and however much. A second later the shop asks about it."""
        assert self.wallet
        offer = next(it for it in self.wallet.made if it.invoice.payment_request == payment_request)
        self.wallet.settle(offer.invoice, received_sat, **changes)
        self.clock.move(1)

    def expires(self) -> None:
        """The time of every invoice runs out, and the wallet says that nobody has paid."""
        self.clock.move(self.shop.settings.invoice_expiry)
        self.hears_of_all()
        self.wakes_lines()

    def hears_of_all(self) -> None:
        """Wait until the wallet has been asked about every charge since its time was up."""
        unpaid = [it.id for it in self.shop.store.unpaid(self.shop.wallet.identity, 0)]
        until(lambda: all(self.charge(it).is_known(self.shop.now()) for it in unpaid))

    def wakes_lines(self) -> None:
        """Real lines wait in real time for the end of an invoice: here they are woken."""
        for charge_id in self.shop.broker.waiting():
            self.shop.broker.publish(charge_id)


def changes(live: LiveShop, **settings: str) -> None:
    """An owner changes settings in the office; each process hears of it within a second, of whoever asks it next."""
    shop = live.shop
    entered = {name: Entered(text) for name, text in settings.items()}
    change_settings(shop, entered, shop.store.settings.version(), "Marta")
    live.clock.move(1)
    until(lambda: shop_of_now(live.app) is not shop)


def presses(page: Page, keys: str) -> None:
    """Press real keys that no English keyboard has, while the focus is nowhere in particular."""
    page.evaluate(
        """(keys) => {
            document.activeElement.blur();
            for (const key of keys)
                document.body.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
        }""",
        list(keys),
    )


def is_form(request: Request) -> bool:
    """Tell whether somebody sends a form; what is typed goes to the customer's display by itself."""
    return request.method == "POST" and not request.url.endswith("/draft")


@dataclass
class Watch:
    """Sees what a browser must never do: complain, or talk to anybody but the shop."""

    address: str
    may_fail: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.complaints.append(f"page error: {error.error}"))
        context.on("request", self._asked)

    def _heard(self, message: ConsoleMessage) -> None:
        url = message.location["url"]
        # Chromium notes each refused request as an error. A test says which ones it provokes.
        refused = message.text.startswith("Failed to load resource") and any(part in url for part in self.may_fail)
        if message.type in ("error", "warning") and not refused:
            self.complaints.append(f"{message.type}: {message.text} ({url})")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address + "/", "data:", "about:")):
            self.complaints.append(f"asked another host: {request.url}")


@dataclass
class Till:
    """A screen of the shop, whichever face it shows, and the hands before it."""

    live: LiveShop
    page: Page
    watch: Watch

    def open(self, path: str = "/") -> None:
        self.page.goto(self.live.address + path)

    def type_sale(self, amount: int | str, memo: str = "", unit: str | None = None) -> None:
        """Type a sale, in the unit that the till is in or in another one."""
        self.open()
        if unit:
            self.page.locator(".chips").get_by_text(unit, exact=True).click()
        self.page.get_by_label("Amount").fill(str(amount))
        self.page.get_by_label("Memo").fill(memo)

    def sell(self, amount: int | str = 2100, memo: str = "") -> str:
        """Make a sale, and return the payment request that the screen then shows."""
        self.type_sale(amount, memo)
        self.page.get_by_role("button", name="Charge").click()
        return self.asked()

    def opens_sale(self, amount: int = 2100, memo: str = "") -> str:
        """Open the pay page of a sale that nobody has typed, and return what it asks for."""
        self.open(f"/pay/{self.live.sells(amount, memo).id}")
        return self.asked()

    def asked(self) -> str:
        """Wait for an open pay page, and read what it asks for."""
        self.shows(OPEN)
        # Its scripts run from here on.
        self.page.wait_for_load_state()
        return self.live.charge(self.charge_id).invoice.payment_request

    def pay(self, payment_request: str | None = None) -> None:
        self.live.pay(payment_request or self.asked())

    def waits_a_second(self) -> None:
        """The wallet is asked at most once a second: what happened since the last look shows after that."""
        self.live.clock.move(1)

    def stops_its_clock(self) -> None:
        """Let the page's own time, which a test has in its hands, stand still from now on unless the test moves it."""
        # Two seconds later: by when it can be told to, it would have gone on. It may be ahead of this machine's time.
        # If even that has passed by then, as the machine is busy, it is refused, and nothing has changed.
        for seconds in (2, 4, 8, 16, 32):
            now = self.page.evaluate("Date.now()") / 1000
            try:
                self.page.clock.pause_at(now + seconds)
            except Error:
                continue
            return
        raise AssertionError("the page's time cannot be stopped")

    def taps_twice(self, button: Locator) -> list[Route]:
        """Tap, and tap again while the shop still works on the first tap. Return what was sent, a list that grows."""
        # Its scripts run from here on.
        self.page.wait_for_load_state()
        sent: list[Route] = []
        self.page.route("**/*", lambda it: sent.append(it) if is_form(it.request) else it.continue_())
        box = button.bounding_box()
        assert box
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        with self.page.expect_request(is_form):
            self.page.mouse.dblclick(*middle)
        self.page.mouse.click(*middle)
        sent[0].continue_()
        return sent

    def refuses(self, amount: int | str, sentence: str) -> None:
        """Type an amount that the till does not take."""
        self.may_fail("/")
        self.type_sale(amount)
        self.page.get_by_role("button", name="Charge").click()
        expect(self.page.get_by_role("alert")).to_have_text(sentence)

    def shows(self, state: str, within: float = 20) -> None:
        """The whole screen has, or gets within so many seconds, the colour of a state."""
        # This looks at every frame; what `expect` waits for it looks at once a second. Between two pages a document
        # has no element yet.
        try:
            self.page.wait_for_function(
                "(state) => document.documentElement?.dataset.state === state", arg=state, timeout=within * 1000
            )
        except TimedOut:
            # Tell which one it has instead. Not to be asked where it had the colour: it may have gone on since.
            expect(self.page.locator("html")).to_have_attribute("data-state", state, timeout=1)

    def left(self) -> int:
        """Return the seconds that the countdown shows."""
        minutes, seconds = (self.timer.text_content() or "").split(":")
        return int(minutes) * 60 + int(seconds)

    def counts_right(self) -> None:
        """The countdown shows what the shop itself counts, but for two seconds; that goes on while it is read."""
        expires_at = self.live.charge(self.charge_id).invoice.expires_at
        more = expires_at - self.live.clock()
        shown = self.left()
        less = expires_at - self.live.clock()
        assert less - 2 <= shown <= more + 2

    def hears_nothing(self) -> None:
        """The line on which the shop tells news is cut, and stays so; the screen has to ask."""
        self.may_fail("/events")
        self.page.route("**/events", lambda route: route.abort())

    def notes_what_is_said(self) -> None:
        """Keep all that a screen reader is told from now on."""
        self.page.evaluate(
            """() => {
                window.heard = [];
                const announcer = document.querySelector("#announcer");
                new MutationObserver(() => heard.push(announcer.textContent)).observe(announcer, {childList: true});
            }"""
        )

    def was_told(self, sentence: str) -> None:
        """A screen reader was told so, whatever it was told after that."""
        self.page.wait_for_function("(sentence) => heard.includes(sentence)", arg=sentence)

    def may_fail(self, part: str) -> None:
        """A request to an address with this in it is going to fail, and is meant to."""
        self.watch.may_fail.add(part)

    @property
    def charge_id(self) -> str:
        return self.page.url.rsplit("/", 1)[1]

    @property
    def timer(self) -> Locator:
        return self.page.get_by_role("timer")

    @property
    def announcer(self) -> Locator:
        """What a screen reader is told without having asked."""
        return self.page.locator("#announcer")
