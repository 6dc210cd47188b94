"""The scenes of the tip step."""

from playwright.sync_api import Page, expect

from tests.browser.scenes.stage import MEMO, Stage, scene


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


@scene
def tip_choosing(stage: Stage, page: Page) -> None:
    stage.open(page, stage.asks_on_display())
    expect(page.locator("#choosing")).to_be_visible()
