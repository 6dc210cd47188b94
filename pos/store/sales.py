"""What was sold: sales and their lines."""

from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, insert, select, text, update

from pos.domain.charge import Channel, Charge
from pos.domain.number import Number
from pos.domain.sale import Sale
from pos.store.rows import line_values, read_sale, sale_values, tax_values
from pos.store.tables import charge_taxes, sale_lines, sales

_ADD = insert(sales)
_ADD_LINES = insert(sale_lines)
# Whoever sells at the same time waits for the end of this transaction, and no number is lost with one that fails.
_NEXT_NUMBER = text("""
    INSERT INTO numbering (network, year, last) VALUES (:network, :year, 1)
    ON CONFLICT (network, year) DO UPDATE SET last = numbering.last + 1
    RETURNING last
""")
# To the row of the sale itself, as only that is read anew by whoever has waited for another payment of it.
_UNPAID = update(sales).where(sales.c.id == bindparam("sale_id"), sales.c.paid_at.is_(None))
_TRY_AGAIN = _UNPAID.values(charge_id=bindparam("of_charge"))
_MARK_PAID = _UNPAID.values(charge_id=bindparam("of_charge"), paid_at=bindparam("at"), at=bindparam("at")).returning(
    exists().where(charge_taxes.c.charge_id == bindparam("of_charge"))
)
_ADD_SURPLUS = (
    update(sales)
    .where(sales.c.id == bindparam("sale_id"))
    .values(surplus_sat=sales.c.surplus_sat + bindparam("received_sat"))
)
_ADD_TAXES = insert(charge_taxes)
_MARK_TAXES_PAID = (
    update(charge_taxes).where(charge_taxes.c.charge_id == bindparam("of_charge")).values(paid_at=bindparam("at"))
)
_BY_IDEMPOTENCY_KEY = select(sales).where(
    sales.c.network == bindparam("network"),
    sales.c.channel == bindparam("channel"),
    sales.c.idempotency_key == bindparam("idempotency_key"),
)
_BY_ID = select(sales).where(sales.c.network == bindparam("network"), sales.c.id == bindparam("id"))
_LINES = select(sale_lines).where(sale_lines.c.sale_id == bindparam("sale_id")).order_by(sale_lines.c.position)


def add(connection: Connection, network: str, charge: Charge, sale: Sale, idempotency_key: str, year: int) -> Number:
    """Write a sale down, of which this is to be the first charge. Return its number, the next one of a year."""
    count = connection.execute(_NEXT_NUMBER, {"network": network, "year": year}).scalar_one()
    number = Number(year, count)
    connection.execute(_ADD, {"network": network, **sale_values(charge, sale, idempotency_key, number)})
    connection.execute(_ADD_LINES, line_values(charge.sale_id, sale))
    return number


def add_taxes(connection: Connection, network: str, charge: Charge, sale: Sale) -> None:
    """Write down what tax is in a charge, which is there."""
    values = tax_values(charge, sale)
    if values:
        connection.execute(_ADD_TAXES, [{"network": network, **it} for it in values])


def try_again(connection: Connection, charge: Charge) -> bool:
    """Let another charge of a sale say what became of it, unless it is paid. Tell whether."""
    values = {"sale_id": charge.sale_id, "of_charge": charge.id}
    return connection.execute(_TRY_AGAIN, values).rowcount == 1


def mark_paid(connection: Connection, sale_id: str, charge_id: str, paid_at: int) -> bool:
    """Write down that a charge has paid a sale (unix seconds), unless another one did. Tell whether."""
    values = {"sale_id": sale_id, "of_charge": charge_id, "at": paid_at}
    taxed = connection.execute(_MARK_PAID, values).scalar_one_or_none()
    if taxed:
        connection.execute(_MARK_TAXES_PAID, {"of_charge": charge_id, "at": paid_at})
    return taxed is not None


def add_surplus(connection: Connection, sale_id: str, received_sat: int) -> None:
    """Write down what a further charge of a sale brought, which was paid before."""
    connection.execute(_ADD_SURPLUS, {"sale_id": sale_id, "received_sat": received_sat})


def find(connection: Connection, network: str, channel: Channel, idempotency_key: str) -> tuple[str, Sale] | None:
    """Return the sale that was made with an idempotency key of that channel, and its id."""
    names = {"network": network, "channel": channel.value, "idempotency_key": idempotency_key}
    row = connection.execute(_BY_IDEMPOTENCY_KEY, names).one_or_none()
    return (row.id, _whole(connection, row)) if row else None


def get(connection: Connection, network: str, sale_id: str) -> Sale | None:
    """Return a sale by its id."""
    row = connection.execute(_BY_ID, {"network": network, "id": sale_id}).one_or_none()
    return _whole(connection, row) if row else None


def _whole(connection: Connection, row: Row[Any]) -> Sale:
    return read_sale(row, connection.execute(_LINES, {"sale_id": row.id}))
