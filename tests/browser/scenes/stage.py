"""The shop that all scenes are played in, and how a browser comes to one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import count

from playwright.sync_api import Page, ViewportSize, expect
from sqlalchemy import delete

from pos.domain.charge import SILENT_AFTER, Channel, Charge
from pos.domain.money import SAT, Money
from pos.domain.sale import Line, Sale, price_of
from pos.domain.tax import TaxRate
from pos.services.ask_tip import ask_on_display
from pos.services.cancel import cancel
from pos.services.charge import charge
from pos.services.settle import settle
from pos.settings import Settings
from pos.settings.kiosk import entries
from pos.store.tables import devices, owner_links, owner_sessions, owners, pairings, staff
from pos.wallets.base import WalletUnreachable
from pos.web.sale_token import seal
from tests.browser.conftest import PHONE, TABLET, live_shop
from tests.browser.people import LiveShop, TickingClock
from tests.by_hand import write
from tests.fakes import FakeLnurlServices, FakePrinter, FakeRates, FakeWallet

SMALL_PHONE: ViewportSize = {"width": 360, "height": 560}
LANDSCAPE: ViewportSize = {"width": 1280, "height": 800}
# A counter's second screen, and a small tablet that lies down.
LOW: ViewportSize = {"width": 1024, "height": 600}
SIZES = (SMALL_PHONE, PHONE, TABLET, LOW, LANDSCAPE)
# Of a bitcoin, in euros.
PRICE = Decimal(65_000)
LUNCH = Money(1250, "EUR")
MEMO = "2 flat whites, 1 croissant"
TILL = "till"
PUBLIC_URL = "http://till.lemon-crate.example"
FULL, REDUCED = TaxRate(Decimal(19)), TaxRate(Decimal("5.5"))
LINES = (Line(380, 2, "Flat white", FULL), Line(250, 1, "", REDUCED), Line(123_450, 1, "Espresso machine", FULL))


@dataclass
class Stage:
    """A shop in which everything can happen, and what a scene needs to make it happen."""

    live: LiveShop
    wallet: FakeWallet
    rates: FakeRates
    keys: Iterator[int] = field(default_factory=count)

    def charge(
        self,
        price: Money = LUNCH,
        channel: Channel = Channel.TILL,
        tip: int = 0,
        memo: str = MEMO,
        key: str | None = None,
    ) -> Charge:
        """Make a charge without anybody's typing it."""
        sale = Sale(price, memo, tip, TILL if channel is Channel.TILL else "")
        return charge(self.live.shop, channel, sale, key or f"scene-{next(self.keys)}")

    def charge_lines(self, *lines: Line, tip: int = 0) -> Charge:
        """Make a charge of several lines."""
        sale = Sale(Money(price_of(lines), "EUR"), MEMO, tip, TILL, lines)
        return charge(self.live.shop, Channel.TILL, sale, f"scene-{next(self.keys)}")

    def pay(self, made: Charge, extra_sat: int = 0, **changes: object) -> Charge:
        """Let money come, and let the shop know."""
        self.wallet.settle(made.invoice, made.amount_sat + extra_sat, **changes)
        return settle(self.live.shop, made)

    def expire(self) -> None:
        """Let the time of every invoice run out."""
        self.live.clock.move(self.live.shop.settings.invoice_expiry)

    def mend(self) -> None:
        """Forget what an earlier scene broke or set."""
        self.rates.price, self.wallet.fail_with = PRICE, None
        self.tax()
        self.tip_at("till")
        self.printer(None)
        self.cards(None)
        self.found_at(PUBLIC_URL)
        self.kiosk()
        self.forget_people()

    def forget_people(self) -> None:
        """Let the shop be nobody's again, and open to all."""
        with write(self.live.shop.store) as connection:
            for table in (owner_sessions, owner_links, owners, pairings, devices, staff):
                connection.execute(delete(table))

    def found_at(self, public_url: str) -> None:
        """Let phones find the shop there."""
        app, shop = self.live.app, self.live.shop
        app.extensions["shop"] = replace(shop, settings=replace(shop.settings, public_url=public_url))

    def printer(self, printer: FakePrinter | None) -> None:
        """Let the shop have this printer, or none."""
        app, shop = self.live.app, self.live.shop
        app.extensions["shop"] = replace(shop, printer=printer)
        app.jinja_env.globals["has_printer"] = printer is not None

    def cards(self, issuers: FakeLnurlServices | None) -> None:
        """Let the shop take cards of these issuers, or none."""
        app = self.live.app
        app.extensions["shop"] = replace(self.live.shop, issuers=issuers)

    def kiosk(self, amounts: str = "", other: str = "on") -> None:
        """Let the kiosk offer this, or what it offers by itself."""
        app, shop = self.live.app, self.live.shop
        offers = entries(amounts) if amounts else None
        settings = replace(shop.settings, kiosk_amounts=offers, kiosk_other_amount=other)
        app.extensions["shop"] = replace(shop, settings=settings)

    def tax(self, *rates: TaxRate) -> None:
        """Let the shop have these rates of tax."""
        app, shop = self.live.app, self.live.shop
        app.extensions["shop"] = replace(shop, settings=replace(shop.settings, tax_rates=rates))

    def tip_at(self, place: str) -> None:
        """Let customers be asked for a tip there."""
        app, shop = self.live.app, self.live.shop
        app.extensions["shop"] = replace(shop, settings=replace(shop.settings, tip_at=(place,)))

    def asks_on_display(self) -> str:
        """Ask the customer of a lunch for a tip on the display, and return where the till waits for it."""
        self.tip_at("display")
        shop, key = self.live.shop, f"scene-{next(self.keys)}"
        with self.live.app.test_request_context():
            token = seal(Sale(LUNCH, MEMO, till=TILL), key)
        shop.store.displays.see(TILL, shop.now())
        ask_on_display(shop, TILL, token, key)
        return f"/tip/{token}"

    def open(self, page: Page, path: str) -> None:
        page.goto(self.live.address + path)

    def show(self, page: Page, made: Charge, state: str) -> None:
        """Open the pay page of a charge in one of its states."""
        self.open(page, f"/pay/{made.id}")
        expect(page.locator("html")).to_have_attribute("data-state", state)

    def silence(self, page: Page, path: str) -> None:
        """Let the wallet be silent for so long, after somebody looked, that it is told to who looks again."""
        self.wallet.fail_with = WalletUnreachable("down")
        self.open(page, path)
        self.live.clock.move(SILENT_AFTER)
        self.open(page, path)
        expect(page.locator(".silent-wallet")).to_be_visible()


