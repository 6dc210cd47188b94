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
