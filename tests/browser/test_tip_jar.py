"""The tip jar: choose or type an amount, say something, tip."""

from playwright.sync_api import expect

from tests.browser.people import PAID, Till


def test_a_tip_with_a_message_is_thanked_for(till: Till) -> None:
    till.open("/tips")
    till.page.get_by_text("5,000").click()
    till.page.get_by_label("Message").fill("Best coffee in town ☕")
    till.page.get_by_role("button", name="Tip").click()
    asked = till.asked()
    assert till.live.charge(till.charge_id).memo == "Best coffee in town ☕"
    expect(till.page.get_by_role("heading", level=1)).to_have_text("5,000 sat")
    till.pay(asked)
    till.shows(PAID)
    expect(till.page.get_by_role("heading", level=1)).to_have_text("Thank you!")
    expect(till.page.locator("main")).to_contain_text("Best coffee in town ☕")
    till.page.get_by_role("link", name="Back to the tip jar").click()
    expect(till.page.get_by_label("Message")).to_have_value("")


def test_the_second_amount_is_chosen_already(till: Till) -> None:
    till.open("/tips")
    expect(till.page.get_by_role("radio", name="2,100")).to_be_checked()
    expect(till.page.get_by_role("button", name="Tip")).to_have_text("Tip 2,100 sat")


def test_another_amount_counts_instead_of_the_tiles(till: Till) -> None:
    till.open("/tips")
    till.page.get_by_label("Or another").fill("777")
    expect(till.page.get_by_role("radio", checked=True)).to_have_count(0)
    till.page.get_by_role("button", name="Tip 777 sat").click()
    till.asked()
    expect(till.page.get_by_role("heading", level=1)).to_have_text("777 sat")


def test_a_tile_counts_instead_of_what_was_typed_before(till: Till) -> None:
    till.open("/tips")
    till.page.get_by_label("Or another").fill("777")
    till.page.get_by_text("10,000").click()
    expect(till.page.get_by_label("Or another")).to_have_value("")
    till.page.get_by_role("button", name="Tip 10,000 sat").click()
    till.asked()
    expect(till.page.get_by_role("heading", level=1)).to_have_text("10,000 sat")


def test_a_tip_that_is_too_much_comes_back_with_the_message(till: Till) -> None:
    till.may_fail("/tips")
    till.open("/tips")
    till.page.get_by_label("Or another").fill("10000001")
    till.page.get_by_label("Message").fill("All of it")
    till.page.get_by_role("button", name="Tip").click()
    expect(till.page.get_by_role("alert")).to_have_text("That is too much. The most for one sale is 10,000,000 sat.")
    expect(till.page.get_by_label("Message")).to_have_value("All of it")


def test_on_a_tablet_on_the_counter_the_next_visitor_finds_nothing_of_the_one_before(till: Till) -> None:
    page = till.page
    page.clock.install()
    till.open("/tips")
    message = page.get_by_label("Message")
    message.fill("From Ada")
    page.get_by_text("5,000").click()
    page.clock.fast_forward(119_000)
    message.press("End")
    page.clock.fast_forward(119_000)
    expect(message).to_have_value("From Ada")
    page.clock.fast_forward(1_000)
    expect(message).to_have_value("")
    expect(page.get_by_role("radio", name="2,100")).to_be_checked()
    expect(page.get_by_role("button", name="Tip")).to_have_text("Tip 2,100 sat")
