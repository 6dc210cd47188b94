"""Every screen in every state, and how a browser gets there: by no word of it, as they are seen in any language."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import count

from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect
from sqlalchemy import delete

from pos.domain.charge import SILENT_AFTER, Channel, Charge
from pos.domain.draft import Draft
from pos.domain.jar import Goal, Jar, JarPicture
from pos.domain.money import SAT, Money
from pos.domain.printer import Trouble
from pos.domain.sale import Line, Sale, price_of
from pos.domain.tax import TaxRate
from pos.services.ask_tip import ask_on_display
from pos.services.cancel import cancel
from pos.services.charge import charge, charge_again
from pos.services.drafts import type_draft
from pos.services.settle import settle
from pos.settings import Settings
from pos.settings.kiosk import entries
from pos.store.tables import devices, owner_links, owner_sessions, owners, pairings, staff
from pos.wallets.base import WalletUnreachable
from pos.web.sale_token import seal
from tests.browser.conftest import PHONE, TABLET, live_shop
from tests.browser.people import LiveShop, TickingClock
from tests.fakes import FakeIssuers, FakePrinter, FakeRates, FakeWallet


def photo() -> bytes:
    """Draw what could be a photograph."""
    drawn = BytesIO()
    Image.radial_gradient("L").resize((1200, 800)).save(drawn, "JPEG")
    return drawn.getvalue()


SMALL_PHONE: ViewportSize = {"width": 360, "height": 560}
LANDSCAPE: ViewportSize = {"width": 1280, "height": 800}
# A counter's second screen, and a small tablet that lies down.
LOW: ViewportSize = {"width": 1024, "height": 600}
SIZES = (SMALL_PHONE, PHONE, TABLET, LOW, LANDSCAPE)
LUNCH = Money(1250, "EUR")
TAXES = (TaxRate(Decimal(19)), TaxRate(Decimal(7)))
MEMO = "2 flat whites, 1 croissant"
TILL = "till"
PUBLIC_URL = "http://till.lemon-crate.example"
HOUR = 60 * 60
# As dark and as light as a photograph can be.
PHOTO = photo()
CELLO = Jar(
    name="cello",
    title="Cello under the Bridge",
    text="Every evening from six, under the east arch.",
    currency="EUR",
    amounts=tuple(Money(cents, "EUR") for cents in (100, 200, 500, 1000)),
    goal=Goal("A new case", Money(30_000, "EUR")),
    shows_messages=True,
)
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
        self.rates.price, self.wallet.fail_with = Decimal(65_000), None
        self.tax()
        self.tip_at("till")
        self.printer(None)
        self.cards(None)
        self.found_at(PUBLIC_URL)
        self.kiosk()
        self.forget_people()

    def forget_people(self) -> None:
        """Let the shop be nobody's again, and open to all."""
        with self.live.shop.store.engine.begin() as connection:
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

    def cards(self, issuers: FakeIssuers | None) -> None:
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


Scene = Callable[[Stage, Page], None]
SCENES: dict[str, Scene] = {}


def scene(bring: Scene) -> Scene:
    """Keep a scene under its name."""
    SCENES[bring.__name__.replace("_", "-")] = bring
    return bring


@contextmanager
def stage(settings: Settings, port: int = 0) -> Iterator[Stage]:
    """Put up a shop with a currency, tips and a few sales of today, as long as the block runs."""
    clock, rates = TickingClock(), FakeRates(Decimal(65_000))
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


def _typed(page: Page, *amounts: str) -> None:
    """Type amounts, with a plus between them, and wait for what the till says of them."""
    for place, amount in enumerate(amounts):
        if place:
            page.locator(".keys .add").click()
            expect(page.locator(".tape li")).to_have_count(place)
        with page.expect_response(lambda answer, typed=amount: f"amount={typed}&" in f"{answer.url}&"):  # type: ignore[misc]
            page.locator("#amount").fill(amount)
    expect(page.locator(".charge b")).not_to_be_empty()


