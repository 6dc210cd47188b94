"""The scenes of the staff, beside all others: who sells, a locked till, and the pages of the office."""

from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import update

from pos.domain.staff import Role
from pos.services.cancel import cancel
from pos.services.close_shift import close_shift, open_shift
from pos.services.refund import Wish, refund
from pos.store.tables import staff as staff_rows
from tests.browser.scenes.stage import LINES, TILL, Stage, scene
from tests.by_hand import write
from tests.people import People
from tests.web.pin.test_who_sells import ANA, BEN


def _people(stage: Stage) -> People:
    """Let somebody own the shop, and three work in it."""
    people = People(stage.live.app)
    if not stage.live.shop.store.owners.exist():
        people.claim("Marta")
        people.somebody("Ana Wirth-Kowalczyk", Role.MANAGER, pin=ANA)
        people.somebody("Ben", pin=BEN)
        people.somebody("Cleo")
    return people


def _show(stage: Stage, page: Page, browser: FlaskClient, path: str, what: str) -> None:
    """Open an address in a browser that is a device, or an owner's."""
    cookie = browser.get_cookie(f"{stage.live.app.config['SESSION_COOKIE_NAME']}_{what}")
    assert cookie
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": stage.live.address}])
    stage.open(page, path)


def _limited(stage: Stage, page: Page, path: str) -> None:
    """Open an address as a manager who gives back at most €5.00 of one sale."""
    people = _people(stage)
    with write(stage.live.shop.store) as connection:
        connection.execute(update(staff_rows).values(currency="EUR", refund_limit=500))
    _show(stage, page, people.device(place=TILL, sells="ana wirth-kowalczyk"), path, "device")


def _device(stage: Stage, page: Page) -> None:
    browser = _people(stage).device(place=TILL)
    _show(stage, page, browser, "/", "device")


def _type(page: Page, pin: str) -> None:
    expect(page.locator(".keys")).to_be_visible()
    page.keyboard.type(pin)
    page.keyboard.press("Enter")


@scene
def who_sells(stage: Stage, page: Page) -> None:
    _device(stage, page)
    expect(page.locator(".keys")).to_be_visible()


@scene
def who_sells_wrong(stage: Stage, page: Page) -> None:
    _device(stage, page)
    _type(page, "9999")
    expect(page.locator("[role=alert]")).to_be_visible()


@scene
def locked(stage: Stage, page: Page) -> None:
    stage.charge(memo="Table 5, the two by the window")
    _device(stage, page)
    expect(page.locator(".says .sheet")).to_be_visible()


@scene
def till_of_somebody(stage: Stage, page: Page) -> None:
    _device(stage, page)
    _type(page, ANA)
    expect(page.locator(".lock")).to_be_visible()


@scene
def report_of_somebody(stage: Stage, page: Page) -> None:
    """A page of the till's own, whose bar says who sells there."""
    stage.pay(stage.charge())
    number = open_shift(stage.live.shop, TILL).number
    close_shift(stage.live.shop, TILL, number, "Ana")
    _device(stage, page)
    _type(page, ANA)
    expect(page.locator(".lock")).to_be_visible()
    stage.open(page, f"/shifts/{TILL}/{number}")
    expect(page.locator(".lock")).to_be_visible()


@scene
def staff(stage: Stage, page: Page) -> None:
    _show(stage, page, _people(stage).owner("Marta"), "/office/staff", "owner")


@scene
def somebody_new(stage: Stage, page: Page) -> None:
    _show(stage, page, _people(stage).owner("Marta"), "/office/staff/add", "owner")


@scene
def one_of_the_staff(stage: Stage, page: Page) -> None:
    _show(stage, page, _people(stage).owner("Marta"), "/office/staff/ben", "owner")


@scene
def one_of_the_staff_with_a_limit_of_before(stage: Stage, page: Page) -> None:
    people = _people(stage)
    with write(stage.live.shop.store) as connection:
        connection.execute(update(staff_rows).values(currency="CHF", sale_limit=50_000, refund_limit=12_550))
    _show(stage, page, people.owner("Marta"), "/office/staff/ben", "owner")


@scene
def refund_form_of_a_manager(stage: Stage, page: Page) -> None:
    _limited(stage, page, f"/refunds/{stage.pay(stage.charge_lines(*LINES)).number}")


@scene
def refund_above_the_limit(stage: Stage, page: Page) -> None:
    made = stage.pay(stage.charge_lines(*LINES))
    entry = stage.live.shop.store.entry(made.number) if made.number else None
    assert entry
    refund(stage.live.shop, entry, Wish(entry.sale.total, "Cold"), f"scene-{next(stage.keys)}")
    _limited(stage, page, f"/refunds/{made.number}/1")


@scene
def pay_of_a_customer(stage: Stage, page: Page) -> None:
    _people(stage)
    stage.open(page, f"/pay/{stage.charge(memo='Table 5').id}")


@scene
def pay_of_a_customer_cancelled(stage: Stage, page: Page) -> None:
    _people(stage)
    stage.open(page, f"/pay/{cancel(stage.live.shop, stage.charge(memo='Table 5')).id}")
