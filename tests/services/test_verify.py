"""Verifying: a change in the database shows, and is said in plain words."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text

from pos.domain.charge import Channel
from pos.domain.money import Money
from pos.domain.number import Number
from pos.domain.refund import Refund, RefundPayment, Rest
from pos.domain.sale import Sale
from pos.domain.shift import digest
from pos.services.charge import charge
from pos.services.close_shift import NothingToClose, close_shift, open_shift
from pos.services.settle import settle
from pos.services.verify import Verified, verify
from pos.settings import Settings
from pos.shop import Shop
from tests.fakes import FakeClock, FakeRates, FakeWallet


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, tills=("till", "bar"), currency="EUR")


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates()


@pytest.fixture
def sell(shop: Shop, wallet: FakeWallet) -> Callable[[str, int], None]:
    keys = iter(range(1000))

    def sell(till: str, amount: int) -> None:
        made = charge(shop, Channel.TILL, Sale(Money(amount, "EUR"), "Tea", till=till), f"{next(keys)}")
        wallet.settle(made.invoice, made.amount_sat)
        settle(shop, made)

    return sell


@pytest.fixture(autouse=True)
def days(shop: Shop, clock: FakeClock, sell: Callable[[str, int], None]) -> None:
    """Two shifts at the till and one at the bar."""
    for till, number, amounts in (("till", 1, (150, 250)), ("bar", 1, (700,)), ("till", 2, (300,))):
        for amount in amounts:
            sell(till, amount)
        clock.move(60)
        close_shift(shop, till, number, "Ana")


def change(shop: Shop, statement: str, **values: object) -> None:
    with shop.store.engine.begin() as connection:
        assert connection.execute(text(statement), values).rowcount == 1


def wrong(shop: Shop) -> list[str]:
    return [sentence for it in verify(shop) for sentence in it.wrong]


def test_what_nobody_changed_is_right(shop: Shop, sell: Callable[[str, int], None]) -> None:
    sell("till", 100)
    assert list(verify(shop)) == [
        Verified("report 1 of bar", 1),
        Verified("report 1 of till", 2),
        Verified("report 2 of till", 1),
    ]


def test_a_shop_that_closed_no_shift_has_nothing_to_verify(shop: Shop) -> None:
    with shop.store.engine.begin() as connection:
        connection.execute(text("DELETE FROM shift"))
        connection.execute(text("DELETE FROM event"))
        connection.execute(text("UPDATE charge SET shift = NULL"))
    assert list(verify(shop)) == []


def test_a_payment_that_was_made_smaller_is_named_with_the_sums_that_it_spoils(shop: Shop) -> None:
    change(shop, "UPDATE charge SET price_minor = 1 WHERE price_minor = 250")
    said, spoilt = (f"2 sales, price €{it}, tips €0.00, tax none" for it in ("4.00", "1.51"))
    assert wrong(shop) == [
        "Charge 2026-2.1 was changed after report 1 of till had counted it.",
        f"report 1 of till says, in EUR: {said}. Its payments come to: {spoilt}.",
        "report 1 of till says, by cashier: till: 2 sales, €4.00. Its payments come to: till: 2 sales, €1.51.",
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sale SET memo = 'Coffee' WHERE price = 250",
        "UPDATE sale_line SET text = 'Coffee' WHERE unit_price = 250",
        "UPDATE charge SET payment_hash = 'another' WHERE price_minor = 250",
    ],
)
def test_a_change_that_leaves_all_sums_as_they_were_shows_too(shop: Shop, statement: str) -> None:
    change(shop, statement)
    assert wrong(shop) == ["Charge 2026-2.1 was changed after report 1 of till had counted it."]


def test_a_payment_that_was_taken_out_of_a_report_is_named(shop: Shop) -> None:
    change(shop, "UPDATE charge SET shift = NULL WHERE price_minor = 250")
    assert wrong(shop)[0] == "Charge 2026-2.1, which report 1 of till counts, is not in it any more."


def test_a_payment_that_was_put_into_another_report_is_named(shop: Shop) -> None:
    change(shop, "UPDATE charge SET shift = (SELECT shift FROM charge WHERE price_minor = 700) WHERE price_minor = 300")
    said = wrong(shop)
    assert "Charge 2026-4.1 was put into report 1 of bar after it was written." in said
    assert "Charge 2026-4.1, which report 2 of till counts, is not in it any more." in said


def test_a_payment_that_was_taken_back_is_named(shop: Shop) -> None:
    change(shop, "UPDATE charge SET paid_at = NULL WHERE price_minor = 700")
    assert wrong(shop)[0] == "Charge 2026-3.1 was changed after report 1 of bar had counted it."


def give_back_at_bar(shop: Shop) -> None:
    """Give a euro back at the bar, and close a second shift with nothing but that."""
    found = shop.store.entry(Number(2026, 3))
    assert found
    money = Money(100, "EUR")
    made = Refund("r", found.sale_id, Channel.TILL, "bar", money, 2000, "Cold", shop.now())
    assert shop.store.refunds.add(made, "r", Rest(money, 2000))
    assert shop.store.refunds.mark_paid("r", RefundPayment(shop.now(), "Ana"))
    close_shift(shop, "bar", 2)


def test_a_refund_that_was_made_smaller_is_named_with_the_sum_that_it_spoils(shop: Shop) -> None:
    give_back_at_bar(shop)
    assert wrong(shop) == []
    change(shop, "UPDATE refund SET amount = 1")
    assert wrong(shop) == [
        "Refund 2026-3.R1 was changed after report 2 of bar had counted it.",
        "report 2 of bar says, given back: 1, €1.00, 2,000 sat. Its payments come to: 1, €0.01, 2,000 sat.",
    ]


def test_a_report_that_was_rewritten_shows(shop: Shop) -> None:
    change(shop, "UPDATE shift SET report = replace(report, 'Ana', 'Ben') WHERE till = 'bar'")
    assert wrong(shop) == [
        "report 1 of bar was changed after it was written: its text has another hash than was kept with it."
    ]


def test_a_report_that_was_rewritten_with_its_hash_breaks_the_chain(shop: Shop) -> None:
    kept = shop.store.shifts.get("till", 1)
    assert kept
    new = kept.text.replace("Ana", "Ben")
    change(shop, "UPDATE shift SET report = :new, sha256 = :hash WHERE id = :id", new=new, hash=digest(new), id=kept.id)
    assert wrong(shop) == [
        "report 2 of till does not follow on the report before: it names another hash as the one of that."
    ]


def test_a_report_that_is_missing_is_missed(shop: Shop) -> None:
    change(shop, "DELETE FROM shift WHERE till = 'till' AND number = 1")
    assert wrong(shop) == [
        "Report 1 of till is missing.",
        "report 2 of till does not follow on the report before: it names another hash as the one of that.",
        "2 payments are of a report that is not there any more.",
    ]


def test_the_last_report_cannot_be_taken_away_without_its_payments(shop: Shop) -> None:
    change(shop, "DELETE FROM shift WHERE till = 'bar'")
    assert wrong(shop) == ["Report 1 of bar is missing.", "1 payment is of a report that is not there any more."]


def test_nor_can_it_be_taken_away_without_its_refunds(shop: Shop) -> None:
    give_back_at_bar(shop)
    change(shop, "DELETE FROM shift WHERE till = 'bar' AND number = 2")
    assert wrong(shop) == ["Report 2 of bar is missing.", "1 refund is of a report that is not there any more."]


@pytest.mark.parametrize("mark", ["NULL", "0"])
def test_nor_with_all_that_it_counts_as_the_events_tell_of_it(shop: Shop, mark: str) -> None:
    change(
        shop,
        f"UPDATE charge SET shift = {mark} WHERE shift = (SELECT id FROM shift WHERE till = 'till' AND number = 2)",
    )
    change(shop, "DELETE FROM shift WHERE till = 'till' AND number = 2")
    assert wrong(shop) == ["Report 2 of till is missing."]
    with shop.store.engine.begin() as connection:
        connection.execute(text(f"UPDATE charge SET shift = {mark}"))
        connection.execute(text("DELETE FROM shift"))
        # What is no number is spoiled, and tells of none.
        connection.execute(text("UPDATE event SET subject = 'bar/x' WHERE subject = 'bar/1'"))
    assert wrong(shop) == ["Report 1 to 2 of till is missing."]


def test_a_shift_that_is_closed_meanwhile_is_not_missed(shop: Shop, sell: Callable[[str, int], None]) -> None:
    looking = verify(shop)
    assert next(looking).report == "report 1 of bar"
    assert next(looking).report == "report 1 of till"
    sell("bar", 100)
    close_shift(shop, "bar", 2)
    assert [(it.report, it.wrong) for it in looking] == [("report 2 of till", ())]


def test_another_list_of_payments_shows(shop: Shop) -> None:
    change(shop, "UPDATE shift SET sales = '' WHERE till = 'bar'")
    assert wrong(shop)[0] == "report 1 of bar has another list of payments than it was made from."


@pytest.mark.parametrize("text_", ["", "[]", '{"version": 1}', "\\x00"])
def test_a_report_that_cannot_be_read_is_told_and_the_others_are_looked_at(shop: Shop, text_: str) -> None:
    change(shop, "UPDATE shift SET report = :text WHERE till = 'bar'", text=text_)
    change(shop, "UPDATE charge SET tip_sat = 1 WHERE price_minor = 300")
    said = wrong(shop)
    assert any(it.startswith("report 1 of bar cannot be read any more") for it in said)
    assert "Charge 2026-4.1 was changed after report 2 of till had counted it." in said


def test_charges_that_make_no_sense_are_told(shop: Shop) -> None:
    change(shop, "UPDATE charge SET channel = 'moon' WHERE price_minor = 700")
    assert wrong(shop) == ["Charges of report 1 of bar cannot be read any more ('moon' is not a valid Channel)."]


def test_an_empty_shift_is_not_closed_and_that_is_said(shop: Shop) -> None:
    with pytest.raises(NothingToClose):
        close_shift(shop, "bar", open_shift(shop, "bar").number)


def test_the_command_ends_well_where_all_is_right(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["verify"])
    assert (result.exit_code, result.output) == (
        0,
        "3 reports, 4 payments: all as it was when the shifts were closed.\n",
    )


def test_the_command_says_what_differs_and_ends_with_1(app: Flask, shop: Shop) -> None:
    change(shop, "UPDATE sale SET memo = 'Coffee' WHERE price = 700")
    result = app.test_cli_runner().invoke(args=["verify"])
    assert result.exit_code == 1
    assert "Charge 2026-3.1 was changed after report 1 of bar had counted it.\n" in result.output