# The till


@scene
def till(stage: Stage, page: Page) -> None:
    stage.open(page, "/")


@scene
def till_typed(stage: Stage, page: Page) -> None:
    stage.open(page, "/")
    _typed(page, "1250")
    page.locator("#memo").fill(MEMO)


@scene
def till_tape(stage: Stage, page: Page) -> None:
    stage.open(page, "/")
    _typed(page, "12", "3", "18", "1234")


@scene
def till_tax(stage: Stage, page: Page) -> None:
    stage.tax(*TAXES)
    stage.open(page, "/")


@scene
def till_tax_tape(stage: Stage, page: Page) -> None:
    stage.tax(*TAXES)
    stage.open(page, "/")
    page.locator(".taxes label").last.click()
    _typed(page, "12.50", "3", "1234")


@scene
def till_tax_on_top(stage: Stage, page: Page) -> None:
    stage.tax(replace(TAXES[0], on_top=True), TaxRate(Decimal("8.25"), on_top=True))
    stage.open(page, "/")
    page.locator(".taxes label").last.click()
    _typed(page, "12.50", "1234")


@scene
def till_tax_of_one_rate_on_top(stage: Stage, page: Page) -> None:
    stage.tax(TaxRate(Decimal("8.25"), on_top=True))
    stage.open(page, "/")
    _typed(page, "12.50", "1234")


@scene
def till_error(stage: Stage, page: Page) -> None:
    stage.open(page, "/")
    page.locator("#amount").fill("10000")
    page.locator(".charge").click()
    expect(page.locator("[role=alert]")).to_be_visible()


@scene
def till_without_a_rate(stage: Stage, page: Page) -> None:
    stage.rates.price = None
    stage.open(page, "/")


@scene
def till_sales(stage: Stage, page: Page) -> None:
    stage.open(page, "/")
    every = page.locator(".all-sales")
    if every.is_visible():
        every.click()
        expect(page.locator("#all")).to_be_visible()


@scene
def kiosk_wallet_down(stage: Stage, page: Page) -> None:
    stage.open(page, "/kiosk")
    stage.wallet.fail_with = WalletUnreachable("down")
    expect(page.locator(".out-of-order")).to_be_visible()


# The tip


def _offer(stage: Stage, page: Page, amount: str) -> None:
    stage.open(page, "/")
    page.locator("#amount").fill(amount)
    page.locator("#memo").fill(MEMO)
    page.locator(".charge").click()
    page.wait_for_url("**/tip/**")


@scene
def tip(stage: Stage, page: Page) -> None:
    _offer(stage, page, "1250")


@scene
def tip_error(stage: Stage, page: Page) -> None:
    _offer(stage, page, "12")
    page.locator("#other").fill("13")
    page.locator(".other-amount .button").click()
    expect(page.locator("[role=alert]")).to_be_visible()


# The pay page


@scene
def pay_open(stage: Stage, page: Page) -> None:
    stage.show(page, stage.charge(), "open")


@scene
def pay_open_with_a_tip(stage: Stage, page: Page) -> None:
    stage.show(page, stage.charge(Money(123_456, "EUR"), tip=12_346), "open")


@scene
def pay_open_as_text(stage: Stage, page: Page) -> None:
    stage.show(page, stage.charge(), "open")
    page.locator("summary").click()


@scene
def pay_enlarged(stage: Stage, page: Page) -> None:
    stage.show(page, stage.charge(), "open")
    page.locator("#grow").click()
    expect(page.locator("dialog")).to_be_visible()


@scene
def pay_lost(stage: Stage, page: Page) -> None:
    page.clock.install()
    page.route("**/events", lambda route: route.abort())
    stage.show(page, stage.charge(), "open")
    with page.expect_event("requestfailed"):
        page.route("**/status", lambda route: route.abort())
    page.clock.fast_forward(4000)
    expect(page.locator("html[data-lost]")).to_have_count(1)


