"""The list of sales, which stays open beside the till."""

from playwright.sync_api import expect

from tests.browser.people import Till


def test_a_sale_that_is_paid_while_the_list_is_open_is_paid_there_too(till: Till) -> None:
    before = till.live.sells()
    till.pay(before.invoice.payment_request)
    till.live.pays_attention(before.id)
    asked = till.sell(2100, "Tea")
    page = till.page
    page.clock.install()
    till.open("/sales")
    sale, sums = page.get_by_role("link", name="Tea"), page.get_by_role("region", name="Sums")
    hours = page.get_by_role("region", name="By hour")
    hours.get_by_text("All figures").click()
    expect(sale).to_contain_text("open")
    expect(sums).to_contain_text("1 sale paid")
    expect(hours).to_contain_text("2,100 sat")
    search, typed = page.get_by_role("searchbox"), "Cake"
    search.fill(typed)
    sale.focus()
    charge_id = next(it.id for it in till.live.shop.store.at_till("till", 0, 1))
    till.pay(asked)
    till.live.pays_attention(charge_id)
    page.clock.fast_forward(4000)
    expect(sale).to_contain_text("paid")
    expect(sums).to_contain_text("2 sales paid")
    expect(hours.get_by_role("table")).to_contain_text("4,200 sat")
    # Where somebody is on the page, and what they typed, stays.
    expect(sale).to_be_focused()
    expect(search).to_have_value(typed)
    # Nothing is waited for any more.
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.clock.fast_forward(60_000)
    page.evaluate("new Promise((done) => requestAnimationFrame(done))")
    assert sent == []


def test_a_list_that_stands_open_over_midnight_goes_on_with_the_day_that_it_shows(till: Till) -> None:
    live, page = till.live, till.page
    midnight = 24 * 3600 - live.shop.now() % (24 * 3600)
    live.clock.move(midnight - 120)
    paid = live.sells(2100)
    till.pay(paid.invoice.payment_request)
    live.pays_attention(paid.id)
    live.sells(3000, "Tea")
    page.clock.install()
    till.open("/sales")
    heading, sums = page.get_by_role("heading", level=1), page.get_by_role("region", name="Sums")
    day = page.locator(".head time")
    expect(heading).to_have_text("Today")
    shown = day.text_content() or ""
    live.clock.move(180)
    page.clock.fast_forward(4000)
    expect(heading).to_have_text("Yesterday")
    expect(day).to_have_text(shown)
    expect(sums).to_contain_text("1 sale paid")
    # What is waited for is told on the page of its day.
    sale = page.get_by_role("link", name="Tea")
    expect(sale).to_contain_text("open")
    live.expires()
    page.clock.fast_forward(4000)
    expect(sale).to_contain_text("expired")
    expect(sums).to_contain_text("1 sale paid")
    # What is looked for is looked for among what is shown.
    page.get_by_role("searchbox").fill("Tea")
    page.get_by_role("button", name="Search").click()
    expect(heading).to_have_text("Yesterday")
    expect(sale).to_be_visible()
