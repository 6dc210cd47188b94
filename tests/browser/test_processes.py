"""A screen before a till that really runs: it is started again, or has two processes, and the payment shows."""

import hmac
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import TABLET
from tests.browser.people import OPEN, PAID
from tests.processes import RealShop, asleep, real_shop, until

HOOK_SECRET = "a secret for webhooks"
EVENTS = "**/events"

Look = Callable[[RealShop, dict[str, Any]], Page]


@pytest.fixture
def look(browser: Browser) -> Iterator[Look]:
    """Open a charge's pay page in a browser whose time stands still but where a test moves it."""
    context = browser.new_context(viewport=TABLET)

    def look(shop: RealShop, charge: dict[str, Any]) -> Page:
        page = context.new_page()
        page.clock.install()
        with page.expect_response(EVENTS):
            page.goto(f"{shop.till.address}/pay/{charge['id']}")
        shows(page, OPEN)
        page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 2)
        return page

    yield look
    context.close()


def shows(page: Page, state: str, within: float = 20) -> None:
    expect(page.locator("html")).to_have_attribute("data-state", state, timeout=within * 1000)


@contextmanager
def two_processes(folder: Path, database_url: str) -> Iterator[tuple[RealShop, int, int]]:
    """Open a shop in which nobody watches: what shows, a webhook has brought."""
    settings = {"POS_DATABASE_URL": database_url, "POS_WORKERS": "2", "POS_WATCH": "off"}
    with real_shop(folder, LNPAY_WEBHOOK_SECRET=HOOK_SECRET, **settings) as shop:
        until(lambda: len(shop.till.workers) == 2)
        first, second = shop.till.workers
        yield shop, first, second


def announce(shop: RealShop, lntx: dict[str, Any]) -> None:
    """Send the webhook of a payment."""
    body = json.dumps({"data": {"wtx": {"lnTx": {"id": lntx["id"]}}}}).encode()
    signature = hmac.new(HOOK_SECRET.encode(), body, "sha256").hexdigest()
    with requests.Session() as session:
        session.trust_env = False
        headers = {"X-LNPay-Signature": signature, "Connection": "close"}
        answer = session.post(f"{shop.till.address}/hooks/lnpay", body, headers=headers, timeout=10)
    assert answer.status_code == 200


def test_a_screen_outlives_a_till_that_is_stopped_in_good_order_and_one_that_crashes(
    look: Look, tmp_path: Path, database_url: str
) -> None:
    with real_shop(tmp_path, POS_DATABASE_URL=database_url) as shop:
        charge, later = shop.sell("k1"), shop.sell("k2")
        page = look(shop, charge)
        # It sends its screens away at once. The browser tells of nothing while this thread waits for the till's own
        # end, which comes later.
        with ThreadPoolExecutor(1) as owner:
            with page.expect_event("requestfinished", lambda request: request.url.endswith("/events"), timeout=5000):
                stopped = owner.submit(shop.till.stop)
            stopped.result()
        shop.till.start()
        shop.pay(charge)
        # A line that was lost is taken up again after a pause.
        page.clock.fast_forward(2000)
        shows(page, PAID)

        page = look(shop, later)
        with page.expect_event("requestfailed", lambda request: request.url.endswith("/status")):
            shop.till.kill()
        page.clock.fast_forward(4000)
        expect(page.get_by_text("Connection lost, still checking.").first).to_be_visible()
        shows(page, OPEN)
        shop.pay(later)
        shop.till.start()
        page.clock.fast_forward(5000)
        shows(page, PAID)


# What one process sees is told to the other by the database.
@pytest.mark.asks_the_database
def test_a_hook_that_reaches_the_other_process_turns_the_screen(look: Look, tmp_path: Path, database_url: str) -> None:
    with two_processes(tmp_path, database_url) as (shop, screens, hooks):
        charge = shop.sell("k1")
        with asleep(hooks, database_url):
            page = look(shop, charge)
        lntx = shop.lnpay.sandbox.pay(charge["payment_request"])
        with asleep(screens, database_url):
            announce(shop, lntx)
            until(lambda: "paid, 2100 of 2100 sat" in shop.till.log())
        # By its line: the page asks for nothing by itself while its time stands still.
        shows(page, PAID)