OFFER = (
    b'{"tag":"withdrawRequest","callback":"https://card.example/cb","k1":"a","minWithdrawable":1,'
    b'"maxWithdrawable":100000000000'
)
REASON = b"The daily limit of this card is used up, and its owner has to raise it in the app before it pays more"


def _tap(stage: Stage, page: Page, *answers: bytes, channel: Channel = Channel.TILL) -> None:
    """Paste a card, whose issuer answers so."""
    stage.cards(FakeIssuers([*answers]))
    price = LUNCH if channel is Channel.TILL else Money(2100, SAT)
    stage.open(page, f"/pay/{stage.charge(price, channel).id}?card")
    page.locator("#card").fill("lnurlw://card.example/x")
    page.locator(".card .button").click()


@scene
def pay_card(stage: Stage, page: Page) -> None:
    stage.cards(FakeIssuers([]))
    stage.open(page, f"/pay/{stage.charge().id}?card")
    expect(page.locator("#card")).to_be_visible()


@scene
def pay_with_a_way_to_cards(stage: Stage, page: Page) -> None:
    stage.cards(FakeIssuers([]))
    stage.show(page, stage.charge(), "open")


@scene
def kiosk_card_tried(stage: Stage, page: Page) -> None:
    _tap(stage, page, OFFER + b"}", b'{"status":"OK"}', channel=Channel.KIOSK)
    expect(page.locator("[data-card-again]")).to_have_count(1)


@scene
def pay_card_refused(stage: Stage, page: Page) -> None:
    _tap(stage, page, b'{"status":"ERROR","reason":"%s"}' % REASON)
    expect(page.locator(".status > [role=alert]")).to_be_visible()


@scene
def pay_card_pin(stage: Stage, page: Page) -> None:
    _tap(stage, page, OFFER + b',"pinLimit":0}')
    expect(page.locator("#digits")).to_be_visible()


def _silence(stage: Stage, page: Page, path: str) -> None:
    """Let the wallet be silent for so long, after somebody looked, that it is told to who looks again."""
    stage.wallet.fail_with = WalletUnreachable("down")
    stage.open(page, path)
    stage.live.clock.move(SILENT_AFTER)
    stage.open(page, path)
    expect(page.locator(".silent-wallet")).to_be_visible()


@scene
def pay_silent(stage: Stage, page: Page) -> None:
    _silence(stage, page, f"/pay/{stage.charge().id}")


@scene
def pay_not_known(stage: Stage, page: Page) -> None:
    made = stage.charge()
    _silence(stage, page, f"/pay/{made.id}")
    stage.expire()
    stage.show(page, made, "open")
    expect(page.locator(".gone")).to_be_visible()


@scene
def pay_paid(stage: Stage, page: Page) -> None:
    stage.show(page, stage.pay(stage.charge()), "paid")


@scene
def pay_paid_with_a_tip(stage: Stage, page: Page) -> None:
    stage.show(page, stage.pay(stage.charge(Money(123_456, "EUR"), tip=12_346)), "paid")


@scene
def pay_paid_late(stage: Stage, page: Page) -> None:
    made = stage.charge()
    stage.expire()
    stage.live.clock.move(180)
    stage.show(page, stage.pay(made), "paid")


@scene
def pay_paid_more(stage: Stage, page: Page) -> None:
    stage.show(page, stage.pay(stage.charge(), extra_sat=1000), "paid")


@scene
def pay_paid_less_and_late(stage: Stage, page: Page) -> None:
    made = stage.charge()
    stage.expire()
    stage.live.clock.move(7200)
    stage.show(page, stage.pay(made, extra_sat=-1000, preimage=None), "paid")


@scene
def pay_not_proven(stage: Stage, page: Page) -> None:
    stage.show(page, stage.pay(stage.charge(), preimage="00" * 32), "paid")


