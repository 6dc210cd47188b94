"""What was given back of sales, in the currency of the books: shifts and sums read it here, so that they agree."""

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select

from pos.domain.money import Money
from pos.domain.refund import worth_in_books
from pos.domain.report import GivenBack
from pos.store.tables import REFUND_PAID, charges, refunds, sales

# Of a refund, and of the charge that paid its sale: by that the books know what sat were worth.
IN_BOOKS = (
    *(refunds.c.currency, refunds.c.amount, refunds.c.amount_sat),
    charges.c.currency.label("books"),
    (charges.c.price_minor + charges.c.tip_minor).label("worth"),
    charges.c.amount_sat.label("asked_sat"),
    refunds.c.given_before,
)


def select_given_back(*where: ColumnElement[bool]) -> Select[Any]:
    """Select the refunds that were paid of some sales, each with its sale."""
    return (
        select(refunds.c.sale_id, *IN_BOOKS)
        .join_from(sales, charges, charges.c.id == sales.c.charge_id)
        .join(refunds, refunds.c.sale_id == sales.c.id)
        .where(REFUND_PAID, *where)
    )


def read_given_back(row: Row[Any]) -> GivenBack:
    """Return a refund as the books have it."""
    money = money_in_books(row)
    return GivenBack(money.currency, 1, money.minor, int(row.amount_sat))


def money_in_books(row: Row[Any]) -> Money:
    """Return the amount of a refund in the currency of the books."""
    whole = Money(int(row.worth), row.books) if row.books is not None else None
    return worth_in_books(Money(int(row.amount), row.currency), int(row.given_before), whole, int(row.asked_sat))
