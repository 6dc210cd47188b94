"""The scenes of what may stand in the place of any page."""

from playwright.sync_api import Page, expect

from tests.browser.scenes.stage import Stage, scene


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
    page.evaluate("sessionStorage.typed = JSON.stringify({ at: location.pathname })")
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
