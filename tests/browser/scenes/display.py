"""The scenes of the customer display."""

from dataclasses import replace

from playwright.sync_api import Page, expect

from pos.domain.draft import Draft
from pos.domain.money import SAT, Money
from pos.domain.sale import Line
from pos.services.drafts import type_draft
from tests.browser.scenes.stage import TILL, Stage, scene
from tests.browser.scenes.tip_jar import PHOTO


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
    stage.silence(page, f"/screen/{TILL}")


@scene
def screen_not_known(stage: Stage, page: Page) -> None:
    stage.live.clock.move(3600)
    stage.charge()
    stage.silence(page, f"/screen/{TILL}")
    stage.expire()
    stage.open(page, f"/screen/{TILL}")
    expect(page.locator(".gone")).to_be_visible()
