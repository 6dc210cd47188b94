"""The scenes of the till."""

from dataclasses import replace
from decimal import Decimal

from playwright.sync_api import Page, expect

from pos.domain.printer import Trouble
from pos.domain.tax import TaxRate
from tests.browser.scenes.stage import MEMO, Stage, scene
from tests.fakes import FakePrinter

TAXES = (TaxRate(Decimal(19)), TaxRate(Decimal(7)))


def _typed(page: Page, *amounts: str) -> None:
    """Type amounts, with a plus between them, and wait for what the till says of them."""
    for place, amount in enumerate(amounts):
        if place:
            page.locator(".keys .add").click()
            expect(page.locator(".tape li")).to_have_count(place)
        with page.expect_response(lambda answer, typed=amount: f"amount={typed}&" in f"{answer.url}&"):  # type: ignore[misc]
            page.locator("#amount").fill(amount)
    expect(page.locator(".charge b")).not_to_be_empty()


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
def till_not_printed(stage: Stage, page: Page) -> None:
    stage.printer(FakePrinter())
    store, now = stage.live.shop.store, stage.live.shop.now()
    store.print_jobs.ask(stage.pay(stage.charge()).id, now, again=True)
    job = store.print_jobs.next()
    assert job
    store.print_jobs.fail(job, Trouble.PAPER, now, begun=False)
    stage.open(page, "/")
    expect(page.locator("[role=status].no-sales")).to_be_visible()