@scene
def pay_expired(stage: Stage, page: Page) -> None:
    made = stage.charge()
    stage.expire()
    stage.show(page, made, "expired")


@scene
def pay_cancelled(stage: Stage, page: Page) -> None:
    stage.show(page, cancel(stage.live.shop, stage.charge()), "expired")


@scene
def pay_no_new_invoice(stage: Stage, page: Page) -> None:
    made = stage.charge()
    stage.expire()
    stage.show(page, made, "expired")
    stage.wallet.fail_with = WalletUnreachable("down")
    page.locator(".actions button").click()
    expect(page.locator("[role=alert]:visible")).to_be_visible()


# The receipt


@scene
def receipt(stage: Stage, page: Page) -> None:
    paid = stage.pay(stage.charge_lines(*LINES, tip=125))
    stage.open(page, f"/pay/{paid.id}/receipt")


@scene
def receipt_less_and_late(stage: Stage, page: Page) -> None:
    made = stage.charge()
    stage.expire()
    stage.live.clock.move(7200)
    stage.open(page, f"/pay/{stage.pay(made, extra_sat=-1000, preimage=None).id}/receipt")


@scene
def receipt_of_a_second_payment(stage: Stage, page: Page) -> None:
    first = stage.charge_lines(*LINES)
    stage.expire()
    stage.pay(charge_again(stage.live.shop, first))
    stage.open(page, f"/pay/{stage.pay(first).id}/receipt")


@scene
def receipt_of_what_is_not_paid(stage: Stage, page: Page) -> None:
    stage.open(page, f"/pay/{stage.charge().id}/receipt")


# Kiosk and tip jar


@scene
def kiosk_rest(stage: Stage, page: Page) -> None:
    stage.open(page, "/kiosk/rest")


@scene
def kiosk(stage: Stage, page: Page) -> None:
    stage.open(page, "/kiosk")


@scene
def kiosk_goods(stage: Stage, page: Page) -> None:
    stage.kiosk("Wash 30 °C:4.00,Wash 60 °C:4.50,Espresso macchiato with oat milk:12345.00,Soap:0.80")
    stage.open(page, "/kiosk")
    # The customer before has paid; its band goes while somebody looks.
    page.evaluate("before.textContent = before.dataset.say")


@scene
def kiosk_fixed(stage: Stage, page: Page) -> None:
    stage.kiosk("Wash 30 °C:4.00", other="off")
    stage.open(page, "/kiosk/rest")


@scene
def kiosk_amount(stage: Stage, page: Page) -> None:
    stage.open(page, "/kiosk/amount")
    page.locator("#other").fill("320")
    expect(page.locator("#total")).not_to_be_empty()


@scene
def kiosk_error(stage: Stage, page: Page) -> None:
    stage.open(page, "/kiosk/amount")
    page.locator("#other").fill("0")
    page.locator(".pay-amount").click()
    expect(page.locator("[role=alert]:visible")).to_be_visible()


@scene
def kiosk_open(stage: Stage, page: Page) -> None:
    stage.show(page, stage.charge(Money(2100, SAT), Channel.KIOSK, memo=""), "open")


@scene
def kiosk_expired(stage: Stage, page: Page) -> None:
    made = stage.charge(Money(2100, SAT), Channel.KIOSK, memo="")
    stage.expire()
    stage.show(page, made, "expired")


@scene
def kiosk_paid(stage: Stage, page: Page) -> None:
    stage.show(page, stage.pay(stage.charge(Money(2100, SAT), Channel.KIOSK, memo="")), "paid")


@scene
def tips(stage: Stage, page: Page) -> None:
    stage.open(page, "/tips")


@scene
def tips_error(stage: Stage, page: Page) -> None:
    stage.open(page, "/tips")
    page.locator("#other").fill("0")
    page.locator("#tip .button").click()
    expect(page.locator("[role=alert]:visible")).to_be_visible()