Scene = Callable[[Stage, Page], None]
SCENES: dict[str, Scene] = {}


def scene(bring: Scene) -> Scene:
    """Keep a scene under its name."""
    SCENES[bring.__name__.replace("_", "-")] = bring
    return bring


@contextmanager
def stage(settings: Settings, port: int = 0) -> Iterator[Stage]:
    """Put up a shop with a currency, tips and a few sales of today, as long as the block runs."""
    clock, rates = TickingClock(), FakeRates(PRICE)
    wallet = FakeWallet(clock)
    eurozone = replace(settings, wallet="sandbox", currency="EUR", tip_percent=(5, 10, 15), paid_seconds=0, watch="off")
    eurozone = replace(
        eurozone,
        public_url=PUBLIC_URL,
        shop_address=("Arch Lane 4", "10115 Sampletown"),
        tax_id="DE123456789",
        receipt_footer=("Come again.",),
    )
    with live_shop(eurozone, clock, wallet, rates, port) as live:
        put_up = Stage(live, wallet, rates)
        _sell_a_few(put_up)
        yield put_up


def _sell_a_few(stage: Stage) -> None:
    """Sell now and then, so that each sale has a time of its own and everything has happened once."""

    def later(price: Money, memo: str) -> Charge:
        stage.live.clock.move(90)
        return stage.charge(price, memo=memo)

    for price in (Money(420, "EUR"), Money(1890, "EUR"), Money(2100, SAT)):
        stage.pay(later(price, "Cappuccino"))
    expired = later(Money(650, "EUR"), "Carrot cake")
    cancel(stage.live.shop, later(Money(990, "EUR"), "Orange juice"))
    stage.expire()
    stage.pay(expired)
    stage.pay(later(Money(300, "EUR"), "Espresso"), extra_sat=-100)
    later(Money(780, "EUR"), "Bagel with salmon and cream cheese")


def read(page: Page, language: str) -> None:
    """Let a browser's own language be this one from now on."""
    page.context.set_extra_http_headers({"Accept-Language": language})
