"""What was sold: sales and their lines."""

from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select

from pos.domain.charge import Channel, Charge
from pos.domain.sale import Sale
from pos.store.rows import line_values, read_sale, sale_values
from pos.store.tables import sale_lines, sales

_ADD = insert(sales)
_ADD_LINES = insert(sale_lines)
_BY_IDEMPOTENCY_KEY = select(sales).where(
    sales.c.network == bindparam("network"),
    sales.c.channel == bindparam("channel"),
    sales.c.idempotency_key == bindparam("idempotency_key"),
)
_BY_ID = select(sales).where(sales.c.network == bindparam("network"), sales.c.id == bindparam("id"))
_LINES = select(sale_lines).where(sale_lines.c.sale_id == bindparam("sale_id")).order_by(sale_lines.c.position)


def add(connection: Connection, network: str, charge: Charge, sale: Sale, idempotency_key: str) -> None:
    """Write a sale down, of which this is to be the first charge."""
    connection.execute(_ADD, {"network": network, **sale_values(charge, sale, idempotency_key)})
    connection.execute(_ADD_LINES, line_values(charge.sale_id, sale))


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