@scene
def tips_wallet_down(stage: Stage, page: Page) -> None:
    stage.open(page, "/tips")
    stage.wallet.fail_with = WalletUnreachable("down")
    expect(page.locator(".out-of-order")).to_be_visible()


def _jar(stage: Stage, jar: Jar = CELLO, *, drawn: bool = True) -> None:
    """Set a jar up, or set it right again; `drawn` gives it a picture."""
    store = stage.live.shop.store
    if not store.jars.add(jar):
        store.jars.change(jar)
    store.jars.empty(jar.name)
    store.jars.set_picture(jar.name, JarPicture("d1", PHOTO, PHOTO) if drawn else None)


def _tip(stage: Stage, cents: int, message: str = "", payer: str = "") -> Charge:
    """Let somebody put something into the jar."""
    sale = Sale(Money(cents, "EUR"), message, jar=CELLO.name, payer=payer, shown=bool(message or payer))
    stage.live.clock.move(1)
    return charge(stage.live.shop, Channel.TIPS, sale, f"scene-{next(stage.keys)}")


@scene
def jar(stage: Stage, page: Page) -> None:
    _jar(stage)
    stage.pay(_tip(stage, 21_100))
    stage.pay(_tip(stage, 200, "Best part of my way home, every single evening, and even more so when it rains"))
    stage.pay(_tip(stage, 500, "!شكراً", "Ana-Maria von und zu Hohenstein-Braun"))
    stage.open(page, "/tips/cello")


@scene
def jar_error(stage: Stage, page: Page) -> None:
    _jar(stage, drawn=False)
    stage.open(page, "/tips/cello")
    page.locator("#other").fill("9999.99")
    page.locator("#memo").fill("See evil.example")
    page.locator("#tip .button").click()
    expect(page.locator("[role=alert]:visible")).to_be_visible()


@scene
def jar_of_one_price(stage: Stage, page: Page) -> None:
    now = stage.live.shop.now()
    goal = Goal("Wheels", Money(1_000, "EUR"), now - 1)
    _jar(stage, replace(CELLO, price=Money(350, "EUR"), amounts=(), goal=goal, shows_messages=False), drawn=False)
    stage.open(page, "/tips/cello")


@scene
def jar_paid(stage: Stage, page: Page) -> None:
    _jar(stage, replace(CELLO, thanks="See you under the bridge. Bring a friend who likes Bach."))
    stage.pay(_tip(stage, 21_400))
    stage.show(page, stage.pay(_tip(stage, 200, "Play La Bamba, please!")), "paid")


@scene
def jar_live(stage: Stage, page: Page) -> None:
    _jar(stage, replace(CELLO, live_token="token"))
    stage.pay(_tip(stage, 21_400, "For rosin"))
    for cents, message, payer in ((100, "Greetings from the tram", "Ben"), (200, "Best part of my way home", "")):
        stage.pay(_tip(stage, cents, message, payer))
    with page.expect_response("**/events"):
        stage.open(page, "/tips/cello/live/token")
    stage.pay(_tip(stage, 500, "Play La Bamba, please!", "Ana"))
    expect(page.locator("#stage .quote")).to_be_visible()


@scene
def jar_live_clear(stage: Stage, page: Page) -> None:
    _jar(stage, replace(CELLO, live_token="token"))
    with page.expect_response("**/events"):
        stage.open(page, "/tips/cello/live/token?clear")
    stage.pay(_tip(stage, 123_456, "!شكراً " + "Play La Bamba " * 10, "Ana-Maria von und zu Hohenstein-Braun"))
    expect(page.locator("#stage .quote")).to_be_visible()


@scene
def jar_live_quiet(stage: Stage, page: Page) -> None:
    _jar(stage, replace(CELLO, live_token="token"))
    stage.open(page, "/tips/cello/live/token")


