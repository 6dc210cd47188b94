"""The scenes of the settings in the office: the list, each kind of form, a refusal, two owners at once, the history."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

from pos.domain.kept_setting import Entered
from pos.store.tables import owner_sessions, owners
from pos.web.access import OWNER_COOKIE
from tests.browser.scenes.stage import Stage, scene
from tests.by_hand import write
from tests.people import People

SET = {
    "POS_TIP_PERCENT": "5,10,15",
    "POS_KIOSK_AMOUNTS": "Wash:4.00,Dry:2.50,Espresso machine:1234.50",
    "POS_SHOP_ADDRESS": "Arch Lane 4|10115 Sampletown",
    "POS_OPENING_LANGUAGES": "kiosk=de,display=ar",
    "POS_TIMEZONE": "America/Argentina/Buenos_Aires",
    "POS_TAX_RATES": "nineteen",
}


@contextmanager
def _owner(stage: Stage, page: Page) -> Iterator[None]:
    """Let this browser be an owner's in the block, in a shop that is nobody's before and after."""
    people, store = People(stage.live.app), stage.live.shop.store
    name = f"{stage.live.app.config['SESSION_COOKIE_NAME']}_{OWNER_COOKIE}"
    cookie = people.owner("Ana María Fernández-Montgomery").get_cookie(name)
    assert cookie
    page.context.add_cookies([{"name": name, "value": cookie.value, "url": stage.live.address}])
    store.settings.change(
        {it: Entered(text) for it, text in SET.items()}, store.settings.version(), stage.live.shop.now(), "Ana"
    )
    try:
        yield
    finally:
        store.settings.change({it: Entered("") for it in SET}, store.settings.version(), stage.live.shop.now(), "Ana")
        with write(store) as connection:
            connection.execute(owner_sessions.delete())
            connection.execute(owners.delete())


def _type(stage: Stage, page: Page, field: str, text: str) -> None:
    stage.open(page, f"/office/settings/{field}")
    page.locator("#value").fill(text)
    page.locator(".button.big").click()


@scene
def settings(stage: Stage, page: Page) -> None:
    with _owner(stage, page):
        stage.open(page, "/office/settings?saved=tip_percent")


@scene
def setting_of_a_line(stage: Stage, page: Page) -> None:
    with _owner(stage, page):
        stage.open(page, "/office/settings/kiosk_amounts")


@scene
def setting_of_lines(stage: Stage, page: Page) -> None:
    with _owner(stage, page):
        stage.open(page, "/office/settings/shop_address")


@scene
def setting_of_a_colour(stage: Stage, page: Page) -> None:
    with _owner(stage, page):
        stage.open(page, "/office/settings/accent")


@scene
def setting_of_a_picture(stage: Stage, page: Page) -> None:
    with _owner(stage, page):
        stage.open(page, "/office/settings/logo")


@scene
def setting_of_places(stage: Stage, page: Page) -> None:
    with _owner(stage, page):
        stage.open(page, "/office/settings/tip_at")


@scene
def setting_of_a_time_zone(stage: Stage, page: Page) -> None:
    with _owner(stage, page):
        stage.open(page, "/office/settings/timezone")


@scene
def setting_of_languages(stage: Stage, page: Page) -> None:
    with _owner(stage, page):
        stage.open(page, "/office/settings/opening_languages")


@scene
def setting_in_doubt(stage: Stage, page: Page) -> None:
    with _owner(stage, page):
        _type(stage, page, "tax_rates", "8,1")


@scene
def setting_refused(stage: Stage, page: Page) -> None:
    with _owner(stage, page):
        # The sentence ends with an example that is one long word.
        _type(stage, page, "kiosk_amounts", "Wash: four")


@scene
def setting_changed_meanwhile(stage: Stage, page: Page) -> None:
    with _owner(stage, page):
        store = stage.live.shop.store
        stage.open(page, "/office/settings/receipt_footer")
        told = {"POS_RECEIPT_FOOTER": Entered("Thank you, come again.|Returns within 14 days.")}
        store.settings.change(told, store.settings.version(), stage.live.shop.now(), "Ben")
        page.locator("#value").fill("See you tomorrow")
        page.locator(".button.big").click()
        store.settings.change({"POS_RECEIPT_FOOTER": Entered("")}, store.settings.version(), 0, "")


@scene
def settings_history(stage: Stage, page: Page) -> None:
    with _owner(stage, page):
        stage.open(page, "/office/settings/history")
