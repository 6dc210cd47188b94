"""What a page weighs when it is loaded for the first time, as it comes over the wire, without compression."""

import pytest

from tests.browser.conftest import OpenTill
from tests.browser.people import LiveShop, Till

pytestmark = pytest.mark.only_on("sqlite", reason="how a page looks does not depend on what the book is kept in")

LIVE = ("fetch", "eventsource")


def weigh(till: Till) -> tuple[int, int]:
    """Return how many answers made the page, and their bytes; what it asks once it lives is not among them."""
    till.page.wait_for_load_state("load")
    parts = [it for it in till.watch.answers if it.url.startswith("http") and it.request.resource_type not in LIVE]
    assert [it.status for it in parts] == [200] * len(parts)
    return len(parts), sum(len(it.body()) for it in parts)


def test_the_open_pay_page(till: Till, live: LiveShop, open_till: OpenTill) -> None:
    till.sell(4620, "2 flat whites")
    customer = open_till(live)
    customer.page.goto(till.page.url)
    requests, weight = weigh(customer)
    assert requests <= 5
    assert weight <= 36_000


@pytest.mark.parametrize("path", ["/", "/kiosk", "/kiosk/rest", "/tips", "/screen/till"])
def test_the_faces(till: Till, path: str) -> None:
    till.open(path)
    _, weight = weigh(till)
    assert weight <= 40_000