@scene
def jar_embed(stage: Stage, page: Page) -> None:
    _jar(stage, replace(CELLO, title="Ana-Maria von und zu Hohenstein-Braun under the Bridge"))
    stage.pay(_tip(stage, 21_400))
    stage.open(page, "/tips/cello/embed")


@scene
def jar_closed(stage: Stage, page: Page) -> None:
    _jar(stage, replace(CELLO, closed_at=1))
    stage.open(page, "/tips/cello")


@scene
def poster(stage: Stage, page: Page) -> None:
    """A table card, as the sheets are taller than most screens."""
    stage.found_at(PUBLIC_URL.replace("http:", "https:"))
    _jar(stage)
    stage.open(page, "/tips/cello/poster?size=a6")


@scene
def poster_without_https(stage: Stage, page: Page) -> None:
    stage.open(page, "/poster")


# The customer's screen


def _before_the_customer(stage: Stage, page: Page, state: str) -> None:
    stage.open(page, f"/screen/{TILL}")
    expect(page.locator("#display")).to_have_attribute("data-status", state)


@scene
def screen_idle(stage: Stage, page: Page) -> None:
    stage.live.clock.move(3600)
    _before_the_customer(stage, page, "idle")


@scene
def screen_picture(stage: Stage, page: Page) -> None:
    stage.live.clock.move(3600)
    file = stage.live.shop.settings.var / "window.jpg"
    file.write_bytes(PHOTO)
    app, shop = stage.live.app, stage.live.shop
    app.extensions["shop"] = replace(shop, settings=replace(shop.settings, display_pictures=(file,)))
    _before_the_customer(stage, page, "idle")
    expect(page.locator(".pictures img")).to_be_visible()
    app.extensions["shop"] = shop


@scene
def screen_tape(stage: Stage, page: Page) -> None:
    stage.live.clock.move(3600)
    lines = tuple(map(Line, (380, 380, 250, 940)))
    type_draft(stage.live.shop, Draft(TILL, "a browser", "EUR", lines, Money(39_000, SAT)))
    _before_the_customer(stage, page, "tape")


@scene
def screen_tip(stage: Stage, page: Page) -> None:
    stage.asks_on_display()
    _before_the_customer(stage, page, "tip")


@scene
def tip_choosing(stage: Stage, page: Page) -> None:
    stage.open(page, stage.asks_on_display())
    expect(page.locator("#choosing")).to_be_visible()


@scene
def screen_open(stage: Stage, page: Page) -> None:
    stage.live.clock.move(60)
    stage.charge(tip=125)
    _before_the_customer(stage, page, "open")


@scene
def screen_paid(stage: Stage, page: Page) -> None:
    stage.live.clock.move(60)
    stage.pay(stage.charge(tip=125))
    _before_the_customer(stage, page, "paid")


@scene
def screen_expired(stage: Stage, page: Page) -> None:
    stage.live.clock.move(3600)
    stage.charge()
    stage.expire()
    _before_the_customer(stage, page, "expired")


@scene
def screen_paid_less_and_late(stage: Stage, page: Page) -> None:
    stage.live.clock.move(60)
    made = stage.charge()
    stage.expire()
    stage.pay(made, extra_sat=-1000)
    _before_the_customer(stage, page, "paid")


@scene
def screen_silent(stage: Stage, page: Page) -> None:
    stage.live.clock.move(3600)
    stage.charge()
    _silence(stage, page, f"/screen/{TILL}")


@scene
def screen_not_known(stage: Stage, page: Page) -> None:
    stage.live.clock.move(3600)
    stage.charge()
    _silence(stage, page, f"/screen/{TILL}")
    stage.expire()
    stage.open(page, f"/screen/{TILL}")
    expect(page.locator(".gone")).to_be_visible()


# A sale


def _open_sale(stage: Stage, page: Page, made: Charge) -> None:
    stage.open(page, f"/sales/{made.number}")


@scene
def sale(stage: Stage, page: Page) -> None:
    _open_sale(stage, page, stage.pay(stage.charge_lines(*LINES, tip=125)))


