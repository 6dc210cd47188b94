"""The scenes of a shop that somebody has claimed: its devices in the office, and on the devices themselves."""

import re

from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import update

from pos.domain.device import SILENT_AFTER, Face
from pos.store.tables import devices
from tests.browser.scenes.stage import TILL, Stage, scene
from tests.by_hand import write
from tests.people import People

LONG = "Ana María Fernández-Montgomery's terrace"


def be(page: Page, stage: Stage, somebody: FlaskClient) -> None:
    """Let a page be the browser of somebody."""
    cookies = [it for it in (somebody.get_cookie(_name(stage, it)) for it in ("owner", "device")) if it]
    page.context.add_cookies([{"name": it.key, "value": it.value, "url": stage.live.address} for it in cookies])


def _name(stage: Stage, cookie: str) -> str:
    return f"{stage.live.app.config['SESSION_COOKIE_NAME']}_{cookie}"


def _shop(stage: Stage, page: Page) -> People:
    """Let the shop be claimed, and the page be its owner's."""
    people = People(stage.live.app)
    be(page, stage, people.owner())
    return people


def _devices(stage: Stage, page: Page) -> People:
    people, now = _shop(stage, page), stage.live.shop.now()
    ana = people.somebody("Ana")
    people.device(Face.TILL, TILL, sells=ana)
    people.device(Face.KIOSK, "")
    people.device(Face.DISPLAY, TILL)
    people.device(Face.TILL, "an old phone")
    people.device(Face.TILL, LONG)
    with write(stage.live.shop.store) as connection:
        connection.execute(update(devices).values(seen_at=now))
        old = devices.c.place == "an old phone"
        connection.execute(update(devices).where(old).values(seen_at=now - SILENT_AFTER))
        connection.execute(
            update(devices)
            .where(devices.c.place == LONG)
            .values(seen_at=now - 3600, shared_at=now, wrong_pins=12, wrong_at=now)
        )
    return people


@scene
def devices_list(stage: Stage, page: Page) -> None:
    _devices(stage, page)
    stage.open(page, "/office/devices")


@scene
def devices_none(stage: Stage, page: Page) -> None:
    _shop(stage, page)
    stage.open(page, "/office/devices")


@scene
def device(stage: Stage, page: Page) -> None:
    _devices(stage, page)
    stage.open(page, "/office/devices")
    page.locator("a.device", has_text=LONG).click()
    expect(page).to_have_url(re.compile("/office/devices/device-"))


@scene
def device_add(stage: Stage, page: Page) -> None:
    _shop(stage, page)
    stage.open(page, "/office/devices/add")


@scene
def device_add_without_a_name(stage: Stage, page: Page) -> None:
    _shop(stage, page)
    stage.open(page, "/office/devices/add")
    page.locator("#name").fill(" ")
    page.locator("main .button.big").click()
    expect(page.get_by_role("alert")).to_be_visible()


@scene
def device_pairing(stage: Stage, page: Page) -> None:
    _shop(stage, page)
    stage.open(page, "/office/devices/add")
    page.locator("#name").fill(LONG)
    page.locator("main .button.big").click()
    expect(page.locator(".qr img")).to_be_visible()


@scene
def pair(stage: Stage, page: Page) -> None:
    stage.open(page, "/pair")


@scene
def pair_wrong(stage: Stage, page: Page) -> None:
    stage.open(page, "/pair")
    page.locator("#code").fill("7H4K 2XM9")
    page.locator("main .button.big").click()
    expect(page.get_by_role("alert")).to_be_visible()


@scene
def pair_device(stage: Stage, page: Page) -> None:
    token, _ = People(stage.live.app).offer("Terrace")
    stage.open(page, f"/pair/{token}")


@scene
def pair_no_more(stage: Stage, page: Page) -> None:
    stage.open(page, "/pair/used")


@scene
def device_out(stage: Stage, page: Page) -> None:
    people = People(stage.live.app)
    people.claim()
    be(page, stage, people.device(Face.TILL, TILL, revoked=True))
    stage.open(page, "/")
