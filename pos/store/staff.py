"""The staff. Who has left stays, as sales name them."""

from typing import Any

from sqlalchemy import Row, bindparam, select

from pos.domain.money import Money
from pos.domain.staff import Role, Staff
from pos.store.tables import staff
from pos.store.transactions import Transactions

_STAFF = [it for it in staff.c if it is not staff.c.pin_digest]
_ANY = select(staff.c.id).where(staff.c.removed_at.is_(None)).limit(1)
_BY_ID = select(*_STAFF).where(staff.c.id == bindparam("id"))
_BY_PIN = select(*_STAFF).where(staff.c.pin_digest == bindparam("digest"), staff.c.removed_at.is_(None))


class StaffRows:
    """Who sells. Every method is a transaction and may raise StoreError. Times in unix seconds."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def exist(self) -> bool:
        """Tell whether anybody has a PIN."""
        with self._transactions.begin() as connection:
            return connection.execute(_ANY).first() is not None

    def get(self, staff_id: str) -> Staff | None:
        """Return somebody by the id, whoever has left, too."""
        with self._transactions.begin() as connection:
            row = connection.execute(_BY_ID, {"id": staff_id}).one_or_none()
        return _read(row) if row else None

    def find_by_pin(self, digest: str) -> Staff | None:
        """Return whose PIN it is, by what is kept of it."""
        with self._transactions.begin() as connection:
            row = connection.execute(_BY_PIN, {"digest": digest}).one_or_none()
        return _read(row) if row else None


def _read(row: Row[Any]) -> Staff:
    return Staff(
        row.id,
        row.name,
        Role(row.role),
        row.created_at,
        sale_limit=_limit(row.sale_limit, row.currency),
        refund_limit=_limit(row.refund_limit, row.currency),
        removed_at=row.removed_at,
    )


def _limit(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)