@scene
def sale_open(stage: Stage, page: Page) -> None:
    _open_sale(stage, page, stage.charge(Money(2100, SAT), memo=""))


@scene
def sale_less_and_late(stage: Stage, page: Page) -> None:
    made = stage.charge()
    stage.expire()
    stage.live.clock.move(7200)
    _open_sale(stage, page, stage.pay(made, extra_sat=-1000, preimage=None))


@scene
def sale_paid_twice(stage: Stage, page: Page) -> None:
    first = stage.charge_lines(*LINES)
    stage.expire()
    again = stage.pay(charge_again(stage.live.shop, first))
    stage.pay(first)
    _open_sale(stage, page, again)


@scene
def sale_cancelled(stage: Stage, page: Page) -> None:
    _open_sale(stage, page, cancel(stage.live.shop, stage.charge(Money(1999, SAT), Channel.KIOSK, memo="")))
    page.locator("summary").click()


@scene
def sale_of_a_jar(stage: Stage, page: Page) -> None:
    _jar(stage)
    message = "Play La Bamba, please! And then that other one again."
    _open_sale(stage, page, stage.pay(_tip(stage, 500, message, "Ann & Bo")))


# The sales


@scene
def sales(stage: Stage, page: Page) -> None:
    """A day on which everything happened once, and by each way in."""
    stage.pay(stage.charge(Money(345, "EUR"), Channel.KIOSK, memo=""))
    stage.pay(
        stage.charge(Money(5000, SAT), Channel.TIPS, memo="Play La Bamba, please! And then that other one again.")
    )
    stage.pay(stage.charge(tip=125), preimage=None)
    stage.pay(stage.charge_lines(Line(11190, tax=FULL), Line(320, tax=REDUCED)))
    stage.charge(Money(2500, "EUR"), Channel.API, memo="Order 2026-77")
    stage.open(page, "/sales")


@scene
def sales_of_a_month(stage: Stage, page: Page) -> None:
    stage.live.clock.move(24 * 60 * 60)
    stage.pay(stage.charge())
    month = stage.live.shop.day(stage.live.shop.now()).isoformat()[:7]
    stage.open(page, f"/sales?month={month}")


