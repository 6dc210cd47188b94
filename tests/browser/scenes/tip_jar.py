"""The scenes of tip jars: their pages, their live views and their posters."""

from dataclasses import replace
from io import BytesIO

from PIL import Image
from playwright.sync_api import Page, expect

from pos.domain.charge import Channel, Charge
from pos.domain.jar import Goal, Jar, JarPicture
from pos.domain.money import Money
from pos.domain.sale import Sale
from pos.services.charge import charge
from pos.wallets.base import WalletUnreachable
from tests.browser.scenes.stage import PUBLIC_URL, Stage, scene

CELLO = Jar(
    name="cello",
    title="Cello under the Bridge",
    text="Every evening from six, under the east arch.",
    currency="EUR",
    amounts=tuple(Money(cents, "EUR") for cents in (100, 200, 500, 1000)),
    goal=Goal("A new case", Money(30_000, "EUR")),
    shows_messages=True,
)


def photo() -> bytes:
    """Draw what could be a photograph."""
    drawn = BytesIO()
    Image.radial_gradient("L").resize((1200, 800)).save(drawn, "JPEG")
    return drawn.getvalue()


# As dark and as light as a photograph can be.
PHOTO = photo()


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


def set_up(stage: Stage, jar: Jar = CELLO, *, drawn: bool = True) -> None:
    """Set a jar up, or set it right again; `drawn` gives it a picture."""
    store = stage.live.shop.store
    if not store.jars.add(jar):
        store.jars.change(jar)
    store.jars.empty(jar.name)
    store.jars.set_picture(jar.name, JarPicture("d1", PHOTO, PHOTO) if drawn else None)


def give(stage: Stage, cents: int, message: str = "", payer: str = "") -> Charge:
    """Let somebody put something into the jar."""
    sale = Sale(Money(cents, "EUR"), message, jar=CELLO.name, payer=payer, shown=bool(message or payer))
    stage.live.clock.move(1)
    return charge(stage.live.shop, Channel.TIPS, sale, f"scene-{next(stage.keys)}")


@scene
def jar(stage: Stage, page: Page) -> None:
    set_up(stage)
    stage.pay(give(stage, 21_100))
    stage.pay(give(stage, 200, "Best part of my way home, every single evening, and even more so when it rains"))
    stage.pay(give(stage, 500, "!شكراً", "Ana-Maria von und zu Hohenstein-Braun"))
    stage.open(page, "/tips/cello")


@scene
def jar_error(stage: Stage, page: Page) -> None:
    set_up(stage, drawn=False)
    stage.open(page, "/tips/cello")
    page.locator("#other").fill("9999.99")
    page.locator("#memo").fill("See evil.example")
    page.locator("#tip .button").click()
    expect(page.locator("[role=alert]:visible")).to_be_visible()


@scene
def jar_of_one_price(stage: Stage, page: Page) -> None:
    now = stage.live.shop.now()
    goal = Goal("Wheels", Money(1_000, "EUR"), now - 1)
    set_up(stage, replace(CELLO, price=Money(350, "EUR"), amounts=(), goal=goal, shows_messages=False), drawn=False)
    stage.open(page, "/tips/cello")


@scene
def jar_paid(stage: Stage, page: Page) -> None:
    set_up(stage, replace(CELLO, thanks="See you under the bridge. Bring a friend who likes Bach."))
    stage.pay(give(stage, 21_400))
    stage.show(page, stage.pay(give(stage, 200, "Play La Bamba, please!")), "paid")


@scene
def jar_live(stage: Stage, page: Page) -> None:
    set_up(stage, replace(CELLO, live_token="token"))
    stage.pay(give(stage, 21_400, "For rosin"))
    for cents, message, payer in ((100, "Greetings from the tram", "Ben"), (200, "Best part of my way home", "")):
        stage.pay(give(stage, cents, message, payer))
    with page.expect_response("**/events"):
        stage.open(page, "/tips/cello/live/token")
    stage.pay(give(stage, 500, "Play La Bamba, please!", "Ana"))
    expect(page.locator("#stage .quote")).to_be_visible()


@scene
def jar_live_clear(stage: Stage, page: Page) -> None:
    set_up(stage, replace(CELLO, live_token="token"))
    with page.expect_response("**/events"):
        stage.open(page, "/tips/cello/live/token?clear")
    stage.pay(give(stage, 123_456, "!شكراً " + "Play La Bamba " * 10, "Ana-Maria von und zu Hohenstein-Braun"))
    expect(page.locator("#stage .quote")).to_be_visible()


@scene
def jar_live_quiet(stage: Stage, page: Page) -> None:
    set_up(stage, replace(CELLO, live_token="token"))
    stage.open(page, "/tips/cello/live/token")


@scene
def jar_embed(stage: Stage, page: Page) -> None:
    set_up(stage, replace(CELLO, title="Ana-Maria von und zu Hohenstein-Braun under the Bridge"))
    stage.pay(give(stage, 21_400))
    stage.open(page, "/tips/cello/embed")


@scene
def jar_closed(stage: Stage, page: Page) -> None:
    set_up(stage, replace(CELLO, closed_at=1))
    stage.open(page, "/tips/cello")


@scene
def poster(stage: Stage, page: Page) -> None:
    """A table card, as the sheets are taller than most screens."""
    stage.found_at(PUBLIC_URL.replace("http:", "https:"))
    set_up(stage)
    stage.open(page, "/tips/cello/poster?size=a6")


@scene
def poster_without_https(stage: Stage, page: Page) -> None:
    stage.open(page, "/poster")
