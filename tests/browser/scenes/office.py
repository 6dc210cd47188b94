"""The scenes of the office, beside all others: how one becomes its owner and comes in, and each page in its states."""

from playwright.sync_api import Page

from pos.domain.device import Face
from pos.domain.event import Event, Kind
from pos.domain.jar import Goal, Jar
from pos.domain.money import SAT, Money
from pos.services.claim import invite
from pos.services.doctor import Finding, Verdict
from pos.services.last_look import LastLook
from pos.services.refund import Wish, refund
from pos.store import events
from tests.browser.scenes.stage import LINES, Stage, scene
from tests.by_hand import write
from tests.people import PASSWORD, PASSWORD_HASH, People

LONG = "Ana María Fernández-Montgomery"
ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"


def come_in(stage: Stage, page: Page, *others: str) -> None:
    """Claim the shop, and sign its owner in in this browser."""
    people = People(stage.live.app)
    client = people.owner(LONG)
    for name in others:
        people.owner(name)
    kept = client.get_cookie(f"{stage.live.app.config['SESSION_COOKIE_NAME']}_owner")
    assert kept
    page.context.add_cookies([{"name": kept.key, "value": kept.value, "url": stage.live.address}])


def _found(stage: Stage, *findings: Finding) -> None:
    look = LastLook(lambda: list(findings), stage.live.clock)
    look.again()
    stage.live.app.extensions["last_look"] = look


@scene
def office_claim(stage: Stage, page: Page) -> None:
    stage.open(page, f"/claim/{invite(stage.live.shop)}")


@scene
def office_claim_used(stage: Stage, page: Page) -> None:
    stage.open(page, "/claim/used")


@scene
def office_turned_away(stage: Stage, page: Page) -> None:
    People(stage.live.app).claim(LONG)
    stage.open(page, "/")


@scene
def office_sign_in(stage: Stage, page: Page) -> None:
    People(stage.live.app).claim(LONG)
    stage.open(page, "/sign-in")
    page.locator("[name=name]").fill(LONG)
    page.locator("[name=password]").fill("wrong")
    page.locator("form .button.big").click()
    page.locator("[role=alert]").wait_for()


@scene
def office_sign_in_code(stage: Stage, page: Page) -> None:
    owner = People(stage.live.app).claim(LONG)
    stage.live.shop.store.accounts.set_code(owner, PASSWORD_HASH, "sealed", 0, stage.live.shop.now())
    stage.open(page, "/sign-in")
    page.locator("[name=name]").fill(LONG)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form .button.big").click()
    page.locator("[name=code]").wait_for()


@scene
def office(stage: Stage, page: Page) -> None:
    come_in(stage, page)
    good = [Finding(Verdict.GOOD, part, "in order.") for part in ("database", "time", "wallet", "invoice", "owner")]
    _found(stage, *good)
    stage.open(page, "/office")


@scene
def office_wrong(stage: Stage, page: Page) -> None:
    come_in(stage, page)
    _found(
        stage,
        Finding(Verdict.GOOD, "database", "reads and writes."),
        Finding(Verdict.BAD, "wallet", "it does not answer: no route to host. Is LNPAY_URL right, and the host up?"),
        Finding(Verdict.WARNING, "screens", "other devices reach this till without https: docs/install.md says how."),
    )
    stage.open(page, "/office")


@scene
def office_to_be_looked_at(stage: Stage, page: Page) -> None:
    come_in(stage, page)
    _found(stage, Finding(Verdict.WARNING, "settings", "in order, but this is play money: the wallet is the sandbox."))
    stage.open(page, "/office")


@scene
def office_that_is_busy(stage: Stage, page: Page) -> None:
    come_in(stage, page)
    _found(stage, Finding(Verdict.GOOD, "wallet", "answers, and takes the till's keys."))
    shop = stage.live.shop
    paid = stage.pay(stage.charge_lines(*LINES, tip=125))
    entry = shop.store.entry(paid.number) if paid.number else None
    assert entry
    refund(shop, entry, Wish(entry.sale.total, "cold"), "scene")
    people = People(stage.live.app)
    people.somebody("Ana", pin="7316")
    people.device(Face.TILL, "till").post("/pin", data={"pin": "9999"}, headers={"Sec-Fetch-Site": "same-origin"})
    stage.open(page, "/office")


@scene
def office_jars(stage: Stage, page: Page) -> None:
    come_in(stage, page)
    store, goal = stage.live.shop.store, Goal("A new bow, and a case that keeps the rain out", Money(30_000, SAT))
    cello = Jar(name="cello", title="Cello under the Bridge", currency=SAT, goal=goal, live_token="token")
    for it in (cello, Jar(name="band", title="The band", currency=SAT, closed_at=1)):
        if not store.jars.add(it):
            store.jars.change(it)
    stage.open(page, "/office/jars")


@scene
def office_account(stage: Stage, page: Page) -> None:
    come_in(stage, page, LONG)
    shop = stage.live.shop
    until = shop.now() + 99_999
    shop.store.owners.begin_session(shop.store.owners.listed()[0], PASSWORD_HASH, "phone", ANDROID, shop.now(), until)
    stage.open(page, "/office/account?done=password")


@scene
def office_account_with_a_code(stage: Stage, page: Page) -> None:
    come_in(stage, page)
    shop = stage.live.shop
    shop.store.accounts.set_code(shop.store.owners.listed()[0], PASSWORD_HASH, "sealed", 0, shop.now())
    stage.open(page, "/office/account")


@scene
def office_code(stage: Stage, page: Page) -> None:
    come_in(stage, page)
    stage.open(page, "/office/account/code")


@scene
def office_owners(stage: Stage, page: Page) -> None:
    come_in(stage, page, "Ben", "Cleo")
    stage.open(page, "/office/owners")


@scene
def office_owners_link(stage: Stage, page: Page) -> None:
    come_in(stage, page, "Ben")
    stage.open(page, "/office/owners")
    page.locator("#invite").fill(PASSWORD)
    page.locator("form:has(#invite) button").click()
    page.locator("code.link").wait_for()


@scene
def office_history(stage: Stage, page: Page) -> None:
    come_in(stage, page)
    shop = stage.live.shop
    done: tuple[tuple[Kind, dict[str, int | str]], ...] = (
        (Kind.SHIFT_CLOSED, {"by": "Ana"}),
        (Kind.REFUND_PAID, {"by": LONG, "proven": 1}),
        (Kind.DEVICE_PAIRED, {"by": LONG, "name": "Bar tablet", "face": Face.TILL.value}),
        (Kind.PIN_WRONG, {"device": "Bar tablet", "wrong": 3}),
    )
    with write(shop.store) as connection:
        for kind, data in done:
            events.add(connection, shop.settings.network, Event(kind, "bar/12", shop.now(), data))
    stage.open(page, "/office/history")