@scene
def sales_by_hour(stage: Stage, page: Page) -> None:
    """A whole day with its lunch hour, and all figures of it."""
    day = _morning(stage)
    for cents in (450, 1200, 2300, 0, 3100, 8640, 7700, 1500, 0, 0, 4200, 990, 60):
        if cents:
            stage.pay(stage.charge(Money(cents, "EUR"), tip=cents // 12, memo="Lunch"))
        stage.live.clock.move(HOUR)
    stage.open(page, f"/sales?day={day}")
    page.locator(".chart summary").click()


@scene
def sales_by_day(stage: Stage, page: Page) -> None:
    """A week of which each day has its hours."""
    day = _morning(stage)
    for number in range(16):
        stage.pay(stage.charge(Money(300 + 97 * (number % 11), "EUR"), tip=30 * (number % 3), memo="Market"))
        stage.live.clock.move((5 + number * number % 11) * HOUR)
    stage.open(page, f"/sales?from={day}&to={day + timedelta(days=6)}")
    page.locator(".chart").first.scroll_into_view_if_needed()


@scene
def sales_of_one_large_amount(stage: Stage, page: Page) -> None:
    """A sale of very many figures, beside which another is nothing."""
    day = _morning(stage)
    stage.rates.price = Decimal(10**10)
    for cents in (1_00, 123_456_789_01):
        stage.pay(stage.charge(Money(cents, "EUR"), memo="Market"))
        stage.live.clock.move(HOUR)
    stage.open(page, f"/sales?day={day}")
    page.locator(".chart summary").click()


def _morning(stage: Stage) -> date:
    """Wait for the next morning, seven in the morning in Greenwich, and return which day it is."""
    stage.live.clock.move(31 * HOUR - stage.live.shop.now() % (24 * HOUR))
    return stage.live.shop.day(stage.live.shop.now())


@scene
def sales_filtered(stage: Stage, page: Page) -> None:
    stage.open(page, "/sales?show=review")


@scene
def sales_found(stage: Stage, page: Page) -> None:
    stage.open(page, "/sales?q=cappuccino")


@scene
def sales_not_found(stage: Stage, page: Page) -> None:
    stage.live.clock.move(24 * 60 * 60)
    stage.open(page, "/sales?q=l")


@scene
def sales_empty(stage: Stage, page: Page) -> None:
    stage.live.clock.move(24 * 60 * 60)
    stage.open(page, "/sales")


@scene
def sales_no_such_days(stage: Stage, page: Page) -> None:
    stage.open(page, "/sales?from=2026-09-30&to=2026-09-01")
    expect(page.locator("[role=alert]")).to_be_visible()


@scene
def sales_none(stage: Stage, page: Page) -> None:
    stage.open(page, "/sales/100047")
    expect(page.locator("[role=alert]")).to_be_visible()


# What is left


@scene
def till_not_printed(stage: Stage, page: Page) -> None:
    stage.printer(FakePrinter())
    store, now = stage.live.shop.store, stage.live.shop.now()
    store.print_jobs.ask(stage.pay(stage.charge()).id, now, again=True)
    job = store.print_jobs.next()
    assert job
    store.print_jobs.fail(job, Trouble.PAPER, now, begun=False)
    stage.open(page, "/")
    expect(page.locator("[role=status].no-sales")).to_be_visible()


@scene
def sale_that_can_be_printed(stage: Stage, page: Page) -> None:
    """The page of an open sale, which becomes that of a paid one by itself; what was unfolded stays so until then."""
    stage.printer(FakePrinter())
    page.clock.install()
    made = stage.charge()
    _open_sale(stage, page, made)
    page.locator("summary").click()
    # The second look is after all that came of the first.
    for _ in range(2):
        with page.expect_response(f"**/sales/{made.number}?looked=now"):
            page.clock.fast_forward(2000)
    expect(page.locator("details[open]")).to_have_count(1)
    stage.pay(made)
    page.clock.fast_forward(2000)
    expect(page.locator("form[action$='/print'] button")).to_be_visible()
    # It says more than before, and so its foot went down: whether anything else moves is to be seen as it comes.
    page.reload()


@scene
def languages(stage: Stage, page: Page) -> None:
    stage.open(page, "/language?back=/")


@scene
def not_here(stage: Stage, page: Page) -> None:
    stage.open(page, "/nowhere")


@scene
def no_connection(stage: Stage, page: Page) -> None:
    page.route("**/healthz", lambda route: route.abort())
    stage.open(page, "/offline")
    page.evaluate(
        "sessionStorage.typed = JSON.stringify({ at: `${location.pathname} ${document.documentElement.lang}` })"
    )
    page.reload()
    expect(page.locator("#kept")).to_be_visible()


@scene
def refused_form(stage: Stage, page: Page) -> None:
    # On a page that is not the shop's.
    page.goto("about:blank")
    page.set_content(f"<form method=post action='{stage.live.address}/'><button>Win!</button></form>")
    page.locator("button").click()
    expect(page.locator("h1.headline")).to_be_visible()


@scene
def already_used(stage: Stage, page: Page) -> None:
    stage.open(page, "/")
    stage.charge(key="used-before")
    page.locator("[name=key]").evaluate("field => { field.value = 'used-before'; }")
    page.locator("#amount").fill("13")
    page.locator(".charge").click()
    page.locator("[name=tip][value='0']").click()
    expect(page.locator(".announcement h1.headline")).to_be_visible()


def read(page: Page, language: str) -> None:
    """Let a browser's own language be this one from now on."""
    page.context.set_extra_http_headers({"Accept-Language": language})
